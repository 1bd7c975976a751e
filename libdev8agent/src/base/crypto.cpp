// The functions of crypto.h on libcrypto.
#include "base/crypto.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <cstdlib>
#include <memory>

#include "base/text.h"

namespace dev8agent::internal {
namespace {

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

// Each name of an algorithm is looked up once: libcrypto's one-shot functions look it up at every call.
const EVP_MD* fetched_sha256() {
  static const EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  if (fetched == nullptr) std::abort();
  return fetched;
}

using MacContext = std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)>;

// Without a key; each call takes a copy. Never freed, so that it serves destructors at the end of the
// program.
const EVP_MAC_CTX* hmac_template() {
  static const EVP_MAC_CTX* const made = [] {
    const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> hmac(EVP_MAC_fetch(nullptr, "HMAC", nullptr),
                                                                 EVP_MAC_free);
    if (!hmac) std::abort();
    EVP_MAC_CTX* context = EVP_MAC_CTX_new(hmac.get());
    char digest[] = "SHA256";
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                     OSSL_PARAM_construct_end()};
    if (context == nullptr || EVP_MAC_CTX_set_params(context, parameters) != 1) std::abort();
    return context;
  }();
  return made;
}

}  // namespace

std::string sha256(std::string_view data) {
  std::string digest(32, '\0');
  unsigned length = 0;
  if (EVP_Digest(data.data(), data.size(), bytes(digest), &length, fetched_sha256(), nullptr) != 1)
    std::abort();
  return digest;
}

std::string hmac_sha256(std::string_view key, std::string_view data) {
  // Its end wipes the key.
  const MacContext context(EVP_MAC_CTX_dup(hmac_template()), EVP_MAC_CTX_free);
  if (!context) std::abort();
  // Without a pointer there would be no key, which is not the empty one.
  const std::string_view given = key.data() == nullptr ? std::string_view("") : key;
  std::string digest(32, '\0');
  std::size_t length = 0;
  const bool done = EVP_MAC_init(context.get(), bytes(given), given.size(), nullptr) == 1 &&
                    EVP_MAC_update(context.get(), bytes(data), data.size()) == 1 &&
                    EVP_MAC_final(context.get(), bytes(digest), &length, digest.size()) == 1;
  if (!done) std::abort();
  return digest;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string random_bytes(std::size_t count) {
  std::string result(count, '\0');
  if (RAND_bytes(bytes(result), static_cast<int>(count)) != 1) std::abort();
  return result;
}

std::string base64_encode(std::string_view data) {
  std::string text(4 * ((data.size() + 2) / 3) + 1, '\0');
  const int length = EVP_EncodeBlock(bytes(text), bytes(data), static_cast<int>(data.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

std::optional<std::string> base64_decode(std::string_view text) {
  // EVP_DecodeBlock skips white space and accepts stray padding, so the alphabet is checked first.
  static constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  if (text.substr(0, text.size() - padding).find_first_not_of(kAlphabet) != text.npos) return std::nullopt;
  std::string data(text.size() / 4 * 3 + 1, '\0');
  const int length = EVP_DecodeBlock(bytes(data), bytes(text), static_cast<int>(text.size()));
  if (length < 0) return std::nullopt;
  data.resize(static_cast<std::size_t>(length) - padding);
  return data;
}

std::string base64url_encode(std::string_view data) {
  std::string text = base64_encode(data);
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  while (!text.empty() && text.back() == '=') text.pop_back();
  return text;
}

std::string hex_encode(std::string_view data) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  for (char c : data) {
    const auto byte = static_cast<unsigned char>(c);
    text += {kHex[byte >> 4], kHex[byte & 15]};
  }
  return text;
}

std::string make_uuid(std::string_view random16) {
  std::string raw(random16.substr(0, 16));
  raw.resize(16, '\0');
  raw[6] = static_cast<char>((raw[6] & 0x0f) | 0x40);
  raw[8] = static_cast<char>((raw[8] & 0x3f) | 0x80);
  std::string text = hex_encode(raw);
  for (std::size_t position : {8u, 13u, 18u, 23u}) text.insert(position, "-");
  return text;
}

std::string as_uuid(std::string_view id) {
  constexpr std::size_t kHyphens[] = {8, 13, 18, 23};
  std::string digits = to_lower(id);
  if (digits.size() == 36) {
    for (std::size_t i = 4; i-- > 0;) {
      if (digits[kHyphens[i]] == '-') digits.erase(kHyphens[i], 1);
    }
  }
  if (digits.size() != 32 || digits.find_first_not_of("0123456789abcdef") != digits.npos) return "";
  for (const std::size_t hyphen : kHyphens) digits.insert(hyphen, 1, '-');
  return digits;
}

}  // namespace dev8agent::internal

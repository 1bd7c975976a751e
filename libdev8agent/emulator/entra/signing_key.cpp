// SigningKey: see assertion.h.
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "core/hashes.h"
#include "entra/assertion.h"

namespace dev8agent::emulator {
namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Digest = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

Bio read_only(std::string_view text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free);
}

std::string der(X509* certificate) {
  unsigned char* bytes = nullptr;
  const int length = i2d_X509(certificate, &bytes);
  std::string out(reinterpret_cast<const char*>(bytes), length > 0 ? static_cast<std::size_t>(length) : 0);
  OPENSSL_free(bytes);
  return out;
}

std::shared_ptr<void> own(EVP_PKEY* key) {
  return std::shared_ptr<void>(key, [](void* p) { EVP_PKEY_free(static_cast<EVP_PKEY*>(p)); });
}

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::optional<SigningKey> SigningKey::read(std::string_view pem) {
  SigningKey key;
  Certificate certificate(PEM_read_bio_X509(read_only(pem).get(), nullptr, nullptr, nullptr), X509_free);
  if (certificate) {
    const std::string encoded = der(certificate.get());
    key.sha1_ = base64url(sha1(encoded));
    key.sha256_ = base64url(sha256(encoded));
    key.key_ = own(X509_get_pubkey(certificate.get()));
  } else {
    key.key_ = own(PEM_read_bio_PUBKEY(read_only(pem).get(), nullptr, nullptr, nullptr));
  }
  if (!key.key_) return std::nullopt;
  return key;
}

bool SigningKey::matches(std::string_view x5t, std::string_view x5t_s256) const {
  return x5t == sha1_ || x5t_s256 == sha256_;
}

bool SigningKey::verify(std::string_view algorithm, std::string_view text, std::string_view signature) const {
  auto* key = static_cast<EVP_PKEY*>(key_.get());
  if (EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA) return false;
  Digest context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  EVP_PKEY_CTX* options = nullptr;
  if (EVP_DigestVerifyInit(context.get(), &options, EVP_sha256(), nullptr, key) != 1) return false;
  if (algorithm == "PS256") {
    if (EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) != 1 ||
        EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) != 1) {
      return false;
    }
  } else if (algorithm != "RS256") {
    return false;
  }
  return EVP_DigestVerify(context.get(), bytes(signature), signature.size(), bytes(text), text.size()) == 1;
}

}  // namespace dev8agent::emulator

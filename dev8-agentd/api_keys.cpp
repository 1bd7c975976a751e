// Entries of API keys, and their digests, which are compared in constant time.
#include "api_keys.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <map>
#include <stdexcept>

#include "http_text.h"

namespace dev8agentd {

namespace {

constexpr std::size_t kLeastKey = 32;
constexpr std::size_t kLongestName = 32;
constexpr std::string_view kUser = "user=";

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kLongestName && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

bool is_key(std::string_view text) {
  return text.size() >= kLeastKey && std::all_of(text.begin(), text.end(), [](char c) {
           return c > ' ' && c < 0x7f && c != '%' && c != ':';
         });
}

std::optional<Scope> scope_of(std::string_view word) {
  for (const Scope scope : {Scope::kRead, Scope::kOperate, Scope::kAdmin}) {
    if (word == to_string(scope)) return scope;
  }
  return std::nullopt;
}

dev8agent::Error broken(std::string_view rule) {
  return dev8agent::make_error(dev8agent::ErrorCode::kInvalidRequest, std::string(rule));
}

}  // namespace

std::string_view to_string(Scope scope) {
  switch (scope) {
    case Scope::kRead:
      return "read";
    case Scope::kOperate:
      return "operate";
    case Scope::kAdmin:
      return "admin";
  }
  return "";
}

dev8agent::Result<ApiKey> parse_api_key(std::string_view entry) {
  ApiKey key;
  std::string_view rest = entry;
  // The key has no ':', a user's id may have one.
  const auto last = entry.rfind(':');
  if (last != std::string_view::npos) {
    key.holder.name = take_until(rest, ':');
    if (!is_name(key.holder.name)) return broken("must have a name of 1-32 letters, digits, '-' or '_'");
    const std::size_t before = key.holder.name.size() + 1;
    const std::string_view scope = last > before ? entry.substr(before, last - before) : std::string_view();
    if (scope.starts_with(kUser)) {
      key.holder.user = scope.substr(kUser.size());
      if (key.holder.user.empty()) return broken("must name a user after 'user='");
    } else if (const auto known = scope_of(scope)) {
      key.holder.scope = *known;
    } else {
      return broken("must have the scope read, operate, admin or user=<userId>");
    }
    rest = entry.substr(last + 1);
  }
  if (!is_key(rest)) {
    return broken("must have a key of at least 32 printable ASCII characters without spaces, '%' and ':'");
  }
  key.secret = dev8agent::Secret(rest);
  return key;
}

dev8agent::Result<std::vector<ApiKey>> parse_api_keys(std::string_view text, const std::string& path) {
  std::vector<ApiKey> keys;
  for (int number = 1; !text.empty(); ++number) {
    std::string_view line = take_until(text, '\n');
    if (line.ends_with('\r')) line.remove_suffix(1);
    line = trim_blanks(line);
    if (line.empty() || line.starts_with('#')) continue;
    auto key = parse_api_key(line);
    if (!key.ok()) return broken(path + " line " + std::to_string(number) + " " + key.error().message);
    keys.push_back(std::move(*key));
  }
  if (keys.empty()) return broken(path + " must hold a key");
  number_keys(keys, "file-");
  return keys;
}

std::string repeated_key(const std::vector<ApiKey>& keys, const std::vector<ApiKey>& more) {
  std::map<std::string_view, const std::string*> names;
  for (const auto* list : {&keys, &more}) {
    for (const ApiKey& key : *list) {
      const auto [known, is_new] = names.emplace(key.secret.reveal(), &key.holder.name);
      if (!is_new)
        return "must not hold one key twice, as '" + *known->second + "' and '" + key.holder.name + "' do";
    }
  }
  return "";
}

void number_keys(std::vector<ApiKey>& keys, const std::string& prefix) {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (keys[i].holder.name.empty()) keys[i].holder.name = prefix + std::to_string(i);
  }
}

ApiKeys::ApiKeys(const std::vector<ApiKey>& keys, const std::vector<ApiKey>& more)
    : empty_(keys.empty() && more.empty()),
      entries_(std::make_shared<const Entries>(entries_of(keys, more))) {}

ApiKeys::Entries ApiKeys::entries_of(const std::vector<ApiKey>& keys, const std::vector<ApiKey>& more) {
  Entries entries;
  for (const auto* list : {&keys, &more}) {
    for (const ApiKey& key : *list) entries.push_back({digest(key.secret.reveal()), key.holder});
  }
  return entries;
}

std::optional<KeyHolder> ApiKeys::find(std::string_view token) const {
  std::shared_ptr<const Entries> entries;
  {
    const std::lock_guard lock(mutex_);
    entries = entries_;
  }
  const Digest presented = digest(token);
  const Entry* found = nullptr;
  for (const Entry& entry : *entries) {
    if (CRYPTO_memcmp(presented.data(), entry.digest.data(), presented.size()) == 0) found = &entry;
  }
  return found == nullptr ? std::nullopt : std::optional(found->holder);
}

void ApiKeys::replace(const std::vector<ApiKey>& keys, const std::vector<ApiKey>& more) {
  auto entries = std::make_shared<const Entries>(entries_of(keys, more));
  const std::lock_guard lock(mutex_);
  entries_ = std::move(entries);
}

dev8agent::Secret activity_key_of(const dev8agent::Secret& key) {
  constexpr std::string_view kLabel = "dev8-agent activity token key 1";
  unsigned char derived[32];
  unsigned length = 0;
  const std::string_view text = key.reveal();
  if (HMAC(EVP_sha256(), text.data(), static_cast<int>(text.size()),
           reinterpret_cast<const unsigned char*>(kLabel.data()), kLabel.size(), derived,
           &length) == nullptr) {
    throw std::runtime_error("HMAC-SHA-256 is not available");
  }
  std::string hexadecimal;
  for (const unsigned char byte : derived) {
    hexadecimal += "0123456789abcdef"[byte >> 4];
    hexadecimal += "0123456789abcdef"[byte & 15];
  }
  OPENSSL_cleanse(derived, sizeof(derived));
  return dev8agent::Secret(std::move(hexadecimal));
}

ApiKeys::Digest ApiKeys::digest(std::string_view text) {
  Digest result{};
  if (EVP_Digest(text.data(), text.size(), result.data(), nullptr, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("SHA-256 is not available");
  }
  return result;
}

}  // namespace dev8agentd

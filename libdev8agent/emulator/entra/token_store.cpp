// Access tokens: see token_store.h.
#include "entra/token_store.h"

#include "core/hashes.h"
#include "core/json.h"

namespace dev8agent::emulator {
namespace {

constexpr std::chrono::hours kRemembered{24};  // so long, an expired token differs from an unknown one

// The management endpoint of any cloud under either of its names, or that of a loopback server; storage.
TokenStore::Audience audience_of(std::string_view text) {
  const auto scheme = text.find("://");
  const std::string_view host = scheme == std::string_view::npos ? text : text.substr(scheme + 3);
  if (host.starts_with("management.") || host.starts_with("127.0.0.1") || host.starts_with("localhost"))
    return TokenStore::Audience::kResourceManager;
  const bool storage = host.starts_with("storage.azure.com") || host.find(".file.core.") != host.npos;
  return storage ? TokenStore::Audience::kStorage : TokenStore::Audience::kOther;
}

}  // namespace

std::string TokenStore::issue(std::string_view tenant, std::string_view client, std::string_view audience,
                              std::chrono::seconds lifetime, const Moment& moment, GuidSource& guids) {
  prune(moment.now);
  const std::int64_t issued = epoch_seconds(moment.wall);
  const std::string id = guids.next();
  const std::string claims =
      json::write(json::object({{"aud", audience},
                                {"iss", "https://sts.windows.net/" + std::string(tenant) + "/"},
                                {"iat", issued},
                                {"nbf", issued},
                                {"exp", issued + lifetime.count()},
                                {"appid", client},
                                {"tid", tenant},
                                {"uti", id},
                                {"ver", "1.0"}}));
  std::string token =
      base64url(R"({"typ":"JWT","alg":"RS256"})") + "." + base64url(claims) + "." + base64url(sha256(id));
  tokens_[token] = {moment.now + lifetime, audience_of(audience)};
  oldest_first_.push_back(token);
  return token;
}

TokenStore::Verdict TokenStore::check(std::string_view token, Audience wanted, TimePoint now) const {
  auto found = tokens_.find(std::string(token));
  if (found == tokens_.end()) return Verdict::kUnknown;
  if (now >= found->second.expires) return Verdict::kExpired;
  return found->second.audience == wanted ? Verdict::kValid : Verdict::kOtherAudience;
}

void TokenStore::expire_all(TimePoint now) {
  for (auto& [text, token] : tokens_) token.expires = std::min(token.expires, now);
}

void TokenStore::prune(TimePoint now) {
  while (!oldest_first_.empty() && tokens_.at(oldest_first_.front()).expires + kRemembered < now) {
    tokens_.erase(oldest_first_.front());
    oldest_first_.pop_front();
  }
}

}  // namespace dev8agent::emulator

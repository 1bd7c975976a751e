// Access tokens: see token_store.h.
#include "entra/token_store.h"

#include "core/hashes.h"
#include "core/json.h"

namespace dev8agent::emulator {
namespace {

constexpr std::chrono::hours kRemembered{24};  // so long, an expired token differs from an unknown one

// The management endpoint of any cloud under either of its names, or that of a loopback server.
bool is_resource_manager(std::string_view audience) {
  const auto scheme = audience.find("://");
  const std::string_view host = scheme == std::string_view::npos ? audience : audience.substr(scheme + 3);
  return host.starts_with("management.") || host.starts_with("127.0.0.1") || host.starts_with("localhost");
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
  tokens_[token] = {moment.now + lifetime, is_resource_manager(audience)};
  oldest_first_.push_back(token);
  return token;
}

TokenStore::Verdict TokenStore::check(std::string_view token, TimePoint now) const {
  auto found = tokens_.find(std::string(token));
  if (found == tokens_.end()) return Verdict::kUnknown;
  if (now >= found->second.expires) return Verdict::kExpired;
  return found->second.for_resource_manager ? Verdict::kValid : Verdict::kOtherAudience;
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

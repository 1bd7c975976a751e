// The access tokens that the emulated Entra ID and managed identity endpoint have issued. Azure
// Resource Manager asks it whether it may accept one.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/guid.h"
#include "core/moment.h"

namespace dev8agent::emulator {

// Tokens are known by their whole text; nothing is read from a token itself. So a test can take any
// text as an unknown token, and expire_all() needs no key.
class TokenStore {
 public:
  // What a service thinks of a token, in the order in which it is checked: unknown,
  // expired, for another audience. Each has an error code of its own
  // (ResourceManager::check_token). An expired token is remembered for 24 hours; after that it is
  // unknown.
  enum class Verdict { kValid, kExpired, kUnknown, kOtherAudience };

  // Makes and stores a token for `client` of `tenant` that is good for `lifetime`. It has the form
  // of a JWT with the claims of Entra ID's version 1.0 tokens, as clients that look inside expect.
  // Its last part is no real signature. `audience` is the resource, for example
  // "https://management.azure.com".
  std::string issue(std::string_view tenant, std::string_view client, std::string_view audience,
                    std::chrono::seconds lifetime, const Moment& moment, GuidSource& guids);
  // Whom a token is for, by its audience: a management endpoint ("management.*") or a loopback address, or
  // Azure Storage ("storage.azure.com", "*.file.core.*").
  enum class Audience { kResourceManager, kStorage, kOther };
  // Whether the service `wanted` accepts `token` at `now`.
  Verdict check(std::string_view token, Audience wanted, TimePoint now) const;
  // Every token issued so far is expired from now on. Emulator::expire_tokens() calls it.
  void expire_all(TimePoint now);

 private:
  struct Token {
    TimePoint expires;  // not valid from this moment on
    Audience audience;  // decided from the text when issued
  };
  // Forgets tokens that expired more than 24 hours ago.
  void prune(TimePoint now);

  // By the token's text.
  std::unordered_map<std::string, Token> tokens_;
  std::deque<std::string> oldest_first_;
};

}  // namespace dev8agent::emulator

// The access tokens that the emulated Entra ID gave out.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/guid.h"
#include "core/moment.h"

namespace dev8agent::emulator {

class TokenStore {
 public:
  enum class Verdict { kValid, kExpired, kUnknown, kOtherAudience };

  // A token in the form of a JWT, as clients that look inside expect.
  std::string issue(std::string_view tenant, std::string_view client, std::string_view audience,
                    std::chrono::seconds lifetime, const Moment& moment, GuidSource& guids);
  // Whether Azure Resource Manager accepts the token.
  Verdict check(std::string_view token, TimePoint now) const;
  void expire_all(TimePoint now);

 private:
  struct Token {
    TimePoint expires;
    bool for_resource_manager;
  };
  void prune(TimePoint now);

  std::unordered_map<std::string, Token> tokens_;
  std::deque<std::string> oldest_first_;
};

}  // namespace dev8agent::emulator

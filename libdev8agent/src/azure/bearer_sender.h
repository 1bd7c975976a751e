// BearerSender: puts a fresh token on each attempt and, when Azure refuses it, tries once more with a new
// one.
#pragma once

#include <memory>

#include "azure/token_cache.h"
#include "base/sender.h"

namespace dev8agent::internal::azure {

class BearerSender final : public Sender {
 public:
  BearerSender(Sender& next, TokenCache& tokens, std::string scope)
      : next_(next), tokens_(tokens), scope_(std::move(scope)) {}
  Task<Result<HttpResponse>> send(CallPtr call, HttpRequest request) override;

 private:
  Sender& next_;
  TokenCache& tokens_;
  std::string scope_;
};

}  // namespace dev8agent::internal::azure

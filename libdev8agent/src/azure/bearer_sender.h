// BearerSender: adds the bearer token to each attempt. When Azure answers 401, it drops that token and tries
// once more with a new one: the token may have been revoked before its expiry.
#pragma once

#include <memory>

#include "azure/token_cache.h"
#include "base/sender.h"

namespace dev8agent::internal::azure {

// One stage of the chain of Senders; `next` sends the request. A failure to get a token is returned as it is,
// and nothing is sent then. A second 401 is returned as the answer. The repeat is safe for writes too,
// because Azure checks the token before it acts. Loop thread only.
//
//   TransportSender wire(transport);
//   LogSender logged(wire, logger);
//   BearerSender sender(logged, tokens, "https://management.azure.com/.default");
class BearerSender final : public Sender {
 public:
  // `scope` names what the token is for, such as "https://management.azure.com/.default". `next` and `tokens`
  // must outlive this object.
  BearerSender(Sender& next, TokenCache& tokens, std::string scope)
      : next_(next), tokens_(tokens), scope_(std::move(scope)) {}
  Task<Result<HttpResponse>> send(CallPtr call, HttpRequest request) override;

 private:
  Sender& next_;
  TokenCache& tokens_;
  std::string scope_;
};

}  // namespace dev8agent::internal::azure

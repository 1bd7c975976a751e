// BearerSender: the token on each attempt.
#include "azure/bearer_sender.h"

namespace dev8agent::internal::azure {

Task<Result<HttpResponse>> BearerSender::send(CallPtr call, HttpRequest request) {
  for (int attempt = 1;; ++attempt) {
    auto token = co_await tokens_.get(call, scope_);
    if (!token.ok()) co_return token.error();
    HttpRequest authorised = request;
    authorised.headers.push_back({"Authorization", "Bearer " + *token});
    auto response = co_await next_.send(call, std::move(authorised));
    // 401 comes before any effect, so a repeat is safe for every method.
    if (!response.ok() || response->status != 401 || attempt == 2) co_return response;
    tokens_.invalidate(scope_, *token);
  }
}

}  // namespace dev8agent::internal::azure

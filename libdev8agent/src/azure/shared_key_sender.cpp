// SharedKeySender: the signature on each attempt.
#include "azure/shared_key_sender.h"

#include "azure/errors.h"
#include "azure/shared_key.h"
#include "base/time_format.h"

namespace dev8agent::internal::azure {
namespace {

constexpr std::chrono::minutes kToleratedClockError{5};  // Azure Files itself tolerates 15

}  // namespace

Task<Result<HttpResponse>> SharedKeySender::send(CallPtr call, HttpRequest request) {
  bool corrected = false;
  bool renewed = false;
  for (;;) {
    auto key = co_await keys_.get(call);
    if (!key.ok()) co_return key.error();
    const WallTime signed_at = call->scheduler->wall_now() + clock_error_;
    auto signed_request = with_signature(request, signed_at, *key);
    if (!signed_request.ok()) co_return signed_request.error();
    auto response = co_await next_.send(call, std::move(*signed_request));
    const WallTime now = call->scheduler->wall_now();
    const bool refused = response.ok() && response->status == 403 &&
                         error_of(*response, now).code == ErrorCode::kAzureCredentials;
    if (!refused || renewed) co_return response;
    const auto off =
        std::chrono::floor<std::chrono::seconds>(answered_at(response->headers, signed_at) - signed_at);
    if (!std::exchange(corrected, true) && std::chrono::abs(off) > kToleratedClockError) {
      clock_error_ += off;
      continue;
    }
    auto other = co_await keys_.renew(call, *key);
    if (!other.ok()) co_return other.error();
    if (!*other) co_return response;
    renewed = true;
  }
}

Result<HttpRequest> SharedKeySender::with_signature(HttpRequest request, WallTime signed_at,
                                                    const std::string& key) const {
  request.headers.push_back({"x-ms-date", format_http_date(signed_at)});
  auto authorization = shared_key_authorization(request, keys_.account(), key);
  if (!authorization) return make_error(ErrorCode::kAzureCredentials, "the storage key is not valid base64");
  request.headers.push_back({"Authorization", std::move(*authorization)});
  return request;
}

std::string SharedKeySender::clock_warning(WallTime now) const {
  if (clock_error_.count() == 0) return "";
  return "this machine's clock is wrong: it says " + format_rfc3339(now) + ", Azure's says " +
         format_rfc3339(now + clock_error_) + "; requests are signed with Azure's time";
}

}  // namespace dev8agent::internal::azure

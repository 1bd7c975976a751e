// ScopedTransport: remembers what is open and cancels it at its end.
#include "base/scoped_transport.h"

#include <utility>

namespace dev8agent::internal {

ScopedTransport::~ScopedTransport() {
  for (const RequestId id : std::exchange(open_, {})) transport_->cancel(id);
}

Transport::RequestId ScopedTransport::send(HttpRequest request, Completion completion) {
  // The id is known only when send() has returned; the completion comes later than that.
  auto own = std::make_shared<RequestId>(0);
  *own = transport_->send(std::move(request),
                          [this, own, completion = std::move(completion)](Result<HttpResponse> response) {
                            open_.erase(*own);
                            completion(std::move(response));
                          });
  open_.insert(*own);
  return *own;
}

void ScopedTransport::cancel(RequestId id) {
  if (open_.erase(id) > 0) transport_->cancel(id);
}

}  // namespace dev8agent::internal

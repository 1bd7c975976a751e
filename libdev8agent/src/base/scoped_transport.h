// ScopedTransport: another transport's requests, cancelled where they stand when this one is destroyed. For
// credentials: they send, cannot be told to stop, and their completions refer to objects of the orchestrator,
// while the transport may belong to the program and live longer. Loop thread only, the destructor too.
#pragma once

#include <memory>
#include <set>

#include "dev8agent/transport.h"

namespace dev8agent::internal {

// Passes every request on as it is. Ids are those of the transport behind it. A completion is called as that
// transport calls it, on the loop thread.
class ScopedTransport final : public Transport {
 public:
  // Shares the transport, so that cancelling at the end is safe.
  explicit ScopedTransport(std::shared_ptr<Transport> transport) : transport_(std::move(transport)) {}
  // Cancels every open request: their completions are not called.
  ~ScopedTransport() override;

  // As Transport::send(), until this object is destroyed.
  RequestId send(HttpRequest request, Completion completion) override;
  // Ids of requests that were not sent here are ignored.
  void cancel(RequestId id) override;

 private:
  std::shared_ptr<Transport> transport_;
  std::set<RequestId> open_;  // sent, and not completed or cancelled yet
};

}  // namespace dev8agent::internal

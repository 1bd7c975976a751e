// ScopedTransport: another transport's requests, cancelled where they stand when this one ends. For those who
// send and cannot be abandoned, on a transport that may outlive them. Loop thread only.
#pragma once

#include <memory>
#include <set>

#include "dev8agent/transport.h"

namespace dev8agent::internal {

class ScopedTransport final : public Transport {
 public:
  explicit ScopedTransport(std::shared_ptr<Transport> transport) : transport_(std::move(transport)) {}
  ~ScopedTransport() override;

  RequestId send(HttpRequest request, Completion completion) override;
  void cancel(RequestId id) override;

 private:
  std::shared_ptr<Transport> transport_;
  std::set<RequestId> open_;
};

}  // namespace dev8agent::internal

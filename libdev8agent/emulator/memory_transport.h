// A Transport whose network is the scheduler: each request travels for half of the latency, takes effect, and
// its answer travels for the other half.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "dev8agent/emulator.h"

namespace dev8agent::emulator {

class MemoryTransport final : public Transport {
 public:
  // The far end of the network.
  struct Far {
    std::function<Fault(const HttpRequest&)> next_fault;
    std::function<std::optional<HttpResponse>(const HttpRequest&, const Fault&, bool heard)> deliver;
  };

  MemoryTransport(std::shared_ptr<Scheduler> scheduler, std::chrono::nanoseconds latency, Far far);
  ~MemoryTransport() override;

  RequestId send(HttpRequest request, Completion completion) override;
  void cancel(RequestId id) override;

 private:
  struct Pending;
  struct State;
  std::shared_ptr<State> state_;  // timers hold it weakly
};

}  // namespace dev8agent::emulator

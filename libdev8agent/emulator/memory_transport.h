// A Transport whose network is the scheduler. Each request travels for half of the latency, takes
// effect, and its answer travels for the other half. On a VirtualScheduler all of that costs no
// real time.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "dev8agent/emulator.h"

namespace dev8agent::emulator {

// Emulator::make_transport() makes it. Follows the contract of Transport (loop thread only, one
// completion each, never from inside send()). Three moments of a request matter:
// * It arrives after latency / 2. When its deadline is before that, it never takes effect.
// * Its answer is back after the whole latency; never for the faults that hang. When the deadline
//   is between the
//   two, the request takes effect and the caller gets kTimeout.
// * cancel() before the arrival: it never takes effect. After it: the effect stays.
class MemoryTransport final : public Transport {
 public:
  // The far end of the network: Emulator::Impl. `next_fault` is asked inside send(); `deliver` is
  // called at the arrival, with `heard` true when the answer comes before the deadline. Both must
  // stay callable as long as the transport exists.
  struct Far {
    std::function<Fault(const HttpRequest&)> next_fault;
    std::function<std::optional<HttpResponse>(const HttpRequest&, const Fault&, bool heard)> deliver;
  };

  // `latency` is for both ways together.
  MemoryTransport(std::shared_ptr<Scheduler> scheduler, std::chrono::nanoseconds latency, Far far);
  // Drops all requests: their completions are not called, and those on their way do not arrive. May
  // run on another thread than the loop's; then the timers run out without effect.
  ~MemoryTransport() override;

  RequestId send(HttpRequest request, Completion completion) override;
  void cancel(RequestId id) override;

 private:
  struct Pending;  // one request on its way
  struct State;
  std::shared_ptr<State> state_;  // timers hold it weakly
};

}  // namespace dev8agent::emulator

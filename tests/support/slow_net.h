// SlowNet: a network on which some requests arrive late and some answers come much
// later than that. What was sent takes its course when its caller gives up or is gone,
// for as long as the network itself is there: requests that a process sent before its
// end still reach Azure.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <utility>

#include "dev8agent/scheduler.h"
#include "dev8agent/transport.h"

namespace dev8agent::test {

// A transport in front of another (the emulator's), for the random simulation. Loop
// thread only. It differs from Tap in that it delays and never answers in Azure's
// place, and in that it keeps deadlines. Azure itself is never slow here: see
// EmulatorOptions for that. Example:
//
//   SlowNet net(azure.make_transport(), scheduler, [] {
//     return SlowNet::Delay{.there = milliseconds(1500)};
//   });
class SlowNet final : public Transport {
 public:
  // How long a request travels, and how long its answer. Zero: no longer than on the
  // network behind.
  struct Delay {
    std::chrono::milliseconds there{0};
    std::chrono::milliseconds back{0};
  };

  // `delay` is asked for each request, inside send().
  SlowNet(std::shared_ptr<Transport> azure, std::shared_ptr<Scheduler> scheduler,
          std::function<Delay()> delay)
      : state_(std::make_shared<State>()) {
    state_->azure = std::move(azure);
    state_->scheduler = std::move(scheduler);
    state_->delay = std::move(delay);
  }

  // The caller gets kTimeout at its deadline, with request_sent true. The request
  // itself travels without deadline, so it takes effect even when it arrives later than
  // that.
  RequestId send(HttpRequest request, Completion completion) override {
    State& state = *state_;
    const Delay delay = state.delay();
    const RequestId id = ++state.last;
    state.callers[id] = std::move(completion);
    const std::weak_ptr<State> weak = state_;
    // From here on the deadline is this network's business.
    const TimePoint deadline = std::exchange(request.deadline, TimePoint::max());
    if (deadline != TimePoint::max()) {
      state.scheduler->call_at(deadline, [weak, id] {
        Error late = make_error(ErrorCode::kTimeout, "no answer in time");
        late.request_sent = true;  // Azure may have acted
        if (auto net = weak.lock()) net->finish(id, late);
      });
    }
    // Called with Azure's answer; late answers meet no caller.
    const auto answered = [weak, id, back = delay.back](const Result<HttpResponse>& answer) {
      auto net = weak.lock();
      if (!net) return;
      // Not delayed on its way back.
      if (back.count() == 0) return net->finish(id, answer);
      net->scheduler->call_at(net->scheduler->now() + back, [weak, id, answer] {
        if (auto later = weak.lock()) later->finish(id, answer);
      });
    };
    // Hands the request to the network behind.
    const auto pass = [weak, request = std::move(request), answered] {
      if (auto net = weak.lock()) net->azure->send(request, answered);
    };
    // Without a delay it is sent now, so it keeps its place before requests that are
    // sent later.
    if (delay.there.count() == 0) {
      pass();
    } else {
      state.scheduler->call_at(state.scheduler->now() + delay.there, pass);
    }
    return id;
  }
  // Forgets the caller; the request is not called back.
  void cancel(RequestId id) override { state_->callers.erase(id); }

 private:
  // Shared with the work in the scheduler, so that work which comes after the network's
  // end does nothing.
  struct State {
    std::shared_ptr<Transport> azure;  // the network behind
    std::shared_ptr<Scheduler> scheduler;
    std::function<Delay()> delay;
    RequestId last = 0;                       // the last id given
    std::map<RequestId, Completion> callers;  // those that still wait

    // Gives the caller its outcome, unless it has had one or has given up.
    void finish(RequestId id, const Result<HttpResponse>& answer) {
      auto found = callers.find(id);
      if (found == callers.end()) return;
      const Completion done = std::move(found->second);
      callers.erase(found);  // before the call, which may send again
      done(answer);
    }
  };
  std::shared_ptr<State> state_;  // what waits in the scheduler holds it weakly
};

}  // namespace dev8agent::test

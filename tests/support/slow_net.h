// SlowNet: a network on which some requests arrive late and some answers come much later than that; what was
// sent takes its course when its caller gives up or is gone, for as long as the network itself is there.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <utility>

#include "dev8agent/scheduler.h"
#include "dev8agent/transport.h"

namespace dev8agent::test {

class SlowNet final : public Transport {
 public:
  struct Delay {
    std::chrono::milliseconds there{0};
    std::chrono::milliseconds back{0};
  };

  // `delay` is asked for each request.
  SlowNet(std::shared_ptr<Transport> azure, std::shared_ptr<Scheduler> scheduler,
          std::function<Delay()> delay)
      : state_(std::make_shared<State>()) {
    state_->azure = std::move(azure);
    state_->scheduler = std::move(scheduler);
    state_->delay = std::move(delay);
  }

  RequestId send(HttpRequest request, Completion completion) override {
    State& state = *state_;
    const Delay delay = state.delay();
    const RequestId id = ++state.last;
    state.callers[id] = std::move(completion);
    const std::weak_ptr<State> weak = state_;
    const TimePoint deadline = std::exchange(request.deadline, TimePoint::max());
    if (deadline != TimePoint::max()) {
      state.scheduler->call_at(deadline, [weak, id] {
        Error late = make_error(ErrorCode::kTimeout, "no answer in time");
        late.request_sent = true;
        if (auto net = weak.lock()) net->finish(id, late);
      });
    }
    const auto answered = [weak, id, back = delay.back](const Result<HttpResponse>& answer) {
      auto net = weak.lock();
      if (!net) return;
      if (back.count() == 0) return net->finish(id, answer);
      net->scheduler->call_at(net->scheduler->now() + back, [weak, id, answer] {
        if (auto later = weak.lock()) later->finish(id, answer);
      });
    };
    const auto pass = [weak, request = std::move(request), answered] {
      if (auto net = weak.lock()) net->azure->send(request, answered);
    };
    if (delay.there.count() == 0) {
      pass();
    } else {
      state.scheduler->call_at(state.scheduler->now() + delay.there, pass);
    }
    return id;
  }
  void cancel(RequestId id) override { state_->callers.erase(id); }

 private:
  struct State {
    std::shared_ptr<Transport> azure;
    std::shared_ptr<Scheduler> scheduler;
    std::function<Delay()> delay;
    RequestId last = 0;
    std::map<RequestId, Completion> callers;

    void finish(RequestId id, const Result<HttpResponse>& answer) {
      auto found = callers.find(id);
      if (found == callers.end()) return;
      const Completion done = std::move(found->second);
      callers.erase(found);
      done(answer);
    }
  };
  std::shared_ptr<State> state_;  // what waits in the scheduler holds it weakly
};

}  // namespace dev8agent::test

// SlowNet: a network on which some requests arrive late and some answers come much later than that; what was
// sent takes its course when its caller gives up or is gone.
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
      : azure_(std::move(azure)), scheduler_(std::move(scheduler)), delay_(std::move(delay)) {}

  ~SlowNet() override { callers_->clear(); }

  RequestId send(HttpRequest request, Completion completion) override {
    const Delay delay = delay_();
    const RequestId id = ++last_;
    const auto callers = callers_;
    const auto scheduler = scheduler_;
    (*callers)[id] = std::move(completion);
    const auto finish = [callers, id](const Result<HttpResponse>& answer) {
      auto found = callers->find(id);
      if (found == callers->end()) return;
      const Completion done = std::move(found->second);
      callers->erase(found);
      done(answer);
    };
    if (request.deadline != TimePoint::max()) {
      scheduler_->call_at(request.deadline, [finish] {
        Error late = make_error(ErrorCode::kTimeout, "no answer in time");
        late.request_sent = true;
        finish(late);
      });
    }
    request.deadline = TimePoint::max();
    const auto answered = [scheduler, finish, back = delay.back](const Result<HttpResponse>& answer) {
      if (back.count() == 0) return finish(answer);
      scheduler->call_at(scheduler->now() + back, [finish, answer] { finish(answer); });
    };
    // Azure's transport lives as long as what is under way in it.
    const auto azure = azure_;
    const auto pass = [azure, request = std::move(request), answered] {
      azure->send(request, [azure, answered](const Result<HttpResponse>& answer) { answered(answer); });
    };
    if (delay.there.count() == 0) {
      pass();
    } else {
      scheduler_->call_at(scheduler_->now() + delay.there, pass);
    }
    return id;
  }
  void cancel(RequestId id) override { callers_->erase(id); }

 private:
  std::shared_ptr<Transport> azure_;
  std::shared_ptr<Scheduler> scheduler_;
  std::function<Delay()> delay_;
  RequestId last_ = 0;
  std::shared_ptr<std::map<RequestId, Completion>> callers_ =
      std::make_shared<std::map<RequestId, Completion>>();
};

}  // namespace dev8agent::test

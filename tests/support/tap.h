// Tap: a transport between one agent and Azure that holds back, answers or lets through
// each request as a test says. With it a test makes calls meet in exactly one order.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "support/world.h"

namespace dev8agent::test {

using namespace internal;

// Example: the first PUT of a container group reaches Azure 30 s late.
//
//   auto once = std::make_shared<bool>(true);
//   auto agent = world.agent(tapped(world, [once](Tap& tap, const HttpRequest& request,
//                                                 const Transport::Completion& done) {
//     if (request.method != "PUT" || !std::exchange(*once, false)) return false;
//     tap.pass_later(std::chrono::seconds(30), request, done);
//     return true;
//   }));
//
// Loop thread only, as every transport.
class Tap final : public Transport {
 public:
  // Asked for each request, inside send(). True: the hook takes care of the request, by
  // one of the functions below, later or never. False: it goes on to Azure. The
  // completion it gets may be called at any time: when the caller has given up or was
  // answered already, nothing happens.
  using Hook = std::function<bool(Tap&, const HttpRequest&, const Completion&)>;

  Tap(std::shared_ptr<Transport> azure, Scheduler& scheduler, Hook hook)
      : azure_(std::move(azure)), scheduler_(scheduler), hook_(std::move(hook)) {}

  // A request that the hook keeps for itself has no deadline here: its caller waits
  // until the call itself ends.
  RequestId send(HttpRequest request, Completion completion) override {
    const RequestId id = ++last_;
    auto kept = std::make_shared<Completion>(std::move(completion));
    waiting_[id] = kept;
    Completion done = [this, id, kept](Result<HttpResponse> response) {
      if (waiting_.erase(id) > 0) (*kept)(std::move(response));
    };
    if (!hook_(*this, request, done)) azure_->send(std::move(request), done);
    return id;
  }
  // Forgets the caller; what was sent takes its course, as it does when a client hangs
  // up on Azure.
  void cancel(RequestId id) override { waiting_.erase(id); }

  // Lets the request reach Azure after `span`, whether or not its caller still waits.
  // The tap has to be there when Azure answers: `done` refers to it.
  void pass_later(std::chrono::milliseconds span, HttpRequest request, const Completion& done) {
    request.deadline = TimePoint::max();
    scheduler_.call_at(scheduler_.now() + span,
                       [azure = azure_, request = std::move(request), done] { azure->send(request, done); });
  }
  // Answers in Azure's place after 20 ms: an error in the format of Azure Resource
  // Manager, with its code also in the header in which Azure Files sends it.
  void answer(const Completion& done, int status, const std::string& code,
              std::vector<HttpHeader> headers = {}) {
    HttpResponse response;
    response.status = status;
    response.headers = std::move(headers);
    response.headers.push_back({"x-ms-error-code", code});
    response.body = R"({"error":{"code":")" + code + R"(","message":"as the test says"}})";
    answer(done, std::move(response));
  }
  // The same with an answer of the test's own.
  void answer(const Completion& done, HttpResponse response) {
    scheduler_.call_at(scheduler_.now() + std::chrono::milliseconds(20),
                       [done, response = std::move(response)] { done(response); });
  }

 private:
  std::shared_ptr<Transport> azure_;  // the emulator's memory transport
  Scheduler& scheduler_;
  Hook hook_;
  RequestId last_ = 0;
  std::map<RequestId, std::shared_ptr<Completion>> waiting_;  // callers that wait for an answer
};

// `tweaks` with a tap in front of Azure. The world must outlive the agent. Each agent
// has a tap of its own; a hook that is copied shares its state through pointers.
inline AgentTweaks tapped(World& world, Tap::Hook hook, AgentTweaks tweaks = {}) {
  tweaks.wrap_transport = [&world, hook = std::move(hook)](std::shared_ptr<Transport> azure) {
    return std::make_shared<Tap>(std::move(azure), world.clock(), hook);
  };
  return tweaks;
}

// A hook: the next `*times` requests with this label (HttpRequest::label), and `part`
// in their URL, are answered with 429 and a Retry-After of a minute. The test keeps
// `times` to see how many are left.
inline Tap::Hook throttle(std::string label, std::shared_ptr<int> times, std::string part = "") {
  return [label = std::move(label), part = std::move(part), times](Tap& tap, const HttpRequest& request,
                                                                   const Transport::Completion& done) {
    if (request.label != label || request.url.find(part) == std::string::npos || *times <= 0) return false;
    --*times;
    tap.answer(done, 429, "TooManyRequests", {{"Retry-After", "60"}});
    return true;
  };
}

}  // namespace dev8agent::test

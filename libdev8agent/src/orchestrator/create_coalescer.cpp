// Request coalescing for creates: who shares a flow, who leaves it early, and what each of them gets.
#include "orchestrator/create_coalescer.h"

#include <algorithm>
#include <coroutine>
#include <optional>
#include <utility>
#include <vector>

#include "base/crypto.h"
#include "base/rare.h"
#include "base/secret_fields.h"
#include "base/spec_fields.h"

namespace dev8agent::internal {

std::string fingerprint(const CreateRequest& request) {
  std::string all;
  const auto add = [&](std::string_view part) {
    all += std::to_string(part.size()) + ":" + std::string(part);
  };
  add(request.id), add(to_string(request.cloud_provider)), add(request.cloud_region);
  for_each_spec_field([&](const auto& field) { add(text_of(request.spec.*field.member)); });
  for (const std::string& region : request.candidate_regions) add(region);
  for_each_secret(request.secrets, [&](const SecretField&, const Secret& secret) { add(secret.reveal()); });
  std::string digest = sha256(all);
  Secret wiped(std::move(all));
  return digest;
}

// One caller of a shared flow. It lives in the frame of its run(), because thousands may wait. Destroyed
// before it has an outcome, it gives up its place.
struct CreateCoalescer::Caller {
  Caller(CreateCoalescer& owner_of_flow, SharedFlowPtr flow, CallPtr its_call)
      : owner(owner_of_flow), shared(std::move(flow)), call(std::move(its_call)) {
    owner.join(*this);
  }
  Caller(const Caller&) = delete;
  ~Caller() { owner.remove(*this); }

  // The three functions of a C++20 awaiter.
  bool await_ready() const { return outcome.has_value(); }
  void await_suspend(std::coroutine_handle<> handle) { waiter = handle; }
  Outcome await_resume() { return std::move(*outcome); }

  void finish(Outcome result) {
    cancelled.reset();
    outcome.emplace(std::move(result));
    if (waiter) std::exchange(waiter, nullptr).resume();
  }

  CreateCoalescer& owner;
  SharedFlowPtr shared;
  CallPtr call;
  std::optional<Outcome> outcome{};
  std::coroutine_handle<> waiter{};
  std::optional<Scheduler::TimerId> timer{};
  Cancellation::Registration cancelled{};
};

// One flow that is under way and those who wait for it. It is the listener of the flow's call, which owns it.
struct CreateCoalescer::SharedFlow : CallListener {
  SharedFlow(std::string fingerprint, Call& of_flow) : key(std::move(fingerprint)), call(of_flow) {}

  const std::string key;
  Call& call;  // its deadline is the last of its callers'
  std::vector<Caller*> callers{};
  Rare<ProgressReport> told{};  // the last report, for those who join later

  // A report without a stage, such as one of a retry, is about the stage before.
  void on_progress(const ProgressReport& report) override {
    ProgressReport noted = report;
    if (!noted.stage && told) noted.stage = told->stage;
    told = std::move(noted);
    for (const Caller* caller : callers) caller->call->tell(report);
  }
  void on_failure(const Error& error) override {
    for (const Caller* caller : callers) caller->call->note_failure(error);
  }
  void on_answer(const std::string& azure_request_id) override {
    for (const Caller* caller : callers) caller->call->tell_answer(azure_request_id);
  }
  void follow_deadlines() {
    call.deadline = TimePoint::min();
    for (const Caller* caller : callers) call.deadline = std::max(call.deadline, caller->call->deadline);
  }
};

Task<CreateCoalescer::Outcome> CreateCoalescer::run(std::string key, CallPtr call, Flow flow) {
  SharedFlowPtr shared = find(key);
  const bool first = shared == nullptr;
  if (first) shared = open(std::move(key), *call);
  Caller caller(*this, shared, std::move(call));
  if (first) tasks_.start(run_flow(this, std::move(shared), std::move(flow)));
  auto result = co_await caller;
  co_return result;
}

CreateCoalescer::SharedFlowPtr CreateCoalescer::find(const std::string& key) const {
  auto found = flows_.find(key);
  // A flow that is being cancelled ends in an error that is not the newcomer's.
  if (found == flows_.end() || found->second->call.cancellation->cancelled()) return nullptr;
  return found->second;
}

CreateCoalescer::SharedFlowPtr CreateCoalescer::open(std::string key, const Call& first) {
  auto call = std::make_shared<Call>();
  call->scheduler = first.scheduler;
  call->names = first.names;
  auto listener = std::make_shared<SharedFlow>(std::move(key), *call);
  SharedFlowPtr shared(call, listener.get());
  call->listener = std::move(listener);
  flows_.erase(shared->key);  // one that is being cancelled
  flows_.emplace(shared->key, shared);
  return shared;
}

void CreateCoalescer::join(Caller& caller) {
  SharedFlow& shared = *caller.shared;
  shared.callers.push_back(&caller);
  if (shared.told) caller.call->tell(*shared.told);
  shared.follow_deadlines();
  set_timers(shared);
  caller.cancelled = caller.call->cancellation->on_cancel([this, &caller] {
    caller.cancelled.reset();
    cancel(caller);
  });
}

// Each caller whose deadline comes before the flow's leaves then.
void CreateCoalescer::set_timers(SharedFlow& shared) {
  for (Caller* caller : shared.callers) {
    if (caller->timer || caller->call->deadline >= shared.call.deadline) continue;
    caller->timer = scheduler_.call_at(caller->call->deadline, [this, caller] {
      caller->timer.reset();
      // The last one ends with the flow, which has its deadline by then.
      if (caller->shared->callers.size() > 1) leave(*caller, deadline_error(*caller->call));
    });
  }
}

Task<Done> CreateCoalescer::run_flow(CreateCoalescer* self, SharedFlowPtr shared, Flow flow) {
  Task<Outcome> work = flow(CallPtr(shared, &shared->call));
  flow = nullptr;  // what it holds is the work's own from here on
  auto outcome = co_await std::move(work);
  self->complete(*shared, std::move(outcome));
  co_return Done{};
}

void CreateCoalescer::complete(SharedFlow& shared, Outcome outcome) {
  auto found = flows_.find(shared.key);
  if (found != flows_.end() && found->second.get() == &shared) flows_.erase(found);
  std::vector<Caller*>& callers = shared.callers;
  while (callers.size() > 1) {
    Caller& other = *callers[1];
    callers.erase(callers.begin() + 1);
    if (outcome.ok()) {
      other.finish(EnvironmentOutcome{outcome->environment, false, {}});
    } else {
      other.finish(outcome.error());
    }
  }
  if (callers.empty()) return;
  Caller& first = *callers.front();
  callers.clear();
  first.finish(std::move(outcome));
}

void CreateCoalescer::cancel(Caller& caller) {
  SharedFlow& shared = *caller.shared;
  if (shared.callers.size() == 1 && shared.callers.front() == &caller) {
    // Held, because the flow may end inside this call.
    const auto cancellation = shared.call.cancellation;
    cancellation->cancel(caller.call->cancellation->why());
  } else {
    leave(caller, make_error(ErrorCode::kCancelled, "the operation was cancelled; another caller's goes on"));
  }
}

// Takes one of several callers out of the shared flow, with an outcome of its own.
void CreateCoalescer::leave(Caller& caller, Error error) {
  remove(caller);
  caller.finish(std::move(error));
}

void CreateCoalescer::remove(Caller& caller) {
  if (caller.timer) scheduler_.cancel(*std::exchange(caller.timer, std::nullopt));
  if (std::erase(caller.shared->callers, &caller) > 0) caller.shared->follow_deadlines();
}

}  // namespace dev8agent::internal

// Request coalescing for creates: who shares a flow, who leaves it early, and what each of them gets.
#include "orchestrator/create_coalescer.h"

#include <algorithm>
#include <utility>

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

// One caller of a shared flow.
struct CreateCoalescer::Caller {
  CallPtr call;
  std::optional<Outcome> outcome{};
  std::coroutine_handle<> waiter{};
  std::optional<Scheduler::TimerId> timer{};
  Cancellation::Registration cancelled{};

  void finish(Outcome result) {
    cancelled.reset();
    outcome.emplace(std::move(result));
    if (waiter) std::exchange(waiter, nullptr).resume();
  }
};

// One flow that is under way and those who wait for it. Its call's deadline is the last of its callers'.
struct CreateCoalescer::SharedFlow {
  std::string key;
  std::shared_ptr<Call> call;
  std::vector<CallerPtr> callers{};
  Rare<ProgressReport> told{};  // the last report, for those who join later

  // A report without a stage, such as one of a retry, is about the stage before.
  void note(ProgressReport report) {
    if (!report.stage && told) report.stage = told->stage;
    told = std::move(report);
  }
  void follow_deadlines() {
    call->deadline = TimePoint::min();
    for (const CallerPtr& caller : callers) call->deadline = std::max(call->deadline, caller->call->deadline);
  }
};

class CreateCoalescer::Listener : public CallListener {
 public:
  explicit Listener(std::weak_ptr<SharedFlow> shared) : shared_(std::move(shared)) {}
  void on_progress(const ProgressReport& report) override {
    const SharedFlowPtr alive = shared_.lock();
    if (!alive) return;
    alive->note(report);
    for (const CallerPtr& caller : alive->callers) caller->call->tell(report);
  }
  void on_failure(const Error& error) override {
    const SharedFlowPtr alive = shared_.lock();
    if (!alive) return;
    for (const CallerPtr& caller : alive->callers) caller->call->note_failure(error);
  }
  void on_answer(const std::string& azure_request_id) override {
    const SharedFlowPtr alive = shared_.lock();
    if (!alive) return;
    for (const CallerPtr& caller : alive->callers) caller->call->tell_answer(azure_request_id);
  }

 private:
  std::weak_ptr<SharedFlow> shared_;  // weak: it has the call
};

// Suspends one caller until it has an outcome; a caller whose frame is destroyed first gives up its place.
class CreateCoalescer::Wait {
 public:
  Wait(CreateCoalescer& owner, SharedFlowPtr shared, CallerPtr caller)
      : owner_(owner), shared_(std::move(shared)), caller_(std::move(caller)) {}
  Wait(const Wait&) = delete;
  ~Wait() { owner_.remove(*shared_, caller_); }

  bool await_ready() const { return caller_->outcome.has_value(); }
  void await_suspend(std::coroutine_handle<> handle) { caller_->waiter = handle; }
  Outcome await_resume() { return std::move(*caller_->outcome); }

 private:
  CreateCoalescer& owner_;
  SharedFlowPtr shared_;
  CallerPtr caller_;
};

Task<CreateCoalescer::Outcome> CreateCoalescer::run(std::string key, CallPtr call, Flow flow) {
  SharedFlowPtr shared = find(key);
  const bool first = shared == nullptr;
  if (first) shared = open(key, *call);
  auto caller = std::make_shared<Caller>(Caller{std::move(call)});
  join(shared, caller);
  Wait outcome(*this, shared, caller);
  if (first) tasks_.start(run_flow(this, shared, std::move(flow)));
  auto result = co_await outcome;
  co_return result;
}

CreateCoalescer::SharedFlowPtr CreateCoalescer::find(const std::string& key) const {
  auto found = flows_.find(key);
  // A flow that is being cancelled ends in an error that is not the newcomer's.
  if (found == flows_.end() || found->second->call->cancellation->cancelled()) return nullptr;
  return found->second;
}

CreateCoalescer::SharedFlowPtr CreateCoalescer::open(const std::string& key, const Call& first) {
  auto call = std::make_shared<Call>();
  call->scheduler = first.scheduler;
  call->request_id = first.request_id;
  call->trace_id = first.trace_id;
  call->operation_id = first.operation_id;
  auto shared = std::make_shared<SharedFlow>(SharedFlow{key, call});
  call->listener = std::make_shared<Listener>(shared);
  flows_.erase(key);  // one that is being cancelled
  flows_.emplace(shared->key, shared);
  return shared;
}

void CreateCoalescer::join(const SharedFlowPtr& shared, const CallerPtr& caller) {
  shared->callers.push_back(caller);
  if (shared->told) caller->call->tell(*shared->told);
  shared->follow_deadlines();
  set_timers(shared);
  caller->cancelled = caller->call->cancellation->on_cancel(
      [this, weak = std::weak_ptr(shared), member = std::weak_ptr(caller)] {
        auto [alive, self] = std::pair(weak.lock(), member.lock());
        if (!self) return;
        self->cancelled.reset();
        if (alive) cancel(*alive, self);
      });
}

// Each caller whose deadline comes before the flow's leaves then.
void CreateCoalescer::set_timers(const SharedFlowPtr& shared) {
  for (const CallerPtr& caller : shared->callers) {
    if (caller->timer || caller->call->deadline >= shared->call->deadline) continue;
    caller->timer = scheduler_.call_at(caller->call->deadline,
                                       [this, weak = std::weak_ptr(shared), member = std::weak_ptr(caller)] {
                                         auto [alive, self] = std::pair(weak.lock(), member.lock());
                                         if (self) self->timer.reset();
                                         // The last one ends with the flow, which has its deadline by then.
                                         if (alive && self && alive->callers.size() > 1)
                                           leave(*alive, self, deadline_error(*self->call));
                                       });
  }
}

Task<Done> CreateCoalescer::run_flow(CreateCoalescer* self, SharedFlowPtr shared, Flow flow) {
  Task<Outcome> work = flow(shared->call);
  flow = nullptr;  // what it holds is the work's own from here on
  auto outcome = co_await std::move(work);
  self->complete(shared, std::move(outcome));
  co_return Done{};
}

void CreateCoalescer::complete(const SharedFlowPtr& shared, Outcome outcome) {
  auto found = flows_.find(shared->key);
  if (found != flows_.end() && found->second == shared) flows_.erase(found);
  const auto callers = std::exchange(shared->callers, {});
  for (const CallerPtr& caller : callers) {
    if (caller->timer) scheduler_.cancel(*std::exchange(caller->timer, std::nullopt));
  }
  for (std::size_t i = 1; i < callers.size(); ++i) {
    if (outcome.ok()) {
      callers[i]->finish(EnvironmentOutcome{outcome->environment, false, {}});
    } else {
      callers[i]->finish(outcome.error());
    }
  }
  if (!callers.empty()) callers.front()->finish(std::move(outcome));
}

void CreateCoalescer::cancel(SharedFlow& shared, const CallerPtr& caller) {
  if (shared.callers.size() == 1 && shared.callers.front() == caller) {
    shared.call->cancellation->cancel(caller->call->cancellation->why());
  } else {
    leave(shared, caller,
          make_error(ErrorCode::kCancelled, "the operation was cancelled; another caller's goes on"));
  }
}

// Takes one of several callers out of the shared flow, with an outcome of its own.
void CreateCoalescer::leave(SharedFlow& shared, const CallerPtr& caller, Error error) {
  remove(shared, caller);
  caller->finish(std::move(error));
}

void CreateCoalescer::remove(SharedFlow& shared, const CallerPtr& caller) {
  if (caller->timer) scheduler_.cancel(*std::exchange(caller->timer, std::nullopt));
  if (std::erase(shared.callers, caller) > 0) shared.follow_deadlines();
}

}  // namespace dev8agent::internal

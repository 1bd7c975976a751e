// Request coalescing for creates: who shares a flow, who leaves it early, and what each of them gets.
#include "orchestrator/create_coalescer.h"

#include <algorithm>
#include <list>
#include <optional>
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

// One caller of a shared flow, which owns it.
struct CreateCoalescer::Caller {
  Caller(CallPtr its_call, Completion its_done) : call(std::move(its_call)), done(std::move(its_done)) {}
  Caller(const Caller&) = delete;
  ~Caller() {
    if (timer) call->scheduler->cancel(*timer);
  }

  CallPtr call;
  Completion done;
  std::optional<Scheduler::TimerId> timer{};  // at its deadline, when the flow's is later
  Cancellation::Registration cancelled{};
};

// One flow that is under way and those who wait for it. It is the listener of the flow's call, which owns it.
struct CreateCoalescer::SharedFlow : CallListener {
  SharedFlow(std::string fingerprint, Call& of_flow) : key(std::move(fingerprint)), call(of_flow) {}

  const std::string key;
  Call& call;                   // its deadline is the last of its callers'
  std::list<Caller> callers{};  // a list, so that each stays in its place
  Rare<ProgressReport> told{};  // the last report, for those who join later

  // A report without a stage, such as one of a retry, is about the stage before.
  void on_progress(const ProgressReport& report) override {
    ProgressReport noted = report;
    if (!noted.stage && told) noted.stage = told->stage;
    told = std::move(noted);
    for (const Caller& caller : callers) caller.call->tell(report);
  }
  void on_failure(const Error& error) override {
    for (const Caller& caller : callers) caller.call->note_failure(error);
  }
  void on_answer(const std::string& azure_request_id) override {
    for (const Caller& caller : callers) caller.call->tell_answer(azure_request_id);
  }
  void follow_deadlines() {
    call.deadline = TimePoint::min();
    for (const Caller& caller : callers) call.deadline = std::max(call.deadline, caller.call->deadline);
  }
  // Takes one caller out. Returns whom to tell.
  Completion remove(const Caller& caller) {
    const auto place =
        std::find_if(callers.begin(), callers.end(), [&](const Caller& each) { return &each == &caller; });
    Completion done = std::move(place->done);
    callers.erase(place);
    return done;
  }
};

void CreateCoalescer::join(std::string key, CallPtr call, const Flow& flow, Completion done) {
  SharedFlowPtr shared = find(key);
  if (shared) return enter(*shared, std::move(call), std::move(done));
  shared = open(std::move(key), *call);
  enter(*shared, std::move(call), std::move(done));
  Task<Outcome> work = flow(CallPtr(shared, &shared->call));
  const Completion end = [this, shared](Outcome outcome) { complete(*shared, std::move(outcome)); };
  tasks_.start(std::move(work), end);
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

void CreateCoalescer::enter(SharedFlow& shared, CallPtr call, Completion done) {
  Caller& caller = shared.callers.emplace_back(std::move(call), std::move(done));
  if (shared.told) caller.call->tell(*shared.told);
  shared.follow_deadlines();
  set_timers(shared);
  caller.cancelled = caller.call->cancellation->on_cancel([&shared, &caller] {
    caller.cancelled.reset();
    cancel(shared, caller);
  });
}

// Each caller whose deadline comes before the flow's leaves then.
void CreateCoalescer::set_timers(SharedFlow& shared) {
  for (Caller& caller : shared.callers) {
    if (caller.timer || caller.call->deadline >= shared.call.deadline) continue;
    caller.timer = scheduler_.call_at(caller.call->deadline, [&shared, &caller] {
      caller.timer.reset();
      // The last one ends with the flow, which has its deadline by then.
      if (shared.callers.size() > 1) leave(shared, caller, deadline_error(*caller.call));
    });
  }
}

void CreateCoalescer::complete(SharedFlow& shared, Outcome outcome) {
  auto found = flows_.find(shared.key);
  if (found != flows_.end() && found->second.get() == &shared) flows_.erase(found);
  while (shared.callers.size() > 1) {
    const Completion done = shared.remove(*std::next(shared.callers.begin()));
    if (outcome.ok()) {
      done(EnvironmentOutcome{outcome->environment, false, {}});
    } else {
      done(outcome.error());
    }
  }
  const Completion done = shared.remove(shared.callers.front());
  done(std::move(outcome));
}

void CreateCoalescer::cancel(SharedFlow& shared, Caller& caller) {
  if (shared.callers.size() == 1) {
    // Held, because the flow may end inside this call.
    const auto cancellation = shared.call.cancellation;
    cancellation->cancel(caller.call->cancellation->why());
  } else {
    leave(shared, caller,
          make_error(ErrorCode::kCancelled, "the operation was cancelled; another caller's goes on"));
  }
}

// Takes one of several callers out of the shared flow, with an outcome of its own.
void CreateCoalescer::leave(SharedFlow& shared, Caller& caller, Outcome outcome) {
  const Completion done = shared.remove(caller);
  shared.follow_deadlines();
  done(std::move(outcome));
}

}  // namespace dev8agent::internal

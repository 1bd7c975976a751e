// CreateCoalescer: equal creates in flight share one flow and its outcome. A caller that repeats a create
// because its connection broke then waits for the deployment that is under way. It works within one process;
// creates of two processes meet in Azure (plan/decisions.h). Loop thread only.
//
//   creates.join(fingerprint(*request), call, make_flow, [](Result<EnvironmentOutcome> outcome) { ... });
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/call.h"
#include "base/task.h"
#include "dev8agent/environment.h"
#include "dev8agent/operation.h"

namespace dev8agent::internal {

// A SHA-256 digest of the request, secrets included, as the key of join(). Equal for requests that are equal
// in every field. The id must be set: the orchestrator makes one for a request without.
std::string fingerprint(const CreateRequest& request);

// The flows that are under way by key, and who waits for each. Not copyable. Destroying it ends the flows
// where they stand; nobody is called any more.
class CreateCoalescer {
 public:
  using Outcome = Result<EnvironmentOutcome>;
  // Makes the shared flow. The flow's call has the latest deadline of its callers and is cancelled when the
  // last of them is; all of them hear of it.
  using Flow = std::function<Task<Outcome>(CallPtr call)>;
  // Gets the outcome of one caller.
  using Completion = std::function<void(Outcome)>;

  // `scheduler` must outlive it.
  explicit CreateCoalescer(Scheduler& scheduler) : scheduler_(scheduler) {}
  CreateCoalescer(const CreateCoalescer&) = delete;

  // Has `done` called once with the outcome of the flow of `key`; `flow` makes it when none is in flight, or
  // when the one in flight is being cancelled. `call` is this caller's. No frame waits, because thousands of
  // callers may. `done` may be called before this returns. It must not destroy this object.
  // The first caller gets the outcome as it is. The others get the environment with `changed` false and
  // without a password. An error is the same for all.
  // One caller of several that is cancelled, or whose deadline comes before another's, leaves with kCancelled
  // or kTimeout while the flow goes on. The last one ends with the flow, after its roll-back.
  void join(std::string key, CallPtr call, const Flow& flow, Completion done);

 private:
  struct Caller;      // one join(), until it has its outcome
  struct SharedFlow;  // one flow and its callers in the order in which they joined
  // Holds the call of the flow, which owns the rest.
  using SharedFlowPtr = std::shared_ptr<SharedFlow>;

  // The flow to join; null when there is none, or only one that is being cancelled.
  SharedFlowPtr find(const std::string& key) const;
  SharedFlowPtr open(std::string key, const Call& first);
  void enter(SharedFlow& shared, CallPtr call, Completion done);
  // Gives every caller its outcome.
  void complete(SharedFlow& shared, Outcome outcome);
  // A caller was cancelled: it leaves, or the flow is cancelled when it is the only one.
  static void cancel(SharedFlow& shared, Caller& caller);
  void set_timers(SharedFlow& shared);
  // Ends the wait of one of several callers with `outcome`.
  static void leave(SharedFlow& shared, Caller& caller, Outcome outcome);

  Scheduler& scheduler_;
  std::map<std::string_view, SharedFlowPtr> flows_;  // by the key, which the flow itself holds
  TaskSet tasks_;                                    // destroyed first: the flows use what stands above
};

}  // namespace dev8agent::internal

// CreateCoalescer: equal creates in flight share one flow and its outcome. Loop thread only.
#pragma once

#include <coroutine>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/call.h"
#include "base/task.h"
#include "dev8agent/environment.h"
#include "dev8agent/operation.h"
#include "orchestrator/progress.h"

namespace dev8agent::internal {

// Equal for requests that are equal in every field, secrets included; reveals nothing about them.
std::string fingerprint(const CreateRequest& request);

class CreateCoalescer {
 public:
  using Outcome = Result<EnvironmentOutcome>;
  using Report = internal::Report;
  // Makes the shared flow. Its call ends when the last of its callers ends; its reports reach all of them.
  using Flow = std::function<Task<Outcome>(CallPtr call, Report report)>;

  // `scheduler` must outlive it.
  explicit CreateCoalescer(Scheduler& scheduler) : scheduler_(scheduler) {}
  CreateCoalescer(const CreateCoalescer&) = delete;

  // The outcome of the flow of `key`; `flow` makes it when none is in flight, or when the one in flight is
  // being cancelled. The first caller gets the outcome as it is, the others as an environment that exists
  // already. `call` and `report` are this caller's. One caller of several that is cancelled, or whose
  // deadline comes before another's, leaves with that error. The last one ends with the flow, after its
  // roll-back.
  Task<Outcome> run(std::string key, CallPtr call, Report report, Flow flow);

 private:
  struct Caller;
  struct SharedFlow;
  class Wait;
  using CallerPtr = std::shared_ptr<Caller>;
  using SharedFlowPtr = std::shared_ptr<SharedFlow>;

  SharedFlowPtr find(const std::string& key) const;
  SharedFlowPtr open(const std::string& key, const Call& first);
  void join(const SharedFlowPtr& shared, const CallerPtr& caller);
  static Task<Done> run_flow(CreateCoalescer* self, SharedFlowPtr shared, Flow flow);
  void complete(const SharedFlowPtr& shared, Outcome outcome);
  void cancel(SharedFlow& shared, const CallerPtr& caller);
  void set_timers(const SharedFlowPtr& shared);
  void leave(SharedFlow& shared, const CallerPtr& caller, Error error);
  void remove(SharedFlow& shared, const CallerPtr& caller);

  Scheduler& scheduler_;
  std::map<std::string, SharedFlowPtr> flows_;  // by key
  TaskSet tasks_;                               // destroyed first: the flows use what stands above
};

}  // namespace dev8agent::internal

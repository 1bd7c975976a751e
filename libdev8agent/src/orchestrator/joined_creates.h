// JoinedCreates: identical creates in flight share one flow and its outcome. Loop thread only.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/call.h"
#include "dev8agent/environment.h"
#include "dev8agent/operation.h"

namespace dev8agent {

// Equal for requests that are equal in every field, secrets included; tells nothing about them.
std::string fingerprint(const CreateRequest& request);

class JoinedCreates {
 public:
  using State = internal::OperationState<EnvironmentOutcome>;
  struct Member {
    std::shared_ptr<State> state;
    TimePoint deadline;
    std::optional<Scheduler::TimerId> timer;
  };
  // Its call's deadline is the last of its members'.
  struct Flow {
    std::string key;
    std::vector<Member> members;
    std::shared_ptr<Call> call;
  };
  using FlowPtr = std::shared_ptr<Flow>;

  // `scheduler` must outlive it.
  explicit JoinedCreates(Scheduler& scheduler) : scheduler_(scheduler) {}

  // Adds `state` to the flow of `key` when there is one that is not being cancelled; null otherwise. A member
  // whose deadline comes before another's ends there, in kTimeout, and the flow goes on for the others.
  FlowPtr join(const std::string& key, std::shared_ptr<State> state, TimePoint deadline);
  // Opens a flow of `key` with its first member, whose call it is.
  FlowPtr open(const std::string& key, std::shared_ptr<State> state, std::shared_ptr<Call> call);
  // Gives every member the outcome; for all but the first, the environment was there as asked.
  void complete(const FlowPtr& flow, Result<EnvironmentOutcome> result);

  static void report(const Flow& flow, const Progress& progress);
  // One member gives up; the flow ends when it was the last.
  void cancel(Flow& flow, const std::shared_ptr<State>& state);

 private:
  // Takes one of several members out of the flow.
  void leave(Flow& flow, const std::shared_ptr<State>& state, Error error);

  Scheduler& scheduler_;
  std::map<std::string, FlowPtr> flows_;
};

}  // namespace dev8agent

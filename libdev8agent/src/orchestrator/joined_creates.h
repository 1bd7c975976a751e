// JoinedCreates: identical creates in flight share one flow and its outcome. Loop thread only.
#pragma once

#include <map>
#include <memory>
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
  struct Flow {
    std::string key;
    std::vector<std::shared_ptr<State>> members;
    std::shared_ptr<Cancellation> cancellation;
  };
  using FlowPtr = std::shared_ptr<Flow>;

  // Adds `state` to the flow of `key` when there is one that is not being cancelled; null otherwise.
  FlowPtr join(const std::string& key, std::shared_ptr<State> state);
  // Opens a flow of `key` with its first member.
  FlowPtr open(const std::string& key, std::shared_ptr<State> state,
               std::shared_ptr<Cancellation> cancellation);
  // Gives every member the outcome; for all but the first, the environment was there as asked.
  void complete(const FlowPtr& flow, Result<EnvironmentOutcome> result);

  static void report(const Flow& flow, const Progress& progress);
  // One member gives up; the flow ends when it was the last.
  static void cancel(Flow& flow, const std::shared_ptr<State>& state);

 private:
  std::map<std::string, FlowPtr> flows_;
};

}  // namespace dev8agent

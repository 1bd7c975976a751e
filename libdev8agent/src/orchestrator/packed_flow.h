// PackedFlow: a whole FlowState in few bytes, while its create waits for its container. Thousands may wait.
// Loop thread only.
//
//   auto packed = PackedFlow::take(state, wanted);  // nothing: `state` stays
//   auto read = co_await ...;
//   if (packed) state = std::move(*packed).restore(context, secrets, wanted, plan::WithGroup::kNo);
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "orchestrator/flow_state.h"
#include "plan/packing.h"

namespace dev8agent::internal {

class PackedFlow {
 public:
  // Takes `state` and `wanted`, and leaves both empty. Nothing, and both stay, when something else holds the
  // state, or when there is in it what is seldom there and not packed.
  static std::optional<PackedFlow> take(FlowStatePtr& state, Rare<plan::Facts>& wanted);
  // The state as it was, and `wanted`. `context` and `secrets`: those that it had.
  FlowStatePtr restore(FlowContext context, std::shared_ptr<EnvironmentSecrets> secrets,
                       Rare<plan::Facts>& wanted, plan::WithGroup with_group) &&;

 private:
  PackedFlow(FlowState& state, const Rare<plan::Facts>& wanted);

  RegionServices* region_;
  PooledText operation_url_;
  std::string bytes_;
};

}  // namespace dev8agent::internal

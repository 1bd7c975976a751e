// The watch that tells which environments there are, for readers who follow all of them.
#include "orchestrator/flows.h"
#include "plan/regions.h"

namespace dev8agent::internal {
namespace {

constexpr std::chrono::seconds kPeriod{10};

}  // namespace

Task<Result<Done>> Flows::watch_environments(
    FlowContext context, std::function<void(const std::vector<ListedEnvironment>&)> tell) {
  for (;;) {
    auto granted = co_await take_read(context.call);
    if (!granted.ok()) co_return granted.error();
    auto states = co_await list_regions(context, plan::regions_to_search("", settings_));
    if (states.ok()) {
      std::vector<ListedEnvironment> listed;
      for (const FlowStatePtr& state : *states) {
        if (plan::is_kept(state->seen)) continue;
        listed.push_back({state->id, state->region->options.name, plan::facts_of(state->seen).user_id});
      }
      tell(listed);
    }
    auto waited = co_await pause(context.call, kPeriod);
    if (!waited.ok()) co_return waited.error();
  }
}

}  // namespace dev8agent::internal

// The endpoint of the regions with their quotas.
#include "await_operation.h"
#include "dev8agent/wire.h"
#include "endpoints.h"

namespace dev8agentd {
namespace {

constexpr CallKind kRegions{"regions", std::chrono::seconds(85), &Agent::reads};

}  // namespace

Reply list_regions(const Request& request, Agent& agent) {
  return await_operation(
      agent, request, kRegions, "",
      [&](dev8agent::CallOptions options) { return agent.orchestrator.regions(std::move(options)); },
      [](const std::vector<dev8agent::Region>& regions) {
        return Response{
            .body = dev8agent::success_body("Regions listed",
                                            dev8agent::JsonObject().raw("regions", to_json(regions)).str())};
      });
}

}  // namespace dev8agentd

// libdev8agent inside a program of one's own: an environment from creation to deletion, against the emulator.
// For the real Azure, leave transport and scheduler out and fill the options with options_from_variables().
#include <cstdio>
#include <utility>

#include "dev8agent/emulator.h"
#include "dev8agent/orchestrator.h"

using namespace dev8agent;

namespace {

AgentOptions options_for(emulator::Emulator& azure, std::shared_ptr<Scheduler> scheduler) {
  AgentOptions options;
  options.subscription_id = azure.options().subscription_id;
  options.resource_group = azure.options().resource_groups.front();
  options.storage_account = "dev8emulator";
  options.regions.emplace_back().name = "eastus";
  options.identity.tenant_id = azure.options().tenant_id;
  options.identity.client_id = azure.options().client_id;
  options.identity.client_secret = Secret(std::string_view(azure.options().client_secret));
  options.activity_keys.emplace_back(std::string_view("a server secret of 32 characters"));
  options.agent_base_url = "https://agent.example.com";
  options.transport = azure.make_transport();
  options.scheduler = std::move(scheduler);
  return options;
}

// Waits for an operation and says how it ended, and how it came there.
template <class T>
bool report(const char* what, const Operation<T>& operation) {
  operation.on_progress(
      [](const Progress& step) { std::printf("    %s %s\n", step.stage.c_str(), step.detail.c_str()); });
  const Result<T>& result = operation.get();
  std::printf("%s: %s\n", what, result.ok() ? "done" : result.error().message.c_str());
  return result.ok();
}

}  // namespace

int main() {
  const auto scheduler = make_default_scheduler();
  emulator::EmulatorOptions azure_options;
  azure_options.provisioning_time = azure_options.start_time = std::chrono::seconds(2);
  emulator::Emulator azure(azure_options, scheduler);

  auto settings = finalize(options_for(azure, scheduler));
  if (!settings.ok()) return std::fprintf(stderr, "%s\n", settings.error().message.c_str()), 1;
  EnvironmentOrchestrator agent(std::move(*settings));

  CreateRequest request;
  request.id = "workspace-0001";
  request.name = "My workspace";
  request.cloud_region = "eastus";
  request.cpu_cores = 2;
  request.memory_gb = 4;
  request.storage_gb = 20;

  StartRequest restart;
  restart.id = request.id;
  const bool all_done = report("create", agent.create(request.copy())) &&
                        report("stop", agent.stop({request.id, request.cloud_region})) &&
                        report("start", agent.start(std::move(restart))) &&
                        report("delete", agent.remove({request.id, request.cloud_region, true}));
  return all_done ? 0 : 1;
}

// libdev8agent inside a program of one's own: an environment from creation to deletion, against the emulator.
// For the real Azure, EnvironmentOrchestrator::from_environment() takes the place of options_for() and
// make().
#include <iostream>
#include <string>
#include <utility>

#include "dev8agent/emulator.h"
#include "dev8agent/orchestrator.h"

using namespace dev8agent;

namespace {

AgentOptions options_for(emulator::Emulator& azure, std::shared_ptr<Scheduler> scheduler) {
  const emulator::EmulatorOptions& cloud = azure.options();
  AgentOptions options{.subscription_id = cloud.subscription_id,
                       .resource_group = cloud.resource_groups.front(),
                       .storage_account = "dev8emulator",
                       .default_region = "eastus",
                       .agent_base_url = "https://agent.example.com",
                       .identity = {.tenant_id = cloud.tenant_id,
                                    .client_id = cloud.client_id,
                                    .client_secret = Secret(cloud.client_secret)},
                       .transport = azure.make_transport(),
                       .scheduler = std::move(scheduler)};
  options.activity_keys.emplace_back("a server secret of 32 characters");
  return options;
}

int fail(const Error& error) {
  std::cerr << error << "\n";
  return 1;
}

// Waits for an operation and prints its progress and its outcome.
template <class T>
bool report(const char* what, const Operation<T>& operation) {
  operation.on_progress([](const Progress& step) {
    std::cout << "    " << to_string(step.stage) << " " << step.detail << std::endl;
  });
  const Result<T>& result = operation.get();
  if (!result.ok()) return fail(result.error()), false;
  std::cout << what << ": done\n";
  return true;
}

}  // namespace

int main() {
  auto scheduler = make_default_scheduler();
  if (!scheduler.ok()) return fail(scheduler.error());
  emulator::Emulator azure(
      {.provisioning_time = std::chrono::seconds(2), .start_time = std::chrono::seconds(2)}, *scheduler);

  auto settings = finalize(options_for(azure, *scheduler));
  if (!settings.ok()) return fail(settings.error());
  auto orchestrator = EnvironmentOrchestrator::make(std::move(*settings));
  if (!orchestrator.ok()) return fail(orchestrator.error());

  const std::string id = "workspace-0001";
  CreateRequest request{.id = id,
                        .spec = {.name = "My workspace", .cpu_cores = 2, .memory_gb = 4, .storage_gb = 20}};
  const bool all_done = report("create", orchestrator->create(std::move(request))) &&
                        report("stop", orchestrator->stop({.id = id})) &&
                        report("start", orchestrator->start({.id = id})) &&
                        report("delete", orchestrator->remove({.id = id, .force = true}));
  return all_done ? 0 : 1;
}

// A program of somebody else's: creates an environment on the emulated Azure in virtual time and says which
// version of the library did it. Exits 0 when the environment runs.
#include <dev8agent/emulator.h>
#include <dev8agent/orchestrator.h>
#include <dev8agent/version.h>

#include <cstdio>
#include <memory>
#include <string>
#include <utility>

int main() {
  const auto clock = std::make_shared<dev8agent::emulator::VirtualScheduler>();
  dev8agent::emulator::Emulator azure({}, clock);

  dev8agent::AgentOptions options;
  options.subscription_id = azure.options().subscription_id;
  options.resource_group = azure.options().resource_groups.front();
  options.storage_account = "dev8emulator";
  options.default_region = "eastus";
  options.identity.tenant_id = azure.options().tenant_id;
  options.identity.client_id = azure.options().client_id;
  options.identity.client_secret = dev8agent::Secret(azure.options().client_secret);
  options.activity_keys.emplace_back("a server secret of 32 characters");
  options.agent_base_url = "https://agent.example.com";
  options.transport = azure.make_transport();
  options.scheduler = clock;
  auto settings = dev8agent::finalize(std::move(options));
  if (!settings.ok()) return std::fprintf(stderr, "%s\n", settings.error().message.c_str()), 1;
  auto orchestrator = dev8agent::EnvironmentOrchestrator::make(std::move(*settings));
  if (!orchestrator.ok()) return std::fprintf(stderr, "%s\n", orchestrator.error().message.c_str()), 1;

  const auto operation =
      orchestrator->create({.id = "consumer-0001",
                            .spec = {.name = "Consumer", .cpu_cores = 2, .memory_gb = 4, .storage_gb = 20}});
  if (!clock->run_until([&] { return operation.done(); })) return std::fprintf(stderr, "no outcome\n"), 1;
  const auto& outcome = operation.get();
  if (!outcome.ok()) return std::fprintf(stderr, "%s\n", outcome.error().message.c_str()), 1;
  const auto status = to_string(outcome->environment.status);
  std::printf("dev8agent %s: %s\n", std::string(dev8agent::version()).c_str(), std::string(status).c_str());
  return outcome->environment.status == dev8agent::EnvironmentStatus::kRunning ? 0 : 1;
}

// Puts emulator and daemon together.
#include "stack.h"

#include <chrono>
#include <stdexcept>

using dev8agent::emulator::EmulatorOptions;
using dev8agent::emulator::EmulatorServer;

namespace {

// Of held(): longer than a test looks at something that comes up, and short enough that neither tokens nor
// signatures are too old after the jump.
constexpr std::chrono::minutes kHeld{10};

DaemonProcess::Environment with(DaemonProcess::Environment variables,
                                const DaemonProcess::Environment& extra) {
  variables["AGENT_PORT"] = "0";
  // Tests ask without a pause; those of the limit set their own.
  variables["RATE_LIMIT_RPS"] = variables["RATE_LIMIT_BURST"] = "1000000";
  for (const auto& [name, value] : extra) variables[name] = value;
  return variables;
}

}  // namespace

EmulatorOptions TestAzure::quick() {
  EmulatorOptions options;
  options.provisioning_time = std::chrono::milliseconds(100);
  options.start_time = std::chrono::milliseconds(100);
  options.restart_time = std::chrono::milliseconds(100);
  options.share_deletion_time = std::chrono::milliseconds(0);
  return options;
}

EmulatorOptions TestAzure::held() {
  EmulatorOptions options = quick();
  options.provisioning_time = kHeld;
  return options;
}

void TestAzure::come_up() {
  emulator_.set_provisioning_time(quick().provisioning_time);
  scheduler_->jump(kHeld);
}

TestAzure::TestAzure(EmulatorOptions options)
    : scheduler_(
          std::make_shared<dev8agent::test::JumpingScheduler>(dev8agent::make_default_scheduler().value())),
      emulator_(std::move(options), scheduler_) {
  auto server = EmulatorServer::start(emulator_, {});
  if (!server.ok()) throw std::runtime_error(server.error().message);
  server_ = std::move(*server);
  const EmulatorOptions& chosen = emulator_.options();
  variables_ = {{"AZURE_TENANT_ID", chosen.tenant_id},
                {"AZURE_CLIENT_ID", chosen.client_id},
                {"AZURE_CLIENT_SECRET", chosen.client_secret},
                {"AZURE_SUBSCRIPTION_ID", chosen.subscription_id},
                {"AZURE_RESOURCE_GROUP", chosen.resource_groups.front()},
                {"AZURE_STORAGE_ACCOUNT", "dev8emulator"},
                {"AZURE_DEFAULT_REGION", "eastus"},
                {"AZURE_REGIONS", "eastus:eastus:true,westeurope:westeurope:true"},
                {"AZURE_RESOURCE_MANAGER_ENDPOINT", server_->resource_manager_endpoint()},
                {"AZURE_AUTHORITY_HOST", server_->authority_endpoint()},
                {"AZURE_FILE_ENDPOINT", server_->file_endpoint()},
                {"AZURE_IMDS_ENDPOINT", server_->imds_endpoint()},
                {"AGENT_BASE_URL", "https://agent.example.com"}};
}

Stack::Stack(const Variables& extra, EmulatorOptions options)
    : azure(std::move(options)), daemon({}, with(azure.variables(), extra)), client(daemon.url()) {}

std::string create_body(const std::string& id, const std::string& more) {
  return R"({"workspaceId":")" + id +
         R"(","userId":"user-1","name":"My workspace","cloudRegion":"eastus","cpuCores":2,"memoryGB":4,"storageGB":20)" +
         more + "}";
}

std::string id_body(const std::string& id, const std::string& more) {
  return R"({"workspaceId":")" + id + R"(","cloudRegion":"eastus")" + more + "}";
}

bool eventually(const std::function<bool()>& holds) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(5);
  while (std::chrono::steady_clock::now() < deadline) {
    if (holds()) return true;
  }
  return false;
}

// Starts the emulator of --dev and points the configuration at it.
#include "dev_azure.h"

#include <string_view>

namespace dev8agentd {
namespace {

using dev8agent::emulator::EmulatorOptions;
using dev8agent::emulator::EmulatorServer;

constexpr std::string_view kAccount = "dev8emulator";

std::string regions(const EmulatorOptions& options) {
  std::string list;
  for (const std::string& location : options.locations) {
    list += (list.empty() ? "" : ",") + location + ":" + location + ":true";
  }
  return list;
}

}  // namespace

DevAzure::DevAzure(EmulatorOptions options, std::shared_ptr<dev8agent::Scheduler> scheduler)
    : scheduler_(std::move(scheduler)), emulator_(std::move(options), scheduler_) {}

dev8agent::Result<std::unique_ptr<DevAzure>> DevAzure::start(const Settings& settings) {
  EmulatorOptions options;
  options.provisioning_time = settings.dev_provisioning;
  options.start_time = settings.dev_start;
  options.share_deletion_time = std::chrono::milliseconds(0);
  auto scheduler = dev8agent::make_default_scheduler();
  if (!scheduler.ok()) return scheduler.error();
  std::unique_ptr<DevAzure> azure(new DevAzure(std::move(options), std::move(*scheduler)));
  auto server = EmulatorServer::start(azure->emulator_, {});
  if (!server.ok()) return server.error();
  azure->server_ = std::move(*server);
  return azure;
}

void DevAzure::configure(dev8agent::Variables& variables) const {
  std::erase_if(variables, [](const auto& variable) { return variable.first.starts_with("AZURE_"); });
  variables.erase("CONTAINER_IMAGE_NAME");  // goes with AZURE_CONTAINER_REGISTRY
  const EmulatorOptions& options = emulator_.options();
  variables["AZURE_TENANT_ID"] = options.tenant_id;
  variables["AZURE_CLIENT_ID"] = options.client_id;
  variables["AZURE_CLIENT_SECRET"] = options.client_secret;
  variables["AZURE_SUBSCRIPTION_ID"] = options.subscription_id;
  variables["AZURE_RESOURCE_GROUP"] = options.resource_groups.front();
  variables["AZURE_STORAGE_ACCOUNT"] = kAccount;
  variables["AZURE_DEFAULT_REGION"] = options.locations.front();
  variables["AZURE_REGIONS"] = regions(options);
  variables["AZURE_RESOURCE_MANAGER_ENDPOINT"] = server_->resource_manager_endpoint();
  variables["AZURE_AUTHORITY_HOST"] = server_->authority_endpoint();
  variables["AZURE_FILE_ENDPOINT"] = server_->file_endpoint();
  variables["AZURE_IMDS_ENDPOINT"] = server_->imds_endpoint();
}

}  // namespace dev8agentd

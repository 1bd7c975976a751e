// Starts the emulator of --dev and points the configuration at it.
#include "dev_azure.h"

#include <string_view>

#include "settings_file.h"

namespace dev8agentd {
namespace {

using dev8agent::emulator::EmulatorOptions;
using dev8agent::emulator::EmulatorServer;

constexpr std::string_view kAccount = "dev8emulator";
// For the modes without account keys: an identity that may mount, and read the account's key in a vault.
constexpr const char* kIdentity =
    "/subscriptions/33333333-3333-4333-8333-333333333333/resourceGroups/dev8-emulator/providers/"
    "Microsoft.ManagedIdentity/userAssignedIdentities/dev";
constexpr const char* kIdentityClientId = "44444444-4444-4444-8444-444444444444";
constexpr const char* kSecretUri = "https://dev.vault.azure.net/secrets/storage-key";

// What goes with AZURE_MOUNT_AUTH.
void set_identities(dev8agent::Variables& variables) {
  const auto mount = variables.find("AZURE_MOUNT_AUTH");
  const std::string way = mount == variables.end() ? "" : mount->second;
  if (way == "identity" || way == "keyvault") variables["AZURE_MOUNT_IDENTITY"] = kIdentity;
  if (way == "identity") variables["AZURE_MOUNT_IDENTITY_CLIENT_ID"] = kIdentityClientId;
  if (way == "keyvault") variables["AZURE_STORAGE_SECRET_URI"] = kSecretUri;
}

std::string regions(const EmulatorOptions& options) {
  std::string list;
  for (const std::string& location : options.locations) {
    list += (list.empty() ? "" : ",") + location + ":" + location + ":true";
  }
  return list;
}

dev8agent::Error unusable_faults(const std::string& why) {
  return dev8agent::invalid_request({{"AGENT_DEV_FAULTS", why}});
}

// The script of a file, or null without one.
dev8agent::Result<dev8agent::emulator::FaultScript> read_faults(const std::string& path) {
  if (path.empty()) return dev8agent::emulator::FaultScript();
  const auto text = read_settings_file(path);
  if (!text.ok()) return unusable_faults(text.error().message);
  if (!*text) return unusable_faults("there is no such file");
  auto script = dev8agent::emulator::parse_fault_script(**text);
  if (!script.ok()) return unusable_faults(script.error().message);
  return script;
}

}  // namespace

DevAzure::DevAzure(EmulatorOptions options, std::shared_ptr<dev8agent::Scheduler> scheduler,
                   DevWorkspaces workspaces)
    : scheduler_(std::move(scheduler)),
      emulator_(std::move(options), scheduler_),
      workspaces_(std::move(workspaces)) {}

dev8agent::Result<std::unique_ptr<DevAzure>> DevAzure::start(const Settings& settings,
                                                             const CommandLine& flags) {
  DevWorkspaces workspaces;
  if (flags.workspaces) {
    auto started = start_dev_workspaces(settings, flags);
    if (!started.ok()) return started.error();
    workspaces = std::move(*started);
  }
  auto faults = read_faults(settings.dev_faults);
  if (!faults.ok()) return faults.error();
  EmulatorOptions options;
  options.provisioning_time = settings.dev_provisioning;
  options.start_time = options.restart_time = settings.dev_start;
  options.share_deletion_time = std::chrono::milliseconds(0);
  options.storage_accounts.resize(1);
  options.storage_accounts[0].name = "dev8emulator";
  options.storage_accounts[0].resource_group = options.resource_groups.front();
  options.storage_accounts[0].retention_days = 7;
  options.storage_accounts[0].smb_oauth = true;
  options.storage_accounts[0].key1 = std::string(84, 'A') + "AQ==";  // 64 bytes, as Azure's
  options.identities = {{kIdentity, kIdentityClientId}};
  options.vault_secrets[kSecretUri] = options.storage_accounts[0].key1;
  options.runtime = workspaces.runtime;
  auto scheduler = dev8agent::make_default_scheduler();
  if (!scheduler.ok()) return scheduler.error();
  std::unique_ptr<DevAzure> azure(
      new DevAzure(std::move(options), std::move(*scheduler), std::move(workspaces)));
  auto server = EmulatorServer::start(azure->emulator_, {});
  if (!server.ok()) return server.error();
  azure->server_ = std::move(*server);
  azure->emulator_.set_fault_script(std::move(*faults));
  return azure;
}

void DevAzure::set_agent_url(const std::string& url) const {
  if (workspaces_.runtime)
    workspaces_.runtime->set_variables({{"AGENT_BASE_URL", url}, {"SUPERVISOR_AGENT_BASE_URL", url}});
}

std::optional<dev8agent::LogRecord> DevAzure::workspaces_record() const {
  if (!workspaces_.runtime) return std::nullopt;
  return dev8agent::LogRecord{dev8agent::LogLevel::kInfo,
                              "daemon.workspaces",
                              {{"user", workspaces_.user},
                               {"images", workspaces_.images},
                               {"shares", workspaces_.runtime->mounts_shares() ? "mounted" : "directories"}}};
}

void DevAzure::configure(dev8agent::Variables& variables) const {
  std::erase_if(variables, [](const auto& variable) {
    const bool chooses_mode = variable.first == "AZURE_STORAGE_AUTH" || variable.first == "AZURE_MOUNT_AUTH";
    return variable.first.starts_with("AZURE_") && !chooses_mode;
  });
  // These go with AZURE_CONTAINER_REGISTRY.
  for (const char* of_registry : {"CONTAINER_IMAGE_NAME", "REGISTRY_IDENTITY"}) variables.erase(of_registry);
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
  set_identities(variables);
}

}  // namespace dev8agentd

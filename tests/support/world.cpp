// World: an emulated Azure in virtual time, and agents on it.
#include "support/world.h"

#include <algorithm>

namespace dev8agent::test {

namespace {

emulator::EmulatorOptions with_account(emulator::EmulatorOptions options) {
  if (options.storage_accounts.empty()) {
    // Base64 of 64 bytes each, as Azure's keys are.
    const std::string key1 = std::string(84, 'A') + "AQ==";
    const std::string key2 = std::string(84, 'B') + "BQ==";
    options.storage_accounts.push_back({"dev8account", options.resource_groups.front(), key1, key2});
  }
  return options;
}

}  // namespace

World::World(emulator::EmulatorOptions options, std::uint64_t seed)
    : scheduler_(std::make_shared<emulator::VirtualScheduler>()),
      azure_(std::make_unique<emulator::Emulator>(with_account(std::move(options)), scheduler_)),
      random_state_(std::make_shared<std::uint64_t>(seed)) {}

World::~World() = default;

AgentSettings World::settings(AgentTweaks tweaks) {
  const emulator::EmulatorOptions& azure = azure_->options();
  AgentOptions options;
  options.subscription_id = azure.subscription_id;
  options.resource_group = azure.resource_groups.front();
  options.storage_account = azure.storage_accounts.front().name;
  options.storage_key = Secret(std::string_view(tweaks.storage_key));
  options.default_region = tweaks.default_region;
  for (const std::string& name : tweaks.regions) {
    RegionOptions region;
    region.name = name;
    if (auto location = tweaks.locations.find(name); location != tweaks.locations.end()) {
      region.location = location->second;
    }
    if (auto group = tweaks.resource_groups.find(name); group != tweaks.resource_groups.end()) {
      region.resource_group = group->second;
    }
    // With several accounts, each region has its own.
    const std::size_t index = options.regions.size();
    if (index < azure.storage_accounts.size()) region.storage_account = azure.storage_accounts[index].name;
    options.regions.push_back(std::move(region));
  }
  options.identity.tenant_id = azure.tenant_id;
  options.identity.client_id = azure.client_id;
  options.identity.client_secret = Secret(std::string_view(azure.client_secret));
  options.credential = make_client_secret_credential(options.identity);
  options.agent_base_url = "https://agent.example.com";
  options.activity_keys.push_back(Secret("activity-key-of-the-tests"));
  options.operation_secret = Secret("operation-secret-of-the-tests");
  options.retry = tweaks.retry;
  options.logger = tweaks.logger;
  options.scheduler = scheduler_;
  options.transport = azure_->make_transport();
  if (tweaks.wrap_transport) options.transport = tweaks.wrap_transport(options.transport);
  // SplitMix64: the same seed, the same world.
  options.random_bytes = [state = random_state_](std::size_t count) {
    std::string bytes;
    while (bytes.size() < count) {
      std::uint64_t z = (*state += 0x9e3779b97f4a7c15u);
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
      z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
      z ^= z >> 31;
      for (int i = 0; i < 8; ++i) bytes += static_cast<char>(z >> (8 * i));
    }
    bytes.resize(count);
    return bytes;
  };
  if (tweaks.adjust) tweaks.adjust(options);
  auto settings = finalize(std::move(options));
  if (!settings.ok()) FAIL(settings.error().message);
  return *settings;
}

std::unique_ptr<EnvironmentOrchestrator> World::agent(AgentTweaks tweaks) {
  return std::make_unique<EnvironmentOrchestrator>(
      EnvironmentOrchestrator::make(settings(std::move(tweaks))).value());
}

std::vector<std::string> World::azure_calls() const {
  std::vector<std::string> names;
  for (const emulator::Call& call : azure_->calls()) {
    if (call.operation != "Token" && call.operation != "StorageAccounts_ListKeys")
      names.push_back(call.operation);
  }
  return names;
}

int World::count(const std::string& operation) const {
  const auto calls = azure_->calls();
  return static_cast<int>(std::count_if(
      calls.begin(), calls.end(), [&](const emulator::Call& call) { return call.operation == operation; }));
}

emulator::GroupView World::group(const std::string& id) const {
  for (const auto& group : azure_->groups()) {
    if (group.name == "aci-" + id) return group;
  }
  return {};
}

emulator::ShareView World::share(const std::string& id) const {
  for (const auto& share : azure_->shares()) {
    if (share.name == "fs-" + id && !share.being_deleted) return share;
  }
  return {};
}

bool World::has_group(const std::string& id) const {
  return !group(id).name.empty();
}
bool World::has_share(const std::string& id) const {
  return !share(id).name.empty();
}

AgentTweaks seldom_polling(std::chrono::milliseconds span) {
  AgentTweaks tweaks;
  tweaks.adjust = [span](AgentOptions& options) {
    options.polling = {1000.0 / static_cast<double>(span.count()), 1};
  };
  return tweaks;
}

CreateRequest create_request(std::string id) {
  CreateRequest request;
  request.id = std::move(id);
  request.spec.user_id = "user-1";
  request.spec.name = "My workspace";
  request.cloud_region = "eastus";
  request.spec.cpu_cores = 2;
  request.spec.memory_gb = 4;
  request.spec.storage_gb = 20;
  return request;
}

}  // namespace dev8agent::test

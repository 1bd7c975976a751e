// The clients of one subscription, wired: transport, log, tokens, resource manager, each region's files.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "azure/arm_client.h"
#include "azure/bearer_sender.h"
#include "azure/container_groups.h"
#include "azure/file_shares.h"
#include "azure/log_sender.h"
#include "azure/storage_keys.h"
#include "azure/token_cache.h"
#include "base/retry.h"
#include "base/scoped_transport.h"
#include "dev8agent/options.h"

namespace dev8agent::internal {

// One enabled region with its storage.
struct RegionServices {
  RegionServices(const RegionOptions& region, const AgentOptions& agent, azure::ArmClient& arm,
                 Sender& sender, Retrier& retrier);
  const RegionOptions& options;
  azure::StorageKeys keys;
  azure::FileShares shares;
};

class AzureServices {
 public:
  AzureServices(AgentSettings settings, std::shared_ptr<Scheduler> scheduler,
                std::shared_ptr<Transport> transport);

  Retrier& retrier() { return retrier_; }
  azure::TokenCache& tokens() { return tokens_; }
  azure::ContainerGroups& groups() { return groups_; }
  azure::ArmClient& arm() { return arm_; }
  // Of an enabled region of the settings.
  RegionServices& region(const RegionOptions& region) { return *regions_.at(region.name); }
  const std::map<std::string, std::unique_ptr<RegionServices>>& regions() const { return regions_; }
  const std::string& scope() const { return scope_; }

 private:
  AgentSettings settings_;
  std::string scope_;
  Retrier retrier_;
  TransportSender wire_;
  azure::LogSender logged_;
  ScopedTransport for_credentials_;
  azure::LogTransport logged_for_credentials_;
  azure::TokenCache tokens_;
  azure::BearerSender authorised_;
  azure::ArmClient arm_;
  azure::ContainerGroups groups_;
  std::map<std::string, std::unique_ptr<RegionServices>> regions_;
};

}  // namespace dev8agent::internal

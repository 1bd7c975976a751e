// The clients of one subscription, put together: transport, log, tokens, resource manager, each region's
// files. Owned by Flows; loop thread only.
//
// A request to Azure Resource Manager passes through these parts, each with one job:
//
//   ContainerGroups -> ArmClient -> BearerSender (token) -> LogSender (record) -> TransportSender
//
// DataPlaneShares sends through a SharedKeySender or, without keys, a BearerSender of its own; ArmShares
// through the ArmClient. Reads are repeated by the clients with the one Retrier; writes are single attempts.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "azure/arm_client.h"
#include "azure/arm_shares.h"
#include "azure/bearer_sender.h"
#include "azure/chosen_shares.h"
#include "azure/container_groups.h"
#include "azure/data_plane_shares.h"
#include "azure/log_sender.h"
#include "azure/shared_key_sender.h"
#include "azure/storage_keys.h"
#include "azure/token_cache.h"
#include "base/retry.h"
#include "base/scoped_transport.h"
#include "base/signal.h"
#include "dev8agent/options.h"

namespace dev8agent::internal {

// For how many days an account keeps deleted shares, as it has shown.
struct SoftDelete {
  std::optional<TimePoint> asked_at{};  // none: nobody has asked
  int days = 0;                         // 0: it keeps none
};

// One storage account, for all regions that use it: what is asked of it is asked for all of them. All
// references must outlive it.
struct AccountServices {
  AccountServices(const RegionOptions& region, const AgentOptions& agent, azure::ArmClient& arm,
                  Sender& sender, azure::TokenCache& tokens, Retrier& retrier);
  const RegionOptions& options;  // of the first of those regions; the settings own them
  azure::StorageKeys keys;       // fetched only where they are used
  azure::SharedKeySender signing;
  azure::BearerSender bearing;
  azure::DataPlaneShares with_key;    // StorageAccessOptions::auth kKey
  azure::DataPlaneShares with_token;  // "entra"
  azure::ArmShares by_manager;        // "arm"
  azure::ChosenShares chosen;         // "auto"
  azure::FileShares& shares;          // the one of them that the settings name
  SoftDelete soft_delete{};
  KeyedLock asking;  // held by who asks for soft_delete
};

// One enabled region with its storage.
struct RegionServices {
  const RegionOptions& options;  // the settings own it
  AccountServices& account;
  azure::FileShares& shares;  // of the account
  // Held by each create and start from its first question until it waits for its container. What begins holds
  // several times the memory of what waits, and libcurl carries some 200 requests at a time. While Azure
  // answers fast, more at once would not be done sooner. How many: kBeginAtOnce in azure_services.cpp.
  Semaphore beginning;
};

// Makes all clients and owns them. What it hands out is valid while it lives. Destroying it cancels requests
// of credentials that are under way; requests of flows must have ended before.
class AzureServices {
 public:
  // Sends nothing yet. `transport` must belong to `scheduler`. A region that is not enabled gets no clients.
  AzureServices(AgentSettings settings, std::shared_ptr<Scheduler> scheduler,
                std::shared_ptr<Transport> transport);

  // One retry budget for all clients, so that an outage is met with a bounded rate of attempts.
  Retrier& retrier() { return retrier_; }
  azure::TokenCache& tokens() { return tokens_; }
  // Requests to others than Azure: without a token, and without a record in the log of calls to Azure.
  Sender& wire() { return wire_; }
  azure::ContainerGroups& groups() { return groups_; }
  azure::ArmClient& arm() { return arm_; }
  // `region` must be an enabled region of the settings; any other ends the program.
  RegionServices& region(const RegionOptions& region) { return *regions_.at(region.name); }
  // The enabled regions by name.
  const std::map<std::string, std::unique_ptr<RegionServices>>& regions() const { return regions_; }
  // The scope of the tokens for Azure Resource Manager: its endpoint and "/.default".
  const std::string& scope() const { return scope_; }

 private:
  // The account of `region`: that of an earlier region, or a new one.
  AccountServices& account_of(const RegionOptions& region);

  // Each member uses some of those above it, so their order matters.
  AgentSettings settings_;
  std::string scope_;
  Retrier retrier_;          // used by all clients
  TransportSender wire_;     // one request on the transport
  azure::LogSender logged_;  // the same, with a log record for each attempt
  // Credentials cannot be told to stop, so their requests are cancelled when this object is destroyed.
  ScopedTransport for_credentials_;
  azure::LogTransport logged_for_credentials_;
  azure::TokenCache tokens_;
  azure::BearerSender authorised_;  // the same, with a token; for Azure Resource Manager alone
  azure::ArmClient arm_;
  azure::ContainerGroups groups_;
  std::vector<std::unique_ptr<AccountServices>> accounts_;
  std::map<std::string, std::unique_ptr<RegionServices>> regions_;
};

}  // namespace dev8agent::internal

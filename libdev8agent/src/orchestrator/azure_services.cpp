// Puts the clients of one subscription together.
#include "orchestrator/azure_services.h"

namespace dev8agent::internal {

RegionServices::RegionServices(const RegionOptions& region, const AgentOptions& agent, azure::ArmClient& arm,
                               Sender& sender, azure::TokenCache& tokens, Retrier& retrier)
    : options(region),
      keys(arm, region.resource_group, region.storage_account, region.storage_key.copy()),
      signing(sender, keys),
      bearing(sender, tokens, azure::kStorageScope),
      shares(agent.storage_access.auth == "entra" ? static_cast<Sender&>(bearing) : signing,
             agent.storage_access.auth == "entra" ? azure::kWithToken : azure::kWithKey, retrier,
             agent.random_bytes, azure::file_endpoint(agent.endpoints.file, region.storage_account)) {}

AzureServices::AzureServices(AgentSettings settings, std::shared_ptr<Scheduler> scheduler,
                             std::shared_ptr<Transport> transport)
    : settings_(std::move(settings)),
      scope_(settings_->endpoints.resource_manager + "/.default"),
      retrier_(settings_->retry, settings_->random_bytes),
      wire_(transport),
      logged_(wire_, {settings_->logger, settings_->observer}),
      for_credentials_(transport),
      logged_for_credentials_(for_credentials_, *scheduler, {settings_->logger, settings_->observer}),
      tokens_(settings_->credential,
              CredentialContext{logged_for_credentials_, *scheduler, settings_->random_bytes}, retrier_,
              settings_->logger),
      authorised_(logged_, tokens_, scope_),
      arm_(*scheduler, authorised_, retrier_, settings_->random_bytes, settings_->endpoints.resource_manager,
           settings_->subscription_id),
      groups_(arm_, settings_->aci_api_version) {
  for (const RegionOptions& region : settings_->regions) {
    if (!region.enabled) continue;
    regions_[region.name] =
        std::make_unique<RegionServices>(region, *settings_, arm_, logged_, tokens_, retrier_);
  }
}

}  // namespace dev8agent::internal

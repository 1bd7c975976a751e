// Puts the clients of one subscription together.
#include "orchestrator/azure_services.h"

#include "base/text.h"

namespace dev8agent::internal {

namespace {

// Creates and starts of one region.
constexpr Semaphore::Size kBeginAtOnce{64, 256, std::chrono::milliseconds(200)};

// The ways in the order in which "auto" tries them. A container that mounts with the key needs the key
// anyway; else the ways without it come first.
std::vector<azure::WayToShares> ways_of(AccountServices& account, MountAuth mount) {
  const azure::WayToShares key{"key", &account.with_key};
  const azure::WayToShares entra{"entra", &account.with_token};
  const azure::WayToShares arm{"arm", &account.by_manager};
  if (mount == MountAuth::kKey) return {key, entra, arm};
  return {entra, arm, key};
}

azure::ChosenShares::Chosen log_choice(const AgentOptions& agent, const std::string& account) {
  return [logger = agent.logger, account](const std::string& name, const std::string& passed_over) {
    if (!logger) return;
    LogRecord record{LogLevel::kInfo, "storage.auth", {{"account", account}, {"auth", name}}};
    if (!passed_over.empty()) record.fields.push_back({"passedOver", passed_over});
    logger(record);
  };
}

azure::FileShares& named_shares(AccountServices& account, StorageAuth auth) {
  switch (auth) {
    case StorageAuth::kEntra:
      return account.with_token;
    case StorageAuth::kArm:
      return account.by_manager;
    case StorageAuth::kAuto:
      return account.chosen;
    case StorageAuth::kKey:
      break;
  }
  return account.with_key;
}

bool same_account(const RegionOptions& a, const RegionOptions& b) {
  return a.storage_account == b.storage_account && equal_ignoring_case(a.resource_group, b.resource_group) &&
         a.storage_key.same_as(b.storage_key.reveal());
}

}  // namespace

AccountServices::AccountServices(const RegionOptions& region, const AgentOptions& agent,
                                 azure::ArmClient& arm, Sender& sender, azure::TokenCache& tokens,
                                 Retrier& retrier)
    : options(region),
      keys(arm, region.resource_group, region.storage_account, region.storage_key.copy()),
      signing(sender, keys),
      bearing(sender, tokens, azure::kStorageScope),
      with_key(signing, azure::kWithKey, retrier, agent.random_bytes,
               azure::file_endpoint(agent.endpoints.file, region.storage_account)),
      with_token(bearing, azure::kWithToken, retrier, agent.random_bytes,
                 azure::file_endpoint(agent.endpoints.file, region.storage_account)),
      by_manager(arm, region.resource_group, region.storage_account),
      chosen(arm.scheduler(), region.storage_account, ways_of(*this, agent.storage_access.mount),
             log_choice(agent, region.storage_account)),
      shares(named_shares(*this, agent.storage_access.auth)),
      asking(arm.scheduler()) {}

AccountServices& AzureServices::account_of(const RegionOptions& region) {
  for (const auto& account : accounts_) {
    if (same_account(account->options, region)) return *account;
  }
  accounts_.push_back(
      std::make_unique<AccountServices>(region, *settings_, arm_, logged_, tokens_, retrier_));
  return *accounts_.back();
}

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
    AccountServices& account = account_of(region);
    RegionServices services{region, account, account.shares, Semaphore(*scheduler, kBeginAtOnce)};
    regions_.emplace(region.name, std::make_unique<RegionServices>(std::move(services)));
  }
}

}  // namespace dev8agent::internal

#include "orchestrator/flows.h"

#include "base/crypto.h"
#include "base/text.h"
#include "plan/activity.h"
#include "plan/group_spec.h"
#include "plan/names.h"

namespace dev8agent {

Flows::Flows(AgentSettings settings, std::shared_ptr<Scheduler> scheduler,
             std::shared_ptr<Transport> transport)
    : settings_(settings),
      scheduler_(scheduler),
      azure_(std::move(settings), scheduler, std::move(transport)),
      locks_(*scheduler) {}

Flows::Marking::Marking(Flows& flows, std::string id, plan::InFlight kind, CallPtr call)
    : flows_(flows), id_(std::move(id)) {
  flows_.in_hand_[id_] = {kind, std::move(call)};
}

void Flows::Marking::is_in(std::string region) {
  flows_.in_hand_[id_].region = std::move(region);
}

Flows::Marking::~Marking() {
  flows_.in_hand_.erase(id_);
}

plan::InFlight Flows::in_flight(const std::string& id) const {
  auto found = in_hand_.find(id);
  return found == in_hand_.end() ? plan::InFlight::kNothing : found->second.kind;
}

Environment Flows::view(const Site& site) const {
  const plan::Facts facts = plan::facts_of(site.seen);
  const plan::ResourceNames names = plan::names_of(site.id);
  const plan::StatusView status = plan::status_of(site.seen, in_flight(site.id), site.history.now);
  Environment environment;
  environment.id = site.id;
  environment.user_id = facts.user_id;
  environment.name = facts.name;
  environment.status = status.status;
  environment.status_detail = status.detail;
  environment.cloud_region = site.region->options.name;
  environment.cpu_cores = facts.cpu_cores;
  environment.memory_gb = facts.memory_gb;
  environment.storage_gb = facts.storage_gb;
  if (environment.storage_gb == 0 && site.seen.share && site.seen.share->quota_gib > plan::kHomeGb) {
    environment.storage_gb = site.seen.share->quota_gib - plan::kHomeGb;
  }
  environment.base_image = facts.base_image;
  environment.azure_resource_group = site.region->options.resource_group;
  environment.azure_container_group = names.container_group;
  environment.azure_file_share = names.file_share;
  environment.created_at = facts.created_at;
  environment.updated_at = facts.created_at;
  if (site.seen.group) {
    environment.azure_fqdn = site.seen.group->fqdn;
    environment.connection_urls = plan::connection_urls(site.seen.group->fqdn, settings_);
    if (site.seen.group->container_started_at) {
      environment.updated_at = std::max(facts.created_at, *site.seen.group->container_started_at);
    }
  }
  return environment;
}

Secret Flows::activity_token(std::string_view id) const {
  return plan::activity_token(settings_->activity_keys, id);
}

Secret Flows::new_password() const {
  return Secret(base64url_encode(settings_->random_bytes(24)));
}

std::string Flows::new_mark() const {
  return hex_encode(settings_->random_bytes(16));
}

void Flows::log(LogLevel level, std::string event, const Site& site, std::vector<LogField> fields) const {
  if (!settings_->logger) return;
  fields.push_back({"environment", site.id});
  fields.push_back({"region", site.region->options.name});
  if (!site.context.call->request_id.empty()) fields.push_back({"requestId", site.context.call->request_id});
  settings_->logger({level, std::move(event), std::move(fields)});
}

}  // namespace dev8agent

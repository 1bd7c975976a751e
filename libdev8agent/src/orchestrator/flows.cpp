// The loop that all flows share, and what they use of this process.
#include "orchestrator/flows.h"

#include <algorithm>
#include <utility>

#include "base/crypto.h"
#include "base/text.h"
#include "plan/activity.h"
#include "plan/certificate_share.h"
#include "plan/group_spec.h"
#include "plan/idle.h"
#include "plan/names.h"
#include "plan/signed_id.h"

namespace dev8agent::internal {

using plan::Step;

namespace {

constexpr int kWatchersShare = 3;  // events and logs may take a third of the reads

Task<Status> no_such_step() {
  co_return make_error(ErrorCode::kInternal, "a step has no code that carries it out");
}

}  // namespace

Flows::Flows(AgentSettings settings, std::shared_ptr<Scheduler> scheduler,
             std::shared_ptr<Transport> transport)
    : settings_(settings),
      scheduler_(scheduler),
      azure_(std::move(settings), scheduler, std::move(transport)),
      polling_(settings_->polling.reads_per_second, settings_->polling.burst),
      watching_(settings_->polling.reads_per_second / kWatchersShare,
                std::max(settings_->polling.burst / kWatchersShare, 1)),
      lists_(*scheduler_, azure_.groups()),
      quotas_(*scheduler_, azure_.groups()),
      locks_(*scheduler) {
  azure_.arm().on_reads_left([this](int left) {
    polling_.note_left(left, scheduler_->now());
    watching_.note_left(left, scheduler_->now());
  });
}

Task<Result<plan::Next>> Flows::run(FlowStatePtr state, Decide decide) {
  for (;;) {
    auto next = co_await run_to_wait(state, decide);
    if (!next.ok() || next->step != Step::kWait) co_return next;
    Poll poll = begin_wait(*state, *next);
    auto waited = co_await wait_for_read(state, std::move(poll));
    if (!waited.ok()) co_return waited.error();
  }
}

Task<Result<plan::Next>> Flows::run_to_wait(FlowStatePtr state, Decide decide) {
  for (;;) {
    state->now = scheduler_->now();
    plan::note_effects(state->own, state->seen, state->now);
    state->maker_succeeded = state->seen.share && succeeded_.contains(state->seen.share->token);
    plan::Decision next = plan::with_certificate_share(decide(*state), *state);
    next = plan::on_fresh_observation(std::move(next), *state);
    const bool ends = !next.ok() || plan::is_final(next->step);
    if (ends && std::exchange(state->recalled, false)) {
      auto seen = co_await observe(state);
      if (!seen.ok()) co_return seen.error();
      continue;
    }
    const bool learned = state->ready.asked_since.has_value();
    if (ends && next.ok() && next->step == Step::kDone && !learned) learn_duration(*state);
    if (ends || next->step == Step::kWait) co_return next;
    note_write(*state, next->step);
    auto done = co_await perform(state, *next);
    if (!done.ok()) co_return done.error();
  }
}

// What was read before a write of this process does not count any more.
void Flows::note_write(const FlowState& state, Step step) {
  if (plan::writes_group(step)) reads_.note_group_write(key_of(state), state.now);
  if (plan::writes_share(step)) reads_.note_share_write(key_of(state), state.now);
}

// plan::kind_of lists every step, so the compiler finds a new one there.
Task<Status> Flows::perform(FlowStatePtr state, plan::Next next) {
  switch (plan::kind_of(next.step)) {
    case plan::StepKind::kFinal:
      break;
    case plan::StepKind::kQuestion:
      return look(state, std::move(next));
    case plan::StepKind::kShareWrite:
      return write_share(state, std::move(next));
    case plan::StepKind::kGroupWrite:
      return write_group(state, std::move(next));
  }
  return no_such_step();
}

Task<Status> Flows::look(FlowStatePtr state, plan::Next next) {
  switch (next.step) {
    case Step::kObserve:
      ++state->reobservations;
      return observe(state);
    case Step::kReadShare:
      ++state->own.share_checks;
      return observe_share(state);
    case Step::kConfirmAbsence:
      return confirm_absence(state);
    case Step::kCheckOtherRegions:
      return check_other_regions(state);
    case Step::kInspectShare:
      return inspect_share(state);
    case Step::kAskWorkspace:
      return ask_workspace(state);
    default:
      return no_such_step();
  }
}

Task<Status> Flows::write_share(FlowStatePtr state, plan::Next next) {
  switch (next.step) {
    case Step::kCreateShare:
      return create_share(state, std::move(*next.facts));
    case Step::kRestoreShare:
      return state->seen.share ? unmark_share(state) : restore_share(state);
    case Step::kTakeOverShare:
      return take_over_share(state);
    case Step::kReleaseShare:
      return release_share(state);
    case Step::kSetQuota:
      return set_quota(state, next.facts->storage_gb + plan::kHomeGb);
    case Step::kSetMetadata:
      return set_metadata(state,
                          plan::to_metadata(*next.facts, state->seen.share->token, labels_of_share(*state)));
    case Step::kSnapshotShare:
      return snapshot_share(state);
    case Step::kKeepShare:
      return keep_share(state);
    case Step::kDeleteShare:
      return delete_share(state);
    case Step::kCreateCertificateShare:
      return create_certificate_share(state);
    case Step::kDeleteCertificateShare:
      return delete_certificate_share(state);
    default:
      return no_such_step();
  }
}

Task<Status> Flows::write_group(FlowStatePtr state, plan::Next next) {
  switch (next.step) {
    case Step::kSetTags: {
      const plan::SeenGroup& group = *state->seen.group;
      return set_tags(state, next.tags ? std::move(*next.tags)
                                       : plan::tags_to_merge(*next.facts, group.token, group.state.tags));
    }
    case Step::kPutGroup:
      return put_group(state, std::move(*next.facts));
    case Step::kStartGroup:
      return start_group(state);
    case Step::kStopGroup:
      return stop_group(state);
    case Step::kRestartGroup:
      return restart_group(state);
    case Step::kDeleteGroup:
      return delete_group(state);
    default:
      return no_such_step();
  }
}

Flows::InFlightGuard::InFlightGuard(Flows& flows, std::string id, plan::InFlight kind, CallPtr call)
    : flows_(flows),
      place_(flows.in_flight_.insert_or_assign(std::move(id), InFlightCall{kind, std::move(call)}).first) {}

void Flows::InFlightGuard::set_region(const RegionOptions& region) {
  place_->second.region = &region;
}

void Flows::InFlightGuard::set_kind(plan::InFlight kind) {
  place_->second.kind = kind;
}

void Flows::InFlightGuard::set_secrets(std::shared_ptr<EnvironmentSecrets> secrets) {
  place_->second.secrets = std::move(secrets);
}

Flows::InFlightGuard::~InFlightGuard() {
  flows_.in_flight_.erase(place_);
}

Flows::WatchGuard::WatchGuard(Flows& flows, std::string id, EventWatchPtr watch)
    : flows_(flows), place_(flows.watches_.emplace(std::move(id), std::move(watch))) {}

Flows::WatchGuard::~WatchGuard() {
  flows_.watches_.erase(place_);
}

plan::InFlight Flows::in_flight(const std::string& id) const {
  auto found = in_flight_.find(id);
  return found == in_flight_.end() ? plan::InFlight::kNothing : found->second.kind;
}

Watcher& Flows::watcher_of(const RegionServices& region) {
  std::unique_ptr<Watcher>& watcher = watchers_[to_lower(region.options.resource_group)];
  if (!watcher)
    watcher = std::make_unique<Watcher>(*scheduler_, azure_.groups(), polling_, region.options.resource_group,
                                        settings_->logger);
  return *watcher;
}

Environment Flows::view(const FlowState& state) const {
  const plan::Facts facts = plan::facts_of(state.seen);
  const plan::ResourceNames names = plan::names_of(state.id);
  const plan::StatusView status = plan::status_of(state.seen, in_flight(state.id), state.seen.azure_now);
  Environment environment;
  environment.id = state.id;
  static_cast<EnvironmentSpec&>(environment) = facts;
  if (!environment.image) environment.image = settings_->image;
  environment.status = status.status;
  environment.status_detail = status.detail;
  environment.cloud_region = state.region->options.name;
  const int quota = state.seen.share ? state.seen.share->state.quota_gib : 0;
  if (facts.storage_gb == 0 && quota > plan::kHomeGb) environment.storage_gb = quota - plan::kHomeGb;
  environment.azure_resource_group = state.region->options.resource_group;
  environment.azure_container_group = names.container_group;
  environment.azure_file_share = names.file_share;
  environment.created_at = facts.created_at;
  environment.updated_at = facts.created_at;
  if (!state.seen.group) return environment;
  const ContainerGroup& group = state.seen.group->state;
  if (!group.image.empty()) environment.image = group.image;
  if (idle_rules().standard.count() > 0) environment.last_activity_at = state.seen.group->last_activity;
  environment.idle_stop_at =
      plan::idle_stop_at(state.seen, plan::idle_window(idle_rules(), facts.idle_stop_minutes));
  environment.azure_fqdn = group.fqdn;
  environment.connection_urls = plan::connection_urls(group, environment.id, settings_);
  if (group.container_started_at) {
    environment.updated_at = std::max(facts.created_at, *group.container_started_at);
  }
  return environment;
}

// The password is returned only if the container is the one that this call has deployed with it.
EnvironmentOutcome Flows::outcome_of(const FlowState& state, bool changed) const {
  EnvironmentOutcome outcome;
  outcome.environment = view(state);
  outcome.changed = changed;
  if (plan::has_own_group(state)) {
    outcome.code_server_password = state.secrets->code_server_password.copy();
  }
  return outcome;
}

bool Flows::waits_for_workspace() const {
  return settings_->workspace_ready == WorkspaceReady::kHttp;
}

Secret Flows::activity_token(std::string_view id) const {
  return plan::activity_token(settings_->activity_keys, id);
}

Secret Flows::new_password() const {
  return Secret(base64url_encode(settings_->random_bytes(24)));
}

std::string Flows::new_token() const {
  return hex_encode(settings_->random_bytes(16));
}

std::string Flows::token_of(const FlowContext& context, const std::string& region) const {
  const std::string& operation = context.call->known_by().operation_id;
  return operation.empty() ? new_token() : plan::operation_token(operation, region);
}

void Flows::log(LogLevel level, std::string event, const FlowState& state,
                std::vector<LogField> fields) const {
  if (!settings_->logger) return;
  fields.push_back({"environment", state.id});
  fields.push_back({"region", state.region->options.name});
  const std::string& request_id = state.context.call->known_by().request_id;
  if (!request_id.empty()) fields.push_back({"requestId", request_id});
  settings_->logger({level, std::move(event), std::move(fields)});
}

}  // namespace dev8agent::internal

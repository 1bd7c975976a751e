// The writes to container groups.
#include <algorithm>
#include <utility>

#include "azure/container_group_json.h"
#include "base/text.h"
#include "orchestrator/flows.h"
#include "plan/certificate_share.h"
#include "plan/group_spec.h"
#include "plan/names.h"

namespace dev8agent::internal {

using plan::Sent;

namespace {

// A merge of tags that Azure does not carry out as it is asked to is repeated so often.
constexpr int kMostTagRepeats = 3;

// From when on the group's events are about the write that is sent now: after the last event that was seen.
// Azure's clock alone counts.
WallTime after_last_event(const plan::Observation& seen) {
  WallTime since{};
  if (!seen.group) return since;
  for (const ContainerEvent& event : seen.group->state.events) {
    if (event.last_at) since = std::max(since, *event.last_at + std::chrono::milliseconds(1));
  }
  return since;
}

void before_deployment(FlowState& state) {
  state.own.events_since = after_last_event(state.seen);
  if (!state.seen.group) return;
  state.own.run_before = state.seen.group->state.container_started_at;
}

// Azure updates some properties only when the group is deleted and deployed again.
// Sources: Microsoft Learn, "Update containers in Azure Container Instances" and "Reliability in Azure
// Container Instances" (zones).
bool wants_deletion_first(const Error& error) {
  return error.azure_status == 400 &&
         (equal_ignoring_case(error.azure_code, "InvalidContainerGroupUpdate") ||
          equal_ignoring_case(error.azure_code, "ResourceAvailabilityZonesCannotBeModified"));
}

}  // namespace

void Flows::begin_transition(FlowState& state, const azure::Accepted& accepted) {
  state.operation = {urls_.add(accepted.operation_url), accepted.retry_after, 0};
  state.operation.request_id = accepted.request_id;
  state.deployment_error.reset();
  state.own.group_written_at = scheduler_->now();
  state.own.group_stop = Sent::kNo;
  if (state.seen.group) {
    state.seen.group->state.provisioning_state = "Pending";
    state.seen.group->state.state = "Pending";
    state.seen.group->state.container_started_at.reset();
  }
  state.write_done();
}

Task<Status> Flows::put_group(FlowStatePtr state, plan::Facts facts) {
  auto key = co_await mount_key(state);
  if (!key.ok()) co_return key.error();
  if (share_may_be_anothers(*state)) {
    auto seen = co_await observe_share(state);
    if (!seen.ok()) co_return seen;
    if (!state->seen.share || state->seen.share->token != state->own.token) co_return Done{};
  }
  // A PUT over a running group restarts it. Key and share may have taken long to come: then the observation
  // is old.
  state->now = scheduler_->now();
  const auto still = plan::on_fresh_observation(plan::Next{plan::Step::kPutGroup}, *state);
  if (still->step == plan::Step::kObserve) {
    ++state->reobservations;
    auto seen = co_await observe(state);
    co_return seen;
  }
  Secret storage_key(std::move(*key));
  auto done = co_await deploy(state, std::move(facts), std::move(storage_key));
  co_return done;
}

// Where a create may write over a share that exists, that of another call may have done so with this call's
// share: its owner's container belongs on it then. What comes after the look is not noticed.
bool Flows::share_may_be_anothers(const FlowState& state) {
  return state.own.share_put == Sent::kAccepted && !state.seen.group && state.seen.share &&
         state.seen.share->token == state.own.token && state.region->shares.create_may_change_existing();
}

// The key of the storage account; empty where containers mount without one, and then Azure is not asked for
// it. Where shares are made with the key, a rotated one is noticed there, before a container gets it.
Task<Result<std::string>> Flows::mount_key(FlowStatePtr state) {
  const StorageAccessOptions& access = settings_->storage_access;
  if (access.mount != MountAuth::kKey) co_return std::string();
  azure::StorageKeys& keys = state->region->account.keys;
  if (access.auth == StorageAuth::kKey) {
    auto key = co_await keys.get(state->context.call);
    co_return key;
  }
  auto key = co_await keys.get_current(state->context.call);
  co_return key;
}

Task<Status> Flows::deploy(FlowStatePtr state, plan::Facts facts, Secret storage_key) {
  state->context.report(Stage::kCreatingContainer, "");
  if (state->secrets->code_server_password.empty()) state->secrets->code_server_password = new_password();
  const bool absent = !state->seen.group;
  Sent& write = absent ? state->own.group_put : state->own.group_redeploy;
  const Sent before = std::exchange(write, Sent::kUnanswered);
  before_deployment(*state);
  state->own.deployed_after = state->seen.azure_now;
  if (!absent) state->own.replaced_token = state->seen.group->token;
  plan::Labels others = absent ? plan::Labels{} : state->seen.group->state.tags;
  if (plan::may_have_certificate_share(*state)) others.merge(plan::certificates_label());
  plan::Labels tags = plan::to_tags(facts, state->own.token, others);
  std::string body = azure::write_container_group(
      plan::group_spec(facts, tags, *state->secrets, activity_token(state->id), std::move(storage_key),
                       state->region->options, settings_));
  const std::string name = plan::names_of(state->id).container_group;
  auto accepted = co_await azure_.groups().put(state->context.call, state->region->options.resource_group,
                                               name, std::move(body));
  write = before;
  if (!accepted.ok()) {
    record(*state, write, accepted.error());
    if (wants_deletion_first(accepted.error()) && !absent && !state->own.update_refused) {
      state->own.update_refused = true;
      co_return Done{};
    }
    auto recovered = co_await recover(state, accepted.error());
    co_return recovered;
  }
  quotas_.note_creates_left(state->region->options, accepted->creates_left);
  if (absent) quotas_.note_created(state->region->options, facts.cpu_cores);
  // 200 where no group was seen: somebody else's came in between. It was redeployed, not created.
  const bool created = absent && accepted->created;
  record(*state, created ? state->own.group_put : state->own.group_redeploy, std::nullopt);
  state->own.group_delete = Sent::kNo;
  note_deployed(*state, *accepted, std::move(tags));
  state->context.report(Stage::kProvisioning, "");
  co_return Done{};
}

void Flows::note_deployed(FlowState& state, const azure::Accepted& accepted, plan::Labels tags) {
  ContainerGroup group;
  group.name = plan::names_of(state.id).container_group;
  group.location = state.region->options.location;
  group.tags = std::move(tags);
  state.seen.group = plan::see_group(std::move(group));
  state.own.share_unread = true;
  begin_transition(state, accepted);
}

Task<Status> Flows::start_group(FlowStatePtr state) {
  state->context.report(Stage::kStarting, "");
  const Sent before = std::exchange(state->own.group_start, Sent::kUnanswered);
  before_deployment(*state);
  const TimePoint asked_at = scheduler_->now();
  auto accepted = co_await azure_.groups().start(state->context.call, state->region->options.resource_group,
                                                 plan::names_of(state->id).container_group);
  state->own.group_start = before;
  if (!accepted.ok()) {
    record(*state, state->own.group_start, accepted.error());
    if (!state->seen.group && accepted.error().code == ErrorCode::kNotFound) {
      state->seen.absence.provider_said_at = asked_at;
      co_return Done{};
    }
    auto recovered = co_await recover(state, accepted.error());
    co_return recovered;
  }
  if (accepted->runs_already) {
    state->own.runs_already = true;
    state->write_done();
    auto seen = co_await observe(state);
    co_return seen;
  }
  record(*state, state->own.group_start, std::nullopt);
  begin_transition(*state, *accepted);
  co_return Done{};
}

Task<Status> Flows::stop_group(FlowStatePtr state) {
  state->context.report(Stage::kStopping, "");
  const TimePoint asked_at = scheduler_->now();
  auto accepted = co_await azure_.groups().stop(state->context.call, state->region->options.resource_group,
                                                plan::names_of(state->id).container_group);
  if (!accepted.ok()) {
    if (!state->seen.group && accepted.error().code == ErrorCode::kNotFound) {
      state->seen.absence.provider_said_at = asked_at;
      co_return Done{};
    }
    auto recovered = co_await recover(state, accepted.error());
    co_return recovered;
  }
  state->own.group_stop = Sent::kAccepted;
  state->own.stopped_run.reset();
  if (state->seen.group) state->own.stopped_run = state->seen.group->state.container_started_at;
  state->write_done();
  auto seen = co_await observe_group(state);
  co_return seen;
}

Task<Status> Flows::restart_group(FlowStatePtr state) {
  state->context.report(Stage::kRestarting, "");
  const Sent before = std::exchange(state->own.group_restart, Sent::kUnanswered);
  // A repeat keeps what stood before the first attempt, which may have taken effect.
  if (!plan::may_have_applied(before)) before_deployment(*state);
  auto accepted = co_await azure_.groups().restart(state->context.call, state->region->options.resource_group,
                                                   plan::names_of(state->id).container_group);
  state->own.group_restart = before;
  record(*state, state->own.group_restart, accepted.ok() ? std::nullopt : std::optional(accepted.error()));
  if (!accepted.ok()) {
    auto recovered = co_await recover(state, accepted.error());
    co_return recovered;
  }
  begin_transition(*state, *accepted);
  co_return Done{};
}

Task<Status> Flows::delete_group(FlowStatePtr state) {
  state->context.report(Stage::kDeletingContainer, "");
  auto waited = co_await wait_to_repeat(state);
  if (!waited.ok()) co_return waited.error();
  if (state->seen.group) {
    state->own.run_before = state->seen.group->state.container_started_at;
    state->own.replaced_token = state->seen.group->token;
    state->own.certificates_seen = plan::may_have_certificate_share(*state);
  }
  const Sent before = std::exchange(state->own.group_delete, Sent::kUnanswered);
  const TimePoint asked_at = scheduler_->now();
  auto accepted = co_await azure_.groups().remove(state->context.call, state->region->options.resource_group,
                                                  plan::names_of(state->id).container_group);
  const bool none = accepted.ok() ? !accepted->existed : accepted.error().code == ErrorCode::kNotFound;
  if (!accepted.ok() && !none) {
    state->own.group_delete = plan::after_answer(before, accepted.error());
    auto recovered = co_await recover(state, accepted.error());
    co_return recovered;
  }
  if (accepted.ok()) quotas_.note_creates_left(state->region->options, accepted->creates_left);
  state->own.group_delete = Sent::kAccepted;
  state->own.deleted_unseen = state->own.deleted_unseen || (!none && !state->seen.group);
  state->write_done();
  auto seen = co_await observe_group(state);
  if (seen.ok() && none && !state->seen.group) state->seen.absence.provider_said_at = asked_at;
  co_return seen;
}

// One write: what goes is deleted first, so that there is room for what comes, and the next decision merges
// the rest. A policy of the subscription may put other values in the place of those that are sent (Microsoft
// Learn, "Azure Policy definitions modify effect").
Task<Status> Flows::set_tags(FlowStatePtr state, plan::Labels tags) {
  azure::ContainerGroups& groups = azure_.groups();
  const std::string resource_group = state->region->options.resource_group;
  const std::string name = plan::names_of(state->id).container_group;
  plan::Labels going = plan::tags_that_go(tags, state->seen.group->state.tags);
  const bool deletes = !going.empty();
  std::erase_if(tags, [deletes](const auto& tag) { return tag.second.empty() != deletes; });
  const plan::Labels sent = tags;
  auto write = deletes ? groups.delete_tags(state->context.call, resource_group, name, std::move(going))
                       : groups.merge_tags(state->context.call, resource_group, name, std::move(tags));
  auto shown_tags = co_await std::move(write);
  if (!shown_tags.ok()) {
    auto recovered = co_await recover(state, shown_tags.error());
    co_return recovered;
  }
  if (!plan::tells(*shown_tags, sent) && ++state->tags_not_kept > kMostTagRepeats) {
    co_return make_error(ErrorCode::kConflict,
                         "Azure does not keep the tags of environment " + state->id +
                             " as they are written: a policy of the subscription, or another program, "
                             "changes them");
  }
  state->write_done();
  state->own.share_unread = true;
  ContainerGroup shown = state->seen.group->state;
  shown.tags = std::move(*shown_tags);
  state->seen.group = plan::see_group(std::move(shown));
  state->own.merged = plan::from_tags(state->seen.group->state.tags);
  co_return Done{};
}

}  // namespace dev8agent::internal

// The decision of a start.
#include <algorithm>

#include "base/spec_fields.h"
#include "base/text.h"
#include "plan/decisions.h"
#include "plan/group_spec.h"

namespace dev8agent::internal::plan {
namespace {

constexpr int kMostFactRepeats = 3;  // what others undo is written again so often

// What tags say of image and zone counts only as far as the container agrees, so facts and tags may differ
// for good: what is asked is whether the write would change what is seen.
bool tags_would_tell_more(const SeenGroup& group, const Facts& facts) {
  ContainerGroup after = group.state;
  for (const auto& written : tags_to_merge(facts, group.token, group.state.tags)) {
    std::erase_if(after.tags, [&](const auto& tag) { return equal_ignoring_case(tag.first, written.first); });
    after.tags.insert(written);
  }
  return see_group(std::move(after)).facts != group.facts;
}

bool deployed(const OwnWrites& own) {
  return own.group_put == Sent::kAccepted || own.group_redeploy == Sent::kAccepted;
}

bool is_updated(const StartGoal& goal, std::string_view field) {
  return std::find(goal.updated.begin(), goal.updated.end(), field) != goal.updated.end();
}

// The share is another owner's by now: the id was deleted and created again while this call waited.
bool belongs_to_another(const StartGoal& goal, const Situation& at) {
  if (!at.seen.share) return false;
  const std::string& before = goal.present.user_id;
  const std::string& now = at.seen.share->facts.user_id;
  return !now.empty() && !before.empty() && now != before;
}

// Facts are written before the container, so that a repeat of a call that died finds them. `step` afterwards.
Decision after_facts(const StartGoal& goal, const Situation& at, Step step) {
  const bool changes = goal.new_container || goal.renamed;
  if ((changes || step == Step::kPutGroup) && !goal.unknown_sizes.empty())
    return invalid_request(goal.unknown_sizes);
  if (changes && !brought_up(at.own)) {
    const Step write = next_facts_write(at.seen, goal.wanted, goal.renamed && !goal.new_container);
    if (write != Step::kDone) step = write;
  }
  return Next{step, "", goal.wanted};
}

Decision deploy(const StartGoal& goal, const Situation& at) {
  if (!goal.undeployable.empty()) return invalid_request(goal.undeployable);
  const bool delete_first = at.own.update_refused && at.seen.group;
  return after_facts(goal, at, delete_first ? Step::kDeleteGroup : Step::kPutGroup);
}

Decision without_group(const StartGoal& goal, const Situation& at) {
  if (brought_up(at.own)) return wait_until_visible(at);
  if (absence_is_confirmed(at.seen, at.now)) return deploy(goal, at);
  // A POST start harms nothing that exists, and asks the resource provider itself.
  if (!goal.new_container) return after_facts(goal, at, Step::kStartGroup);
  return Next{Step::kConfirmAbsence};
}

// What the PUT has taken out of the group's tags.
Labels tags_of_updates(const StartGoal& goal, const SeenGroup& group) {
  Facts facts = group.facts;
  for_each_spec_field([&](const auto& field) {
    if (is_updated(goal, field.name)) facts.*field.member = goal.wanted.*field.member;
  });
  return label_tags_to_merge(facts, group.state.tags);
}

// What the metadata are to tell when this call's container runs. Tags that are not those of its PUT were
// merged afterwards, by an update whose metadata this call's may have replaced.
Facts stored_after(const StartGoal& goal, const Situation& at) {
  const bool changes = goal.new_container || goal.renamed;
  Facts facts = changes ? goal.wanted : at.seen.share->facts;
  for_each_spec_field([&](const auto& field) {
    const auto& tagged = at.seen.group->facts.*field.member;
    const bool merged = tagged != goal.wanted.*field.member && !is_updated(goal, field.name);
    if (stored_only(field.on_change) && merged) facts.*field.member = tagged;
  });
  return facts;
}

// An update of others that met this call: its tags were lost by the PUT, or one of the two has replaced the
// metadata of the other. kDone when nothing is left to do.
Next after_updates(const StartGoal& goal, const Situation& at) {
  if (!deployed(at.own) || !has_own_group(at)) return {Step::kDone};
  if (at.own.share_unread) return {Step::kReadShare};
  if (at.own.share_checks > kMostFactRepeats) return {Step::kDone};
  Facts facts = stored_after(goal, at);
  if (as_stored(facts) != at.seen.share->facts) return {Step::kSetMetadata, "", std::move(facts)};
  Labels tags = tags_of_updates(goal, *at.seen.group);
  if (!tags.empty()) return {Step::kSetTags, "", {}, std::move(tags)};
  return {Step::kDone};
}

Decision when_running(const StartGoal& goal, const Situation& at) {
  const bool renamed = goal.renamed && next_facts_write(at.seen, goal.wanted, true) != Step::kDone;
  if ((goal.new_container || renamed) && !brought_up(at.own)) {
    const std::string what = goal.new_container ? "secrets, sizes, image, variables, gitRepository or zone"
                                                : "name, baseImage, idleStopMinutes or labels";
    return make_error(ErrorCode::kConflict,
                      "environment " + at.id + " is running; stop it before starting it with other " + what);
  }
  // A read may show the past. The POST asks the resource provider, and starts what was stopped since.
  if (!brought_up(at.own) && !at.own.runs_already) return Next{Step::kStartGroup};
  if (needs_release(at)) return Next{Step::kReleaseShare};
  if (Next next = after_updates(goal, at); next.step != Step::kDone) return next;
  return done_when_fresh(at);
}

Decision when_failed(const StartGoal& goal, const Situation& at, GroupPhase group) {
  if (brought_up(at.own)) {
    if (!goal.new_container && group.error->code == ErrorCode::kMountFailed) {
      group.error->message +=
          "; when the account's keys were rotated while the environment was stopped, start it with its "
          "secrets: its container is then deployed again, with the present key";
    }
    return std::move(*group.error);
  }
  if (goal.new_container) return deploy(goal, at);
  // Azure starts a stopped group; one that failed is stopped first. Source: Microsoft Learn, ACI stop and
  // start.
  const bool startable = at.own.group_stop == Sent::kAccepted || ended_by_itself(at.seen.group->state);
  if (startable) return after_facts(goal, at, Step::kStartGroup);
  return Next{Step::kStopGroup, std::move(group.detail)};
}

}  // namespace

Step next_facts_write(const Observation& seen, const Facts& facts, bool with_tags) {
  if (seen.share->state.quota_gib != facts.storage_gb + kHomeGb) return Step::kSetQuota;
  if (seen.share->facts != as_stored(facts)) return Step::kSetMetadata;
  if (with_tags && seen.group && tags_would_tell_more(*seen.group, facts)) return Step::kSetTags;
  return Step::kDone;
}

StartGoal with_updates(StartGoal goal, const Observation& seen) {
  if (!seen.share) return goal;
  for_each_spec_field([&](const auto& field) {
    const auto& now = seen.share->facts.*field.member;
    const bool own = goal.wanted.*field.member != goal.present.*field.member;
    if (!stored_only(field.on_change) || own || now == goal.stored.*field.member) return;
    goal.present.*field.member = goal.wanted.*field.member = now;
    goal.updated.emplace_back(field.name);
  });
  return goal;
}

bool rests_on_new_facts(const StartGoal& goal, Step step) {
  if (!goal.new_container && !goal.renamed) return false;
  return step == Step::kSetQuota || step == Step::kSetMetadata || step == Step::kSetTags ||
         step == Step::kPutGroup || step == Step::kStartGroup;
}

Decision next_for_start(const StartGoal& goal, const Situation& at) {
  if (at.deployment_error) return *at.deployment_error;
  if (belongs_to_another(goal, at)) {
    return make_error(ErrorCode::kConflict,
                      "environment " + at.id + " was deleted and created by another userId meanwhile");
  }
  if (is_unmanaged(at)) return unmanaged_error(at.id);
  // One look without the container proves nothing about one that this call has brought up.
  if (is_kept(at.seen) && brought_up(at.own)) return wait_until_visible(at);
  if (is_kept(at.seen) && !absence_is_confirmed(at.seen, at.now)) return Next{Step::kConfirmAbsence};
  if (!at.seen.share || is_kept(at.seen)) {
    return make_error(ErrorCode::kNotFound,
                      "volume not found for environment " + at.id + ". Create environment first.");
  }
  if (!at.seen.group) return without_group(goal, at);
  GroupPhase group = phase_of(at);
  if (shows_the_past(at)) return Next{Step::kWait, std::move(group.detail)};
  switch (group.phase) {
    case Phase::kRunning:
      return when_running(goal, at);
    case Phase::kComingUp:
    case Phase::kDeleting:
      return Next{Step::kWait, std::move(group.detail)};
    case Phase::kStopped:
      if (goal.new_container && !brought_up(at.own)) return deploy(goal, at);
      return after_facts(goal, at, Step::kStartGroup);
    case Phase::kFailed:
      break;
  }
  return when_failed(goal, at, std::move(group));
}

}  // namespace dev8agent::internal::plan

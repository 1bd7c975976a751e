// The decision of an adoption.
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "plan/decisions.h"
#include "plan/group_spec.h"
#include "plan/names.h"
#include "plan/tool_variables.h"
#include "plan/validate.h"

namespace dev8agent::internal::plan {
namespace {

// How the workspace's container mounts the environment's share; nothing when it does not.
std::optional<Layout> layout_of(const ContainerGroup& group, const AdoptGoal& goal,
                                const std::string& share) {
  for (const MountedShare& mount : group.mounts) {
    const bool same =
        equal_ignoring_case(mount.account, goal.region->storage_account) && mount.share == share;
    for (const Layout layout : {Layout::kHome, Layout::kWorkspace}) {
      if (same && mount.path == mount_path_of(layout)) return layout;
    }
  }
  return std::nullopt;
}

// The facts of the environment that group and share would be. Sizes are what Azure shows, whatever tags say.
Facts adopted_facts(const AdoptGoal& goal, const AgentSettings& settings, const Situation& at) {
  const ContainerGroup& group = at.seen.group->state;
  Facts facts = facts_of(at.seen);
  facts.id = at.id;
  facts.region = goal.region->name;
  if (facts.user_id.empty()) facts.user_id = goal.user_id;
  if (facts.name.empty()) facts.name = goal.name.empty() ? at.id : goal.name;
  if (facts.base_image.empty()) facts.base_image = EnvironmentSpec{}.base_image;
  facts.cpu_cores = static_cast<int>(std::lround(group.cpu));
  facts.memory_gb = static_cast<int>(std::lround(group.memory_gb));
  facts.storage_gb = at.seen.share->state.quota_gib - kHomeGb;
  const bool own_choice = group.image != settings->image && allows_image(settings, group.image);
  facts.image = own_choice ? std::optional(group.image) : std::nullopt;
  facts.layout = layout_of(group, goal, names_of(at.id).file_share).value_or(facts.layout);
  if (facts.created_at == WallTime{}) facts.created_at = goal.now;
  return facts;
}

// "fs-a of account b at /c", or "none".
std::string mounts_of(const ContainerGroup& group) {
  constexpr std::size_t kShown = 100;
  std::string text;
  for (const MountedShare& mount : group.mounts) {
    text += (text.empty() ? "" : ", ") + printable(mount.share, kShown) + " of account " +
            printable(mount.account, kShown) + " at " + printable(mount.path, kShown);
  }
  return text.empty() ? "none" : text;
}

bool is_whole(double size) {
  constexpr double kRounding = 1e-6;
  return std::abs(size - std::round(size)) < kRounding;
}

// Why group and share are no environment, each reason after a semicolon; empty when they are.
std::string misfits(const Facts& facts, const AdoptGoal& goal, const AgentSettings& settings,
                    const Situation& at) {
  const ContainerGroup& group = at.seen.group->state;
  std::string text;
  const auto note = [&](bool fits, const std::string& rule) {
    if (!fits) text += (text.empty() ? "" : "; ") + rule;
  };
  note(!group.containers.empty() && group.containers.front() == kContainerName,
       "its first container must be " + std::string(kContainerName));
  note(layout_of(group, goal, names_of(at.id).file_share).has_value(),
       "that container must mount the share " + names_of(at.id).file_share + " of account " +
           goal.region->storage_account + " at " + std::string(mount_path_of(Layout::kHome)) + " or " +
           std::string(mount_path_of(Layout::kWorkspace)) + ", and mounts " + mounts_of(group));
  note(is_whole(group.cpu) && is_whole(group.memory_gb),
       "its cores and its memory in GB must be whole numbers");
  CreateRequest as_create;
  as_create.id = at.id;
  as_create.cloud_region = goal.region->name;
  as_create.spec = facts;
  as_create.spec.image.reset();
  // The operator's limits are for what is made: sizes that are there already stay.
  const SizeLimits largest;
  const auto allowed = [](int size, int most, int limit) {
    return size <= most ? std::min(size, limit) : size;
  };
  const SizeLimits& limits = settings->size_limits;
  as_create.spec.cpu_cores = allowed(facts.cpu_cores, largest.cpu_cores, limits.cpu_cores);
  as_create.spec.memory_gb = allowed(facts.memory_gb, largest.memory_gb, limits.memory_gb);
  as_create.spec.storage_gb = allowed(facts.storage_gb, largest.storage_gb, limits.storage_gb);
  for (const FieldError& error : check(as_create, settings)) note(false, error.field + " " + error.message);
  return text;
}

Error does_not_fit(const Situation& at, const std::string& why) {
  return make_error(ErrorCode::kConflict, "container group " + names_of(at.id).container_group +
                                              " cannot be adopted: " + why + "; nothing was changed");
}

Error under_way(const Situation& at) {
  Error error = does_not_fit(at, "an operation on it is under way");
  error.retryable = true;
  return error;
}

// What stands in the way of an adoption, whoever has marked the group.
std::optional<Error> obstacle(const AdoptGoal& goal, const Situation& at) {
  const std::string of_group = other_mark_in_tags(at.seen.group->state.tags, at.id);
  if (!of_group.empty()) return does_not_fit(at, "its tags say " + of_group);
  if (!at.seen.share) {
    return make_error(ErrorCode::kNotFound, "container group " + names_of(at.id).container_group +
                                                " has no file share " + names_of(at.id).file_share);
  }
  const std::string of_share = other_mark_in_metadata(at.seen.share->state.metadata, at.id);
  if (!of_share.empty()) return does_not_fit(at, "the metadata of its share say " + of_share);
  // The group of a create that is long over has lost its tags.
  if (is_unmanaged(at) && may_be_of_a_create(at, goal.longest_create)) return under_way(at);
  const std::string owner = facts_of(at.seen).user_id;
  if (!owner.empty() && owner != goal.user_id) return does_not_fit(at, "it belongs to another userId");
  return std::nullopt;
}

}  // namespace

Decision next_for_adopt(const AdoptGoal& goal, const AgentSettings& settings, const Situation& at) {
  if (!at.seen.any()) return does_not_exist(at.id);
  if (is_kept(at.seen)) return only_files_are_kept(at);
  if (!at.seen.group) {
    if (!absence_is_confirmed(at.seen, at.now)) return Next{Step::kConfirmAbsence};
    return make_error(ErrorCode::kNotFound,
                      "there is no container group " + names_of(at.id).container_group + " to adopt");
  }
  if (auto error = obstacle(goal, at)) return std::move(*error);
  if (!is_unmanaged(at)) {
    // An environment of an agent's, or one whose adoption ended after its tags.
    if (at.seen.share->facts.id == at.id) return done_when_fresh(at);
    return Next{Step::kSetMetadata, "", adopted_facts(goal, settings, at)};
  }
  const Phase phase = phase_of(at).phase;
  if (phase == Phase::kComingUp || phase == Phase::kDeleting) return under_way(at);
  Facts facts = adopted_facts(goal, settings, at);
  if (const std::string why = misfits(facts, goal, settings, at); !why.empty()) return does_not_fit(at, why);
  return Next{Step::kSetTags, "", std::move(facts)};
}

}  // namespace dev8agent::internal::plan

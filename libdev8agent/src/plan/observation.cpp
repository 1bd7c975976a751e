// Observations: parsing once, and the evidence of an absence.
#include "plan/observation.h"

#include <type_traits>

#include "base/spec_fields.h"

namespace dev8agent::internal::plan {

SeenGroup see_group(ContainerGroup group) {
  SeenGroup seen;
  seen.facts = from_tags(group.tags);
  // Others may have a tag of that name, too.
  if (!group.image.empty() && seen.facts.image && *seen.facts.image != group.image) seen.facts.image.reset();
  if (!group.containers.empty())
    seen.facts.zone = group.zone.empty() ? std::nullopt : std::optional(group.zone);
  seen.token = token_in_tags(group.tags);
  seen.last_activity = last_activity_in(group.tags);
  seen.idle_stop = idle_stop_in(group.tags);
  seen.has_certificates = certificates_in(group.tags);
  seen.variables = variables_in_tags(group.tags);
  seen.state = std::move(group);
  return seen;
}

SeenShare see_share(FileShare share) {
  SeenShare seen;
  seen.facts = from_metadata(share.metadata);
  seen.token = token_in_metadata(share.metadata);
  seen.has_certificates = certificates_in(share.metadata);
  seen.kept_snapshot = kept_snapshot_in(share.metadata);
  seen.state = std::move(share);
  return seen;
}

void note_group(Observation& seen, std::optional<ContainerGroup> group, TimePoint asked_at) {
  seen.group_asked_at = asked_at;
  seen.group.reset();
  if (group) {
    seen.group = see_group(std::move(*group));
    seen.absence = {};
    return;
  }
  if (!seen.absence.first_asked) seen.absence.first_asked = asked_at;
  seen.absence.last_asked = asked_at;
}

bool is_kept(const Observation& seen) {
  return !seen.group && seen.share && !seen.share->kept_snapshot.empty();
}

bool tells_all(const SeenGroup& group) {
  const Facts& facts = group.facts;
  return !facts.user_id.empty() && facts.storage_gb > 0 && facts.created_at != WallTime{} &&
         group.variables.empty();
}

bool was_deployed_with(const SeenGroup& group, const Facts& facts) {
  Facts wanted = as_tagged(facts);
  wanted.labels = group.facts.labels;
  return same_shape(group.facts, wanted) && group.variables == digest_of(facts.environment_variables);
}

Facts facts_of(const Observation& seen) {
  Facts facts;
  if (seen.share) facts = seen.share->facts;
  if (!seen.group) return facts;
  Facts tagged = seen.group->facts;
  // Groups of other makers carry fewer tags; their own sizes count then.
  constexpr double kRounding = 1e-6;  // sums of sizes such as 3.8 and 0.2
  if (tagged.cpu_cores == 0) tagged.cpu_cores = static_cast<int>(seen.group->state.cpu + kRounding);
  if (tagged.memory_gb == 0) tagged.memory_gb = static_cast<int>(seen.group->state.memory_gb + kRounding);
  for_each_spec_field([&](const auto& field) {
    auto& value = tagged.*field.member;
    if (value == std::decay_t<decltype(value)>{}) value = facts.*field.member;
  });
  if (tagged.region.empty()) tagged.region = facts.region;
  if (tagged.created_at == WallTime{}) tagged.created_at = facts.created_at;
  if (tagged.layout == Layout::kHome) tagged.layout = facts.layout;  // as when the group's tags are gone
  return tagged;
}

bool tell_different_things(const Observation& seen) {
  bool differ = false;
  if (!seen.group || !seen.share) return differ;
  for_each_spec_field([&](const auto& field) {
    const bool same = seen.group->facts.*field.member == seen.share->facts.*field.member;
    differ = differ || (stored_only(field.on_change) && !same);
  });
  return differ;
}

bool shows_earlier_run(const Observation& seen) {
  if (!seen.group || !seen.latest_run) return false;
  const auto& started_at = seen.group->state.container_started_at;
  return started_at && *started_at < *seen.latest_run;
}

bool absence_is_confirmed(const Observation& seen, TimePoint now) {
  const GroupAbsence& absence = seen.absence;
  if (seen.group || !absence.first_asked) return false;
  if (absence.provider_said_at && now - *absence.provider_said_at <= kProviderWordLasts) return true;
  const bool apart = *absence.last_asked - *absence.first_asked >= kAbsenceSpan;
  return apart && absence.not_listed_asked && *absence.not_listed_asked >= *absence.first_asked;
}

}  // namespace dev8agent::internal::plan

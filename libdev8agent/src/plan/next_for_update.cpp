// The decision of an update.
#include <algorithm>

#include "base/spec_fields.h"
#include "base/text.h"
#include "plan/decisions.h"
#include "plan/validate.h"

namespace dev8agent::internal::plan {
namespace {

// So often what others have undone is written again.
constexpr int kMostRepeats = 3;

// Azure Resource Manager allows 50 tags on a resource (Microsoft Learn, "Use tags to organize your Azure
// resources"). Some are left for what the agent writes later, such as the last use.
constexpr std::size_t kMostTags = 46;

Error not_changed(const std::string& id, const std::string& why, bool passing = false) {
  Error error = make_error(ErrorCode::kConflict, "environment " + id + " " + why + "; nothing was changed");
  error.retryable = passing;
  return error;
}

// The id was deleted and created again while this call waited.
bool belongs_to_another(const UpdateGoal& goal, const Situation& at) {
  const std::string now = facts_of(at.seen).user_id;
  return !now.empty() && !goal.owner.empty() && now != goal.owner;
}

// What stands in the way of every update.
std::optional<Error> hindrance(const UpdateGoal& goal, const Situation& at) {
  if (is_unmanaged(at)) return unmanaged_error(at.id);
  if (!at.seen.any()) return does_not_exist(at.id);
  if (!at.seen.share) return not_changed(at.id, "has lost its file share");
  if (belongs_to_another(goal, at))
    return not_changed(at.id, "was deleted and created by another userId meanwhile");
  if (at.seen.group && phase_of(at).phase == Phase::kDeleting) return not_changed(at.id, "is being deleted");
  if (at.seen.group || !may_be_of_a_create(at, goal.longest_create)) return std::nullopt;
  if (!absence_is_confirmed(at.seen, at.now)) return std::nullopt;
  return not_changed(
      at.id, "has no container yet: its create is under way, or did not end. Repeat that first", true);
}

Error changed_by_others(const std::string& id) {
  Error error =
      make_error(ErrorCode::kConflict,
                 "environment " + id + " is changed by others at the same time, who undo this update");
  error.retryable = true;
  return error;
}

bool changes_labels(const UpdateRequest& request) {
  return request.replace_labels || !request.labels.empty();
}

// Azure tells names of tags apart without regard to case, so a label keeps the name that it has.
NamedTexts updated(NamedTexts labels, const UpdateRequest& request) {
  if (request.replace_labels) labels.clear();
  for (const auto& [name, text] : request.labels) {
    auto place = labels.begin();
    while (place != labels.end() && !equal_ignoring_case(place->first, name)) ++place;
    if (text.empty() && place != labels.end()) labels.erase(place);
    if (!text.empty()) (place != labels.end() ? place->second : labels[name]) = text;
  }
  return labels;
}

Facts updated(Facts facts, const UpdateRequest& request) {
  if (request.name) facts.name = *request.name;
  if (request.base_image) facts.base_image = *request.base_image;
  if (request.idle_stop_minutes || request.reset_idle_stop)
    facts.idle_stop_minutes = request.idle_stop_minutes;
  facts.labels = updated(std::move(facts.labels), request);
  return facts;
}

// What the metadata of the share are to tell. Those of an adoption that ended before them tell nothing yet.
// Where others have changed the tags meanwhile, this call's write may have replaced their metadata: what it
// has written is still there.
Facts wanted_of_share(const UpdateGoal& goal, const Situation& at) {
  Facts facts = at.seen.share->facts.id == at.id ? at.seen.share->facts : facts_of(at.seen);
  if (at.own.merged && at.own.stored && goal.tagged) {
    for_each_spec_field([&](const auto& field) {
      const auto& now = (*at.own.merged).*field.member;
      const bool changed = now != (*goal.tagged).*field.member;
      if (changed && facts.*field.member == (*at.own.stored).*field.member) facts.*field.member = now;
    });
  }
  return updated(std::move(facts), goal.request);
}

// What the tags of the group are to tell. Labels that the share's metadata alone tell are shown: they stay.
Facts wanted_of_group(const UpdateRequest& request, const Situation& at) {
  Facts tagged = at.seen.group->facts;
  if (changes_labels(request)) tagged.labels = facts_of(at.seen).labels;
  return updated(std::move(tagged), request);
}

// What goes is deleted before the others are written.
std::vector<FieldError> too_many_tags(const Labels& tags, const Labels& present) {
  std::size_t count = present.size() - tags_that_go(tags, present).size();
  for (const auto& tag : tags) {
    const auto same = [&](const auto& other) { return equal_ignoring_case(other.first, tag.first); };
    if (!tag.second.empty() && std::none_of(present.begin(), present.end(), same)) ++count;
  }
  if (count <= present.size() || count <= kMostTags) return {};
  return {{"labels", "must have fewer new names: with them the container group would have " +
                         std::to_string(count) + " tags, and " + std::to_string(kMostTags) + " are allowed"}};
}

}  // namespace

Decision next_for_update(const UpdateGoal& goal, const Situation& at) {
  if (is_kept(at.seen)) return only_files_are_kept(at);
  if (auto error = hindrance(goal, at)) return std::move(*error);
  if (!at.seen.group && !absence_is_confirmed(at.seen, at.now)) return Next{Step::kConfirmAbsence};
  Facts of_share = wanted_of_share(goal, at);
  const Facts of_group = at.seen.group ? wanted_of_group(goal.request, at) : of_share;
  for (const NamedTexts& labels : {of_share.labels, of_group.labels}) {
    auto errors = check_labels_after(goal.request, labels);
    if (!errors.empty()) return invalid_request(std::move(errors));
  }
  const bool share_differs = of_share != at.seen.share->facts;
  Labels tags = at.seen.group ? label_tags_to_merge(of_group, at.seen.group->state.tags) : Labels{};
  if (at.seen.group) {
    auto errors = too_many_tags(tags, at.seen.group->state.tags);
    if (!errors.empty()) return invalid_request(std::move(errors));
  }
  if (!share_differs && tags.empty()) return Next{at.own.share_unread ? Step::kReadShare : Step::kDone};
  if (at.own.share_checks > kMostRepeats) return changed_by_others(at.id);
  if (share_differs) return Next{Step::kSetMetadata, "", std::move(of_share)};
  return Next{Step::kSetTags, "", {}, std::move(tags)};
}

}  // namespace dev8agent::internal::plan

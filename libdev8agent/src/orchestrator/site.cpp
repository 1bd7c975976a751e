// What every flow does with one environment in one region: look, wait, recover from a failed write, settle.
#include <algorithm>

#include "base/text.h"
#include "orchestrator/flows.h"
#include "plan/names.h"
#include "plan/poll.h"

namespace dev8agent {
namespace {

constexpr std::chrono::seconds kLastLook{1};

// How old an answer about group or share may be to be the ground of a write that somebody may suffer from; a
// container takes longer to come up.
constexpr std::chrono::seconds kFreshFor{3};
constexpr int kLooksAnew = 3;

constexpr int kContradictions = 3;  // writes answered with "not there" of something that is shown

// From when on, and how often, a group is looked at although its operation is said to be under way.
constexpr int kPatientLooks = 12;
constexpr int kLooksBetween = 3;

constexpr std::chrono::seconds kLeastDelay{1};  // between polls, also when Azure says Retry-After: 0

// Regions may share a storage account and a resource group. A share belongs where its group is, or where its
// facts say: here, in another enabled region, which answers for it itself, or at a place that is not enabled.
enum class Place { kHere, kOtherRegion, kUnknown };

Place place_of(const Site& site, const std::map<std::string, std::unique_ptr<RegionServices>>& enabled) {
  if (site.seen.group) return Place::kHere;
  const std::string named = plan::facts_of(site.seen).region;
  const std::string& here = site.region->options.name;
  const bool named_elsewhere = !named.empty() && named != here;
  if (named_elsewhere) return enabled.contains(named) ? Place::kOtherRegion : Place::kUnknown;
  if (site.group_elsewhere.empty()) return Place::kHere;
  const bool known = std::any_of(enabled.begin(), enabled.end(), [&](const auto& region) {
    return same_location(region.second->options.location, site.group_elsewhere);
  });
  if (!known) return Place::kUnknown;
  return named.empty() ? Place::kOtherRegion : Place::kHere;
}

Error foreign(const Site& site) {
  std::string where = site.group_elsewhere;
  if (where.empty()) where = plan::facts_of(site.seen).region;
  return make_error(ErrorCode::kConflict, "environment " + site.id + " is in region " + where +
                                              ", which is not enabled; nothing was changed");
}

Error gone_meanwhile(const std::string& id) {
  return make_error(ErrorCode::kConflict, "environment " + id + " was deleted meanwhile");
}

}  // namespace

SitePtr Flows::make_site(FlowContext context, RegionServices& region, std::string id) {
  auto site = std::make_shared<Site>();
  site->context = std::move(context);
  site->region = &region;
  site->id = std::move(id);
  site->history.now = scheduler_->wall_now();
  return site;
}

Task<Status> Flows::look_at_group(SitePtr site) {
  auto look = co_await azure_.groups().get(site->context.call, site->region->options.resource_group,
                                           plan::names_of(site->id).container_group);
  if (!look.ok()) co_return look.error();
  site->group_seen_at = look->asked_at;
  site->seen.group = std::move(look->group);
  site->group_elsewhere.clear();
  site->history.now = look->shown_at;
  // A resource group serves several regions; a group of this name elsewhere is another site's.
  if (site->seen.group && !same_location(site->seen.group->location, site->region->options.location)) {
    site->group_elsewhere = site->seen.group->location;
    site->seen.group.reset();
  }
  site->history.absences = site->seen.group ? 0 : site->history.absences + 1;
  co_return Done{};
}

Task<Status> Flows::look_at_share(SitePtr site) {
  auto look = co_await site->region->shares.get(site->context.call, plan::names_of(site->id).file_share);
  if (!look.ok()) co_return look.error();
  site->share_seen_at = look->asked_at;
  site->seen.share = std::move(look->share);
  co_return Done{};
}

// Group and share side by side.
Task<Status> Flows::observe(SitePtr site) {
  std::vector<Task<Status>> looks;
  looks.push_back(look_at_group(site));
  looks.push_back(look_at_share(site));
  auto results = co_await when_all(std::move(looks));
  for (Status& result : results) {
    if (!result.ok()) co_return result.error();
  }
  co_return Done{};
}

bool Flows::is_fresh(const Site& site) const {
  return scheduler_->now() - std::min(site.group_seen_at, site.share_seen_at) <= kFreshFor;
}

// Before a write: whether what it is about to change has to be looked at once more. Where Azure takes longer
// for its answers, a few looks have to do.
bool Flows::needs_look(Site& site) const {
  if (is_fresh(site) || site.looks_anew == kLooksAnew) return false;
  ++site.looks_anew;
  return true;
}

// The same before a success is told: a slow answer of another region may have made the look at this one old.
bool Flows::needs_look_to_tell(Site& site) const {
  if (scheduler_->now() - site.group_seen_at <= kFreshFor || site.looks_anew == kLooksAnew) return false;
  ++site.looks_anew;
  return true;
}

// An id that was deleted and created anew while a call waited is another environment, perhaps another
// owner's.
Status Flows::still_the_same(const Site& site, const plan::Facts& before) const {
  if (!site.seen.share) return Done{};
  const plan::Facts now = plan::from_metadata(site.seen.share->metadata);
  const bool other_owner = !now.user_id.empty() && !before.user_id.empty() && now.user_id != before.user_id;
  if (!other_owner) return Done{};
  return make_error(ErrorCode::kConflict,
                    "environment " + site.id + " was deleted and created by another userId meanwhile");
}

Task<Result<Flows::Located>> Flows::locate(FlowContext context, std::string id,
                                           std::vector<std::string> regions) {
  std::vector<SitePtr> sites;
  std::vector<Task<Status>> looks;
  for (const std::string& name : regions) {
    sites.push_back(make_site(context, azure_.region(name), id));
    looks.push_back(observe(sites.back()));
  }
  auto results = co_await when_all(std::move(looks));
  Located located;
  for (std::size_t i = 0; i < sites.size(); ++i) {
    if (!results[i].ok()) {
      located.failure = results[i].error();
      continue;
    }
    if (!sites[i]->seen.any()) continue;
    const auto place = place_of(*sites[i], azure_.regions());
    if (place == Place::kHere) located.sites.push_back(sites[i]);
    if (place == Place::kUnknown) located.foreign = foreign(*sites[i]);
  }
  // Where the container is, the environment is; a share alone may be what a process that died has left.
  std::stable_partition(located.sites.begin(), located.sites.end(),
                        [](const SitePtr& site) { return site->seen.group.has_value(); });
  if (located.sites.empty() && located.failure) co_return *located.failure;
  if (located.sites.empty() && located.foreign) co_return *located.foreign;
  co_return located;
}

// Waits, then looks at the operation that is followed, or else at the group itself.
Task<Status> Flows::look_again(SitePtr site) {
  std::chrono::nanoseconds delay = plan::poll_delay(site->looks);
  // The last look is just before the deadline; Azure's own delay is obeyed whatever it costs.
  const auto left = site->context.call->deadline - scheduler_->now() - kLastLook;
  if (left > std::chrono::nanoseconds(0)) delay = std::min<std::chrono::nanoseconds>(delay, left);
  if (site->retry_after) delay = std::max<std::chrono::nanoseconds>(*site->retry_after, kLeastDelay);
  ++site->looks;
  site->retry_after.reset();
  auto waited = co_await pause(site->context.call, delay);
  if (!waited.ok()) co_return waited.error();

  if (!site->operation_url.empty()) {
    auto status = co_await azure_.groups().operation(site->context.call, site->operation_url);
    if (!status.ok()) {
      const Error& error = status.error();
      if (error.code == ErrorCode::kCancelled || error.code == ErrorCode::kTimeout) co_return error;
      const bool lost = error.azure_status == 403 || error.azure_status == 404;
      if (error.retryable && !lost) {
        site->retry_after = error.retry_after;
        co_return Done{};
      }
      site->operation_url.clear();  // expired, or not ours to read: the group itself tells
    } else if (status->phase == azure::OperationPhase::kRunning) {
      site->retry_after = status->retry_after;
      const bool alarming =
          std::any_of(status->events.begin(), status->events.end(),
                      [](const ContainerEvent& event) { return event.failure.has_value(); });
      if (!status->events.empty()) site->context.report("provisioning", status->events.back().name);
      const bool overdue = site->looks >= kPatientLooks && site->looks % kLooksBetween == 0;
      if (!alarming && !overdue) co_return Done{};
    } else {
      site->operation_url.clear();
      if (status->phase == azure::OperationPhase::kFailed) {
        site->operation_error = std::move(status->error);
        co_return Done{};
      }
    }
  }
  auto looked = co_await look_at_group(site);
  if (!looked.ok() || site->seen.group) co_return looked;
  // Whoever took the group away may have gone on to the share.
  auto share = co_await look_at_share(site);
  co_return share;
}

// After a write that failed: gives up when it is not worth repeating, else waits and looks at everything
// anew, because the write may have taken effect, and others may have acted meanwhile.
Task<Status> Flows::recover(SitePtr site, Error error) {
  error.attempts = ++site->failures;
  site->looks_anew = 0;
  // What the write was about has gone since the look at it: what is there by now decides.
  if (error.code == ErrorCode::kNotFound) {
    error.code = ErrorCode::kAzureUnavailable;
    error.retryable = true;
    if (site->failures > kContradictions) co_return error;
  }
  if (!plan::worth_repeating(error)) co_return error;
  auto waited = co_await azure_.retrier().wait(site->context.call, site->failures, error);
  if (!waited.ok()) co_return waited.error();
  auto seen = co_await observe(site);
  // A write whose answer was lost may have worked: then the group carries this call's mark.
  if (seen.ok() && site->seen.group && plan::from_tags(site->seen.group->tags).call == site->history.call) {
    site->history.wrote = true;
  }
  co_return seen;
}

// Before a caller is told of an environment that another call has created: that call may still be under way
// in another process, and its roll-back must not take away what this caller was told of. The share's mark
// says whose it is; once it is gone, no roll-back touches the share, and no other create claims it.
//
// One write at most: a caller goes on until it is settled, looking at what there is by then.
Task<Status> Flows::settle(SitePtr site) {
  auto settled = co_await set_mark(site, "");
  if (settled.ok() && !site->seen.share) co_return gone_meanwhile(site->id);
  co_return settled;
}

bool Flows::is_settled(const Site& site) const {
  if (!site.seen.share) return true;
  const std::string mark = plan::from_metadata(site.seen.share->metadata).call;
  return mark.empty() || mark == site.history.call;
}

}  // namespace dev8agent

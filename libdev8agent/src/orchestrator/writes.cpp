// The writes of the flows: each sends at most one, notes what Azure answered, and leaves `site.seen` true. A
// write that failed for a passing reason ends in a fresh look, so that the caller decides anew.
#include <algorithm>
#include <utility>

#include "azure/container_group_json.h"
#include "orchestrator/flows.h"
#include "plan/group_spec.h"
#include "plan/names.h"
#include "plan/poll.h"

namespace dev8agent {
namespace {

// From when on the group's events speak of a write that is sent now, and not of what was seen before it:
// after the last of those. Azure's clock alone counts.
WallTime begin_of_write(const Site& site) {
  WallTime since{};
  if (!site.seen.group) return since;
  for (const ContainerEvent& event : site.seen.group->events) {
    if (event.last_at) since = std::max(since, *event.last_at + std::chrono::milliseconds(1));
  }
  return since;
}

// Azure answered that it has not done it. Anything else, no answer above all, leaves that open.
bool refused(const Error& error) {
  return error.azure_status >= 400 && error.azure_status < 500 && error.azure_status != 408;
}

// What the group is until the next look.
void mark_transition(Site& site, const azure::Accepted& accepted) {
  site.operation_url = accepted.operation_url;
  site.operation_error.reset();
  site.retry_after = accepted.retry_after;
  site.seen.group->provisioning_state = "Pending";
  site.seen.group->state = "Pending";
  site.looks = 0;
  site.failures = 0;
  site.looks_anew = 0;
}

}  // namespace

Task<Status> Flows::put_share(SitePtr site, plan::Facts facts) {
  site->context.report("creating-share", "");
  site->share_put = true;
  site->share_claimed = false;
  site->alone = false;
  FileShare share;
  share.name = plan::names_of(site->id).file_share;
  share.quota_gib = facts.storage_gb + plan::kHomeGb;
  share.metadata = plan::to_metadata(facts);
  site->unanswered = true;
  const TimePoint sent_at = scheduler_->now();
  auto created = co_await site->region->shares.create(site->context.call, share);
  if (created.ok() || refused(created.error())) site->unanswered = false;
  if (!created.ok()) {
    auto recovered = co_await recover(site, created.error());
    co_return recovered;
  }
  site->failures = 0;
  site->looks_anew = 0;
  site->history.claim = plan::Claim::kMine;
  site->seen.share = std::move(share);
  site->share_seen_at = sent_at;
  co_return Done{};
}

// Makes this create answer for what an unfinished one has left, if that holds nothing: a share without files,
// of which nobody was told.
Task<Status> Flows::claim_share(SitePtr site) {
  const std::string share = plan::names_of(site->id).file_share;
  site->history.claim = plan::Claim::kRefused;
  auto empty = co_await site->region->shares.is_empty(site->context.call, share);
  Status done = Done{};
  if (!empty.ok()) done = empty.error();
  if (empty.ok() && *empty) done = co_await set_mark(site, site->history.call);
  if (!done.ok()) {
    const ErrorCode code = done.error().code;
    if (code == ErrorCode::kCancelled || code == ErrorCode::kTimeout || code == ErrorCode::kConflict)
      co_return done;
    // Gone meanwhile, or not to be looked into: what is unknown is not taken.
  }
  auto seen = co_await observe(site);
  co_return seen;
}

// Puts another mark in the place of the share's. What is written is the whole of the share's facts, which may
// have become another environment's by now. A share that was settled or is gone stays as it is.
Task<Status> Flows::set_mark(SitePtr site, std::string mark) {
  plan::Facts facts = plan::from_metadata(site->seen.share->metadata);
  if (!is_fresh(*site)) {
    auto looked = co_await look_at_share(site);
    if (!looked.ok()) co_return looked;
  }
  auto same = still_the_same(*site, facts);
  if (!same.ok()) co_return same;
  if (!site->seen.share) co_return Done{};
  facts = plan::from_metadata(site->seen.share->metadata);
  if (facts.call.empty()) co_return Done{};
  const std::string before = std::exchange(facts.call, std::move(mark));
  auto done = co_await set_metadata(site, plan::to_metadata(facts));
  if (!done.ok()) co_return done;
  if (!facts.call.empty()) {
    site->history.claim = plan::Claim::kMine;
    site->history.claimed_from = before;
    site->share_put = true;
    site->share_claimed = true;
  }
  co_return Done{};
}

Task<Status> Flows::put_group(SitePtr site, plan::Facts facts, std::shared_ptr<EnvironmentSecrets> secrets) {
  auto key = co_await site->region->keys.get(site->context.call);
  if (!key.ok()) co_return key.error();
  auto token = co_await azure_.tokens().get(site->context.call, azure_.scope());
  if (!token.ok()) co_return token.error();
  // A PUT over a running group restarts it. What was decided on may have been seen long ago when share, key
  // or token took their time: then it is looked at once more.
  if (needs_look(*site)) {
    auto seen = co_await observe(site);
    co_return seen;
  }
  site->context.report("creating-container", "");
  const bool absent = !site->seen.group;
  const bool changed_before = site->group_changed;
  const bool put_before = site->group_put;
  (absent ? site->group_put : site->group_changed) = true;
  site->history.since = begin_of_write(*site);
  std::string body = azure::write_container_group(plan::group_spec(
      facts, *secrets, activity_token(site->id), Secret(std::move(*key)), site->region->options, settings_));
  site->unanswered = true;
  auto accepted = co_await azure_.groups().put(site->context.call, site->region->options.resource_group,
                                               plan::names_of(site->id).container_group, std::move(body));
  if (accepted.ok() || refused(accepted.error())) site->unanswered = false;
  if (!accepted.ok()) {
    if (refused(accepted.error())) {
      site->group_changed = changed_before;
      site->group_put = put_before;
    }
    auto recovered = co_await recover(site, accepted.error());
    co_return recovered;
  }
  // 200: somebody else's group came in between. It is redeployed, not created, and so never rolled back.
  if (absent && !accepted->created) {
    site->group_put = false;
    site->group_changed = true;
  }
  site->history.wrote = true;
  site->history.group_deleted = false;
  ContainerGroup group;
  group.name = plan::names_of(site->id).container_group;
  group.location = site->region->options.location;
  group.tags = plan::to_tags(facts);
  site->seen.group = std::move(group);
  mark_transition(*site, *accepted);
  site->context.report("provisioning", "");
  co_return Done{};
}

Task<Status> Flows::start_group(SitePtr site) {
  site->context.report("starting", "");
  const bool changed_before = site->group_changed;
  site->group_changed = true;
  site->history.since = begin_of_write(*site);
  auto accepted = co_await azure_.groups().start(site->context.call, site->region->options.resource_group,
                                                 plan::names_of(site->id).container_group);
  if (!accepted.ok()) {
    if (refused(accepted.error())) site->group_changed = changed_before;
    auto recovered = co_await recover(site, accepted.error());
    co_return recovered;
  }
  site->history.wrote = true;
  site->history.stopped = false;
  mark_transition(*site, *accepted);
  co_return Done{};
}

Task<Status> Flows::stop_group(SitePtr site) {
  site->context.report("stopping", "");
  auto accepted = co_await azure_.groups().stop(site->context.call, site->region->options.resource_group,
                                                plan::names_of(site->id).container_group);
  if (!accepted.ok()) {
    auto recovered = co_await recover(site, accepted.error());
    co_return recovered;
  }
  site->history.stopped = true;
  site->failures = 0;
  site->looks_anew = 0;
  auto seen = co_await observe(site);
  co_return seen;
}

Task<Status> Flows::delete_group(SitePtr site) {
  site->context.report("deleting-container", "");
  const bool again = site->history.group_deleted;
  site->history.group_deleted = true;
  // Accepted before and still there: Azure is at it.
  if (again && site->failures == 0) {
    auto waited = co_await pause(site->context.call, plan::poll_delay(site->looks++));
    if (!waited.ok()) co_return waited.error();
  }
  auto accepted = co_await azure_.groups().remove(site->context.call, site->region->options.resource_group,
                                                  plan::names_of(site->id).container_group);
  if (!accepted.ok() && accepted.error().code != ErrorCode::kNotFound) {
    auto recovered = co_await recover(site, accepted.error());
    co_return recovered;
  }
  site->failures = 0;
  site->looks_anew = 0;
  auto seen = co_await observe(site);
  co_return seen;
}

Task<Status> Flows::delete_share(SitePtr site) {
  site->context.report("deleting-share", "");
  const bool again = site->history.share_deleted;
  site->history.share_deleted = true;
  // Accepted before and still seen: it goes away in its own time.
  if (again && site->failures == 0) {
    auto waited = co_await pause(site->context.call, plan::poll_delay(site->looks++));
    if (!waited.ok()) co_return waited.error();
  }
  auto deleted =
      co_await site->region->shares.remove(site->context.call, plan::names_of(site->id).file_share);
  if (!deleted.ok() && deleted.error().code != ErrorCode::kNotFound) {
    auto recovered = co_await recover(site, deleted.error());
    co_return recovered;
  }
  site->failures = 0;
  site->looks_anew = 0;
  auto seen = co_await observe(site);
  co_return seen;
}

Task<Status> Flows::set_metadata(SitePtr site, std::map<std::string, std::string> metadata) {
  if (site->seen.share->metadata == metadata) co_return Done{};
  CallPtr call = site->context.call;
  azure::FileShares* shares = &site->region->shares;
  const std::string share = site->seen.share->name;
  std::function<Task<Status>()> set = [call, shares, share, metadata] {
    return shares->set_metadata(call, share, metadata);
  };
  auto done = co_await azure_.retrier().run<Done>(call, set);
  if (done.ok()) site->seen.share->metadata = metadata;
  co_return done;
}

// Quota, metadata and tags: each sets a whole value, so a repeat is harmless.
Task<Status> Flows::update_facts(SitePtr site, plan::Facts facts, bool patch_tags) {
  CallPtr call = site->context.call;
  const std::string share = plan::names_of(site->id).file_share;
  const int quota = facts.storage_gb + plan::kHomeGb;
  azure::FileShares* shares = &site->region->shares;
  if (site->seen.share->quota_gib != quota) {
    std::function<Task<Status>()> set = [call, shares, share, quota] {
      return shares->set_quota(call, share, quota);
    };
    auto done = co_await azure_.retrier().run<Done>(call, set);
    if (!done.ok()) co_return done;
  }
  plan::Facts kept = facts;
  kept.call = plan::from_metadata(site->seen.share->metadata).call;  // the share stays the creating call's
  auto noted = co_await set_metadata(site, plan::to_metadata(kept));
  if (!noted.ok()) co_return noted;
  if (patch_tags && site->seen.group) {
    facts.call = plan::from_tags(site->seen.group->tags).call;
    const auto tags = plan::to_tags(facts);
    if (tags == site->seen.group->tags) co_return Done{};
    azure::ContainerGroups* groups = &azure_.groups();
    const std::string resource_group = site->region->options.resource_group;
    const std::string group = plan::names_of(site->id).container_group;
    std::function<Task<Status>()> set = [call, groups, resource_group, group, tags] {
      return groups->patch_tags(call, resource_group, group, tags);
    };
    auto done = co_await azure_.retrier().run<Done>(call, set);
    if (!done.ok()) co_return done;
    site->seen.group->tags = tags;
  }
  co_return Done{};
}

}  // namespace dev8agent

// The writes on container groups: each sends at most one, notes what Azure answered, and leaves `site.seen`
// true. A write that failed for a passing reason ends in a fresh look, so that the caller decides anew.
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

// What the group is until the next look.
void mark_transition(Site& site, const azure::Accepted& accepted) {
  site.operation_url = accepted.operation_url;
  site.operation_error.reset();
  site.retry_after = accepted.retry_after;
  site.seen.group->provisioning_state = "Pending";
  site.seen.group->state = "Pending";
  site.looks = 0;
  site.write_done();
}

}  // namespace

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
  const bool changed_before = site->undo.group_changed;
  const bool put_before = site->undo.group_put;
  (absent ? site->undo.group_put : site->undo.group_changed) = true;
  site->history.since = begin_of_write(*site);
  std::string body = azure::write_container_group(plan::group_spec(
      facts, *secrets, activity_token(site->id), Secret(std::move(*key)), site->region->options, settings_));
  auto accepted = co_await azure_.groups().put(site->context.call, site->region->options.resource_group,
                                               plan::names_of(site->id).container_group, std::move(body));
  if (!accepted.ok()) {
    note_no_answer(*site, accepted.error());
    if (plan::refused(accepted.error())) {
      site->undo.group_changed = changed_before;
      site->undo.group_put = put_before;
    }
    auto recovered = co_await recover(site, accepted.error());
    co_return recovered;
  }
  // 200: somebody else's group came in between. It is redeployed, not created, and so never rolled back.
  if (absent && !accepted->created) {
    site->undo.group_put = false;
    site->undo.group_changed = true;
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
  const bool changed_before = site->undo.group_changed;
  site->undo.group_changed = true;
  site->history.since = begin_of_write(*site);
  auto accepted = co_await azure_.groups().start(site->context.call, site->region->options.resource_group,
                                                 plan::names_of(site->id).container_group);
  if (!accepted.ok()) {
    note_no_answer(*site, accepted.error());
    if (plan::refused(accepted.error())) site->undo.group_changed = changed_before;
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
  site->history.stopped_run = site->seen.group->container_started_at;
  site->write_done();
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
  site->write_done();
  auto seen = co_await observe(site);
  co_return seen;
}

Task<Status> Flows::patch_tags(SitePtr site, std::map<std::string, std::string> tags) {
  auto done = co_await azure_.groups().patch_tags(site->context.call, site->region->options.resource_group,
                                                  plan::names_of(site->id).container_group, tags);
  if (!done.ok()) {
    auto recovered = co_await recover(site, done.error());
    co_return recovered;
  }
  site->write_done();
  site->seen.group->tags = std::move(tags);
  co_return Done{};
}

}  // namespace dev8agent

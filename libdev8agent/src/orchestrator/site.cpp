// What every flow does with one environment in one region: look, wait, recover from a failed write, roll
// back.
#include <algorithm>

#include "base/crypto.h"
#include "base/text.h"
#include "orchestrator/flows.h"
#include "orchestrator/redact.h"
#include "plan/group_spec.h"
#include "plan/names.h"
#include "plan/poll.h"

namespace dev8agent {
namespace {

constexpr int kLogTail = 20;
constexpr std::chrono::seconds kLastLook{1};

}  // namespace

SitePtr Flows::make_site(FlowContext context, RegionServices& region, std::string id) {
  auto site = std::make_shared<Site>();
  site->context = std::move(context);
  site->region = &region;
  site->id = std::move(id);
  site->history.now = scheduler_->wall_now();
  return site;
}

// Group and share side by side.
Task<Status> Flows::observe(SitePtr site) {
  struct Look {
    static Task<Status> at_group(Flows* flows, SitePtr site) {
      auto group = co_await flows->azure_.groups().get(
          site->context.call, site->region->options.resource_group, plan::names_of(site->id).container_group);
      if (!group.ok()) co_return group.error();
      site->seen.group = std::move(group).value();
      co_return Done{};
    }
    static Task<Status> at_share(SitePtr site) {
      auto share = co_await site->region->shares.get(site->context.call, plan::names_of(site->id).file_share);
      if (!share.ok()) co_return share.error();
      site->seen.share = std::move(share).value();
      co_return Done{};
    }
  };
  std::vector<Task<Status>> looks;
  looks.push_back(Look::at_group(this, site));
  looks.push_back(Look::at_share(site));
  site->seen_at = scheduler_->now();
  auto results = co_await when_all(std::move(looks));
  site->history.now = scheduler_->wall_now();
  for (Status& result : results) {
    if (!result.ok()) co_return result.error();
  }
  // A resource group serves several regions; a group of this name elsewhere is another site's.
  if (site->seen.group && !same_location(site->seen.group->location, site->region->options.location)) {
    site->seen.group.reset();
  }
  co_return Done{};
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
    // Regions may share a storage account; a share belongs to the region that its facts name.
    const std::string region = plan::facts_of(sites[i]->seen).region;
    const bool elsewhere =
        !sites[i]->seen.group && !region.empty() && region != regions[i] && azure_.regions().contains(region);
    if (sites[i]->seen.any() && !elsewhere) located.sites.push_back(sites[i]);
  }
  if (located.sites.empty() && located.failure) co_return *located.failure;
  co_return located;
}

// Waits, then looks at the operation that is followed, or else at the group itself.
Task<Status> Flows::look_again(SitePtr site) {
  std::chrono::nanoseconds delay = plan::poll_delay(site->looks);
  // The last look is just before the deadline; Azure's own delay is obeyed whatever it costs.
  const auto left = site->context.call->deadline - scheduler_->now() - kLastLook;
  if (left > std::chrono::nanoseconds(0)) delay = std::min<std::chrono::nanoseconds>(delay, left);
  if (site->retry_after) delay = *site->retry_after;
  ++site->looks;
  site->retry_after.reset();
  auto waited = co_await pause(site->context.call, delay);
  if (!waited.ok()) co_return waited.error();

  if (!site->operation_url.empty()) {
    auto status = co_await azure_.groups().operation(site->context.call, site->operation_url);
    if (!status.ok()) {
      const Error& error = status.error();
      if (error.code == ErrorCode::kCancelled || error.code == ErrorCode::kTimeout) co_return error;
      if (error.retryable) {
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
      if (!alarming) co_return Done{};
    } else {
      site->operation_url.clear();
      if (status->phase == azure::OperationPhase::kFailed) {
        site->operation_error = std::move(status->error);
        co_return Done{};
      }
    }
  }
  site->seen_at = scheduler_->now();
  auto group = co_await azure_.groups().get(site->context.call, site->region->options.resource_group,
                                            plan::names_of(site->id).container_group);
  if (!group.ok()) co_return group.error();
  site->seen.group = std::move(group).value();
  site->history.now = scheduler_->wall_now();
  co_return Done{};
}

// After a write that failed: gives up when it is not worth repeating, else waits and looks at everything
// anew, because the write may have taken effect, and others may have acted meanwhile.
Task<Status> Flows::recover(SitePtr site, Error error) {
  error.attempts = ++site->failures;
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
// says whose it is; once it is gone, no roll-back touches the share. A mark that is older than any call can
// be needs no settling.
Task<Status> Flows::settle(SitePtr site) {
  if (!site->seen.share) co_return Done{};
  plan::Facts facts = plan::from_metadata(site->seen.share->metadata);
  const auto longest = settings_->operation_timeout + settings_->rollback_timeout;
  const bool may_be_in_flight = scheduler_->wall_now() - facts.created_at < longest;
  if (facts.call.empty() || facts.call == site->history.call || !may_be_in_flight) co_return Done{};
  facts.call.clear();
  auto settled = co_await set_metadata(site, plan::to_metadata(facts));
  co_return settled;
}

// Removes what this very call created, and only that: a resource that carries this call's mark, where it had
// seen none before. What it only changed (a redeployed or started group) is stopped, so that it does not
// bill. Runs on its own deadline and cannot be cancelled.
Task<Done> Flows::roll_back(SitePtr site) {
  if (!site->share_put && !site->group_put && !site->group_changed) co_return Done{};
  auto call = std::make_shared<Call>();
  call->scheduler = scheduler_.get();
  call->deadline = scheduler_->now() + settings_->rollback_timeout;
  call->request_id = site->context.call->request_id;
  site->context.call = call;
  site->context.report("rolling-back", "");
  site->failures = 0;
  Status state = Done{};
  for (bool looked = false;;) {
    if (!looked) {
      state = co_await observe(site);
      looked = true;
    }
    if (!state.ok()) break;
    // It came up after all, or somebody stopped it: others may use it by now.
    const bool in_use =
        site->seen.group && site->group_put &&
        plan::settled_phase(plan::judge(*site->seen.group, site->history.since, site->history.now));
    if (in_use) {
      site->left_in_use = true;
      break;
    }
    const bool own_group =
        site->seen.group && plan::from_tags(site->seen.group->tags).call == site->history.call;
    const bool own_share = site->seen.share && site->share_put &&
                           plan::from_metadata(site->seen.share->metadata).call == site->history.call;
    const bool stoppable = site->seen.group && site->group_changed && !site->group_put &&
                           !site->history.stopped && plan::owned(site->seen.group->tags, site->id);
    if (own_group && site->group_put) {
      state = co_await delete_group(site);
    } else if (stoppable) {
      state = co_await stop_group(site);
    } else if (own_share && !site->seen.group) {
      state = co_await delete_share(site);
    } else {
      break;
    }
  }
  const bool clean = state.ok();
  std::vector<LogField> fields;
  if (!clean) fields.push_back({"error", state.error().message});
  log(clean ? LogLevel::kInfo : LogLevel::kError, clean ? "rollback.done" : "rollback.incomplete", *site,
      std::move(fields));
  if (!clean) site->operation_error = state.error();
  co_return Done{};
}

// Adds the last events and the container's last log lines to a failure, with every known secret taken out.
Task<Error> Flows::explain(SitePtr site, Error error, std::shared_ptr<EnvironmentSecrets> secrets) {
  const bool about_container = error.code == ErrorCode::kContainerFailed ||
                               error.code == ErrorCode::kMountFailed ||
                               error.code == ErrorCode::kImagePullFailed;
  if (!about_container || !site->seen.group) co_return error;
  Redactor redactor;
  if (secrets) redactor.add(*secrets);
  redactor.add(activity_token(site->id));
  auto key = co_await site->region->keys.get(site->context.call);
  if (key.ok()) redactor.add(Secret(std::move(*key)));

  const auto& events = site->seen.group->events;
  const std::size_t first = events.size() > 5 ? events.size() - 5 : 0;
  std::string text = error.message;
  for (std::size_t i = first; i < events.size(); ++i) {
    text += (i == first ? " Last events: " : "; ") + events[i].name + ": " + events[i].message;
  }
  auto logs = co_await azure_.groups().logs(site->context.call, site->region->options.resource_group,
                                            plan::names_of(site->id).container_group,
                                            std::string(plan::kContainerName), kLogTail);
  if (logs.ok() && !logs->empty()) text += ". Last log lines: " + *logs;
  // Cleaned before it is cut, so that no part of a secret stays.
  error.message = printable(redactor.clean(std::move(text)), 2000);
  co_return error;
}

}  // namespace dev8agent

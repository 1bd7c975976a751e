// How a create or start that failed ends: told with what Azure shows, and undone.
#include <algorithm>

#include "base/text.h"
#include "orchestrator/flows.h"
#include "orchestrator/redact.h"
#include "plan/group_spec.h"
#include "plan/names.h"

namespace dev8agent {
namespace {

constexpr int kLogTail = 20;

// How long a write that got no answer may still take effect: as long as Azure lets a request last.
constexpr std::chrono::seconds kLateEffect{60};
constexpr std::chrono::seconds kLateLook{5};

// The call has written other facts, and the container that they tell of never came to be: one that was made
// anew carries this call's mark, and the facts are its. What somebody else has written since then stays.
bool changed_in_vain(const Site& site) {
  if (!site.rewrite || !site.seen.share) return false;
  const auto& [before, after] = *site.rewrite;
  const auto& metadata = site.seen.share->metadata;
  if (!plan::metadata_tells(metadata, before) && !plan::metadata_tells(metadata, after)) return false;
  if (site.seen.group) {
    const plan::Facts tagged = plan::from_tags(site.seen.group->tags);
    if (tagged.call == site.history.call || !plan::same_shape(tagged, before)) return false;
  }
  return !plan::facts_left(site.seen, before, true).none();
}

}  // namespace

// Removes what this very call created or claimed, and only that: a resource that carries this call's mark,
// where it had seen none before, or none in use. What it only changed (a redeployed or started group) is
// stopped where Azure allows it before it is up, so that it does not bill; facts that it wrote in vain are
// set back. What is up by now is left: others may use it. Runs on its own deadline and cannot be cancelled.
Task<Done> Flows::roll_back(SitePtr site) {
  if (!site->share_put && !site->group_put && !site->group_changed && !site->rewrite) co_return Done{};
  auto call = std::make_shared<Call>();
  call->scheduler = scheduler_.get();
  const TimePoint begun = scheduler_->now();
  call->deadline = begun + settings_->rollback_timeout;
  call->request_id = site->context.call->request_id;
  site->context.call = call;
  site->context.report("rolling-back", "");
  site->failures = 0;
  Status state = Done{};
  for (bool looked = false;;) {
    if (state.ok() && !looked) {
      state = co_await observe(site);
      looked = true;
    }
    if (!state.ok()) break;
    const plan::Verdict verdict = site->seen.group
                                      ? plan::judge(*site->seen.group, site->history.since, site->history.now)
                                      : plan::Verdict{};
    const bool late = site->unanswered && scheduler_->now() < begun + kLateEffect;
    // It came up after all, or somebody stopped it: others may use it by now. A container without files, as
    // of an environment that was deleted meanwhile, is of no use.
    const bool in_use = plan::settled_phase(verdict) && site->seen.share &&
                        (site->group_put || site->group_changed) &&
                        !(late && verdict.phase == plan::Phase::kStopped);
    if (in_use) {
      site->left_in_use = true;
      break;
    }
    const bool own_group = site->has_own_group();
    const bool removable = own_group && (site->group_put || !site->seen.share);
    const bool own_share = site->seen.share && site->share_put &&
                           plan::from_metadata(site->seen.share->metadata).call == site->history.call;
    const bool stoppable = site->seen.group && site->group_changed && !site->group_put &&
                           !site->history.stopped && verdict.phase != plan::Phase::kStopped &&
                           plan::owned(site->seen.group->tags, site->id);
    // The roll-back of another create that has put its container on this call's share may be under way.
    const bool others_failed = own_share && site->seen.group && !own_group && !stoppable &&
                               verdict.phase == plan::Phase::kFailed &&
                               scheduler_->now() < begun + kLateEffect;
    const bool acts = removable || stoppable || (own_share && !site->seen.group);
    if (acts && needs_look(*site)) {
      state = co_await observe(site);
    } else if (removable) {
      state = co_await delete_group(site);
    } else if (stoppable) {
      state = co_await stop_group(site);
    } else if (own_share && !site->seen.group && site->share_claimed && !site->group_put) {
      // No container of this call was on it; was there another's?
      auto empty = co_await site->region->shares.is_empty(call, plan::names_of(site->id).file_share);
      const bool gone = !empty.ok() && empty.error().code == ErrorCode::kNotFound;
      if (!empty.ok() && !gone) state = empty.error();
      if (gone) looked = false;
      if (empty.ok() && !*empty) {
        site->share_put = false;
        site->left_files = true;
      }
      site->share_claimed = false;
    } else if (own_share && !site->seen.group) {
      state = co_await delete_share(site);
    } else if (late || others_failed) {
      state = co_await pause(call, kLateLook);
      looked = false;
    } else {
      break;
    }
  }
  while (state.ok() && changed_in_vain(*site))
    state = co_await write_facts(site, site->rewrite->before, true);
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

// How a create or start that failed ends: explained, rolled back, and with what the roll-back came to.
Task<Error> Flows::give_up(SitePtr site, Error error, std::shared_ptr<EnvironmentSecrets> secrets) {
  auto explained = co_await explain(site, std::move(error), secrets);
  site->operation_error.reset();
  co_await roll_back(site);
  if (site->operation_error) {
    explained.message += ". Roll-back is incomplete: " + site->operation_error->message;
  } else if (site->left_in_use) {
    explained.message += "; the environment is up or was stopped by now, and was left as it is";
  } else if (site->left_files) {
    explained.message += "; its file share holds files by now, and was left as it is";
  }
  co_return explained;
}

}  // namespace dev8agent

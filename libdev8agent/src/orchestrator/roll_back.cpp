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

// Undoes what this very call has done (plan/undo.h), and sets back facts that it wrote in vain. Runs on its
// own deadline and cannot be cancelled.
Task<Done> Flows::roll_back(SitePtr site) {
  if (!site->undo.any() && !site->rewrite) co_return Done{};
  auto call = std::make_shared<Call>();
  call->scheduler = scheduler_.get();
  const TimePoint begun = scheduler_->now();
  call->deadline = begun + settings_->rollback_timeout;
  call->request_id = site->context.call->request_id;
  site->context.call = call;
  site->context.report("rolling-back", "");
  site->failures = 0;
  auto state = co_await observe(site);
  while (state.ok()) {
    const bool early = scheduler_->now() < begun + kLateEffect;
    const bool late_write = scheduler_->now() < site->late_until;
    const auto step = plan::next_to_undo(site->id, site->seen, site->history, site->undo, late_write, early);
    site->left_in_use = step == plan::UndoStep::kLeave;
    if (step == plan::UndoStep::kDone || step == plan::UndoStep::kLeave) break;
    state = co_await undo_one(site, step);
  }
  while (state.ok() && changed_in_vain(*site)) {
    state = co_await write_facts(site, site->rewrite->before, true);
  }
  std::vector<LogField> fields;
  if (!state.ok()) fields.push_back({"error", state.error().message});
  log(state.ok() ? LogLevel::kInfo : LogLevel::kError, state.ok() ? "rollback.done" : "rollback.incomplete",
      *site, std::move(fields));
  if (!state.ok()) site->operation_error = state.error();
  co_return Done{};
}

// After a write that failed: unless Azure has refused it, it may yet take effect.
void Flows::note_no_answer(Site& site, const Error& error) const {
  if (!plan::refused(error)) site.late_until = scheduler_->now() + kLateEffect;
}

Task<Status> Flows::undo_one(SitePtr site, plan::UndoStep step) {
  Status done = Done{};
  if (step == plan::UndoStep::kWait) {
    done = co_await pause(site->context.call, kLateLook);
    if (done.ok()) done = co_await observe(site);
  } else if (needs_look(*site)) {
    done = co_await observe(site);
  } else if (step == plan::UndoStep::kDeleteGroup) {
    done = co_await delete_group(site);
  } else if (step == plan::UndoStep::kStopGroup) {
    done = co_await stop_group(site);
  } else if (step == plan::UndoStep::kDeleteShare) {
    done = co_await delete_share(site);
  } else {
    auto empty =
        co_await site->region->shares.is_empty(site->context.call, plan::names_of(site->id).file_share);
    const bool gone = !empty.ok() && empty.error().code == ErrorCode::kNotFound;
    if (!empty.ok() && !gone) co_return empty.error();
    site->left_files = !gone && !*empty;
    site->undo.share_put = !gone && *empty;
    site->undo.share_claimed = false;
    if (gone) done = co_await observe(site);
  }
  co_return done;
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

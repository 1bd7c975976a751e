// The writes to file shares.
#include <utility>

#include "base/text.h"
#include "orchestrator/flows.h"
#include "plan/group_spec.h"
#include "plan/names.h"
#include "plan/tls_sidecar.h"

namespace dev8agent::internal {

using plan::Sent;

// What the share's metadata hold beside the facts: what is there already, and the note of a share for
// certificates.
plan::Labels Flows::labels_of_share(const FlowState& state) {
  plan::Labels labels = state.keeps_certificates ? plan::certificates_label() : plan::Labels{};
  if (!state.seen.share) return labels;
  labels.insert(state.seen.share->state.metadata.begin(), state.seen.share->state.metadata.end());
  // Files that a container uses are not those of a delete.
  return state.seen.group ? plan::with_kept_snapshot(std::move(labels), "") : labels;
}

// Where a create may write over a share that exists, it relies on the look that showed none.
bool Flows::may_write_over_share(const FlowState& state) const {
  return state.region->shares.create_may_change_existing() &&
         scheduler_->now() - state.seen.share_asked_at > plan::kFreshFor &&
         state.reobservations < plan::kMaxReobservations;
}

Task<Status> Flows::create_share(FlowStatePtr state, plan::Facts facts) {
  if (may_write_over_share(*state)) {
    ++state->reobservations;
    auto seen = co_await observe(state);
    co_return seen;
  }
  state->context.report(Stage::kCreatingShare, "");
  state->seen.other_regions_clear = false;
  FileShare share;
  share.name = plan::names_of(state->id).file_share;
  share.quota_gib = facts.storage_gb + plan::kHomeGb;
  share.metadata = plan::to_metadata(facts, state->own.token, labels_of_share(*state));
  const TimePoint sent_at = scheduler_->now();
  const Sent before = std::exchange(state->own.share_put, Sent::kUnanswered);
  auto created = co_await state->region->shares.create(state->context.call, share);
  state->own.share_put = before;
  if (!created.ok()) {
    record(*state, state->own.share_put, created.error());
    if (equal_ignoring_case(created.error().azure_code, "ShareAlreadyExists")) {
      auto seen = co_await observe(state);
      co_return seen;
    }
    auto recovered = co_await recover(state, created.error());
    co_return recovered;
  }
  record(*state, state->own.share_put, std::nullopt);
  state->write_done();
  note_share(*state, {std::move(share), scheduler_->now()});
  state->seen.share_asked_at = sent_at;
  co_return Done{};
}

Task<Status> Flows::restore_share(FlowStatePtr state) {
  state->context.report(Stage::kRestoringShare, "");
  const Sent before = std::exchange(state->own.share_restore, Sent::kUnanswered);
  auto restored = co_await state->region->shares.restore(
      state->context.call, plan::names_of(state->id).file_share, state->deleted->version);
  state->own.share_restore = before;
  record(*state, state->own.share_restore, restored.ok() ? std::nullopt : std::optional(restored.error()));
  const bool exists =
      !restored.ok() && equal_ignoring_case(restored.error().azure_code, "ShareAlreadyExists");
  if (!restored.ok() && !exists) {
    if (restored.error().code == ErrorCode::kNotFound && !plan::may_have_applied(before)) {
      co_return make_error(ErrorCode::kNotFound, "the deleted files of environment " + state->id +
                                                     " have just been removed by Azure for good");
    }
    auto recovered = co_await recover(state, restored.error());
    co_return recovered;
  }
  if (restored.ok()) state->write_done();
  auto seen = co_await observe(state);
  co_return seen;
}

// A write without an answer may have taken the mark off: what is seen next tells.
Task<Status> Flows::unmark_share(FlowStatePtr state) {
  state->context.report(Stage::kRestoringShare, "");
  const plan::SeenShare& share = *state->seen.share;
  plan::Labels metadata =
      plan::to_metadata(share.facts, "", plan::with_kept_snapshot(share.state.metadata, ""));
  state->own.share_restore = Sent::kUnanswered;
  auto done = co_await set_metadata(state, std::move(metadata));
  co_return done;
}

// One that got no answer may be there all the same. The repeat takes another one, which does no harm.
Task<Status> Flows::snapshot_share(FlowStatePtr state) {
  state->context.report(Stage::kLocating, "Taking a snapshot of the files");
  auto taken = co_await state->region->shares.snapshot(state->context.call, state->seen.share->state.name);
  if (!taken.ok()) {
    auto recovered = co_await recover(state, taken.error());
    co_return recovered;
  }
  state->own.snapshot = std::move(*taken);
  state->write_done();
  co_return Done{};
}

Task<Status> Flows::keep_share(FlowStatePtr state) {
  state->context.report(Stage::kDeletingShare, "");
  const plan::SeenShare& share = *state->seen.share;
  plan::Labels metadata = plan::to_metadata(
      share.facts, "", plan::with_kept_snapshot(share.state.metadata, *state->own.snapshot));
  auto done = co_await set_metadata(state, std::move(metadata));
  co_return done;
}

Task<Status> Flows::take_over_share(FlowStatePtr state) {
  state->own.taken_from = state->seen.share->token;
  state->own.share_takeover = Sent::kUnanswered;
  auto done = co_await set_metadata(state, plan::to_metadata(state->seen.share->facts, state->own.token,
                                                             state->seen.share->state.metadata));
  if (!done.ok()) co_return done;
  // Another create may have done the same: whose token stands is the owner.
  auto seen = co_await observe(state);
  co_return seen;
}

// Before a caller is given an environment that another call has created: that call may still be under way in
// another process, and its roll-back must not take away what this caller relies on. Without an ownership
// token no roll-back touches the share, and no other create takes it over. A mark of kept files goes, too:
// the container uses them. A lease of others that forbids this write forbids all of that, too.
Task<Status> Flows::release_share(FlowStatePtr state) {
  const plan::SeenShare& share = *state->seen.share;
  plan::Labels metadata =
      plan::to_metadata(share.facts, "", plan::with_kept_snapshot(share.state.metadata, ""));
  auto done = co_await set_metadata(state, std::move(metadata));
  if (done.ok() || !equal_ignoring_case(done.error().azure_code, "LeaseIdMissing")) co_return done;
  state->write_done();
  state->seen.share->token.clear();
  state->seen.share->kept_snapshot.clear();
  co_return Done{};
}

Task<Status> Flows::set_metadata(FlowStatePtr state, plan::Labels metadata) {
  auto done = co_await state->region->shares.set_metadata(state->context.call, state->seen.share->state.name,
                                                          metadata);
  if (!done.ok()) {
    auto recovered = co_await recover(state, done.error());
    co_return recovered;
  }
  state->write_done();
  state->own.share_unread = true;
  FileShare shown = state->seen.share->state;
  shown.metadata = std::move(metadata);
  state->seen.share = plan::see_share(std::move(shown));
  state->own.stored = state->seen.share->facts;
  co_return Done{};
}

Task<Status> Flows::set_quota(FlowStatePtr state, int quota_gib) {
  auto done =
      co_await state->region->shares.set_quota(state->context.call, state->seen.share->state.name, quota_gib);
  if (!done.ok()) {
    auto recovered = co_await recover(state, done.error());
    co_return recovered;
  }
  state->write_done();
  state->seen.share->state.quota_gib = quota_gib;
  co_return Done{};
}

Task<Status> Flows::delete_share(FlowStatePtr state) {
  state->context.report(Stage::kDeletingShare, "");
  const Sent before = std::exchange(state->own.share_delete, Sent::kUnanswered);
  const TimePoint asked_at = scheduler_->now();
  const auto snapshots = state->keeps_snapshots ? azure::Snapshots::kKeep : azure::Snapshots::kDelete;
  auto deleted = co_await state->region->shares.remove(state->context.call,
                                                       plan::names_of(state->id).file_share, snapshots);
  if (!deleted.ok() && deleted.error().code != ErrorCode::kNotFound) {
    state->own.share_delete = plan::after_answer(before, deleted.error());
    auto recovered = co_await recover(state, deleted.error());
    co_return recovered;
  }
  // Of a share that was not there, nothing is known.
  state->deleted_share = deleted.ok() || plan::may_have_applied(before);
  state->own.share_delete = Sent::kAccepted;
  state->write_done();
  // The answer tells that nobody can use the share any more. Source: Microsoft Learn, "Delete Share".
  state->seen.share_asked_at = asked_at;
  state->seen.share.reset();
  co_return Done{};
}

Task<Status> Flows::create_certificate_share(FlowStatePtr state) {
  state->context.report(Stage::kCreatingShare, "");
  FileShare share;
  share.name = plan::names_of(state->id).certificate_share;
  share.quota_gib = plan::kCertificateShareGib;
  share.metadata = {{"environment", state->id}};
  const Sent before = std::exchange(state->own.certificates_put, Sent::kUnanswered);
  auto created = co_await state->region->shares.create(state->context.call, std::move(share));
  state->own.certificates_put = before;
  const bool exists = !created.ok() && equal_ignoring_case(created.error().azure_code, "ShareAlreadyExists");
  record(*state, state->own.certificates_put, created.ok() ? std::nullopt : std::optional(created.error()));
  if (!created.ok() && !exists) {
    auto recovered = co_await recover(state, created.error());
    co_return recovered;
  }
  state->own.certificates_ready = true;
  state->write_done();
  co_return Done{};
}

Task<Status> Flows::delete_certificate_share(FlowStatePtr state) {
  state->context.report(Stage::kDeletingShare, "");
  const Sent before = std::exchange(state->own.certificates_delete, Sent::kUnanswered);
  const bool keep = state->certificates && state->keeps_snapshots;
  const auto snapshots = keep ? azure::Snapshots::kKeep : azure::Snapshots::kDelete;
  auto deleted = co_await state->region->shares.remove(
      state->context.call, plan::names_of(state->id).certificate_share, snapshots);
  if (!deleted.ok() && deleted.error().code != ErrorCode::kNotFound) {
    state->own.certificates_delete = plan::after_answer(before, deleted.error());
    auto recovered = co_await recover(state, deleted.error());
    co_return recovered;
  }
  state->own.certificates_delete = Sent::kAccepted;
  state->own.certificates_ready = false;
  state->write_done();
  co_return Done{};
}

}  // namespace dev8agent::internal

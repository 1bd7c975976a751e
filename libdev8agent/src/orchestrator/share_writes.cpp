// The writes on file shares, and of facts: each sends at most one, notes what Azure answered, and leaves
// `site.seen` true. A write that failed for a passing reason ends in a fresh look, so that the caller decides
// anew.
#include "orchestrator/flows.h"
#include "plan/group_spec.h"
#include "plan/names.h"
#include "plan/poll.h"

namespace dev8agent {

Task<Status> Flows::put_share(SitePtr site, plan::Facts facts) {
  site->context.report("creating-share", "");
  site->undo.share_put = true;
  site->undo.share_claimed = false;
  site->alone = false;
  FileShare share;
  share.name = plan::names_of(site->id).file_share;
  share.quota_gib = facts.storage_gb + plan::kHomeGb;
  share.metadata = plan::to_metadata(facts);
  const TimePoint sent_at = scheduler_->now();
  auto created = co_await site->region->shares.create(site->context.call, share);
  if (!created.ok()) {
    note_no_answer(*site, created.error());
    auto recovered = co_await recover(site, created.error());
    co_return recovered;
  }
  site->write_done();
  site->history.claim = plan::Claim::kMine;
  site->seen.share = std::move(share);
  site->share_seen_at = sent_at;
  co_return Done{};
}

// Makes this create answer for what an unfinished one has left, if that holds nothing: a share without files,
// of which nobody was told.
Task<Status> Flows::claim_share(SitePtr site) {
  site->history.claim = plan::Claim::kRefused;
  auto empty =
      co_await site->region->shares.is_empty(site->context.call, plan::names_of(site->id).file_share);
  if (!empty.ok()) {
    const ErrorCode code = empty.error().code;
    if (code == ErrorCode::kCancelled || code == ErrorCode::kTimeout) co_return empty.error();
    // Gone meanwhile, or not to be looked into: what is unknown is not taken.
  } else if (*empty) {
    site->history.claim = plan::Claim::kNone;
    site->history.claimed_from = plan::from_metadata(site->seen.share->metadata).call;
    site->undo.share_put = true;
    site->undo.share_claimed = true;
    auto done = co_await set_mark(site, site->history.call);
    if (!done.ok()) co_return done;
    const bool mine =
        site->seen.share && plan::from_metadata(site->seen.share->metadata).call == site->history.call;
    if (mine) site->history.claim = plan::Claim::kMine;
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
  facts.call = std::move(mark);
  auto done = co_await set_metadata(site, plan::to_metadata(facts));
  co_return done;
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
  site->write_done();
  auto seen = co_await observe(site);
  co_return seen;
}

Task<Status> Flows::set_metadata(SitePtr site, std::map<std::string, std::string> metadata) {
  auto done =
      co_await site->region->shares.set_metadata(site->context.call, site->seen.share->name, metadata);
  if (!done.ok()) {
    auto recovered = co_await recover(site, done.error());
    co_return recovered;
  }
  site->write_done();
  site->seen.share->metadata = std::move(metadata);
  co_return Done{};
}

Task<Status> Flows::set_quota(SitePtr site, int quota_gib) {
  auto done = co_await site->region->shares.set_quota(site->context.call, site->seen.share->name, quota_gib);
  if (!done.ok()) {
    auto recovered = co_await recover(site, done.error());
    co_return recovered;
  }
  site->write_done();
  site->seen.share->quota_gib = quota_gib;
  co_return Done{};
}

// One of the writes that are left until `facts` stand: quota, metadata, tags.
Task<Status> Flows::write_facts(SitePtr site, plan::Facts facts, bool with_tags) {
  const plan::FactsLeft left = plan::facts_left(site->seen, facts, with_tags);
  if (left.quota_gib) {
    auto done = co_await set_quota(site, *left.quota_gib);
    co_return done;
  }
  if (left.metadata) {
    auto done = co_await set_metadata(site, *left.metadata);
    co_return done;
  }
  if (left.tags) {
    auto done = co_await patch_tags(site, *left.tags);
    co_return done;
  }
  co_return Done{};
}

}  // namespace dev8agent

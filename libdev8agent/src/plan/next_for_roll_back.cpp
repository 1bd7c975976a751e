// The decision of a roll-back.
#include "plan/decisions.h"

namespace dev8agent::internal::plan {
namespace {

// Which resource this call's roll-back has still to answer for.
bool owns_share(const Situation& at) {
  return may_own_share(at.own) && at.seen.share && at.seen.share->token == at.own.token;
}

bool may_still_apply(const Situation& at) {
  return at.now < at.own.late_until;
}

// This call changed the stored facts, but not the container that they describe, and nobody has changed the
// facts since.
bool facts_need_restore(const Rare<Rewrite>& rewrite, const Situation& at) {
  if (!rewrite || !at.seen.share) return false;
  const Facts& stored = at.seen.share->facts;
  if (stored != as_stored(rewrite->before) && stored != as_stored(rewrite->after)) return false;
  if (!at.seen.group) return true;
  return !has_own_group(at) && was_deployed_with(*at.seen.group, rewrite->before);
}

Decision restore_facts(const Rare<Rewrite>& rewrite, const Situation& at, Step otherwise) {
  if (!facts_need_restore(rewrite, at)) return Next{otherwise};
  const Step write = next_facts_write(at.seen, rewrite->before, true);
  return Next{write == Step::kDone ? otherwise : write, "", rewrite->before};
}

// No group is shown. A group of this call may exist all the same: Azure's DELETE finds out (204: none). It
// comes before the share's.
Decision without_group(const Rare<Rewrite>& rewrite, const Situation& at) {
  const bool own_share = owns_share(at);
  if (may_still_apply(at)) return Next{Step::kWait};
  // A group that this call redeployed or started may run, and bill, although one read does not show it.
  const bool changed = may_have_changed_group(at.own) && at.seen.share;
  if (changed && !absence_is_confirmed(at.seen, at.now)) return Next{Step::kConfirmAbsence};
  const bool ask = may_have_created_group(at.own) && at.own.group_delete != Sent::kAccepted;
  if (ask && (own_share || !at.seen.share)) return Next{Step::kDeleteGroup};
  // The files went meanwhile, and with them what was left of the environment.
  const bool files_gone = at.seen.share_is_known() && !at.seen.share;
  if (files_gone && may_have_applied(at.own.certificates_put) &&
      at.own.certificates_delete != Sent::kAccepted)
    return Next{Step::kDeleteCertificateShare};
  if (!own_share) return restore_facts(rewrite, at, Step::kDone);
  // A call that uses the files by now has taken this call's token from them.
  if (at.reobservations == 0) return Next{Step::kObserve};
  // Another call's container may have used a share that was taken over.
  const bool inspect = at.own.share_put == Sent::kNo && !may_have_created_group(at.own);
  if (inspect && at.seen.content == ShareContent::kNotInspected) return Next{Step::kInspectShare};
  if (inspect && at.seen.content == ShareContent::kUnknown)
    return make_error(ErrorCode::kAzureUnavailable, "Azure does not tell whether the file share holds files");
  if (inspect && at.seen.content != ShareContent::kEmpty) return Next{Step::kKeepFiles};
  return Next{Step::kDeleteShare};
}

}  // namespace

Decision next_for_roll_back(const Rare<Rewrite>& rewrite, TimePoint begun_at, const Situation& at) {
  if (!at.seen.group) return without_group(rewrite, at);
  if (shows_the_past(at)) return Next{Step::kWait};
  const GroupPhase group = phase_of(at);
  const bool created = may_have_created_group(at.own);
  const bool changed = may_have_changed_group(at.own);
  const bool stopped = group.phase == Phase::kStopped;
  // A container without files, as of an environment that was deleted meanwhile, is of no use to anybody.
  const bool in_use = at.seen.share && is_up_or_stopped(group.phase) && !(stopped && may_still_apply(at));
  if ((created || changed) && in_use) return restore_facts(rewrite, at, Step::kKeepRunning);
  if (has_own_group(at) && (created || !at.seen.share)) return Next{Step::kDeleteGroup};
  const bool stoppable = changed && !created && at.own.group_stop != Sent::kAccepted && !stopped;
  if (stoppable && !is_unmanaged(at)) return Next{Step::kStopGroup};
  // Another's container on this call's share: the read may show an environment that was deleted before, and
  // another create may be rolling back itself.
  const bool may_pass = at.now < begun_at + kVisibleAfter && owns_share(at);
  if (may_still_apply(at) || may_pass) return Next{Step::kWait};
  return restore_facts(rewrite, at, Step::kDone);
}

}  // namespace dev8agent::internal::plan

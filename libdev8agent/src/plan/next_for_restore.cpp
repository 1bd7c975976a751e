// The decision of a restore.
#include "plan/decisions.h"

namespace dev8agent::internal::plan {

Decision next_for_restore(const Situation& at) {
  if (is_unmanaged(at)) return unmanaged_error(at.id);
  if (is_kept(at.seen)) return Next{Step::kRestoreShare};
  if (at.seen.share) {
    if (!may_have_applied(at.own.share_restore)) {
      return make_error(ErrorCode::kConflict,
                        "environment " + at.id + " exists; its files are not replaced by deleted ones");
    }
    // The call that created the share may have died before it released it.
    if (!at.seen.share->token.empty()) return Next{Step::kReleaseShare};
    return done_when_fresh(at);
  }
  if (at.seen.group) {
    return make_error(ErrorCode::kConflict, "environment " + at.id +
                                                " has a container but no file share; delete it before its "
                                                "files are restored");
  }
  if (!at.deleted) {
    return make_error(ErrorCode::kNotFound, "Azure has no deleted files of environment " + at.id);
  }
  return Next{Step::kRestoreShare};
}

}  // namespace dev8agent::internal::plan

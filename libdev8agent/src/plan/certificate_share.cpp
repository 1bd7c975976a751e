// When the certificates' share is written.
#include "plan/certificate_share.h"

namespace dev8agent::internal::plan {
namespace {

// The container that a delete or sweep has deleted had no files any more, so that no deletion of files
// follows.
bool ends_without_files(Step step, const Situation& at) {
  const bool removes = at.own.token.empty() && may_have_applied(at.own.group_delete);
  return step == Step::kDone && removes && at.seen.share_is_known() && !at.seen.any();
}

}  // namespace

bool may_have_certificate_share(const Situation& at) {
  return (at.seen.share && at.seen.share->has_certificates) ||
         (at.seen.group && at.seen.group->has_certificates) || at.own.certificates_seen ||
         may_have_applied(at.own.certificates_put);
}

Decision with_certificate_share(Decision decision, const Situation& at) {
  if (!decision.ok()) return decision;
  const bool deploys = decision->step == Step::kPutGroup && at.keeps_certificates && at.seen.share;
  if (deploys && !at.seen.share->has_certificates)  // noted first, so that a delete by others finds it
    return Next{Step::kSetMetadata, "", std::move(decision->facts)};
  if (deploys && !at.own.certificates_ready) return Next{Step::kCreateCertificateShare};
  const bool removes = decision->step == Step::kDeleteShare || decision->step == Step::kKeepShare ||
                       ends_without_files(decision->step, at);
  const bool deletes = removes && may_have_certificate_share(at);
  if (deletes && at.own.certificates_delete != Sent::kAccepted) return Next{Step::kDeleteCertificateShare};
  return decision;
}

}  // namespace dev8agent::internal::plan

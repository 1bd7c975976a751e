// When the certificates' share is written.
#include "plan/certificate_share.h"

namespace dev8agent::internal::plan {

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
  const bool deletes = decision->step == Step::kDeleteShare && may_have_certificate_share(at);
  if (deletes && at.own.certificates_delete != Sent::kAccepted) return Next{Step::kDeleteCertificateShare};
  return decision;
}

}  // namespace dev8agent::internal::plan

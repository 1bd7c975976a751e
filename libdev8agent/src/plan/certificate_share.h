// The share tls-ID on which the TLS container of an environment keeps its certificates
// (plan/tls_sidecar.h). It goes with the environment's files: it is made after their share and before the
// container, and deleted before their share. So it never outlives the share of the files, and reads of
// that share are enough to find it. Pure.
#pragma once

#include "plan/situation.h"

namespace dev8agent::internal::plan {

// `decision`, or the step of the certificates' share that has to come first: its creation before a deployment
// that mounts it, its deletion before the deletion of the files. The loop passes each decision through here.
Decision with_certificate_share(Decision decision, const Situation& at);

// True when the environment has such a share, or may have it.
bool may_have_certificate_share(const Situation& at);

}  // namespace dev8agent::internal::plan

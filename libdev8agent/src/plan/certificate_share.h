// The share tls-ID on which the TLS container of an environment keeps its certificates
// (plan/tls_sidecar.h). It goes with the environment's files: it is made after their share and before the
// container, and deleted before their share, so that reads of that share are enough to find it. It outlives
// the files only when a delete crosses a create or start that ends with its process: then the container's tag
// tells of it, and without a container it is an orphan (plan/orphans.h). Pure.
#pragma once

#include "plan/situation.h"

namespace dev8agent::internal::plan {

// `decision`, or the step of the certificates' share that has to come first: its creation before a deployment
// that mounts it, its deletion before the deletion of the files, or after the deletion of a container that
// had none. The loop passes each decision through here.
Decision with_certificate_share(Decision decision, const Situation& at);

// True when the environment has such a share, or may have it.
bool may_have_certificate_share(const Situation& at);

}  // namespace dev8agent::internal::plan

// The observation of a flow that waits.
#include "plan/packed_observation.h"

namespace dev8agent::internal::plan {

PackedObservation::PackedObservation(Observation& seen) {
  Packer packer;
  pack(packer, seen);
  bytes_ = packer.take();
  seen.share.reset();
  if (seen.group && can_be_packed(seen.group->state)) seen.group.reset();
}

void PackedObservation::unpack_into(Observation& seen, WithGroup with_group) const {
  Unpacker unpacker(bytes_);
  unpack(unpacker, seen, with_group);
}

}  // namespace dev8agent::internal::plan

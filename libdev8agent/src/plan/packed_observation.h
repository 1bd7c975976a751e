// PackedObservation: the group and the share of an observation in few bytes, while a flow waits. A plain
// value.
//
//   PackedObservation packed(state->seen);  // before the wait
//   auto read = co_await ...;
//   packed.unpack_into(state->seen, read.ok() ? WithGroup::kNo : WithGroup::kYes);
#pragma once

#include <string>

#include "plan/packing.h"

namespace dev8agent::internal::plan {

class PackedObservation {
 public:
  // Takes the group and the share out of `seen`, and leaves all else in it. A group that cannot be packed
  // (plan/packing.h) stays where it is.
  explicit PackedObservation(Observation& seen);
  // Puts back what was taken, as it was. Without the group where another one has been seen meanwhile.
  void unpack_into(Observation& seen, WithGroup with_group) const;

 private:
  std::string bytes_;
};

}  // namespace dev8agent::internal::plan

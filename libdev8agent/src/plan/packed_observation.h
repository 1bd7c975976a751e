// PackedObservation: the group and the share of an observation in few bytes, while a flow waits. A create
// waits for minutes and thousands may wait, each with the tags, the metadata and what was read from them.
// Pure; plain value.
//
//   PackedObservation packed(state->seen);  // before the wait
//   auto read = co_await ...;
//   if (!read.ok()) std::move(packed).unpack_into(state->seen);
//   else std::move(packed).unpack_share_into(state->seen);  // the read brings another group
#pragma once

#include <string>

#include "plan/observation.h"

namespace dev8agent::internal::plan {

class PackedObservation {
 public:
  // Takes the group and the share out of `seen`, and leaves all else in it. A group with events, sidecars or
  // mounts stays where it is.
  explicit PackedObservation(Observation& seen);
  // Puts back what was taken, as it was.
  void unpack_into(Observation& seen) &&;
  // Puts the share back alone; the group is lost.
  void unpack_share_into(Observation& seen) &&;

 private:
  std::string group_;  // empty: none was taken
  std::string share_;  // the same
};

}  // namespace dev8agent::internal::plan

// PackedObservation: the group and the share of an observation in few bytes, while a flow waits. A create
// waits for minutes and thousands may wait, each with the tags, the metadata and what was read from them.
// Pure; plain value.
//
//   PackedObservation packed(state->seen);  // before the wait
//   auto read = co_await ...;
//   if (!read.ok()) std::move(packed).unpack_into(state->seen);
//   else std::move(packed).unpack_without_group(state->seen);  // the read brings another group
#pragma once

#include <string>

#include "plan/observation.h"

namespace dev8agent::internal::plan {

class PackedObservation {
 public:
  // Takes the group and the share out of `seen`, and leaves all else in it. A group with events, sidecars or
  // mounts stays where it is. `wanted`, which may be null, is taken, too: most of its values are also those
  // of the group and the share.
  explicit PackedObservation(Observation& seen, Rare<Facts>* wanted = nullptr);
  // Puts back what was taken, as it was. `wanted` is null where it was null above.
  void unpack_into(Observation& seen, Rare<Facts>* wanted = nullptr) &&;
  // The same, but the group is lost.
  void unpack_without_group(Observation& seen, Rare<Facts>* wanted = nullptr) &&;

 private:
  void unpack(Observation& seen, Rare<Facts>* wanted, bool with_group) const;

  std::string bytes_;
};

}  // namespace dev8agent::internal::plan

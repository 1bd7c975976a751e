// An operation's record as a string of a few hundred bytes, so that many can be kept. The record
// itself, with its many strings, takes some 3 KB. Pure functions; any thread.
//
//   const std::string folded = fold(record);
//   OperationRecord same = unfold(record.id, folded);
#pragma once

#include <string>
#include <string_view>

#include "dev8agent/operation_record.h"

namespace dev8agentd {

// Everything in `record` but its id. Text that repeats is written once.
std::string fold(const dev8agent::OperationRecord& record);
// The record that fold() was given; `folded` must come from there.
dev8agent::OperationRecord unfold(std::string id, std::string_view folded);
// The environment's id, without unfolding the rest.
std::string_view environment_of(std::string_view folded);

}  // namespace dev8agentd

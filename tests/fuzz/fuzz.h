// What the fuzz targets share. A target defines fuzz_one(); fuzz.cpp has libFuzzer's entry.
#pragma once

#include <string>
#include <string_view>

#include "dev8agent/error.h"
#include "dev8agent/options.h"

namespace dev8agent::internal {}

namespace dev8agent::fuzz {

using namespace internal;

// Takes one input to pieces. What must never happen ends in require().
void fuzz_one(std::string_view input);

// Ends the run, and so reports the input, when `holds` does not.
void require(bool holds, const char* promise);

// Cuts the first line off `rest`. Inputs of several parts have one part on each line, the last part being the
// rest.
std::string_view take_line(std::string_view& rest);

// The values of the seeds that stand for secrets contain "canary": an error that does quotes its input. An
// error may name the member that an object has twice.
void require_no_canary(const Error& error);

// A point in time for everything that needs one.
WallTime fuzz_now();
// The settings of an agent with two regions.
const AgentSettings& fuzz_settings();

}  // namespace dev8agent::fuzz

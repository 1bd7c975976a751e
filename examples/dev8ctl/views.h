// What of an answer is shown, and how. The answers are the `data` of the REST contract. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>

#include "dev8ctl/command.h"
#include "dev8ctl/json_text.h"

namespace dev8ctl {

// As JSON and YAML the value itself, and as table what a person needs of it. `shown` says what it is about.
enum class Shown { kEnvironments, kEnvironment, kRegions, kOrphans, kEvents, kDiagnosis, kPlain };
// A table is made for a terminal of `width` columns; 0: there is none. Of an empty list it is empty.
std::string render(const Json& value, Shown shown, Format format, std::size_t width = 0);

// What a person is told about an empty list, such as "No orphans."; empty for anything else.
std::string none_of(const Json& value, Shown shown);

// The regions of the answer about them, each with the sizes that the operator allows, in `limits`.
rapidjson::Document regions_with_limits(const Json& data);

// One event of a stream: a line of text, a line of JSON, or a document of YAML.
std::string render_event(const Json& event, Format format);

}  // namespace dev8ctl

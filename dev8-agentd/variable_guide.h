// The variables that the daemon reads: what each means, and what counts without it. docs/configuration.md is
// made from this table, and `dev8-agentd --list-variables` prints it. Pure; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace dev8agentd {

// One variable, in Markdown.
struct VariableGuide {
  std::string_view section;     // heading of docs/configuration.md under which it stands
  std::string_view name;        // <NAME> in it stands for the name of a region
  std::string_view by_default;  // "`8080`", or in words, such as "required"; empty: nothing
  std::string_view meaning;     // with the values that are allowed
};

// Every variable once, those of a section together.
std::span<const VariableGuide> variable_guide();

// The same for a terminal: lines of at most 100 characters, without Markdown.
std::string variables_as_text();

}  // namespace dev8agentd

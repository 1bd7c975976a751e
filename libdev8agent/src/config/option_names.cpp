// The names of options: a table from for_each_option(), and texts with other names.
#include "config/option_names.h"

#include <algorithm>
#include <functional>
#include <map>

namespace dev8agent::internal {
namespace {

using Names = std::map<std::string_view, std::string_view, std::less<>>;

Names all_names() {
  // Those that set more than one member, or a part of one.
  Names names = {{"AZURE_REGIONS", "options.regions"}, {"AGENT_ACTIVITY_SECRET", "options.activity_keys"}};
  const AgentOptions options;
  for_each_option(options,
                  [&](const char* name, const char* path, const auto&) { names.emplace(name, path); });
  return names;
}

bool is_name_character(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string with_members(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    std::size_t length = 0;
    while (length < text.size() && is_name_character(text[length])) ++length;
    const std::string_view word = text.substr(0, length);
    const std::string_view member = member_of(word);
    result += member.empty() ? word : member;
    if (length < text.size()) result += text[length];
    text.remove_prefix(std::min(text.size(), length + 1));
  }
  return result;
}

}  // namespace

std::string_view member_of(std::string_view variable) {
  static const Names names = all_names();
  const auto found = names.find(variable);
  return found == names.end() ? std::string_view() : found->second;
}

void name_members(FieldErrors& errors) {
  for (FieldError& error : errors) {
    error.field = with_members(error.field);
    error.message = with_members(error.message);
  }
}

}  // namespace dev8agent::internal

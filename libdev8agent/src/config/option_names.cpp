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

// Beside a name these make it a part of something else, such as the path of a file.
bool is_word_character(char c) {
  return is_name_character(c) || (c >= 'a' && c <= 'z') || c == '/' || c == '-';
}

std::string with_members(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const auto end = std::find_if_not(text.begin(), text.end(), is_word_character);
    const std::string_view word = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    const std::string_view member = member_of(word);
    const bool in_path =
        word.size() < text.size() - 1 && text[word.size()] == '.' && is_word_character(text[word.size() + 1]);
    result += member.empty() || in_path ? word : member;
    if (word.size() < text.size()) result += text[word.size()];
    text.remove_prefix(std::min(text.size(), word.size() + 1));
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

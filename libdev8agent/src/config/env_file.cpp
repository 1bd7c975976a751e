// parse_env_file(): the text of a `.env` file into variables.
#include <algorithm>

#include "base/text.h"
#include "config/variables.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

using namespace internal;
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kBlank = " \t";

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_control(char c) {
  return (c >= 0 && c < ' ' && c != '\t') || c == 0x7f;
}

bool is_name(std::string_view text) {
  return !text.empty() && !is_digit(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_letter(c) || is_digit(c); });
}

// Nothing but blanks and a comment.
bool is_rest(std::string_view text) {
  const std::string_view rest = trim(text);
  return rest.empty() || (rest.front() == '#' && kBlank.find(text.front()) != kBlank.npos);
}

// The readers of a value set `value` and answer what is wrong, or nothing.
std::string_view read_single_quoted(std::string_view text, std::string& value) {
  const auto end = text.find('\'', 1);
  if (end == text.npos) return "has no closing single quote";
  value = text.substr(1, end - 1);
  return is_rest(text.substr(end + 1)) ? "" : "has text after its closing quote";
}

std::string_view read_double_quoted(std::string_view text, std::string& value) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') return is_rest(text.substr(i + 1)) ? "" : "has text after its closing quote";
    if (text[i] != '\\') {
      value += text[i];
      continue;
    }
    const char escaped = ++i < text.size() ? text[i] : '\0';
    if (escaped != 'n' && escaped != '"' && escaped != '\\')
      return "has an escape other than \\n, \\\" and \\\\";
    value += escaped == 'n' ? '\n' : escaped;
  }
  return "has no closing double quote";
}

std::string_view read_plain(std::string_view text, std::string& value) {
  // A comment begins with a '#' after a blank.
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '#' && kBlank.find(text[i - 1]) != kBlank.npos) text = text.substr(0, i);
  }
  value = trim(text);
  return "";
}

// `text` is everything after '='.
std::string_view read_value(std::string_view text, std::string& value) {
  const std::string_view stripped = trim(text);
  if (stripped.starts_with('\'')) return read_single_quoted(stripped, value);
  if (stripped.starts_with('"')) return read_double_quoted(stripped, value);
  return read_plain(text, value);
}

// One line without its end: a variable, a comment or nothing. Answers what is wrong, or nothing.
std::string_view read_line(std::string_view line, Variables& variables) {
  std::string_view text = trim(line);
  if (text.empty() || text.front() == '#') return "";
  if (std::any_of(text.begin(), text.end(), is_control)) return "must not contain control characters";
  if (text.starts_with("export ") || text.starts_with("export\t")) text = trim(text.substr(7));
  const auto equals = text.find('=');
  const std::string name(trim(text.substr(0, equals)));
  if (equals == text.npos || !is_name(name)) return "must have the form NAME=value";
  std::string value;
  if (const auto wrong = read_value(text.substr(equals + 1), value); !wrong.empty()) return wrong;
  return variables.emplace(name, std::move(value)).second ? "" : "repeats the name of an earlier line";
}

}  // namespace

Result<Variables> parse_env_file(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  Variables variables;
  FieldErrors errors;
  const std::vector<std::string> lines = split(text, '\n');
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string_view wrong = read_line(lines[i], variables);
    if (!wrong.empty()) errors.push_back({"line " + std::to_string(i + 1), std::string(wrong)});
  }
  if (!errors.empty()) return invalid_request(std::move(errors));
  return variables;
}

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent

// JSON trees as YAML.
#include <algorithm>
#include <array>
#include <cctype>

#include "dev8ctl/json_text.h"

namespace dev8ctl {
namespace {

// Words that some YAML reader takes for a truth value or for nothing.
constexpr std::array kWords = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"};

bool is_plain(std::string_view text) {
  const auto letter = [](unsigned char c) { return std::isalpha(c) != 0; };
  const auto allowed = [](unsigned char c) {
    return c < 0x80 && (std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.' || c == '/');
  };
  if (text.empty() || !letter(static_cast<unsigned char>(text.front()))) return false;
  if (!std::all_of(text.begin(), text.end(), allowed)) return false;
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return std::find(kWords.begin(), kWords.end(), lower) == kWords.end();
}

// A JSON string is a double-quoted string of YAML, too.
std::string scalar(const Json& value) {
  if (value.IsString() && is_plain({value.GetString(), value.GetStringLength()})) return value.GetString();
  return compact(value);
}

std::string key(const Json& name) {
  return scalar(name) + ":";
}

bool is_block(const Json& value) {
  return (value.IsObject() && !value.ObjectEmpty()) || (value.IsArray() && !value.Empty());
}

void append(std::string& out, const Json& value, std::size_t depth, bool on_line);

// What stands behind "name:" or "-".
void append_behind(std::string& out, const Json& value, std::size_t depth, bool of_list) {
  if (!is_block(value)) {
    out += " " + scalar(value) + "\n";
  } else if (of_list) {
    out += ' ';
    append(out, value, depth, true);
  } else {
    out += '\n';
    append(out, value, depth, false);
  }
}

// `on_line`: the first item goes on in a line that has been begun.
void append(std::string& out, const Json& value, std::size_t depth, bool on_line) {
  const auto indent = [&] {
    if (!on_line) out.append(depth * 2, ' ');
    on_line = false;
  };
  if (!is_block(value)) {
    out += scalar(value) + "\n";
  } else if (value.IsObject()) {
    for (const auto& entry : value.GetObject()) {
      indent();
      out += key(entry.name);
      append_behind(out, entry.value, depth + 1, false);
    }
  } else {
    for (const Json& item : value.GetArray()) {
      indent();
      out += '-';
      append_behind(out, item, depth + 1, true);
    }
  }
}

}  // namespace

std::string to_yaml(const Json& value) {
  std::string out;
  append(out, value, 0, false);
  return out;
}

}  // namespace dev8ctl

// Values to JSON text.
#include "json/write.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "json/utf8.h"

namespace dev8agent::internal::json {
namespace {

// Bytes that stand for themselves in a string literal.
bool is_plain(char character) {
  const auto c = static_cast<unsigned char>(character);
  return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

// Appends the first character of `text`, which is not plain. Returns how many bytes it has.
std::size_t append_escaped(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  const auto c = static_cast<unsigned char>(text.front());
  if (c == '"' || c == '\\') {
    out += '\\';
    out += text.front();
  } else if (c == '\n') {
    out += "\\n";
  } else if (c < 0x20 || c == 0x7f) {
    out += "\\u00";
    out += kHex[c >> 4];
    out += kHex[c & 15];
  } else if (const std::size_t length = utf8_length(text); length > 0) {
    out += text.substr(0, length);
    return length;
  } else {
    out += "\xef\xbf\xbd";
  }
  return 1;
}

void append_number(std::string& out, double number) {
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  std::array<char, 32> digits{};
  auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  std::string_view text(digits.data(), static_cast<std::size_t>(end - digits.data()));
  out += text;
  if (text.find_first_of(".e") == text.npos) out += ".0";
}

void append(std::string& out, const Value& value) {
  if (value.is_object()) {
    out += '{';
    bool first = true;
    for (const Member& member : value.object()) {
      if (!std::exchange(first, false)) out += ',';
      append_quoted(out, member.name);
      out += ':';
      append(out, member.value);
    }
    out += '}';
  } else if (value.is_array()) {
    out += '[';
    bool first = true;
    for (const Value& item : value.array()) {
      if (!std::exchange(first, false)) out += ',';
      append(out, item);
    }
    out += ']';
  } else if (value.is_string()) {
    append_quoted(out, value.string());
  } else if (auto boolean = value.boolean()) {
    out += *boolean ? "true" : "false";
  } else if (auto integer = value.integer()) {
    out += std::to_string(*integer);
  } else if (auto number = value.number()) {
    append_number(out, *number);
  } else {
    out += "null";
  }
}

}  // namespace

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const auto end = std::find_if_not(text.begin(), text.end(), is_plain);
    const auto plain = static_cast<std::size_t>(end - text.begin());
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (!text.empty()) text.remove_prefix(append_escaped(out, text));
  }
  out += '"';
}

std::string write(const Value& value) {
  std::string out;
  append(out, value);
  return out;
}

std::string quote(std::string_view text) {
  std::string out;
  append_quoted(out, text);
  return out;
}

}  // namespace dev8agent::internal::json

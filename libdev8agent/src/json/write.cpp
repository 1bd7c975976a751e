// Values to JSON text.
#include "json/write.h"

#include <array>
#include <charconv>
#include <cmath>

#include "json/utf8.h"

namespace dev8agent::internal::json {
namespace {

void append_quoted(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (std::size_t i = 0; i < text.size();) {
    const unsigned char c = static_cast<unsigned char>(text[i]);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += text[i++];
    } else if (c == '\n') {
      out += "\\n";
      ++i;
    } else if (c < 0x20 || c == 0x7f) {
      out += "\\u00";
      out += kHex[c >> 4];
      out += kHex[c & 15];
      ++i;
    } else if (std::size_t length = utf8_length(text.substr(i)); length > 0) {
      out += text.substr(i, length);
      i += length;
    } else {
      out += "\xef\xbf\xbd";
      ++i;
    }
  }
  out += '"';
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

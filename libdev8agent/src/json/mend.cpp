// mended().
#include "json/mend.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "json/utf8.h"

namespace dev8agent::internal::json {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

// The code unit of an escape "\\uXXXX" at the start of `text`, or nothing when there is none.
std::optional<unsigned> escaped_unit(std::string_view text) {
  unsigned unit = 0;
  const std::string_view escape = text.substr(0, 6);
  if (escape.size() < 6 || !escape.starts_with("\\u")) return std::nullopt;
  const auto [end, error] = std::from_chars(escape.data() + 2, escape.data() + 6, unit, 16);
  if (error != std::errc() || end != escape.data() + 6) return std::nullopt;
  return unit;
}

bool is_high(std::optional<unsigned> unit) {
  return unit && *unit >= 0xd800 && *unit < 0xdc00;
}
bool is_low(std::optional<unsigned> unit) {
  return unit && *unit >= 0xdc00 && *unit < 0xe000;
}

// Each takes what stands at the start of `text`, which is not empty, appends it to `result`, mended, and
// returns its length.
std::size_t take_character(std::string_view text, std::string& result) {
  const auto unit = escaped_unit(text);
  const bool pair = is_high(unit) && text.size() >= 12 && is_low(escaped_unit(text.substr(6)));
  std::size_t length = text[0] == '\\' ? std::min<std::size_t>(2, text.size()) : utf8_length(text);
  if (!pair && (is_high(unit) || is_low(unit) || length == 0)) {
    result += kReplacement;
    return unit ? 6 : 1;
  }
  if (pair) length = 12;
  result += text.substr(0, length);
  return length;
}

std::size_t take_number(std::string_view text, std::string& result) {
  const std::string_view token = text.substr(0, text.find_first_not_of("+-.0123456789eE"));
  double value = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), value);
  const bool whole = end == token.data() + token.size();
  result += whole && error == std::errc::result_out_of_range ? "null" : token;
  return token.size();
}

}  // namespace

std::string mended(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  bool in_string = false;
  while (!text.empty()) {
    const char first = text.front();
    if (first == '"') in_string = !in_string;
    const bool number = !in_string && (first == '-' || (first >= '0' && first <= '9'));
    text.remove_prefix(number ? take_number(text, result) : take_character(text, result));
  }
  return result;
}

}  // namespace dev8agent::internal::json

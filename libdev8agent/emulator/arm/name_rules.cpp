// Name rules: see name_rules.h.
#include "arm/name_rules.h"

#include <algorithm>
#include <array>
#include <utility>

namespace dev8agent::emulator {
namespace {

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return is_lower(c) || (c >= 'A' && c <= 'Z');
}

bool is_lower_alnum_hyphen(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return is_lower(c) || is_digit(c) || c == '-'; });
}

}  // namespace

bool is_hyphenated_name(std::string_view text, std::size_t shortest, std::size_t longest) {
  return text.size() >= shortest && text.size() <= longest && is_lower_alnum_hyphen(text) &&
         text.front() != '-' && text.back() != '-' && text.find("--") == std::string_view::npos;
}

bool is_dns_label(std::string_view text) {
  return text.size() >= 5 && text.size() <= 63 && is_lower_alnum_hyphen(text) && is_lower(text.front()) &&
         text.back() != '-';
}

bool is_variable_name(std::string_view text) {
  if (text.empty() || text.size() > 63 || is_digit(text.front())) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
}

bool is_reserved_port(std::int64_t port) {
  using Range = std::pair<std::int64_t, std::int64_t>;
  static constexpr std::array<Range, 10> kReserved = {{{22, 22},
                                                       {1025, 1027},
                                                       {3389, 3399},
                                                       {9999, 9999},
                                                       {19000, 19000},
                                                       {19080, 19080},
                                                       {19100, 19100},
                                                       {19390, 19390},
                                                       {20000, 30000},
                                                       {49152, 65534}}};
  return std::any_of(kReserved.begin(), kReserved.end(),
                     [port](const Range& range) { return port >= range.first && port <= range.second; });
}

}  // namespace dev8agent::emulator

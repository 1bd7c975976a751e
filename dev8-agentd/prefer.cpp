// Reading of preferences: name[=value] with parameters after ';', separated by commas.
#include "prefer.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include "http_text.h"

namespace dev8agentd {
namespace {

// Takes what stands before the first `separator` outside of quotes off the front of `rest`.
std::string_view take_item(std::string_view& rest, char separator) {
  bool quoted = false;
  std::size_t end = 0;
  for (; end < rest.size(); ++end) {
    if (quoted && rest[end] == '\\') {
      ++end;
    } else if (rest[end] == '"') {
      quoted = !quoted;
    } else if (rest[end] == separator && !quoted) {
      break;
    }
  }
  end = std::min(end, rest.size());
  const std::string_view item = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return trim_blanks(item);
}

std::string_view unquoted(std::string_view value) {
  const bool quoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
  return quoted ? value.substr(1, value.size() - 2) : value;
}

std::optional<std::chrono::seconds> read_seconds(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return kLongestWait;  // more than an int holds
  return std::min(std::chrono::seconds(number), kLongestWait);
}

struct PreferReader {
  bool has_async = false;
  std::optional<std::string> wait{};  // as it was stated first

  void read(std::string_view preference) {
    std::string_view named = take_item(preference, ';');
    const std::string name = lower_case(take_item(named, '='));
    if (name == "respond-async") has_async = true;
    if (name == "wait" && !wait) wait = std::string(unquoted(trim_blanks(named)));
  }
};

}  // namespace

Preference read_preference(const std::vector<dev8agent::HttpHeader>& headers) {
  PreferReader reader;
  for (const dev8agent::HttpHeader& header : headers) {
    if (!equal_ignoring_case(header.name, "Prefer")) continue;
    std::string_view rest = header.value;
    while (!rest.empty()) reader.read(take_item(rest, ','));
  }
  Preference preference;
  preference.respond_async = reader.has_async;
  if (reader.wait) preference.wait = read_seconds(*reader.wait).value_or(std::chrono::seconds(0));
  return preference;
}

}  // namespace dev8agentd

// An absolute URL taken apart, with the query in the order in which it was sent.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dev8agent::emulator {

using Query = std::vector<std::pair<std::string, std::string>>;  // decoded

struct Url {
  std::string origin;     // "https://management.azure.com", as sent
  std::string host;       // lower case, with the port
  std::string path;       // percent-encoded as sent; empty when there is none
  std::string raw_query;  // without the question mark
  Query query;
  std::vector<std::string> segments;  // of the path, decoded; empty ones are dropped

  // The first parameter called `name` without regard to case, or nothing.
  std::optional<std::string_view> parameter(std::string_view name) const;
  bool has(std::string_view name, std::string_view value) const;
};

// Nothing when `text` is no absolute URL or has a broken percent code.
std::optional<Url> parse_url(std::string_view text);
// Reads a query string, or a form when `plus_is_space`.
std::optional<Query> parse_query(std::string_view text, bool plus_is_space);

}  // namespace dev8agent::emulator

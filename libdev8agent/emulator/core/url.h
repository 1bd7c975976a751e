// An absolute URL taken apart. The path and query stay available as they were sent, because
// signatures cover those bytes; the decoded parts are for everything else.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dev8agent::emulator {

// Names and values, decoded, in the order in which they were sent. A name may appear more than
// once.
using Query = std::vector<std::pair<std::string, std::string>>;  //

// The parts of, for example, "https://management.azure.com/subscriptions/s?api-version=2025-09-01":
// its segments are {"subscriptions", "s"} and its query {{"api-version", "2025-09-01"}}.
struct Url {
  std::string origin;     // "https://management.azure.com", as sent
  std::string host;       // lower case, with the port
  std::string path;       // percent-encoded as sent; empty when there is none
  std::string raw_query;  // without the question mark
  Query query;
  std::vector<std::string> segments;  // of the path, decoded; empty ones are dropped

  // The first parameter called `name` without regard to case, or nothing.
  std::optional<std::string_view> parameter(std::string_view name) const;
  // Whether the first parameter called `name` has this value; neither depends on case.
  bool has(std::string_view name, std::string_view value) const;
};

// Nothing when `text` has no "://", no host, or a percent sign without two hex digits after it.
// There is no support for user names and fragments: they become part of the host and of the path or
// query.
std::optional<Url> parse_url(std::string_view text);
// Reads "a=1&b=2". A parameter without "=" has an empty value; empty parameters are skipped.
// Nothing when a percent code is broken. `plus_is_space` is for HTML forms, as token requests send
// them.
std::optional<Query> parse_query(std::string_view text, bool plus_is_space);

}  // namespace dev8agent::emulator

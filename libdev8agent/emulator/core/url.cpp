// URL parsing: see url.h.
#include "core/url.h"

#include "core/strings.h"

namespace dev8agent::emulator {
namespace {

bool read_segments(Url& url) {
  for (std::string_view segment : split(url.path, '/')) {
    if (segment.empty()) continue;
    auto decoded = percent_decode(segment);
    if (!decoded) return false;
    url.segments.push_back(std::move(*decoded));
  }
  return true;
}

}  // namespace

std::optional<std::string_view> Url::parameter(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (same_name(key, name)) return value;
  }
  return std::nullopt;
}

bool Url::has(std::string_view name, std::string_view value) const {
  auto found = parameter(name);
  return found && same_name(*found, value);
}

std::optional<Query> parse_query(std::string_view text, bool plus_is_space) {
  Query query;
  if (text.empty()) return query;
  for (std::string_view pair : split(text, '&')) {
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    auto name = percent_decode(pair.substr(0, equals), plus_is_space);
    auto value =
        percent_decode(equals == std::string_view::npos ? "" : pair.substr(equals + 1), plus_is_space);
    if (!name || !value) return std::nullopt;
    query.emplace_back(std::move(*name), std::move(*value));
  }
  return query;
}

std::optional<Url> parse_url(std::string_view text) {
  const auto scheme = text.find("://");
  if (scheme == std::string_view::npos) return std::nullopt;
  const auto host_end = text.find_first_of("/?", scheme + 3);
  Url url;
  url.origin = text.substr(0, host_end);
  url.host = lower(url.origin.substr(scheme + 3));
  if (host_end != std::string_view::npos) {
    const auto mark = text.find('?', host_end);
    url.path = text.substr(host_end, mark == std::string_view::npos ? mark : mark - host_end);
    if (mark != std::string_view::npos) url.raw_query = text.substr(mark + 1);
  }
  auto query = parse_query(url.raw_query, false);
  if (!query || url.host.empty() || !read_segments(url)) return std::nullopt;
  url.query = std::move(*query);
  return url;
}

}  // namespace dev8agent::emulator

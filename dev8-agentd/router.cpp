// Matching of paths and reading of queries.
#include "router.h"

#include <optional>

#include "http_text.h"

namespace dev8agentd {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Percent-decoding; an escape that is not well-formed stays as it is.
std::string decode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0) {
      decoded += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      decoded += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  return decoded;
}

// The decoded id when `path` fits `path_template` (empty for a template without one).
std::optional<std::string> fit(std::string_view path_template, std::string_view path) {
  std::string id;
  while (!path_template.empty() && !path.empty()) {
    const std::string_view expected = take_until(path_template, '/');
    const std::string_view segment = take_until(path, '/');
    if (expected == "{id}" && !segment.empty()) {
      id = decode(segment, false);
    } else if (segment != expected && decode(segment, false) != expected) {
      return std::nullopt;
    }
  }
  if (!path_template.empty() || !path.empty()) return std::nullopt;
  return id;
}

std::string_view path_of(std::string_view target) {
  return target.substr(0, target.find('?'));
}

}  // namespace

RouteMatch match_route(std::string_view method, std::string_view target) {
  const std::string_view path = path_of(target);
  if (method == "HEAD") method = "GET";
  RouteMatch match;
  std::string_view matched_template;
  for (const Route& route : routes()) {
    if (!matched_template.empty() && route.path != matched_template) continue;
    // A slash at the end makes another path.
    if (path.ends_with('/') != route.path.ends_with('/')) continue;
    std::optional<std::string> id = fit(route.path, path);
    if (!id) continue;
    matched_template = route.path;
    match.path_id = std::move(*id);
    match.allow += std::string(route.method) + (route.method == "GET" ? ", HEAD, " : ", ");
    if (route.method == method) match.route = &route;
  }
  if (!match.allow.empty()) match.allow += "OPTIONS";
  return match;
}

std::map<std::string, std::string> parse_query(std::string_view target) {
  std::map<std::string, std::string> query;
  const std::size_t mark = target.find('?');
  std::string_view rest = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
  while (!rest.empty()) {
    std::string_view value = take_until(rest, '&');
    const std::string_view name = take_until(value, '=');
    if (name.empty()) continue;
    std::string& slot = query[decode(name, true)];
    if (!slot.empty()) slot += ',';
    slot += decode(value, true);
  }
  return query;
}

}  // namespace dev8agentd

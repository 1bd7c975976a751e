// Paths, URLs and hosts of request targets.
#include "request_target.h"

#include <algorithm>

#include "http_text.h"

namespace dev8agentd {
namespace {

bool is_visible(char c) {
  return c > ' ' && c < 0x7f && c != '#';
}

bool is_host_character(char c) {
  constexpr std::string_view kMarks = "-._~%!$&'()*+,;=";
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         kMarks.find(c) != std::string_view::npos;
}

bool is_address_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' || c == '.';
}

bool is_port(std::string_view text) {
  return text.size() <= 5 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Where the name or address ends: at the port's colon or at the end of the text.
std::size_t name_length(std::string_view host) {
  const bool bracketed = host.starts_with('[');
  const std::size_t end = bracketed ? host.find(']') : host.find(':');
  if (end == std::string_view::npos) return host.size();
  return bracketed ? end + 1 : end;
}

}  // namespace

std::optional<RequestTarget> parse_target(std::string_view method, std::string_view target) {
  if (!std::all_of(target.begin(), target.end(), is_visible)) return std::nullopt;
  if (target.starts_with('/')) return RequestTarget{std::string(target), ""};
  if (target == "*" && method == "OPTIONS") return RequestTarget{"*", ""};
  const std::string scheme = lower_case(target.substr(0, 8));
  const std::size_t skipped = scheme.starts_with("http://") ? 7 : scheme == "https://" ? 8 : 0;
  if (skipped == 0) return std::nullopt;
  target.remove_prefix(skipped);
  const std::size_t end = std::min(target.find_first_of("/?"), target.size());
  const std::string_view authority = target.substr(0, end);
  if (authority.empty() || !is_host(authority)) return std::nullopt;
  const std::string_view rest = target.substr(end);
  return RequestTarget{(rest.starts_with('/') ? "" : "/") + std::string(rest), std::string(authority)};
}

bool is_host(std::string_view text) {
  const std::string_view name = text.substr(0, name_length(text));
  const std::string_view rest = text.substr(name.size());
  if (!rest.empty() && (name.empty() || rest.front() != ':' || !is_port(rest.substr(1)))) return false;
  if (!name.starts_with('[')) return std::all_of(name.begin(), name.end(), is_host_character);
  const std::string_view address = name.substr(1, name.size() - 2);
  return name.size() > 2 && name.back() == ']' &&
         std::all_of(address.begin(), address.end(), is_address_character);
}

std::string host_name(std::string_view host) {
  std::string_view name = host.substr(0, name_length(host));
  if (name.starts_with('[')) name = name.substr(1, name.size() - 2);
  if (name.ends_with('.')) name.remove_suffix(1);
  return lower_case(name);
}

}  // namespace dev8agentd

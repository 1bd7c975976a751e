// normalise_endpoint() and its parts.
#include "config/endpoint.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"

namespace dev8agent::internal {
namespace {

struct Parts {
  bool tls = false;
  std::string_view authority;
  std::string_view path;  // with its first slash
};

std::optional<Parts> take_apart(std::string_view url) {
  const auto colon = url.find("://");
  if (colon == url.npos) return std::nullopt;
  const std::string scheme = to_lower(url.substr(0, colon));
  if (scheme != "http" && scheme != "https") return std::nullopt;
  std::string_view rest = url.substr(colon + 3);
  const auto slash = std::min(rest.find('/'), rest.size());
  return Parts{scheme == "https", rest.substr(0, slash), rest.substr(slash)};
}

std::string_view host_part(std::string_view authority) {
  if (authority.starts_with('['))
    return authority.substr(0, std::min(authority.find(']'), authority.size() - 1) + 1);
  return authority.substr(0, authority.find(':'));
}

bool is_host(std::string_view host) {
  if (host.starts_with('[')) {
    return host.size() > 4 && host.ends_with(']') &&
           host.substr(1, host.size() - 2).find_first_not_of("0123456789abcdef:.") == host.npos;
  }
  const bool sane =
      std::all_of(host.begin(), host.end(), [](char c) { return is_lower_alnum(c) || c == '-' || c == '.'; });
  return !host.empty() && host.size() <= 253 && sane && host.front() != '.' && host.front() != '-' &&
         host.find("..") == host.npos;
}

bool is_port(std::string_view text) {
  if (text.empty()) return true;
  const auto port = parse_unsigned(text.substr(1));
  return text.front() == ':' && port && *port >= 1 && *port <= 65535;
}

bool is_path(std::string_view path) {
  static constexpr std::string_view kMarks = "/-._~!$&'()*+,;=:@%";
  return std::all_of(path.begin(), path.end(), [](char c) {
    return is_lower_alnum(c) || (c >= 'A' && c <= 'Z') || kMarks.find(c) != kMarks.npos;
  });
}

// The first two numbers of a dotted IPv4 address in its full decimal form.
std::optional<std::array<long long, 2>> ipv4_prefix(std::string_view host) {
  const auto parts = split(host, '.');
  if (parts.size() != 4) return std::nullopt;
  for (const std::string& part : parts) {
    const auto number = parse_unsigned(part);
    if (!number || *number > 255 || (part.size() > 1 && part.front() == '0')) return std::nullopt;
  }
  return std::array<long long, 2>{*parse_unsigned(parts[0]), *parse_unsigned(parts[1])};
}

bool may_be_plain(std::string_view host, PlainHttp plain) {
  if (plain == PlainHttp::kAnyHost || host == "localhost" || host == "[::1]") return true;
  const auto address = ipv4_prefix(host);
  if (!address) return false;
  if ((*address)[0] == 127) return true;
  return plain == PlainHttp::kLoopbackOrLinkLocal && (*address)[0] == 169 && (*address)[1] == 254;
}

}  // namespace

bool normalise_endpoint(std::string& url, PlainHttp plain) {
  const auto parts = take_apart(url);
  if (!parts || !is_path(parts->path)) return false;
  const std::string authority = to_lower(parts->authority);
  const std::string_view host = host_part(authority);
  if (!is_host(host) || !is_port(std::string_view(authority).substr(host.size()))) return false;
  if (!parts->tls && !may_be_plain(host, plain)) return false;
  std::string result = (parts->tls ? "https://" : "http://") + authority + std::string(parts->path);
  while (result.ends_with('/')) result.pop_back();
  url = std::move(result);
  return true;
}

std::string_view endpoint_rule(PlainHttp plain) {
  switch (plain) {
    case PlainHttp::kLoopback:
      return "must be an https:// URL without user name, query and fragment (http:// for loopback addresses "
             "only)";
    case PlainHttp::kLoopbackOrLinkLocal:
      return "must be an https:// URL without user name, query and fragment (http:// for loopback and "
             "169.254.0.0/16 "
             "addresses only)";
    case PlainHttp::kAnyHost:
      break;
  }
  return "must be an http:// or https:// URL without user name, query and fragment";
}

std::string_view host_of(std::string_view url) {
  const auto parts = take_apart(url);
  return parts ? host_part(parts->authority) : std::string_view();
}

}  // namespace dev8agent::internal

// The functions of origin.h.
#include "base/origin.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstdint>

#include "base/text.h"

namespace dev8agent::internal {

std::optional<Origin> origin_of(std::string_view url) {
  const auto colon = url.find("://");
  if (colon == url.npos) return std::nullopt;
  const std::string scheme = to_lower(url.substr(0, colon));
  if (scheme != "http" && scheme != "https") return std::nullopt;
  const std::string_view rest = url.substr(colon + 3);
  const auto end = std::min(rest.find_first_of("/?#\\"), rest.size());
  std::string_view authority = rest.substr(0, end);
  Origin origin{scheme == "https", {}, scheme == "https" ? 443 : 80, rest.substr(end)};
  const auto bracket = authority.rfind(']');
  const auto port_at = authority.find(':', bracket == authority.npos ? 0 : bracket);
  if (port_at != authority.npos) {
    const auto port = parse_unsigned(authority.substr(port_at + 1));
    if (port_at + 1 < authority.size() && !port) return std::nullopt;
    origin.port = port.value_or(origin.port);
    authority = authority.substr(0, port_at);
  }
  origin.host = to_lower(authority);
  if (origin.host.empty() || origin.host.find('@') != origin.host.npos) return std::nullopt;
  return origin;
}

bool same_origin(const Origin& a, const Origin& b) {
  return a.tls == b.tls && a.host == b.host && a.port == b.port;
}

bool is_subdomain(const Origin& url, const Origin& owner) {
  const bool name =
      std::any_of(owner.host.begin(), owner.host.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  if (!url.tls || !owner.tls || url.port != owner.port || !name || owner.host.starts_with('[')) return false;
  if (!url.host.ends_with("." + owner.host)) return false;
  const std::string label = url.host.substr(0, url.host.size() - owner.host.size() - 1);
  return !label.empty() &&
         std::all_of(label.begin(), label.end(), [](char c) { return is_lower_alnum(c) || c == '-'; });
}

bool is_local(const Origin& url) {
  if (url.host == "localhost" || url.host == "[::1]") return true;
  in_addr address{};
  if (inet_pton(AF_INET, url.host.c_str(), &address) != 1) return false;
  const std::uint32_t number = ntohl(address.s_addr);
  return number >> 24 == 127 || number >> 16 == ((169U << 8) | 254U);
}

}  // namespace dev8agent::internal

// Whose address a request counts for: the client's, also behind reverse proxies that the operator trusts
// (TRUSTED_PROXIES). Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dev8agentd {

// A range of addresses in CIDR notation, such as 10.0.0.0/8 or fd00::/8. IPv4 is kept as IPv4-mapped IPv6.
class AddressRange {
 public:
  // Nothing when `text` is no range. An address alone is a range of one.
  static std::optional<AddressRange> parse(std::string_view text);
  // Whether the IP address is in the range; false for what is no address.
  bool contains(const std::string& address) const;

 private:
  using Bytes = std::array<std::uint8_t, 16>;
  static std::optional<Bytes> bytes_of(const std::string& address);

  Bytes bytes_{};
  int prefix_ = 128;  // bits that count
};

// Whether this is an IPv4 or IPv6 address, without brackets or port.
bool is_ip_address(const std::string& text);

// Whose rate limit counts for an address: of IPv6 the network of 64 bits, "2001:db8:1:2::/64", because its
// holder has all addresses in it; else the address itself. What is no address stays as it is.
std::string rate_limit_party(const std::string& address);

// The client's address. `peer` is where the connection comes from, `forwarded` the values of its
// X-Forwarded-For fields, joined by commas. Each trusted proxy has appended the address that it was asked
// from: read from the right, the first one that is no trusted proxy is the client's. What stands further left
// may be made up. A value that is no address ends the search: then the proxy itself counts.
std::string client_address(const std::string& peer, std::string_view forwarded,
                           const std::vector<AddressRange>& trusted);

}  // namespace dev8agentd

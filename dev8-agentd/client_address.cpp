// Address ranges, and the walk along X-Forwarded-For.
#include "client_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "http_text.h"

namespace dev8agentd {
namespace {

constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

// A port behind an address, as some proxies append it: "192.0.2.1:4711", "[2001:db8::1]:4711".
std::string without_port(std::string_view text) {
  if (text.starts_with('[')) return std::string(text.substr(1, text.find(']') - 1));
  const auto colon = text.find(':');
  const bool is_v4_with_port = colon != std::string_view::npos && text.find(':', colon + 1) == text.npos;
  return std::string(is_v4_with_port ? text.substr(0, colon) : text);
}

}  // namespace

bool is_ip_address(const std::string& text) {
  std::array<std::uint8_t, 16> bytes{};
  return inet_pton(AF_INET, text.c_str(), bytes.data()) == 1 ||
         inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1;
}

std::string rate_limit_party(const std::string& address) {
  std::array<std::uint8_t, 16> bytes{};
  if (inet_pton(AF_INET6, address.c_str(), bytes.data()) != 1) return address;
  if (std::equal(kMapped.begin(), kMapped.end(), bytes.begin())) return address;
  std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(AF_INET6, bytes.data(), text.data(), text.size());
  return std::string(text.data()) + "/64";
}

std::optional<AddressRange::Bytes> AddressRange::bytes_of(const std::string& address) {
  Bytes bytes{};
  if (inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1) return bytes;
  std::copy(kMapped.begin(), kMapped.end(), bytes.begin());
  if (inet_pton(AF_INET, address.c_str(), bytes.data() + kMapped.size()) == 1) return bytes;
  return std::nullopt;
}

std::optional<AddressRange> AddressRange::parse(std::string_view text) {
  const auto slash = text.find('/');
  const std::string address(text.substr(0, slash));
  const auto bytes = bytes_of(address);
  if (!bytes) return std::nullopt;
  const bool is_v4 = address.find(':') == std::string::npos;
  const int most = is_v4 ? 32 : 128;
  int length = most;
  if (slash != std::string_view::npos) {
    const std::string_view number = text.substr(slash + 1);
    const char* end = number.data() + number.size();
    const auto [stop, failure] = std::from_chars(number.data(), end, length);
    if (failure != std::errc() || stop != end || length < 0 || length > most) return std::nullopt;
  }
  AddressRange range;
  range.bytes_ = *bytes;
  range.prefix_ = length + (is_v4 ? 96 : 0);
  return range;
}

bool AddressRange::contains(const std::string& address) const {
  const auto bytes = bytes_of(address);
  if (!bytes) return false;
  for (int bit = 0; bit < prefix_; bit += 8) {
    const auto index = static_cast<std::size_t>(bit / 8);
    const int count = std::min(8, prefix_ - bit);
    const int mask = (0xff << (8 - count)) & 0xff;
    if (((*bytes)[index] & mask) != (bytes_[index] & mask)) return false;
  }
  return true;
}

std::string client_address(const std::string& peer, std::string_view forwarded,
                           const std::vector<AddressRange>& trusted) {
  const auto is_trusted = [&](const std::string& address) {
    return std::any_of(trusted.begin(), trusted.end(),
                       [&](const AddressRange& range) { return range.contains(address); });
  };
  std::string client = peer;
  while (is_trusted(client) && !forwarded.empty()) {
    const auto comma = forwarded.rfind(',');
    const bool last = comma == std::string_view::npos;
    const std::string before = without_port(trim_blanks(last ? forwarded : forwarded.substr(comma + 1)));
    if (!is_ip_address(before)) return client;
    client = before;
    forwarded = last ? std::string_view() : forwarded.substr(0, comma);
  }
  return client;
}

}  // namespace dev8agentd

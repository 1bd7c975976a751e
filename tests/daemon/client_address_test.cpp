// Whose address counts behind proxies.
#include "client_address.h"

#include <doctest/doctest.h>

using namespace dev8agentd;

namespace {

std::vector<AddressRange> trusted(std::initializer_list<const char*> texts) {
  std::vector<AddressRange> ranges;
  for (const char* text : texts) ranges.push_back(AddressRange::parse(text).value());
  return ranges;
}

}  // namespace

TEST_CASE("address ranges") {
  struct Row {
    const char* range;
    const char* address;
    bool inside;
  };
  const Row rows[] = {
      {"10.0.0.0/8", "10.255.0.1", true},
      {"10.0.0.0/8", "11.0.0.1", false},
      {"192.0.2.128/25", "192.0.2.127", false},
      {"192.0.2.128/25", "192.0.2.200", true},
      {"192.0.2.7", "192.0.2.7", true},
      {"192.0.2.7", "192.0.2.8", false},
      {"0.0.0.0/0", "203.0.113.9", true},
      {"0.0.0.0/0", "2001:db8::1", false},
      {"fd00::/8", "fd12::1", true},
      {"fd00::/8", "fe80::1", false},
      {"::1", "::1", true},
      {"10.0.0.0/8", "::ffff:10.1.2.3", true},
      {"10.0.0.0/8", "10.0.0.1.example", false},
  };
  for (const Row& row : rows) {
    CAPTURE(std::string(row.range) + " " + row.address);
    CHECK(AddressRange::parse(row.range)->contains(row.address) == row.inside);
  }
  for (const char* text :
       {"", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/8x", "proxy", "::1/129", "10.0.0/8"}) {
    CAPTURE(std::string(text));
    CHECK_FALSE(AddressRange::parse(text));
  }
}

TEST_CASE("the client's address: what trusted proxies have appended, and nothing that a client made up") {
  struct Row {
    const char* peer;
    const char* forwarded;
    const char* client;
  };
  const Row rows[] = {
      {"10.0.0.1", "", "10.0.0.1"},
      {"203.0.113.9", "198.51.100.1", "203.0.113.9"},  // not from a trusted proxy
      {"10.0.0.1", "198.51.100.1", "198.51.100.1"},
      {"10.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1"},  // the left one may be made up
      {"10.0.0.1", "198.51.100.1,10.0.0.2", "198.51.100.1"},  // through two proxies
      {"10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"},
      {"10.0.0.1", "198.51.100.1:4711", "198.51.100.1"},
      {"10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"},
      {"10.0.0.1", "2001:db8::1", "2001:db8::1"},
      {"10.0.0.1", "unknown", "10.0.0.1"},
      {"10.0.0.1", "198.51.100.1, ", "10.0.0.1"},
      {"10.0.0.1", "[", "10.0.0.1"},
  };
  const auto proxies = trusted({"10.0.0.0/8"});
  for (const Row& row : rows) {
    CAPTURE(std::string(row.peer) + " <- " + row.forwarded);
    CHECK(client_address(row.peer, row.forwarded, proxies) == row.client);
  }
  CHECK(client_address("10.0.0.1", "198.51.100.1", {}) == "10.0.0.1");
}

TEST_CASE("rate limits count IPv6 addresses by their network of 64 bits") {
  CHECK(rate_limit_party("192.0.2.1") == "192.0.2.1");
  CHECK(rate_limit_party("2001:db8:1:2:3:4:5:6") == "2001:db8:1:2::/64");
  CHECK(rate_limit_party("2001:db8:1:2::1") == rate_limit_party("2001:db8:1:2:ffff::"));
  CHECK(rate_limit_party("2001:db8:1:3::1") != rate_limit_party("2001:db8:1:2::1"));
  CHECK(rate_limit_party("::1") == "::/64");
  CHECK(rate_limit_party("::ffff:192.0.2.1") == "::ffff:192.0.2.1");
  CHECK(rate_limit_party("no address") == "no address");
}

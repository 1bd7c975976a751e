// Identifiers: form and variety.
#include "random_id.h"

#include <doctest/doctest.h>

#include <set>

using namespace dev8agentd;

TEST_CASE("UUIDs are version 4, variant 1, and differ") {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const std::string uuid = new_uuid();
    REQUIRE(uuid.size() == 36);
    CHECK(uuid[14] == '4');
    CHECK(std::string("89ab").find(uuid[19]) != std::string::npos);
    CHECK(uuid[8] == '-');
    CHECK(seen.insert(uuid).second);
  }
}

TEST_CASE("request ids from outside are taken only when they are harmless") {
  CHECK(is_well_formed_request_id("a"));
  CHECK(is_well_formed_request_id("Az09._-"));
  CHECK(is_well_formed_request_id(std::string(128, 'x')));
  CHECK_FALSE(is_well_formed_request_id(""));
  CHECK_FALSE(is_well_formed_request_id(std::string(129, 'x')));
  for (const char* bad : {"a b", "a\"b", "a\nb", "a/b", "\xc3\xa9"})
    CHECK_FALSE(is_well_formed_request_id(bad));
}

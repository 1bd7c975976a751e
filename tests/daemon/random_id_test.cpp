// Identifiers: form and variety.
#include "random_id.h"

#include <doctest/doctest.h>

#include <set>

using namespace dev8agentd;

namespace {

void check_uuid(const std::string& uuid, std::set<std::string>& seen) {
  REQUIRE(uuid.size() == 36);
  CHECK(uuid[14] == '4');
  CHECK(std::string("89ab").find(uuid[19]) != std::string::npos);
  for (const std::size_t hyphen : {8, 13, 18, 23}) CHECK(uuid[hyphen] == '-');
  CHECK(seen.insert(uuid).second);
}

}  // namespace

TEST_CASE("UUIDs are version 4, variant 1, and differ") {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) check_uuid(new_uuid(), seen);
}

TEST_CASE("UUIDs from a source differ, also beyond its supply") {
  std::set<std::string> seen;
  UuidSource ids;
  for (int i = 0; i < 1000; ++i) check_uuid(ids.next(), seen);
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

TEST_CASE("the trace id of a traceparent is taken in its form alone") {
  const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  CHECK(trace_id_of("00-" + trace + "-00f067aa0ba902b7-01") == trace);
  CHECK(trace_id_of("01-" + trace + "-00f067aa0ba902b7-01-more") == trace);
  for (const std::string& broken :
       {std::string(), std::string("00"), "00-" + trace, "00-" + trace + "-00f067aa0ba902b7-01-more",
        "01-" + trace + "-00f067aa0ba902b7-01more", "ff-" + trace + "-00f067aa0ba902b7-01",
        "00-" + trace + "-0000000000000000-01", "00-" + std::string(32, '0') + "-00f067aa0ba902b7-01",
        std::string("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01"),
        "00_" + trace + "-00f067aa0ba902b7-01", "00-" + trace + "-00f067aa0ba902b7-0g"}) {
    CAPTURE(broken);
    CHECK(trace_id_of(broken).empty());
  }
}

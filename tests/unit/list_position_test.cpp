// The order of the list of environments, and its cursors.
#include "plan/list_position.h"

#include <doctest/doctest.h>

using namespace dev8agent;
using namespace dev8agent::internal::plan;

namespace {

ListPosition at(int milliseconds, std::string id) {
  return list_position(WallTime(std::chrono::milliseconds(milliseconds)), std::move(id));
}

}  // namespace

TEST_CASE("list position: newest first, then by id") {
  CHECK(at(2, "b") < at(1, "a"));
  CHECK_FALSE(at(1, "a") < at(2, "b"));
  CHECK(at(1, "a") < at(1, "b"));
  CHECK_FALSE(at(1, "b") < at(1, "a"));
  CHECK_FALSE(at(1, "a") < at(1, "a"));
}

TEST_CASE("list position: times count in whole milliseconds, so that a cursor says all of it") {
  const auto precise = list_position(WallTime(std::chrono::microseconds(1999)), "a");
  CHECK(precise.created_at == WallTime(std::chrono::milliseconds(1)));
  CHECK(read_cursor(to_cursor(precise))->created_at == precise.created_at);
}

TEST_CASE("cursor: there and back") {
  for (const ListPosition& position : {at(0, "a"), at(1768465800, "workspace-0001"), at(1, "a.b")}) {
    const auto back = read_cursor(to_cursor(position));
    REQUIRE(back);
    CHECK(back->id == position.id);
    CHECK(back->created_at == position.created_at);
  }
  CHECK(to_cursor(at(1500, "a")) == "1500.a");
}

TEST_CASE("cursor: other texts are none") {
  for (const char* text : {"", ".", "1", "1.", ".a", "x.a", "-1.a", "+1.a", " 1.a", "9223372036855.a",
                           "999999999999999.a", "9999999999999999999999.a"}) {
    CAPTURE(std::string(text));
    CHECK_FALSE(read_cursor(text));
  }
  CHECK(read_cursor("9223372036854.a"));  // the clock ends in the next millisecond
  CHECK(to_cursor(list_position(WallTime(std::chrono::seconds(-1)), "a")) == "0.a");
}

// Timestamps as Azure, Go programs and HTTP write them.
#include "base/time_format.h"

#include <doctest/doctest.h>

using namespace dev8agent;
using namespace dev8agent::internal;

namespace {

namespace chrono = std::chrono;
const WallTime kMoment =
    WallTime(chrono::sys_days(chrono::year(2026) / 1 / 15)) + chrono::hours(8) + chrono::minutes(30);

}  // namespace

TEST_CASE("time: RFC 3339 with 0 to 9 digits and any offset") {
  struct Row {
    std::string text;
    long long nanoseconds;  // after 2026-01-15T08:30:00Z
  };
  const Row rows[] = {
      {"2026-01-15T08:30:00Z", 0},
      {"2026-01-15t08:30:00z", 0},
      {"2026-01-15T08:30:00.1Z", 100'000'000},
      {"2026-01-15T08:30:00.12Z", 120'000'000},
      {"2026-01-15T08:30:00.123Z", 123'000'000},
      {"2026-01-15T08:30:00.1234567Z", 123'456'700},
      {"2026-01-15T08:30:00.123456789Z", 123'456'789},
      {"2026-01-15T08:30:00.000000001+00:00", 1},
      {"2026-01-15T08:30:00-00:00", 0},
      {"2026-01-15T14:00:00+05:30", 0},
      {"2026-01-14T22:30:00-10:00", 0},
      {"2026-01-16T08:29:00+23:59", 0},
      {"2026-01-15T08:30:59.9Z", 59'900'000'000},
      {"2026-01-15T08:30:60Z", 60'000'000'000},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto time = parse_rfc3339(row.text);
    REQUIRE(time.has_value());
    CHECK((*time - kMoment).count() == row.nanoseconds);
  }
  CHECK(parse_rfc3339("2024-02-29T00:00:00Z").has_value());
  CHECK(parse_rfc3339("1970-01-01T00:00:00Z") == WallTime{});
}

TEST_CASE("time: what is no RFC 3339 is refused") {
  for (const char* bad : {"",
                          "now",
                          "2026-01-15",
                          "2026-01-15T08:30:00",
                          "2026-01-15 08:30:00Z",
                          "2026-01-15T08:30Z",
                          "2026-1-15T08:30:00Z",
                          "26-01-15T08:30:00Z",
                          "2026-13-15T08:30:00Z",
                          "2026-00-15T08:30:00Z",
                          "2026-01-00T08:30:00Z",
                          "2026-02-29T08:30:00Z",
                          "2026-04-31T08:30:00Z",
                          "2026-01-15T24:00:00Z",
                          "2026-01-15T08:60:00Z",
                          "2026-01-15T08:30:61Z",
                          "2026-01-15T08:30:00.Z",
                          "2026-01-15T08:30:00.1234567890Z",
                          "2026-01-15T08:30:00,5Z",
                          "2026-01-15T08:30:00+0530",
                          "2026-01-15T08:30:00+5:30",
                          "2026-01-15T08:30:00+24:00",
                          "2026-01-15T08:30:00+05:60",
                          "2026-01-15T08:30:00+05:30x",
                          "2026-01-15T08:30:00Zx",
                          " 2026-01-15T08:30:00Z",
                          "2026-01-15T08:30:00Z ",
                          "-026-01-15T08:30:00Z",
                          "2026-01-15T08:30:-1Z",
                          "2026-01-15T08:30:00.-1Z",
                          "+2026-01-15T08:30:00Z",
                          "2026/01/15T08:30:00Z",
                          "2026-01-15T08.30.00Z"}) {
    CAPTURE(std::string(bad));
    CHECK_FALSE(parse_rfc3339(bad).has_value());
  }
  const std::string good = "2026-01-15T08:30:00.123+05:30";
  for (std::size_t length = 0; length < good.size(); ++length) {
    CHECK_FALSE(parse_rfc3339(good.substr(0, length)).has_value());
  }
}

TEST_CASE("time: years beyond the clock's range keep their side of now") {
  for (const char* late : {"2263-01-01T00:00:00Z", "2500-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z"}) {
    CAPTURE(std::string(late));
    const auto time = parse_rfc3339(late);
    CHECK((!time || *time > kMoment));
  }
  for (const char* early : {"0001-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "1600-01-01T00:00:00Z"}) {
    CAPTURE(std::string(early));
    const auto time = parse_rfc3339(early);
    CHECK((!time || *time < WallTime{}));
  }
  const auto expires = parse_http_date("Fri, 31 Dec 9999 23:59:59 GMT");
  CHECK((!expires || *expires > kMoment));
}

TEST_CASE("time: the difference of any two that are read can be counted") {
  const auto first = parse_rfc3339("0001-01-01T00:00:00Z");
  const auto last = parse_http_date("Fri, 31 Dec 9999 23:59:59 GMT");
  REQUIRE(first.has_value());
  REQUIRE(last.has_value());
  CHECK(*last - *first > WallTime::duration(0));
  CHECK(*first - *last < WallTime::duration(0));
  CHECK(*first - kMoment < WallTime::duration(0));
}

TEST_CASE("time: written with milliseconds, in UTC, also before 1970") {
  CHECK(format_rfc3339(kMoment) == "2026-01-15T08:30:00.000Z");
  CHECK(format_rfc3339(kMoment + chrono::nanoseconds(999'999'999)) == "2026-01-15T08:30:00.999Z");
  CHECK(format_rfc3339(WallTime{} - chrono::milliseconds(1)) == "1969-12-31T23:59:59.999Z");
  CHECK(format_rfc3339(WallTime{}) == "1970-01-01T00:00:00.000Z");
  CHECK(parse_rfc3339(format_rfc3339(kMoment + chrono::milliseconds(7))) ==
        kMoment + chrono::milliseconds(7));
}

TEST_CASE("time: HTTP dates both ways") {
  CHECK(format_http_date(kMoment) == "Thu, 15 Jan 2026 08:30:00 GMT");
  CHECK(format_http_date(WallTime{}) == "Thu, 01 Jan 1970 00:00:00 GMT");
  CHECK(parse_http_date("Thu, 15 Jan 2026 08:30:00 GMT") == kMoment);
  for (int day = 0; day < 800; day += 13) {
    const WallTime time = kMoment + chrono::hours(24 * day);
    CHECK(parse_http_date(format_http_date(time)) == time);
  }
  for (const char* bad :
       {"", "Thu, 15 Jan 2026 08:30:00", "Thu, 15 Jan 2026 08:30:00 UTC", "Thu, 32 Jan 2026 08:30:00 GMT",
        "Thu, 15 Jam 2026 08:30:00 GMT", "Thu, 15 jan 2026 25:30:00 GMT", "15 Jan 2026 08:30:00 GMT",
        "Thu, 15 Jan 2026 08:30:0x GMT", "Thu, 1 Jan 2026 08:30:00 GMT ", "2026-01-15T08:30:00Z"}) {
    CAPTURE(std::string(bad));
    CHECK_FALSE(parse_http_date(bad).has_value());
  }
}

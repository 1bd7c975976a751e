// Small text functions at their edges.
#include "base/text.h"

#include <doctest/doctest.h>

using namespace dev8agent;
using namespace dev8agent::internal;

TEST_CASE("text: percent coding keeps unreserved characters alone and comes back") {
  CHECK(percent_encode("AZaz09-._~") == "AZaz09-._~");
  CHECK(percent_encode(" /?#[]@!$&'()*+,;=%\"") ==
        "%20%2F%3F%23%5B%5D%40%21%24%26%27%28%29%2A%2B%2C%3B%3D%25%22");
  CHECK(percent_encode("\xc3\xa9") == "%C3%A9");
  CHECK(percent_encode("") == "");
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  CHECK(percent_decode(percent_encode(all)) == all);
  CHECK(percent_decode("a+b%2b%2B") == "a+b++");
  for (const char* bad : {"%", "%1", "a%2", "%zz", "%1g", "%%41", "% 1", "%+1"}) {
    CAPTURE(std::string(bad));
    CHECK_FALSE(percent_decode(bad).has_value());
  }
}

TEST_CASE("text: case is ASCII's alone") {
  CHECK(to_lower("AbÉ@[`{") == "abÉ@[`{");
  CHECK(to_upper("aBé@[`{z") == "ABé@[`{Z");
  CHECK(equal_ignoring_case("ResourceGroups", "resourcegroups"));
  CHECK_FALSE(equal_ignoring_case("a", "ab"));
  CHECK_FALSE(equal_ignoring_case("É", "é"));
  CHECK(contains_ignoring_case("xxToOManyyy", "toomany"));
  CHECK(contains_ignoring_case("x", ""));
  CHECK_FALSE(contains_ignoring_case("", "x"));
}

TEST_CASE("text: the hosts that are this machine") {
  for (const char* host : {"localhost", "LocalHost", "127.0.0.1", "127.88.0.255"}) {
    CAPTURE(host);
    CHECK(is_loopback_host(host));
  }
  for (const char* host : {"", "127.", "127.0.0", "127.0.0.256", "127.0.0.1.example", "127.auth.example.org",
                           "localhost.example", "128.0.0.1", "127.0.0.x", "127.0.0.0001"}) {
    CAPTURE(host);
    CHECK_FALSE(is_loopback_host(host));
  }
}

TEST_CASE("text: trim and split") {
  CHECK(trim(" \t\r\na b \n") == "a b");
  CHECK(trim("  ").empty());
  CHECK(trim("").empty());
  CHECK(split("a,,b,", ',') == std::vector<std::string>{"a", "", "b", ""});
  CHECK(split("", ',') == std::vector<std::string>{""});
}

TEST_CASE("text: whole unsigned numbers and nothing else") {
  CHECK(parse_unsigned("0") == 0);
  CHECK(parse_unsigned("007") == 7);
  CHECK(parse_unsigned("999999999999999999") == 999999999999999999LL);
  for (const char* bad :
       {"", " 1", "1 ", "+1", "-1", "1.0", "1e3", "0x1", "1,000", "1000000000000000000", "٣"}) {
    CAPTURE(std::string(bad));
    CHECK_FALSE(parse_unsigned(bad).has_value());
  }
}

TEST_CASE("text: quoted foreign text is printable, bounded, and not cut inside a character") {
  CHECK(printable("a\nb\x1b[0m\x7f", 100) == "a b [0m ");
  CHECK(printable("abc", 3) == "abc");
  CHECK(printable("abcd", 3) == "abc...");
  const std::string accents = "\xc3\xa9\xc3\xa9\xc3\xa9";
  for (std::size_t limit = 0; limit < accents.size(); ++limit) {
    const std::string cut = printable(accents, limit);
    CHECK(cut.ends_with("..."));
    CHECK(cut.size() <= limit + 3);
    CHECK((cut.size() - 3) % 2 == 0);
  }
  CHECK(printable(accents, 6) == accents);
  CHECK(printable("", 0).empty());
}

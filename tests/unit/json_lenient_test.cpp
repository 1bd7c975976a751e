// Odd values in what services answer are replaced where they stand; in what callers send they are refused.
#include <doctest/doctest.h>

#include "json/parse.h"

using namespace dev8agent;
using namespace dev8agent::internal;

namespace {

json::Value lenient(std::string_view text) {
  auto parsed = json::parse(text, json::kLenient);
  REQUIRE(parsed.ok());
  return std::move(*parsed);
}

}  // namespace

TEST_CASE("json: an odd value is replaced, and what stands beside it is read") {
  for (const char* odd : {R"("half \ud83d")", R"("\udc00 half")", R"("\ud83dx\udc00")", R"("\ud83d\ud83d")",
                          "1e400", "-1e400", "18446744073709551616", R"({"a":1,"a":2})", "\"\xff\xc3\""}) {
    CAPTURE(std::string(odd));
    const std::string text = R"({"odd":)" + std::string(odd) + R"(,"name":"aci-x"})";
    CHECK_FALSE(json::parse(text).ok());
    CHECK(lenient(text).string_at({"name"}) == "aci-x");
  }
}

TEST_CASE("json: what takes the place of an odd value") {
  CHECK(lenient(R"("a\ud83db")").string() ==
        "a\xef\xbf\xbd"
        "b");
  CHECK(lenient(R"("a\udc00")").string() == "a\xef\xbf\xbd");
  CHECK(lenient("1e400").is_null());
  CHECK(lenient("18446744073709551616").number() == 18446744073709551616.0);
  CHECK(lenient(R"({"a":1,"b":2,"a":3})").find("a")->integer() == 3);
  CHECK(lenient("\"\xff\"").string() == "\xef\xbf\xbd");
}

TEST_CASE("json: what is whole stays as it is") {
  CHECK(lenient(R"("\ud83d\ude00 \\ud83d \u0041\u0000")").string() ==
        std::string("\xf0\x9f\x98\x80 \\ud83d A\0", 14));
  CHECK(lenient("\"\xc3\xa9\"").string() == "\xc3\xa9");
  CHECK(lenient("9223372036854775807").integer() == 9223372036854775807);
  CHECK(lenient("1.5").number() == 1.5);
}

TEST_CASE("json: what is no JSON is refused all the same") {
  for (const char* text : {"", "{", "NaN", "<html>", "\"\\u12\"", "\"\\ud83d", "[1,]"}) {
    CAPTURE(std::string(text));
    CHECK_FALSE(json::parse(text, json::kLenient).ok());
  }
  std::string deep(33, '[');
  CHECK_FALSE(json::parse(deep + std::string(33, ']'), json::kLenient).ok());
}

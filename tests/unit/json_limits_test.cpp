// JSON numbers, nesting, sizes and text at their limits.
#include "json/parse.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "json/write.h"
#include "support/json_text.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

namespace {

json::ParseLimits depth(unsigned limit) {
  json::ParseLimits limits;
  limits.max_depth = limit;
  return limits;
}

}  // namespace

TEST_CASE("json: numbers at their edges") {
  CHECK(json::parse("9223372036854775807")->integer() == std::numeric_limits<std::int64_t>::max());
  CHECK(json::parse("-9223372036854775808")->integer() == std::numeric_limits<std::int64_t>::min());
  CHECK(json::parse("-0")->integer() == 0);
  CHECK_FALSE(json::parse("2.0")->integer().has_value());
  CHECK(json::parse("2.0")->number() == 2.0);
  CHECK(json::parse("1e2")->number() == 100.0);
  CHECK(json::parse("1E+2")->number() == 100.0);
  CHECK(json::parse("0.1")->number() == 0.1);
  CHECK(json::parse("1.7976931348623157e308")->number() == std::numeric_limits<double>::max());
  CHECK(std::signbit(*json::parse("-0.0")->number()));
  CHECK(json::parse("2")->number() == 2.0);
  for (const std::string text :
       {"9223372036854775808", "-9223372036854775809", "18446744073709551616", "1e309", "-1e309",
        "[0.0000000001e-2147483639]", "1e2147483648", "1e-99999999999999999999"}) {
    CAPTURE(text);
    CHECK(complaint(text).find("umber ") != std::string::npos);
    CHECK(complaint(text).find(" at byte ") != std::string::npos);
  }
  CHECK(complaint(repeat("9", 100000)).find("umber ") != std::string::npos);
  CHECK(complaint("0." + repeat("3", 100000)).empty());
}

TEST_CASE("json: nesting is cut at the limit, however deep the text goes") {
  for (const char* open : {"[", "{\"a\":"}) {
    CHECK(complaint(repeat(open, 1000000)).starts_with("nested too deeply at byte"));
  }
  CHECK(complaint(repeat("[", 32) + repeat("]", 32)).empty());
  CHECK(complaint(repeat("[", 33) + repeat("]", 33)) == "nested too deeply at byte 32");
  CHECK(complaint("[[]]", depth(2)).empty());
  CHECK(complaint("[[[]]]", depth(2)).starts_with("nested too deeply"));
  CHECK(complaint("1", depth(0)).empty());
  CHECK(complaint("[]", depth(0)).starts_with("nested too deeply"));
}

TEST_CASE("json: limits of bytes, members and values") {
  json::ParseLimits limits;
  limits.max_bytes = 4;
  CHECK(complaint("1234", limits).empty());
  CHECK(complaint("12345", limits) == "larger than 4 bytes");
  limits = {};
  limits.max_members = 2;
  CHECK(complaint(R"({"a":1,"b":2})", limits).empty());
  CHECK(complaint(R"({"a":1,"b":2,"c":3})", limits).starts_with("too many members"));
  CHECK(complaint(R"([{"a":1,"b":2},{"a":1,"b":2}])", limits).empty());
  limits = {};
  limits.max_values = 3;
  CHECK(complaint("[1,2]", limits).empty());
  CHECK(complaint("[1,2,3]", limits).starts_with("too many values"));
}

TEST_CASE("json: a repeated name is found among few members and among many") {
  for (const int count : {2, 31, 32, 33, 100}) {
    CAPTURE(count);
    std::string members;
    for (int i = 0; i < count; ++i) members += "\"m" + std::to_string(i) + "\":" + std::to_string(i) + ",";
    const std::string last = "\"m" + std::to_string(count - 1) + "\":7}";
    CHECK(complaint("{" + members + "\"other\":7}").empty());
    for (const std::string& repeated : {std::string("\"m0\":7}"), last}) {
      CHECK(complaint("{" + members + repeated).starts_with("duplicate member \"m"));
      CHECK(json::parse("{" + members + repeated, json::kLenient)->object().size() ==
            static_cast<std::size_t>(count));
    }
    CHECK(
        json::parse("{" + members + last, json::kLenient)->find("m" + std::to_string(count - 1))->integer() ==
        7);
  }
}

TEST_CASE("json: unread arrays are checked and left out, wherever they stand") {
  constexpr std::string_view kNames[] = {"list", "bulk"};
  json::ParseLimits limits;
  limits.unread_arrays = kNames;
  const auto kept = [&](const std::string& text) { return json::write(json::parse(text, limits).value()); };
  CHECK(kept(R"({"a":1,"list":[2],"b":3})") == R"({"a":1,"b":3})");
  CHECK(kept(R"({"list":[{"a":[{"b":{}}],"c":"d"}],"b":[]})") == R"({"b":[]})");
  CHECK(kept(R"([{"bulk":[1,[2],{"a":null}]},{"c":{"bulk":[true],"d":1.5}},4])") ==
        R"([{},{"c":{"d":1.5}},4])");
  CHECK(kept(R"({"bulk":[]})") == "{}");
  // Other values under such a name are somebody's own, such as a tag.
  CHECK(kept(R"({"tags":{"bulk":"big","list":""},"a":["bulk"]})") ==
        R"({"tags":{"bulk":"big","list":""},"a":["bulk"]})");
  CHECK(kept(R"({"bulk":{"a":[1],"list":[2]},"list":null})") == R"({"bulk":{"a":[1]},"list":null})");
  CHECK(kept(R"({"bulk":1,"b":[2]})") == R"({"bulk":1,"b":[2]})");
  CHECK(complaint(R"({"bulk":1,"bulk":2})", limits).starts_with("duplicate member"));
  for (const std::string broken : {R"({"bulk":[1,})", R"({"bulk":})", R"({"bulk":[1})", R"({"bulk":[1e999]})",
                                   R"({"bulk":["\ud800"]})", R"({"bulk":[{"\ud800":1}]})"}) {
    CAPTURE(broken);
    CHECK_FALSE(json::parse(broken, limits).ok());
  }
  CHECK(complaint("{\"bulk\":" + repeat("[", 31) + repeat("]", 31) + "}", limits).empty());
  CHECK(complaint("{\"bulk\":" + repeat("[", 32) + repeat("]", 32) + "}", limits)
            .starts_with("nested too deeply"));
  limits.max_values = 3;
  CHECK(complaint(R"({"bulk":[1]})", limits).empty());
  CHECK(complaint(R"({"bulk":[1,2]})", limits).starts_with("too many values"));
}

TEST_CASE("json: text is UTF-8, byte order mark or not") {
  CHECK(json::parse("\xef\xbb\xbf{\"a\":1}")->find("a")->integer() == 1);
  CHECK(json::parse("\"\xf0\x9f\x98\x80\xc3\xa9\"")->string() == "\xf0\x9f\x98\x80\xc3\xa9");
  CHECK(json::parse(R"("\ud83d\ude00\u00e9\/\b\f\n\r\t\"\\")")->string() ==
        "\xf0\x9f\x98\x80\xc3\xa9/\b\f\n\r\t\"\\");
  CHECK(json::parse(R"("x\u0000y")")->string() == std::string_view("x\0y", 3));
  for (const char* bad : {"\xff", "\xc0\xaf", "\xc3", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                          "\xf8\x88\x80\x80\x80", "\xe2\x82", "\x80", "\xe0\x80\xaf"}) {
    CAPTURE(std::string(bad));
    CHECK_FALSE(complaint("\"" + std::string(bad) + "\"").empty());
    CHECK_FALSE(complaint("{\"" + std::string(bad) + "\":1}").empty());
  }
}

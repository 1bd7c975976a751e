// JSON text from values: escapes, bytes that are not UTF-8, numbers, and the way back.
#include "json/write.h"

#include <doctest/doctest.h>

#include <limits>

#include "json/parse.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using json::Value;

TEST_CASE("json write: scalars and containers") {
  CHECK(json::write(Value()) == "null");
  CHECK(json::write(true) == "true");
  CHECK(json::write(-7) == "-7");
  CHECK(json::write(Value(std::numeric_limits<std::int64_t>::min())) == "-9223372036854775808");
  CHECK(json::write(Value::Array()) == "[]");
  CHECK(json::write(Value::Object()) == "{}");
  CHECK(json::write(json::object({{"b", 1}, {"a", json::array({1, "x", Value()})}})) ==
        R"({"b":1,"a":[1,"x",null]})");
}

TEST_CASE("json write: doubles keep a fraction, read back the same, and are finite") {
  struct Row {
    double number;
    std::string text;
  };
  const Row rows[] = {{2.0, "2.0"}, {0.5, "0.5"},      {-0.0, "-0.0"},
                      {0.1, "0.1"}, {1e300, "1e+300"}, {5e-324, "5e-324"}};
  for (const Row& row : rows) CHECK(json::write(row.number) == row.text);
  for (double number :
       {1.0 / 3, 1e15, 123456789012345680.0, std::numeric_limits<double>::max(), 2.2250738585072014e-308}) {
    CHECK(json::parse(json::write(number))->number() == number);
  }
  for (double number : {std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity(),
                        std::numeric_limits<double>::quiet_NaN()}) {
    CHECK(json::write(number) == "null");
  }
}

TEST_CASE("json write: strings are escaped, and every byte string becomes valid UTF-8") {
  CHECK(json::quote("") == "\"\"");
  CHECK(json::quote("a\"b\\c/") == "\"a\\\"b\\\\c/\"");
  CHECK(json::quote(std::string_view("\0\x1f\n\t\x7f", 5)) == "\"\\u0000\\u001f\\n\\u0009\\u007f\"");
  CHECK(json::quote("\xc3\xa9\xf0\x9f\x98\x80") == "\"\xc3\xa9\xf0\x9f\x98\x80\"");
  const std::string replacement = "\xef\xbf\xbd";
  CHECK(json::quote("\xff") == "\"" + replacement + "\"");
  CHECK(json::quote("a\xc3") == "\"a" + replacement + "\"");
  CHECK(json::quote("\xed\xa0\x80") == "\"" + replacement + replacement + replacement + "\"");
  CHECK(json::quote("\xc0\xaf") == "\"" + replacement + replacement + "\"");
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const std::string bytes = {static_cast<char>(first), static_cast<char>(second), 'x'};
      const auto back = json::parse(json::quote(bytes));
      REQUIRE(back.ok());
      CHECK(back->string().ends_with('x'));
      if (first < 0x80 && second < 0x80) CHECK(back->string() == bytes);
    }
  }
}

TEST_CASE("json write: what was read is written the same") {
  for (const char* text : {R"({"z":1,"a":[true,false,null,-1,2.5,"\u0001\"\\\n",{}],"":[[]]})", R"("x")",
                           "[0.1,1e+22]", "-9223372036854775808"}) {
    CHECK(json::write(*json::parse(text)) == text);
  }
}

TEST_CASE("json value: the wrong type answers nothing") {
  const Value text("x");
  CHECK_FALSE(text.integer().has_value());
  CHECK_FALSE(text.boolean().has_value());
  CHECK_FALSE(text.number().has_value());
  CHECK(text.array().empty());
  CHECK(text.object().empty());
  CHECK(text.find("a") == nullptr);
  CHECK(text.find_path({"a", "b"}) == nullptr);
  CHECK(text.find_path({}) == &text);
  CHECK(Value(7).string().empty());
  CHECK(Value().string_at({"a"}).empty());
  CHECK_FALSE(Value(0).boolean().has_value());
  CHECK_FALSE(Value(true).integer().has_value());
}

TEST_CASE("json value: set replaces, erase removes, null grows into what is needed") {
  Value value;
  value.set("a", 1).set("b", 2).set("a", 3);
  CHECK(json::write(value) == R"({"a":3,"b":2})");
  value.erase("a");
  value.erase("nothing");
  value["c"]["d"].push(1).push("x");
  CHECK(json::write(value) == R"({"b":2,"c":{"d":[1,"x"]}})");
  CHECK(value.find_path({"c", "d"})->array().size() == 2);
}

// JSON parsing of hostile input: what is refused, why, and at which byte.
#include "json/parse.h"

#include <doctest/doctest.h>

#include "json/write.h"
#include "support/json_text.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

TEST_CASE("json: what is no JSON is refused, with its place") {
  struct Row {
    std::string text;
    std::string part;
  };
  const Row rows[] = {
      {"", "the text is empty at byte 0"},
      {" \n", "the text is empty"},
      {"\xef\xbb\xbf", "the text is empty at byte 3"},
      {"{", "at byte 1"},
      {"[1,]", "at byte 3"},
      {"{\"a\":1,}", "at byte 7"},
      {"{} x", "at byte 3"},
      {"1 2", "at byte 2"},
      {"// c\n{}", "at byte 0"},
      {"{/**/}", "at byte 1"},
      {"NaN", "at byte 0"},
      {"Infinity", "at byte 0"},
      {"+1", "at byte 0"},
      {"01", "at byte 1"},
      {".5", "at byte 0"},
      {"1.", "at byte 2"},
      {"1e", "at byte 2"},
      {"'a'", "at byte 0"},
      {"\"a\nb\"", "at byte 2"},
      {"\"a", "at byte"},
      {"\"\\x\"", "at byte"},
      {"\"\\u12G4\"", "at byte"},
      {"\"\\ud800\"", "at byte"},
      {"\"\\udc00\"", "at byte"},
      {"tru", "at byte"},
      {"{\"a\" 1}", "at byte 5"},
      {"{1:2}", "at byte 1"},
      {"\xef\xbb\xbf\xef\xbb\xbf{}", "at byte 3"},
      {"\xff\xfe{}", "at byte 0"},
      {std::string("{\"a\":1}\0", 8), "NUL byte at byte 7"},
      {std::string("\0", 1), "NUL byte at byte 0"},
      {std::string("\xef\xbb\xbf{\"a\0\":1}", 11), "NUL byte at byte 6"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const std::string said = complaint(row.text);
    CHECK_MESSAGE(said.find(row.part) != std::string::npos, said);
  }
}

TEST_CASE("json: duplicates at any depth and in any spelling") {
  CHECK(complaint(R"({"cpuCores":1,"cpuCores":2})").starts_with("duplicate member \"cpuCores\" at byte 2"));
  for (const char* text :
       {R"({"a":1,"\u0061":2})", R"({"x":{"a":1,"b":2,"a":3}})", R"([{},{"a":[{"b":1,"b":1}]}])",
        R"({"":1,"":2})", R"({"a":1,"b":{"a":1},"a":2})", R"({"\u0000":1,"\u0000":2})"}) {
    CAPTURE(std::string(text));
    CHECK(complaint(text).starts_with("duplicate member"));
  }
  for (const char* text : {R"({"a":1,"A":2})", R"({"a":{"a":{"a":1}}})", R"([{"a":1},{"a":1}])"}) {
    CHECK(complaint(text).empty());
  }
}

TEST_CASE("json: a message names the member by printable characters alone, cut") {
  const std::string name = repeat("x", 5000);
  const std::string said = complaint("{\"" + name + "\":1,\"" + name + "\":2}");
  CHECK(said.size() < 200);
  for (char c : complaint("{\"\\u001b[31m\xc3\xa9\":1,\"\\u001b[31m\xc3\xa9\":2}")) {
    CHECK(static_cast<unsigned char>(c) >= 0x20);
    CHECK(static_cast<unsigned char>(c) < 0x7f);
  }
}

TEST_CASE("json: no prefix and no single changed byte of a text harms the parser") {
  const std::string text = R"({"a":[1,-2.5e3,true,false,null,"\u00e9x",{"b":{}}],"c":""})";
  for (std::size_t length = 0; length < text.size(); ++length)
    CHECK_FALSE(complaint(text.substr(0, length)).empty());
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string changed = text;
      changed[at] = static_cast<char>(byte);
      const auto value = json::parse(changed);
      if (!value.ok()) CHECK(value.error().message.find(" at byte ") != std::string::npos);
    }
  }
}

TEST_CASE("json: the items of a long array are kept as text, and read one at a time") {
  struct Row {
    std::string text;
    std::string rest;   // written again
    std::string items;  // the same, one behind the other
  };
  const Row rows[] = {
      {R"({"value":[{"a":1},{"b":{"c":[{}]}}],"nextLink":"x"})", R"({"value":[],"nextLink":"x"})",
       R"({"a":1}{"b":{"c":[{}]}})"},
      {" { \"value\" : [ { } , {\"a\":\"}{][\"} ] } ", R"({"value":[]})", R"({}{"a":"}{]["})"},
      {"\xef\xbb\xbf{\"value\":[{\"a\":1}]}", R"({"value":[]})", R"({"a":1})"},
      {R"({"value":[]})", R"({"value":[]})", ""},
      {R"({"value":null,"a":1})", R"({"value":null,"a":1})", ""},
      {R"({"value":{"value":[{}]}})", R"({"value":{"value":[{}]}})", ""},
      {R"({"a":{"value":[{"b":2}]},"value":[{"c":3}]})", R"({"a":{"value":[{"b":2}]},"value":[]})",
       R"({"c":3})"},
      {R"({"value":[1,"x",null,[{"a":1}],true,{"b":2},2.5]})", R"({"value":[]})",
       R"(nullnullnullnullnull{"b":2}null)"},
      {R"([{"value":[{"a":1}]}])", R"([{"value":[{"a":1}]}])", ""},
      {R"({"value":[{"keep":1,"left":[{"a":1}],"o":{"left":[2]}}],"left":[1]})", R"({"value":[]})",
       R"({"keep":1,"o":{}})"},
  };
  constexpr std::string_view kLeft[] = {"left"};
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto split = json::parse_split(row.text, "value", {.unread_arrays = kLeft});
    REQUIRE(split.ok());
    CHECK(json::write(split->rest) == row.rest);
    std::string items;
    for (std::size_t i = 0; i < split->items.size(); ++i) items += json::write(split->items.at(i));
    CHECK(items == row.items);
  }
}

TEST_CASE("json: an item that is no JSON makes the whole text none") {
  for (const char* text : {R"({"value":[{"a":1},{"b":}]})", R"({"value":[{"a":1})", R"({"value":[{"a":1}]}x)",
                           R"({"value":[{"a":"\ud800"}]})", R"({"value":[{"a":1e999}]})"}) {
    CAPTURE(text);
    CHECK_FALSE(json::parse_split(text, "value").ok());
    CHECK(json::parse_split(text, "value").error().message == json::parse(text).error().message);
  }
}

TEST_CASE("json: leniently, odd items are mended, and of two arrays of one name the last one counts") {
  const auto odd = json::parse_split("{\"value\":[{\"a\":\"\\ud800\"},{\"b\":1e999,\"b\":\"\xff\"}]}",
                                     "value", json::kLenient);
  REQUIRE(odd.ok());
  REQUIRE(odd->items.size() == 2);
  CHECK(odd->items.at(0).string_at({"a"}) == "\xef\xbf\xbd");
  CHECK(odd->items.at(1).string_at({"b"}) == "\xef\xbf\xbd");
  const auto twice = json::parse_split(R"({"value":[{"a":1}],"value":[{"b":2}]})", "value", json::kLenient);
  REQUIRE(twice.ok());
  REQUIRE(twice->items.size() == 1);
  CHECK(json::write(twice->items.at(0)) == R"({"b":2})");
}

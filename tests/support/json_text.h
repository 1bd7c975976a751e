// JSON in tests: texts made and taken apart. Example:
//
//   CHECK(complaint(repeat("[", 200)) != "");
//   CHECK(names_of(parsed(R"({"b":1,"a":2})")) == std::vector<std::string>{"b", "a"});
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "json/parse.h"

namespace dev8agent::test {

using namespace internal;

// `part`, `count` times over: for deep nesting and long texts.
inline std::string repeat(const std::string& part, int count) {
  // There is no limit: a test chooses `count` so that the text fits into memory.
  std::string text;
  for (int i = 0; i < count; ++i) text += part;
  return text;
}

// What parse() says of `text` within `limits` (depth, number of values): the message of
// its error, "" for a success. Checks that the code of the error is kInvalidRequest,
// because such texts come from clients.
inline std::string complaint(const std::string& text, const json::ParseLimits& limits = {}) {
  // Without `limits` those that ParseLimits has by itself.
  const auto value = json::parse(text, limits);
  // Tests compare with "", so a failure shows the message.
  if (value.ok()) return "";
  CHECK(value.error().code == ErrorCode::kInvalidRequest);
  return value.error().message;
}

// The members' names in the order of the text: the library keeps it. Empty for a value
// that is not an object, such as a list or null.
inline std::vector<std::string> names_of(const json::Value& object) {
  std::vector<std::string> names;
  // A vector: the order of members is part of what tests compare.
  for (const json::Member& member : object.object()) names.push_back(member.name);
  return names;
}

// `text` as a value, for checks of single members. Ends the test case when `text` is
// not JSON; a test of the parser itself uses complaint().
inline json::Value parsed(const std::string& text) {
  auto value = json::parse(text);
  // The text itself tells which of several was wrong.
  REQUIRE_MESSAGE(value.ok(), text);
  return *value;
}

}  // namespace dev8agent::test

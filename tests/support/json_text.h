// JSON in tests: texts made and taken apart.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "json/parse.h"

namespace dev8agent::test {

using namespace internal;

inline std::string repeat(const std::string& part, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += part;
  return text;
}

// What parse() says: "" for a success.
inline std::string complaint(const std::string& text, const json::ParseLimits& limits = {}) {
  const auto value = json::parse(text, limits);
  if (value.ok()) return "";
  CHECK(value.error().code == ErrorCode::kInvalidRequest);
  return value.error().message;
}

inline std::vector<std::string> names_of(const json::Value& object) {
  std::vector<std::string> names;
  for (const json::Member& member : object.object()) names.push_back(member.name);
  return names;
}

inline json::Value parsed(const std::string& text) {
  auto value = json::parse(text);
  REQUIRE_MESSAGE(value.ok(), text);
  return *value;
}

}  // namespace dev8agent::test

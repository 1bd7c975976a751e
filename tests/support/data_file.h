// Files of tests/data.
#pragma once

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "json/parse.h"

namespace dev8agent::test {

using namespace internal;

inline json::Value data_file(const std::string& name) {
  std::ifstream file(std::string(DEV8AGENT_SOURCE_DIR) + "/tests/data/" + name, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  auto value = json::parse(text.str());
  REQUIRE_MESSAGE(value.ok(), name);
  return *value;
}

}  // namespace dev8agent::test

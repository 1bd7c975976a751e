// Files of tests/data: recorded answers and test vectors.
#pragma once

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "json/parse.h"

namespace dev8agent::test {

using namespace internal;

// The JSON in tests/data/`name`. Ends the test case when there is no such file or it is
// not JSON. Example:
//
//   const json::Value file = data_file("azure-files-sharedkey-vectors.json");
//
// The directory is that of the source tree (DEV8AGENT_SOURCE_DIR, set by CMake), so the
// tests run from any directory.
inline json::Value data_file(const std::string& name) {
  std::ifstream file(std::string(DEV8AGENT_SOURCE_DIR) + "/tests/data/" + name, std::ios::binary);
  std::ostringstream text;  // the whole file
  text << file.rdbuf();
  auto value = json::parse(text.str());
  // The name tells which file is meant when a test reads several.
  REQUIRE_MESSAGE(value.ok(), name);
  return *value;
}

}  // namespace dev8agent::test

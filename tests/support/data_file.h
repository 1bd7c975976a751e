// Files of tests/data: recorded answers and test vectors.
#pragma once

#include <doctest/doctest.h>

#include <string>

#include "json/parse.h"
#include "support/source_file.h"

namespace dev8agent::test {

using namespace internal;

// The JSON in tests/data/`name`. Ends the test case when there is no such file or it is
// not JSON. Example:
//
//   const json::Value file = data_file("azure-files-sharedkey-vectors.json");
inline json::Value data_file(const std::string& name) {
  auto value = json::parse(source_file("tests/data/" + name));
  // The name tells which file is meant when a test reads several.
  REQUIRE_MESSAGE(value.ok(), name);
  return *value;
}

}  // namespace dev8agent::test

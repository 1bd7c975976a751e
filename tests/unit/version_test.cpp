// The library's version and the namespace of its binary interface.
#include "dev8agent/version.h"

#include <doctest/doctest.h>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#define TEXT_OF(name) #name
#define VALUE_OF(name) TEXT_OF(name)

using namespace dev8agent;

TEST_CASE("the namespace of the binary interface names the versions that share it") {
  std::string version(dev8agent::version());
  version.erase(version.rfind('.'));  // a patch changes no interface
  std::replace(version.begin(), version.end(), '.', '_');
  CHECK(VALUE_OF(DEV8AGENT_ABI) == "v" + version);
}

TEST_CASE("everything public is in the namespace of the binary interface") {
  const std::string outside = "\nnamespace dev8agent {\n";
  const std::string inside = outside + "inline namespace DEV8AGENT_ABI {\n";
  const std::filesystem::path headers = DEV8AGENT_SOURCE_DIR "/libdev8agent/include";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(headers)) {
    if (entry.path().extension() != ".h") continue;
    std::ifstream file(entry.path());
    const std::string text(std::istreambuf_iterator<char>(file), {});
    for (auto at = text.find(outside); at != std::string::npos; at = text.find(outside, at + 1)) {
      CHECK_MESSAGE(text.compare(at, inside.size(), inside) == 0, entry.path());
    }
  }
}

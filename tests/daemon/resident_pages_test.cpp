// What the start alone has needed is given back.
#include "resident_pages.h"

#include <doctest/doctest.h>

#include <fstream>
#include <string>

using namespace dev8agentd;

namespace {

// KB of files that are mapped and resident, counted page by page.
long resident_of_files() {
  std::ifstream file("/proc/self/smaps_rollup");
  std::string word;
  long all = 0;
  long anonymous = 0;
  while (file >> word) {
    if (word == "Rss:") file >> all;
    if (word == "Anonymous:") file >> anonymous;
  }
  REQUIRE(all > 0);
  return all - anonymous;
}

std::string written = "before";

}  // namespace

TEST_CASE("resident pages: those that only the start has needed go, and what was written stays") {
  written = "by this test";
  const long before = resident_of_files();
  release_start_pages();
  const long after = resident_of_files();
  CHECK(after < before);
  CHECK(written == "by this test");
}

// A file in memory: it has a name for as long as the object lives.
#include "http/memory_file.h"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

using dev8agent::internal::http::MemoryFile;

namespace {

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("memory file: every reader of its name gets the text from the beginning") {
  const std::string text = std::string(300'000, 'x') + "end";
  auto file = MemoryFile::make(text);
  REQUIRE(file.ok());
  CHECK(content_of((*file)->path()) == text);
  CHECK(content_of((*file)->path()) == text);
}

TEST_CASE("memory file: two of them are two files, and a name ends with its object") {
  auto first = MemoryFile::make("first");
  auto second = MemoryFile::make("second");
  REQUIRE(first.ok());
  REQUIRE(second.ok());
  CHECK(content_of((*first)->path()) == "first");
  CHECK(content_of((*second)->path()) == "second");
  const std::string path = (*second)->path();
  *second = nullptr;
  CHECK(content_of(path) != "second");
}

// Files of the source tree: those that tests read, and the documents that tests write.
#pragma once

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace dev8agent::test {

// The content of the file `name`, such as "docs/failures.md", byte for byte; empty when there is none. The
// directory is that of the source tree (DEV8AGENT_SOURCE_DIR, set by CMake).
inline std::string source_file(const std::string& name) {
  std::ifstream file(std::string(DEV8AGENT_SOURCE_DIR) + "/" + name, std::ios::binary);
  std::ostringstream text;  // the whole file
  text << file.rdbuf();
  return text.str();
}

// The content of the document `name`. With DEV8_WRITE_DOCUMENTS it is `made` from then on. Example:
//
//   CHECK(written_document("docs/failures.md", made) == made);
inline std::string written_document(const std::string& name, const std::string& made) {
  const bool write = std::getenv("DEV8_WRITE_DOCUMENTS") != nullptr;
  if (write) std::ofstream(std::string(DEV8AGENT_SOURCE_DIR) + "/" + name, std::ios::binary) << made;
  return source_file(name);
}

}  // namespace dev8agent::test

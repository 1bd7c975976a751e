// read_file().
#include "base/file.h"

#include <fstream>
#include <sstream>

namespace dev8agent::internal {

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();  // unlike an iterator, it does not throw on what is no regular file
  if (!file || !text) return std::nullopt;
  return text.str();
}

}  // namespace dev8agent::internal

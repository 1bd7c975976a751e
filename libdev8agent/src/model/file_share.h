// A file share as Azure Files shows it.
#pragma once

#include <map>
#include <string>

namespace dev8agent::internal {

struct FileShare {
  std::string name;
  int quota_gib = 0;
  std::map<std::string, std::string> metadata;
};

}  // namespace dev8agent::internal

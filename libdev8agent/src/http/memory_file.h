// MemoryFile: a text that code which takes file names alone can read. It takes no place on a disk.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "dev8agent/result.h"

namespace dev8agent::internal::http {

// Any thread.
class MemoryFile {
 public:
  // kInternal: the system has no descriptor or memory to spare.
  static Result<std::shared_ptr<const MemoryFile>> make(std::string_view text);
  MemoryFile(const MemoryFile&) = delete;
  ~MemoryFile();

  // Its name in this process; valid while this object lives.
  const std::string& path() const { return path_; }

 private:
  explicit MemoryFile(int descriptor);

  int descriptor_;
  std::string path_;
};

}  // namespace dev8agent::internal::http

// MemoryFile: a text that code which takes file names alone can read. It takes no place on a disk. Used for
// the CA bundle of libcurl: the system's certificates and those of AZURE_CA_FILE together.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "dev8agent/result.h"

namespace dev8agent::internal::http {

// A file of memfd_create(2), closed on exec. It can be opened by its name as often as is needed; each reader
// begins at its start. Any thread.
//
//   auto file = MemoryFile::make(pem);
//   if (file.ok()) load((*file)->path());
class MemoryFile {
 public:
  // kInternal: the system has no descriptor or no memory to spare.
  static Result<std::shared_ptr<const MemoryFile>> make(std::string_view text);
  MemoryFile(const MemoryFile&) = delete;
  ~MemoryFile();

  // "/proc/self/fd/N": valid in this process only, while this object lives.
  const std::string& path() const { return path_; }

 private:
  // Takes over the open `descriptor`.
  explicit MemoryFile(int descriptor);

  int descriptor_;  // owned
  std::string path_;
};

}  // namespace dev8agent::internal::http

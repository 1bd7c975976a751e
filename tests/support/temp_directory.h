// TempDirectory: a directory of its own for one test, removed with the object. Tests
// that run at the same time do not see each other's files. A test that aborts leaves it
// behind, in the system's directory for such files. Example:
//
//   const TempDirectory directory;
//   const std::string path = directory.write("ca.pem", pem);
#pragma once

#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace dev8agent::test {

// Below the system's directory for temporary files, for its owner alone (mkdtemp).
class TempDirectory {
 public:
  // Throws std::runtime_error when it cannot be made.
  TempDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "dev8agent-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = pattern;
  }
  TempDirectory(const TempDirectory&) = delete;
  // Removes all that is in it. What cannot be removed stays, without an error.
  ~TempDirectory() {
    std::error_code ignored;  // a destructor must not throw
    std::filesystem::remove_all(path_, ignored);
  }

  // Writes a file, over one of that name, and returns its path. `content` is written
  // byte by byte, as it is; `name` must not lead into another directory.
  std::string write(const std::string& name, std::string_view content) const {
    const auto file = path_ / name;
    std::ofstream(file, std::ios::binary) << content;
    return file.string();
  }
  // The same with the right to execute it, for its owner alone: scripts that stand for
  // a command.
  std::string write_program(const std::string& name, std::string_view content) const {
    const std::string file = write(name, content);
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);  // read, write and execute
    return file;
  }
  // Makes a FIFO, which has no writer: who opens it for reading without O_NONBLOCK waits for ever. The
  // result: its path. Throws std::runtime_error when it cannot be made.
  std::string make_fifo(const std::string& name) const {
    const std::string fifo = (path_ / name).string();
    if (mkfifo(fifo.c_str(), 0600) != 0) throw std::runtime_error("mkfifo");
    return fifo;
  }
  // Of the directory; exists as long as the object.
  std::filesystem::path path() const { return path_; }

 private:
  std::filesystem::path path_;  // absolute
};

}  // namespace dev8agent::test

// ChildProcess: a program run without a shell, whose output is collected as it comes. Never blocks; any one
// thread.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "dev8agent/result.h"

namespace dev8agent::internal::azure {

class ChildProcess {
 public:
  // Starts `arguments[0]`, looked up in PATH, in a process group of its own with no input.
  static Result<std::unique_ptr<ChildProcess>> start(std::vector<std::string> arguments);
  ChildProcess(const ChildProcess&) = delete;
  // Kills the process group unless the process has ended.
  ~ChildProcess();

  // Takes in what the process has written so far; true when it has ended, or was killed for writing too much.
  bool poll();

  // After poll() returned true. The exit code is -1 when a signal ended the process.
  int exit_code() const { return exit_code_; }
  bool wrote_too_much() const { return output_.size() > kLimit || errors_.size() > kLimit; }
  std::string& output() { return output_; }
  const std::string& errors() const { return errors_; }

 private:
  static constexpr std::size_t kLimit = 64 * 1024;  // of each stream

  ChildProcess() = default;
  void reap(int flags);

  pid_t id_ = 0;  // 0 when it has ended
  int output_pipe_ = -1;
  int error_pipe_ = -1;
  int exit_code_ = -1;
  std::string output_;
  std::string errors_;
};

}  // namespace dev8agent::internal::azure

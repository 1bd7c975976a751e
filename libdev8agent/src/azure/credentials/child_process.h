// ChildProcess: a program that runs without a shell, and whose output is collected as it comes. It never
// blocks: the owner calls poll() from a timer. Used for the Azure CLI. One thread at a time.
//
//   auto child = ChildProcess::start({"az", "account", "get-access-token"});
//   if (child.ok() && (*child)->poll() && (*child)->exit_code() == 0) use((*child)->output());
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "dev8agent/result.h"

namespace dev8agent::internal::azure {

class ChildProcess {
 public:
  // Starts `arguments[0]`, looked up in PATH, in a process group of its own, with default signals and with
  // /dev/null as its input. It inherits the environment variables. kAzureCredentials: it cannot be run, and
  // why.
  static Result<std::unique_ptr<ChildProcess>> start(std::vector<std::string> arguments);
  ChildProcess(const ChildProcess&) = delete;
  // Kills the whole process group with SIGKILL, unless the process has ended.
  ~ChildProcess();

  // Takes in what the process has written so far. True when it has ended, or was killed because it wrote too
  // much. It does not wait for grandchildren that keep the pipes open.
  bool poll();

  // After poll() returned true: -1 when a signal ended the process; 0 when the host program ignores SIGCHLD,
  // so that the system keeps no exit code.
  int exit_code() const { return exit_code_; }
  // More than 64 KiB on one of the two streams.
  bool wrote_too_much() const { return output_.size() > kLimit || errors_.size() > kLimit; }
  // Standard output so far. Not const, so that the caller can move a token out of it.
  std::string& output() { return output_; }
  // Standard error so far.
  const std::string& errors() const { return errors_; }

 private:
  static constexpr std::size_t kLimit = 64 * 1024;  // of each stream

  ChildProcess() = default;
  // Collects the exit code with waitpid(2); `flags` 0 waits for the end.
  void reap(int flags);

  pid_t id_ = 0;  // 0 when it has ended
  int output_pipe_ = -1;
  int error_pipe_ = -1;
  int exit_code_ = -1;
  std::string output_;
  std::string errors_;
};

}  // namespace dev8agent::internal::azure

// ChildProcess on posix_spawn and pipes that do not block.
#include "azure/credentials/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "azure/credentials/outcome.h"

namespace dev8agent::internal::azure {
namespace {

// A pipe whose reading end does not block. Both ends close on exec; the child's copies do not.
bool make_pipe(int& read_end, int& write_end) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return false;
  read_end = ends[0];
  write_end = ends[1];
  return fcntl(read_end, F_SETFL, O_NONBLOCK) == 0;
}

void close_if_open(int fd) {
  if (fd >= 0) close(fd);
}

// The child's side: standard streams, default signals (the loop thread blocks all of them) and a group of its
// own.
int spawn(pid_t* id, std::vector<std::string>& arguments, int output, int errors) {
  std::vector<char*> words;
  for (std::string& argument : arguments) words.push_back(argument.data());
  words.push_back(nullptr);
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&files);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&files, errors, STDERR_FILENO);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  const int failure = posix_spawnp(id, words.front(), &files, &attributes, words.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return failure;
}

// Appends what the pipe holds now, up to a little more than `limit`.
void drain(int fd, std::string& text, std::size_t limit) {
  std::array<char, 4096> buffer{};
  while (text.size() <= limit) {
    const ssize_t count = read(fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace

Result<std::unique_ptr<ChildProcess>> ChildProcess::start(std::vector<std::string> arguments) {
  std::unique_ptr<ChildProcess> child(new ChildProcess());
  int output = -1;
  int errors = -1;
  int failure = 0;
  if (!make_pipe(child->output_pipe_, output) || !make_pipe(child->error_pipe_, errors)) {
    failure = errno;
  } else {
    failure = spawn(&child->id_, arguments, output, errors);
  }
  close_if_open(output);
  close_if_open(errors);
  if (failure == 0) return child;
  child->id_ = 0;
  return credential_error(arguments.front() + " cannot be run: " + std::generic_category().message(failure));
}

ChildProcess::~ChildProcess() {
  if (id_ != 0) {
    kill(-id_, SIGKILL);
    reap(0);
  }
  close_if_open(output_pipe_);
  close_if_open(error_pipe_);
}

void ChildProcess::reap(int flags) {
  int status = 0;
  pid_t ended = 0;
  do {
    ended = waitpid(id_, &status, flags);
  } while (ended < 0 && errno == EINTR);
  if (ended == 0) return;
  // A host that ignores SIGCHLD leaves no status to collect: then the output alone counts.
  if (ended < 0) exit_code_ = 0;
  if (ended > 0) exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  id_ = 0;
}

bool ChildProcess::poll() {
  // Ended first, then drained: nothing that it wrote is missed, and nobody waits for a grandchild to close
  // the pipe.
  if (id_ != 0) reap(WNOHANG);
  drain(output_pipe_, output_, kLimit);
  drain(error_pipe_, errors_, kLimit);
  if (id_ != 0 && wrote_too_much()) {
    kill(-id_, SIGKILL);
    reap(0);
  }
  return id_ == 0;
}

}  // namespace dev8agent::internal::azure

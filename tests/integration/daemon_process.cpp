// Child processes by fork and exec, their output through pipes.
#include "daemon_process.h"

#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

namespace {

// Sanitizers and coverage find their settings in the child, too.
constexpr const char* kInherited[] = {"PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS",
                                      "LSAN_OPTIONS"};

std::vector<std::string> environment_strings(const DaemonProcess::Environment& environment) {
  std::vector<std::string> strings;
  for (const char* name : kInherited) {
    const char* value = environment.contains(name) ? nullptr : std::getenv(name);
    if (value != nullptr) strings.push_back(std::string(name) + "=" + value);
  }
  for (const auto& [name, value] : environment) strings.push_back(name + "=" + value);
  return strings;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  for (std::string& text : strings) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

struct Pipe {
  int ends[2];
  Pipe() {
    if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe");
  }
};

// Makes a pipe and writes to it until it takes no more.
void fill(int (&ends)[2]) {
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) throw std::runtime_error("pipe");
  const std::string bytes(4096, 'x');
  while (write(ends[1], bytes.data(), bytes.size()) > 0) {
  }
  fcntl(ends[1], F_SETFL, 0);
}

// Into the test's output: why a daemon ended badly is only in what it printed.
void show_last_lines(const std::string& text) {
  constexpr std::size_t kShown = 8000;
  const std::string last = text.size() > kShown ? text.substr(text.size() - kShown) : text;
  std::fprintf(stderr, "the daemon ended with an error; the last that it printed:\n%s\n", last.c_str());
}

}  // namespace

DaemonProcess::DaemonProcess(const std::vector<std::string>& arguments, const Environment& environment,
                             Errors errors_kind, unsigned descriptor_limit, uid_t user) {
  char pattern[] = "/tmp/dev8-daemon-XXXXXX";
  if (mkdtemp(pattern) == nullptr) throw std::runtime_error("mkdtemp");
  directory_ = pattern;
  if (user != 0 && chown(pattern, user, static_cast<gid_t>(-1)) != 0) throw std::runtime_error("chown");
  std::vector<std::string> argument_strings = {DEV8_AGENTD_PATH};
  argument_strings.insert(argument_strings.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables = environment_strings(environment);
  const std::vector<char*> argv = pointers(argument_strings);
  const std::vector<char*> envp = pointers(variables);
  const Pipe output;
  const Pipe errors;
  if (errors_kind == Errors::kBlocked) fill(blocked_);
  pid_ = fork();
  if (pid_ < 0) throw std::runtime_error("fork");
  if (pid_ == 0) {
    dup2(output.ends[1], STDOUT_FILENO);
    dup2(errors_kind == Errors::kBlocked ? blocked_[1] : errors.ends[1], STDERR_FILENO);
    if (errors_kind == Errors::kFull) dup2(open("/dev/full", O_WRONLY), STDERR_FILENO);
    if (errors_kind == Errors::kClosed) {
      close(STDIN_FILENO);
      close(STDERR_FILENO);
    }
    if (chdir(pattern) != 0) _exit(126);
    if (user != 0 && (setgroups(0, nullptr) != 0 || setgid(user) != 0 || setuid(user) != 0)) _exit(126);
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // after the change of user, which clears it
    const rlimit limit{descriptor_limit, descriptor_limit};
    if (descriptor_limit > 0 && setrlimit(RLIMIT_NOFILE, &limit) != 0) _exit(126);
    execve(DEV8_AGENTD_PATH, argv.data(), envp.data());
    _exit(127);
  }
  close(output.ends[1]);
  close(errors.ends[1]);
  output_.read_from(output.ends[0]);
  errors_.read_from(errors.ends[0]);
  output_.wait_for("\n");
}

DaemonProcess::~DaemonProcess() {
  if (!reaped_) {
    signal(SIGKILL);
    wait();
  }
  for (const int end : blocked_) {
    if (end >= 0) close(end);
  }
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

std::string DaemonProcess::url() const {
  const std::string text = standard_output();
  const std::string before = "listening on ";
  const std::size_t begin = text.find(before);
  if (begin == std::string::npos) return "";
  return text.substr(begin + before.size(), text.find('\n', begin) - begin - before.size());
}

int DaemonProcess::port() const {
  const std::string address = url();
  return std::atoi(address.c_str() + address.rfind(':') + 1);
}

void DaemonProcess::signal(int number) const {
  kill(pid_, number);
}

int DaemonProcess::wait() {
  if (!reaped_) {
    int status = 0;
    waitpid(pid_, &status, 0);
    reaped_ = true;
    exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    output_.wait_for_end();
    errors_.wait_for_end();
    if (exit_code_ != 0 && status != SIGKILL) show_last_lines(errors_.text());
  }
  return exit_code_;
}

std::string DaemonProcess::log_line(const std::string& text) {
  if (!wait_for_log(text)) return "";
  std::string log = standard_error();
  log.resize(log.rfind('\n'));
  const std::size_t at = log.rfind(text);
  const std::size_t begin = log.rfind('\n', at) + 1;
  return log.substr(begin, log.find('\n', at) - begin);
}

DaemonProcess::Stream::~Stream() {
  if (thread_.joinable()) thread_.join();
}

void DaemonProcess::Stream::read_from(int descriptor) {
  thread_ = std::thread([this, descriptor] {
    char buffer[4096];
    for (;;) {
      const ssize_t count = read(descriptor, buffer, sizeof(buffer));
      std::lock_guard lock(mutex_);
      if (count > 0) text_.append(buffer, static_cast<std::size_t>(count));
      ended_ = count <= 0;
      changed_.notify_all();
      if (ended_) break;
    }
    close(descriptor);
  });
}

std::string DaemonProcess::Stream::text() const {
  std::lock_guard lock(mutex_);
  return text_;
}

bool DaemonProcess::Stream::wait_for(const std::string& text) {
  std::unique_lock lock(mutex_);
  // A line may come in pieces.
  const auto has_text = [&] {
    const std::size_t at = text_.find(text);
    return at != std::string::npos && text_.find('\n', at) != std::string::npos;
  };
  changed_.wait(lock, [&] { return ended_ || has_text(); });
  return has_text();
}

void DaemonProcess::Stream::wait_for_end() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return ended_; });
}

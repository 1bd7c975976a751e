// The guardian's life: see guardian.h. Only functions that are safe after fork() in a process with threads.
#include "processes/guardian.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>

#include "processes/private_mount.h"

namespace dev8agent::emulator {
namespace {

constexpr int kControl = 3;
constexpr int kReport = 4;
constexpr int kAddress = 5;
constexpr int kFirstOther = 6;
constexpr int kMostOther = 65536;
constexpr int kOrphanGraceMs = 2000;  // when the emulator's process is gone
constexpr int kSweepMs = 20;          // how often what is left is looked for

std::int64_t now_ms() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<std::int64_t>(time.tv_sec) * 1000 + time.tv_nsec / 1000000;
}

// Puts the descriptors to 0 to 5 and closes all others, so that nobody waits for an end that this
// process holds open.
void arrange_descriptors(const GuardianOrder& order) {
  const int null = open("/dev/null", O_RDONLY);
  const int from[] = {null, order.output, order.output, order.control, order.report, order.address};
  int high[kFirstOther];
  for (int i = 0; i < kFirstOther; ++i) high[i] = fcntl(from[i], F_DUPFD, 64);
  for (int i = 0; i < kFirstOther; ++i) {
    if (dup2(high[i], i) < 0) _exit(125);
  }
  if (close_range(kFirstOther, ~0U, 0) != 0) {  // a kernel before 5.9
    for (int other = kFirstOther; other < kMostOther; ++other) close(other);
  }
  for (const int own : {kControl, kReport, kAddress}) fcntl(own, F_SETFD, FD_CLOEXEC);
}

// Nothing of the signals that the emulator's process ignores or blocks is left, but SIGCHLD is blocked.
sigset_t reset_signals() {
  for (int number = 1; number < NSIG; ++number) signal(number, SIG_DFL);
  sigset_t children;
  sigemptyset(&children);
  sigaddset(&children, SIGCHLD);
  sigprocmask(SIG_SETMASK, &children, nullptr);
  return children;
}

// Of root's rights, the user keeps that to listen on ports below 1024, as the only one, also for programs
// that it runs. Where the kernel refuses that, such a port says so itself.
void keep_low_ports() {
  __user_cap_header_struct header{};
  header.version = _LINUX_CAPABILITY_VERSION_3;
  constexpr std::uint32_t kBit = 1U << CAP_NET_BIND_SERVICE;
  __user_cap_data_struct data[2]{};
  data[0] = {kBit, kBit, kBit};
  if (syscall(SYS_capset, &header, data) == 0)
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_BIND_SERVICE, 0, 0);
}

bool take_user(const GuardianOrder& order) {
  if (!order.changes_user) return true;
  prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
  if (setgroups(order.group_count, order.groups) != 0 || setgid(order.group) != 0 || setuid(order.user) != 0)
    return false;
  keep_low_ports();
  return true;
}

void limit(const GuardianOrder& order) {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  const rlimit memory{order.memory_bytes, order.memory_bytes};
  if (order.memory_bytes > 0) setrlimit(RLIMIT_DATA, &memory);
}

void say(const char* text, std::size_t length) {
  if (::write(STDERR_FILENO, text, length) < 0) return;  // nobody listens: the exit code tells
}

void say_number(unsigned number) {
  char text[12];
  std::size_t at = sizeof(text);
  do {
    text[--at] = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number > 0);
  say(text + at, sizeof(text) - at);
}

template <std::size_t kLength>
[[noreturn]] void refuse(const char (&text)[kLength], int code) {
  say(text, kLength - 1);
  _exit(code);
}

// `failed_mount` takes the error of a mount that failed; it is closed when the program runs.
[[noreturn]] void become_container(const GuardianOrder& order, pid_t guardian, int failed_mount) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  setpgid(0, 0);
  limit(order);
  if (order.mount && !mount_privately(*order.mount)) {
    const int error = errno;
    _exit(::write(failed_mount, &error, sizeof(error)) > 0 ? 126 : 125);
  }
  if (!take_user(order)) refuse("cannot become the user of the containers\n", 126);
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // after the change of user, which clears it
  if (getppid() != guardian) _exit(125);
  if (chdir(order.directory) != 0) refuse("cannot enter the directory of the container\n", 126);
  execve(order.arguments[0], order.arguments, order.environment);
  refuse("cannot run the container's program\n", 127);
}

// `link` leads to the share, in place of the empty directory that was made for the mount. What the container
// has put there itself stays.
void link_share(const char* share, const char* link) {
  rmdir(link);
  if (symlink(share, link) == 0 || errno == EEXIST) return;
  constexpr char kFailed[] = "cannot link the share into the home directory\n";
  say(kFailed, sizeof(kFailed) - 1);
}

// The container without its mount, which failed with this error. The output may be closed already.
GuardianOrder without_mount(GuardianOrder order, int error) {
  constexpr char kReason[] = " (error ";
  constexpr char kEnd[] = " of the system)\n";
  signal(SIGPIPE, SIG_IGN);
  say(order.line_unmounted, std::strlen(order.line_unmounted));
  say(kReason, sizeof(kReason) - 1);
  say_number(static_cast<unsigned>(error));
  say(kEnd, sizeof(kEnd) - 1);
  signal(SIGPIPE, SIG_DFL);
  if (order.link_unmounted) link_share(order.mount->share.c_str(), order.link_unmounted);
  order.mount = nullptr;
  order.environment = order.environment_unmounted;
  order.directory = order.directory_unmounted;
  return order;
}

// Starts the container's first process, in a process group of its own; < 0: no process can be started. A
// process whose mount has failed is of no use: another one takes its place.
pid_t start_container(const GuardianOrder& order) {
  int ends[2] = {-1, -1};
  if (order.mount && pipe2(ends, O_CLOEXEC) != 0) return -1;
  const pid_t self = getpid();
  const pid_t container = fork();
  if (container == 0) become_container(order, self, ends[1]);
  if (container > 0) setpgid(container, container);  // here, too: a signal may have to go there at once
  if (!order.mount) return container;
  close(ends[1]);
  // A mount that hangs must not keep the guardian from the emulator's orders, or from its end.
  pollfd events[2] = {{ends[0], POLLIN, 0}, {kControl, POLLIN, 0}};
  while (poll(events, 2, -1) < 0 && errno == EINTR) {
  }
  int error = 0;
  const bool failed =
      container > 0 && events[0].revents != 0 && ::read(ends[0], &error, sizeof(error)) == sizeof(error);
  close(ends[0]);
  if (!failed) return container;
  waitpid(container, nullptr, 0);
  return start_container(without_mount(order, error));
}

// Kills every child of this process. Their children become its own then, so that repeating it ends all.
void kill_children() {
  const int list = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
  if (list < 0) return;
  char text[4096];
  const ssize_t length = ::read(list, text, sizeof(text));
  close(list);
  pid_t child = 0;
  for (ssize_t i = 0; i < length; ++i) {
    if (text[i] >= '0' && text[i] <= '9') {
      child = child * 10 + (text[i] - '0');
    } else {
      if (child > 0) kill(child, SIGKILL);
      child = 0;
    }
  }
}

class Guard {
 public:
  Guard(pid_t container, int grace_ms) : container_(container), grace_ms_(grace_ms) {}

  // Waits until something happens, and acts; false when nothing is left to do.
  bool step(pollfd (&events)[2]) {
    poll(events, 2, timeout());
    if (events[0].revents != 0) hear_control(events[0]);
    if (events[1].revents != 0) {
      signalfd_siginfo ignored;
      while (::read(events[1].fd, &ignored, sizeof(ignored)) > 0) {
      }
    }
    const bool any = reap();
    if (kill_at_ >= 0 && now_ms() >= kill_at_) {
      kill(-container_, SIGKILL);
      kill_children();
      kill_at_ = now_ms() + kSweepMs;
    }
    return any;
  }

 private:
  int timeout() const {
    if (kill_at_ < 0) return -1;
    return static_cast<int>(std::max<std::int64_t>(0, kill_at_ - now_ms()));
  }

  void hear_control(pollfd& control) {
    char byte = 0;
    const bool orphaned = ::read(control.fd, &byte, 1) <= 0;
    if (orphaned) control.fd = -1;  // poll() leaves it out
    const std::int64_t at = now_ms() + (orphaned ? std::min(grace_ms_, kOrphanGraceMs) : grace_ms_);
    if (kill_at_ < 0) kill(-container_, SIGTERM);
    kill_at_ = kill_at_ < 0 ? at : std::min(kill_at_, at);
  }

  // False when there are no children any more.
  bool reap() {
    for (;;) {
      int status = 0;
      const pid_t ended = waitpid(-1, &status, WNOHANG);
      if (ended < 0) return errno == EINTR;
      if (ended == 0) return true;
      if (ended != container_) continue;
      if (::write(kReport, &status, sizeof(status)) < 0) continue;  // nobody is there to be told
      kill_at_ = now_ms();
    }
  }

  pid_t container_;
  int grace_ms_;
  std::int64_t kill_at_ = -1;  // < 0: not yet known
};

}  // namespace

void run_guardian(const GuardianOrder& order) {
  setsid();  // a terminal's signals go to the emulator's process alone
  arrange_descriptors(order);
  const sigset_t children = reset_signals();
  prctl(PR_SET_NAME, "dev8-guardian");
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  const int ended = signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
  const pid_t container = ended < 0 ? -1 : start_container(order);
  if (container < 0) refuse("no process can be started\n", 125);
  // The container has the default: only the guardian must outlive the emulator, whose end breaks its pipes.
  signal(SIGPIPE, SIG_IGN);
  close(STDOUT_FILENO);
  close(STDERR_FILENO);
  pollfd events[2] = {{kControl, POLLIN, 0}, {ended, POLLIN, 0}};
  Guard guard(container, order.grace_ms);
  while (guard.step(events)) {
  }
  _exit(0);
}

}  // namespace dev8agent::emulator

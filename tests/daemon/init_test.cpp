// The duties of process 1: the end of the child is passed on, signals too, and lost processes are taken in.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <functional>

#include "process.h"

using dev8agentd::run_below_init;

namespace {

// A process that stands in for process 1: lost processes below it become its children.
pid_t begin_init(const std::function<int()>& run) {
  const pid_t init = fork();
  REQUIRE(init >= 0);
  if (init > 0) return init;
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  _exit(run_below_init([&]() -> int { _exit(run()); }));
}

int end_of(pid_t process) {
  int status = 0;
  REQUIRE(waitpid(process, &status, 0) == process);
  REQUIRE(WIFEXITED(status));
  return WEXITSTATUS(status);
}

// Starts a process whose parent ends before it does; it ends when `lives` is closed everywhere else.
pid_t lose_a_process(const std::array<int, 2>& lives) {
  std::array<int, 2> tells{};
  if (pipe(tells.data()) != 0) return -1;
  const pid_t parent = fork();
  if (parent == 0) {
    const pid_t lost = fork();
    if (lost == 0) {
      close(lives[1]);
      char byte = 0;
      _exit(read(lives[0], &byte, 1) == 0 ? 0 : 1);
    }
    _exit(write(tells[1], &lost, sizeof lost) == sizeof lost ? 0 : 1);
  }
  int status = 0;
  waitpid(parent, &status, 0);
  pid_t lost = -1;
  if (read(tells[0], &lost, sizeof lost) != sizeof lost) lost = -1;
  close(tells[0]);
  close(tells[1]);
  return lost;
}

}  // namespace

TEST_CASE("init: it ends as its child does") {
  CHECK(end_of(begin_init([] { return 0; })) == 0);
  CHECK(end_of(begin_init([] { return 7; })) == 7);
  CHECK(end_of(begin_init([]() -> int {
          raise(SIGKILL);
          return 0;
        })) == 128 + SIGKILL);
}

TEST_CASE("init: signals go to the child") {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) {
    CAPTURE(signal);
    std::array<int, 2> ready{};
    REQUIRE(pipe(ready.data()) == 0);
    const pid_t init = begin_init([&] {
      sigset_t all;
      sigfillset(&all);
      sigprocmask(SIG_BLOCK, &all, nullptr);
      if (write(ready[1], "x", 1) != 1) return 1;
      int received = 0;
      sigwait(&all, &received);
      return 100 + received;
    });
    char byte = 0;
    REQUIRE(read(ready[0], &byte, 1) == 1);
    REQUIRE(kill(init, signal) == 0);
    CHECK(end_of(init) == 100 + signal);
    close(ready[0]);
    close(ready[1]);
  }
}

TEST_CASE("init: a signal to the whole group, as from a terminal, reaches the child once") {
  std::array<int, 2> ready{};
  REQUIRE(pipe(ready.data()) == 0);
  const pid_t group = fork();
  if (group == 0) {
    setpgid(0, 0);
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    _exit(run_below_init([&]() -> int {
      sigset_t all;
      sigfillset(&all);
      sigprocmask(SIG_BLOCK, &all, nullptr);
      if (write(ready[1], "x", 1) != 1) _exit(1);
      int received = 0;
      sigwait(&all, &received);
      // What comes from here on would be the second one: the init passes on the signal to the group and then
      // this.
      kill(getppid(), SIGUSR1);
      int next = 0;
      sigwait(&all, &next);
      _exit(received == SIGINT && next == SIGUSR1 ? 0 : 2);
    }));
  }
  char byte = 0;
  REQUIRE(read(ready[0], &byte, 1) == 1);
  REQUIRE(kill(-group, SIGINT) == 0);
  CHECK(end_of(group) == 0);
  close(ready[0]);
  close(ready[1]);
}

TEST_CASE("init: its child's end is noticed also when it was started with SIGCHLD ignored") {
  const pid_t init = fork();
  if (init == 0) {
    signal(SIGCHLD, SIG_IGN);
    _exit(run_below_init([]() -> int { _exit(3); }));
  }
  CHECK(end_of(init) == 3);
}

TEST_CASE("init: what has lost its parent is taken in when it ends, and no zombie stays") {
  const pid_t init = begin_init([] {
    std::array<int, 2> lives{};
    if (pipe(lives.data()) != 0) return 1;
    const pid_t lost = lose_a_process(lives);
    if (lost < 0 || kill(lost, 0) != 0) return 2;
    close(lives[1]);
    close(lives[0]);
    // A zombie still takes signals; what init has taken in is not there any more.
    while (kill(lost, 0) == 0) sched_yield();
    return 5;
  });
  CHECK(end_of(init) == 5);
}

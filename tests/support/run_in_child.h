// A piece of work in a child process, for what ends the program.
//
//   CHECK(run_in_child([&] { *failed = 1; }).signal == SIGABRT);
#pragma once

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <iostream>
#include <string>

namespace dev8agent::test {

// How the child ended.
struct Ended {
  int signal = 0;  // that ended it; 0 when it went on
  std::string message{};
};

// Runs `work` in a child process and tells how it ended and what it wrote to standard error. The child has
// the calling thread alone: threads that `work` needs begin in it.
template <class Work>
Ended run_in_child(Work work) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  std::cout.flush();  // the child would print it again
  const pid_t child = fork();
  REQUIRE(child != -1);
  if (child == 0) {
    dup2(ends[1], STDERR_FILENO);
    std::signal(SIGABRT, SIG_DFL);
    work();
    _exit(0);
  }
  close(ends[1]);
  Ended ended;
  char buffer[4096];
  for (ssize_t got = 0; (got = read(ends[0], buffer, sizeof buffer)) > 0;) {
    ended.message.append(buffer, static_cast<std::size_t>(got));
  }
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) ended.signal = WTERMSIG(status);
  return ended;
}

}  // namespace dev8agent::test

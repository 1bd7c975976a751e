// dev8-agentd: reads its configuration, serves, and stops cleanly on SIGTERM or SIGINT.
#include <malloc.h>
#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <thread>

#include "command_line.h"
#include "daemon.h"

namespace {

using dev8agentd::CommandLine;

int fail(const dev8agent::Error& error) {
  std::fputs("dev8-agentd: cannot start\n", stderr);
  if (error.fields.empty()) std::fprintf(stderr, "  %s\n", error.message.c_str());
  for (const dev8agent::FieldError& field : error.fields) {
    std::fprintf(stderr, "  %s: %s\n", field.field.c_str(), field.message.c_str());
  }
  return 1;
}

// Signals are waited for, never handled: they must be blocked before the first thread starts.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

void wait_for_signal(const sigset_t& signals) {
  int signal = 0;
  while (sigwait(&signals, &signal) != 0) {
  }
}

int serve(dev8agentd::Daemon& daemon, const sigset_t& signals) {
  const auto url = daemon.start([] { kill(getpid(), SIGTERM); });
  if (!url.ok()) return fail(url.error());
  std::printf("dev8-agentd listening on %s\n", url->c_str());
  std::fflush(stdout);
  wait_for_signal(signals);
  std::thread([signals] {
    wait_for_signal(signals);
    _exit(1);
  }).detach();
  return daemon.stop() ? 0 : 1;
}

int run(const CommandLine& flags) {
  const sigset_t signals = block_signals();
  auto daemon = dev8agentd::Daemon::make(flags);
  if (!daemon.ok()) return fail(daemon.error());
  if (!flags.check_config && !flags.print_config) return serve(**daemon, signals);
  for (const auto& [name, value] : (*daemon)->describe()) std::printf("%s=%s\n", name.c_str(), value.c_str());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  mallopt(M_ARENA_MAX, 2);  // many threads that mostly wait share their heaps
  int exit_code = 0;
  const auto flags = dev8agentd::parse_command_line(argc, argv, exit_code);
  if (!flags) return exit_code;
  return run(*flags);
}

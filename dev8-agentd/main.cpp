// dev8-agentd: reads its configuration, serves, and stops cleanly on SIGTERM, SIGINT or SIGQUIT.
#include <malloc.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <system_error>
#include <thread>

#include "command_line.h"
#include "daemon.h"
#include "process.h"

namespace {

using dev8agentd::CommandLine;
using dev8agentd::Daemon;
using dev8agentd::Signals;

int fail(const dev8agent::Error& error) {
  std::fputs("dev8-agentd: cannot start\n", stderr);
  if (error.fields.empty()) std::fprintf(stderr, "  %s\n", error.message.c_str());
  for (const dev8agent::FieldError& field : error.fields) {
    std::fprintf(stderr, "  %s: %s\n", field.field.c_str(), field.message.c_str());
  }
  return 1;
}

int serve(Daemon& daemon, const Signals& signals) {
  const auto url = daemon.start([] { kill(getpid(), SIGTERM); });
  if (!url.ok()) return fail(url.error());
  std::printf("dev8-agentd listening on %s\n", url->c_str());
  std::fflush(stdout);
  daemon.announce_ready();
  signals.wait_for_end([&] { daemon.hang_up(); });
  std::thread([signals] {
    signals.wait_for_end([] {});
    _exit(1);
  }).detach();
  return daemon.stop() ? 0 : 1;
}

void print(const Daemon& daemon) {
  for (const auto& [name, value] : daemon.describe()) std::printf("%s=%s\n", name.c_str(), value.c_str());
  for (const auto& [name, meant] : daemon.misspelt())
    std::fprintf(stderr, "warning: %s is not known; did you mean %s?\n", name.c_str(), meant.c_str());
}

int run(const CommandLine& flags) {
  const Signals signals;
  auto daemon = Daemon::make(flags);
  if (!daemon.ok()) return fail(daemon.error());
  if (!flags.check_config && !flags.print_config) return serve(**daemon, signals);
  print(**daemon);
  return 0;
}

// The system may refuse a descriptor or a thread at the start.
int run_or_say_why(const CommandLine& flags) {
  try {
    return run(flags);
  } catch (const std::system_error& refused) {
    return fail(dev8agent::make_error(dev8agent::ErrorCode::kInternal, refused.what()));
  }
}

int run_program(int argc, char** argv) {
  // One heap for all threads: what one frees, another may use.
  mallopt(M_ARENA_MAX, 1);
  // Long answers of Azure get mappings of their own. Within the heap, what stays would fill their places, and
  // the heap would grow with each answer. A limit that is set is not raised by malloc.
  mallopt(M_MMAP_THRESHOLD, 128 * 1024);
  int exit_code = 0;
  const auto flags = dev8agentd::parse_command_line(argc, argv, exit_code);
  if (!flags) return exit_code;
  return run_or_say_why(*flags);
}

}  // namespace

int main(int argc, char** argv) {
  dev8agentd::open_standard_descriptors();
  dev8agentd::allow_core_dumps(false);
  const auto run = [&] { return run_program(argc, argv); };
  return getpid() == 1 ? dev8agentd::run_below_init(run) : run();
}

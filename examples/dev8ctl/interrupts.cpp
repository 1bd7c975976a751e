// Signal handlers.
#include "dev8ctl/interrupts.h"

#include <csignal>
#include <initializer_list>

namespace dev8ctl {
namespace {

// Written by the handler alone.
volatile std::sig_atomic_t count = 0;
volatile std::sig_atomic_t last = SIGINT;

void note(int number) {
  last = number;
  count = count + 1;
}

}  // namespace

void count_interrupts() {
  struct sigaction action {};
  action.sa_handler = &note;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaction(number, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

int interrupts() {
  return count;
}

int interrupt_exit_code() {
  return 128 + last;
}

}  // namespace dev8ctl

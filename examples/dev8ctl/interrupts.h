// Ctrl-C and other requests to end, counted instead of obeyed at once.
#pragma once

namespace dev8ctl {

// From now on SIGINT, SIGTERM and SIGHUP are counted. SIGPIPE is ignored: a write then fails.
void count_interrupts();
// How many have come.
int interrupts();
// The exit code for the last of them: 128 and its number.
int interrupt_exit_code();

}  // namespace dev8ctl

// What the process as a whole needs before its first thread: standard descriptors, signals, core dumps.
// Called from main(), on its thread.
#pragma once

#include <csignal>
#include <functional>

namespace dev8agentd {

// Opens /dev/null in the place of each of the descriptors 0 to 2 that is closed. Else a socket would get such
// a number, and the log would be written to a client. Before anything else is opened.
void open_standard_descriptors();

// Sets whether a crash may leave a core file, which would hold every secret; also whether other processes of
// the same user may trace this one. AGENT_ALLOW_CORE_DUMPS.
void allow_core_dumps(bool allowed);

// For process 1 of a container: calls `run` in a child, so that this process does what the system leaves to
// process 1 and no other. It takes in processes that have lost their parents, and passes signals on to the
// child. Returns what `run` returns: in the child, and here once the child has ended, or 128 and the number
// of the signal that ended it. Without a process to spare, `run` is called here. Before the first thread.
int run_below_init(const std::function<int()>& run);

// Signals are waited for, never handled: the constructor blocks SIGTERM, SIGINT, SIGQUIT and SIGHUP, so it
// must run before the first thread starts. SIGUSR1, SIGUSR2, SIGALRM and SIGPIPE are ignored.
class Signals {
 public:
  Signals();
  // Waits for SIGTERM, SIGINT or SIGQUIT. Calls `on_hangup` on this thread for each SIGHUP meanwhile.
  void wait_for_end(const std::function<void()>& on_hangup) const;

 private:
  sigset_t waited_for_;
};

}  // namespace dev8agentd

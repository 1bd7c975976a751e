// What the process as a whole owes its surroundings: standard descriptors, signals and core dumps.
#pragma once

#include <csignal>
#include <functional>

namespace dev8agentd {

// Opens /dev/null in the place of each of the descriptors 0 to 2 that is closed, so that no socket gets its
// number. Before anything else is opened.
void open_standard_descriptors();

// Whether a crash may leave a core file, which would hold every secret.
void allow_core_dumps(bool allowed);

// Signals are waited for, never handled: they are blocked before the first thread starts. SIGUSR1, SIGUSR2,
// SIGALRM and SIGPIPE do nothing.
class Signals {
 public:
  Signals();
  // Waits for SIGTERM, SIGINT or SIGQUIT; calls `on_hangup` for each SIGHUP meanwhile.
  void wait_for_end(const std::function<void()>& on_hangup) const;

 private:
  sigset_t waited_for_;
};

}  // namespace dev8agentd

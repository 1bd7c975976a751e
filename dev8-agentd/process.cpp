// The functions of process.h.
#include "process.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <initializer_list>

namespace dev8agentd {

void open_standard_descriptors() {
  for (const int descriptor : {0, 1, 2}) {
    // The lowest free number is the closed one, as those below it are open.
    if (fcntl(descriptor, F_GETFD) == -1 && errno == EBADF && open("/dev/null", O_RDWR) != descriptor) return;
  }
}

void allow_core_dumps(bool allowed) {
  prctl(PR_SET_DUMPABLE, allowed ? 1 : 0, 0, 0, 0);
}

int run_below_init(const std::function<int()>& run) {
  std::signal(SIGCHLD, SIG_DFL);  // ignored, it would never come
  sigset_t all{};
  sigset_t before{};
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, &before);
  const pid_t child = fork();
  if (child <= 0) {
    // A terminal's signals go to a whole group: the child would get each twice.
    if (child == 0) setpgid(0, 0);
    sigprocmask(SIG_SETMASK, &before, nullptr);
    return run();
  }
  for (;;) {
    int signal = 0;
    if (sigwait(&all, &signal) != 0) continue;
    if (signal != SIGCHLD) {
      kill(child, signal);
      continue;
    }
    // One SIGCHLD may stand for several.
    int status = 0;
    for (pid_t ended = 0; (ended = waitpid(-1, &status, WNOHANG)) > 0;) {
      if (ended == child) return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }
  }
}

Signals::Signals() {
  sigemptyset(&waited_for_);
  for (const int signal : {SIGTERM, SIGINT, SIGQUIT, SIGHUP}) sigaddset(&waited_for_, signal);
  pthread_sigmask(SIG_BLOCK, &waited_for_, nullptr);
  for (const int signal : {SIGUSR1, SIGUSR2, SIGALRM, SIGPIPE}) std::signal(signal, SIG_IGN);
}

void Signals::wait_for_end(const std::function<void()>& on_hangup) const {
  for (;;) {
    int signal = 0;
    if (sigwait(&waited_for_, &signal) != 0) continue;
    if (signal != SIGHUP) return;
    on_hangup();
  }
}

}  // namespace dev8agentd

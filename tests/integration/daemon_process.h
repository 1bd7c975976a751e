// The real daemon as a child process of a test: starts it in an empty directory with
// exactly the given environment, keeps what it prints, and waits for what it says or
// does.
#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

// Example:
//
//   DaemonProcess daemon({"--dev", "--port", "0"}, {});
//   RestClient client(daemon.url());
//   daemon.signal(SIGTERM);
//   CHECK(daemon.wait() == 0);
//
// The child is killed when the thread that started it ends (PR_SET_PDEATHSIG), so no
// test leaves a daemon behind.
class DaemonProcess {
 public:
  // The variables of the child. It inherits none but PATH and the settings of
  // sanitizers.
  using Environment = std::map<std::string, std::string>;

  // What becomes of the daemon's standard error, to which it logs.
  enum class Errors {
    kRead,     // the log is read
    kBlocked,  // standard error is a full pipe that nobody reads
    kClosed,   // descriptors 0 and 2 are closed
    kFull,     // every write fails, as on a full disk
  };

  // Starts the daemon and returns when it has printed its first line or has ended.
  // Throws std::runtime_error when the system refuses a process, pipe or directory. With
  // a `descriptor_limit` the daemon can open no more descriptors than that. With a
  // `user`, which only root can ask for, it runs as that one.
  DaemonProcess(const std::vector<std::string>& arguments, const Environment& environment,
                Errors errors = Errors::kRead, unsigned descriptor_limit = 0, uid_t user = 0);
  // Kills the daemon when it still runs, and removes its directory.
  ~DaemonProcess();
  DaemonProcess(const DaemonProcess&) = delete;
  DaemonProcess& operator=(const DaemonProcess&) = delete;

  // "http://127.0.0.1:PORT", from the line that the daemon prints; empty when it ended
  // instead of listening.
  std::string url() const;
  int port() const;  // of url()
  pid_t pid() const { return pid_; }

  // Sends the signal; does not wait for its effect.
  void signal(int number) const;
  // Waits for the end, without a limit; the exit code, or 128 + the signal that ended
  // it. All output has been read when it returns. May be called again. The last lines of
  // a daemon that ended with an error go to this process's standard error.
  int wait();

  // What the daemon has printed so far. The log goes to standard error.
  std::string standard_output() const { return output_.text(); }
  std::string standard_error() const { return errors_.text(); }
  // Waits until the log holds a whole line with `text`, without a limit; false when the
  // daemon ends without it.
  bool wait_for_log(const std::string& text) { return errors_.wait_for(text); }
  // The last whole line of the log with `text`, which is waited for as above; empty when
  // the daemon ends without it.
  std::string log_line(const std::string& text);

 private:
  // Collects what comes out of one end of a pipe, on a thread of its own, so that the
  // daemon never blocks on it.
  class Stream {
   public:
    ~Stream();
    void read_from(int descriptor);  // owns the descriptor from now on
    std::string text() const;
    bool wait_for(const std::string& text);  // in a whole line
    void wait_for_end();                     // the other end is closed everywhere

   private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::string text_;
    bool ended_ = false;
    std::thread thread_;
  };

  std::string directory_;
  int blocked_[2] = {-1, -1};  // the full pipe of Errors::kBlocked; it must stay open
  pid_t pid_ = -1;
  bool reaped_ = false;  // wait() has returned once
  int exit_code_ = -1;
  Stream output_;
  Stream errors_;
};

// The real daemon as a child process of a test: starts it in an empty directory with exactly the given
// environment, keeps what it prints, and waits for what it says or does.
#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

class DaemonProcess {
 public:
  using Environment = std::map<std::string, std::string>;

  enum class Errors {
    kRead,     // the log is read
    kBlocked,  // standard error is a full pipe that nobody reads
    kClosed,   // descriptors 0 and 2 are closed
  };

  // Returns when the daemon has printed its first line or has ended.
  DaemonProcess(const std::vector<std::string>& arguments, const Environment& environment,
                Errors errors = Errors::kRead);
  // Ends the daemon when it still runs.
  ~DaemonProcess();
  DaemonProcess(const DaemonProcess&) = delete;
  DaemonProcess& operator=(const DaemonProcess&) = delete;

  // "http://127.0.0.1:PORT"; empty when the daemon ended instead of listening.
  std::string url() const;
  int port() const;
  pid_t pid() const { return pid_; }

  void signal(int number) const;
  // Waits for the end; the exit code, or 128 + the signal that ended it.
  int wait();

  std::string standard_output() const { return output_.text(); }
  std::string standard_error() const { return errors_.text(); }
  // Waits until the log holds `text`; false when the daemon ends without it.
  bool wait_for_log(const std::string& text) { return errors_.wait_for(text); }

 private:
  // Collects what comes out of one end of a pipe.
  class Stream {
   public:
    ~Stream();
    void read_from(int descriptor);
    std::string text() const;
    bool wait_for(const std::string& text);
    void wait_for_end();

   private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::string text_;
    bool ended_ = false;
    std::thread thread_;
  };

  std::string directory_;
  int blocked_[2] = {-1, -1};
  pid_t pid_ = -1;
  bool reaped_ = false;
  int exit_code_ = -1;
  Stream output_;
  Stream errors_;
};

// Reports the use of the workspace to the agent, as the supervisor of a real one does.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace workspace {

struct ReporterOptions {
  std::string agent_url;  // empty: nothing is reported
  std::string token;      // what the agent knows the workspace by; may be empty
  std::string environment_id;
  std::chrono::seconds interval{30};
};

// A report goes out when somebody comes, and every interval while nothing happens, too. Thread-safe.
class Reporter {
 public:
  explicit Reporter(ReporterOptions options);
  ~Reporter();
  // Somebody uses the workspace now.
  void note_use();

 private:
  void run();
  // Sends the time of the last use; `active`: it was within the interval.
  void report(std::chrono::system_clock::time_point used, bool active) const;

  const ReporterOptions options_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<std::chrono::system_clock::time_point> used_;
  bool came_ = false;  // somebody, after a time without use
  bool ending_ = false;
  std::thread thread_;
};

// The body of a report. Pure.
std::string report_body(const std::string& environment_id, std::chrono::system_clock::time_point used,
                        bool active, std::chrono::system_clock::time_point now);

}  // namespace workspace

// HealthMonitor: keeps the last answer of the orchestrator's health check, so that no probe ever waits for
// Azure. A thread of its own asks every 15 seconds, or every 5 while something is wrong. With the check's
// time-out of 15 s, an Azure that is gone shows within 35 s. Any thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "dev8agent/orchestrator.h"

namespace dev8agentd {

// "2h15m30s"; leading parts that are zero are left out, so that 0 is "0s".
std::string format_uptime(std::chrono::seconds uptime);

class HealthMonitor {
 public:
  // Asks for one report; the callback may come from any thread, once, or never when the process ends.
  using Report = std::function<void(dev8agent::Result<dev8agent::HealthReport>)>;
  using Ask = std::function<void(Report)>;
  // Called when the agent has become healthy or degraded, and for the first report, with the report that
  // shows it. On any thread and under the monitor's lock: it must not call the monitor. May be null.
  using Changed = std::function<void(const dev8agent::HealthReport&)>;

  // Starts the thread, which asks at once. `answered`, unless null, gets each report, under the same rules as
  // `changed`.
  explicit HealthMonitor(Ask ask, Changed changed = nullptr, Changed answered = nullptr);
  // Ends the thread without waiting for an answer that is due.
  ~HealthMonitor() = default;

  // The last report; before the first one, an unhealthy report that says so.
  dev8agent::HealthReport report() const;
  // True once the credentials have worked. It stays true, because readiness asks whether the configuration is
  // right, not whether Azure is up.
  bool ever_authenticated() const;
  // A function that takes the errors of operations. When one says that Azure is unreachable or refuses the
  // credentials (kAzureUnavailable, kAzureCredentials), the report is unhealthy at once, until the next
  // check, which follows at once. The function may outlive this object.
  std::function<void(const dev8agent::Error&)> failure_sink() const;

 private:
  struct State;
  // The thread's work.
  static void watch(std::stop_token stop, const std::shared_ptr<State>& state, const Ask& ask);

  std::shared_ptr<State> state_;  // shared with callbacks that come late
  std::jthread thread_;           // last: it ends before the rest goes
};

}  // namespace dev8agentd

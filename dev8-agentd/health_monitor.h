// Keeps the last answer of the orchestrator's health check, asked by a thread of its own every 15 seconds, or
// every 5 while something is wrong, so that no probe ever waits for Azure. Any thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "dev8agent/orchestrator.h"

namespace dev8agentd {

// "2h15m30s"; leading parts that are zero are left out.
std::string format_uptime(std::chrono::seconds uptime);

class HealthMonitor {
 public:
  // Asks for one report; the callback may come from any thread, once, or never when the process ends.
  using Report = std::function<void(dev8agent::Result<dev8agent::HealthReport>)>;
  using Ask = std::function<void(Report)>;
  // Called when the agent has become healthy or degraded, with the report that shows it; any thread.
  using Changed = std::function<void(const dev8agent::HealthReport&)>;

  explicit HealthMonitor(Ask ask, Changed changed = nullptr);
  // Waits for no answer.
  ~HealthMonitor() = default;

  // The last report; before the first one, an unhealthy report that says so.
  dev8agent::HealthReport report() const;
  // True once the credentials have worked.
  bool ever_authenticated() const;
  // Takes the error of an operation: when Azure is unreachable or refuses the credentials, the report is
  // unhealthy at once, until the next check, which follows at once. What it returns may outlive this object.
  std::function<void(const dev8agent::Error&)> failure_sink() const;

 private:
  struct State;
  static void watch(std::stop_token stop, const std::shared_ptr<State>& state, const Ask& ask);

  std::shared_ptr<State> state_;
  std::jthread thread_;  // last: it ends before the rest goes
};

}  // namespace dev8agentd

// The health check's thread and cache.
#include "health_monitor.h"

#include <algorithm>
#include <condition_variable>

namespace dev8agentd {
namespace {

using dev8agent::HealthCheck;
using dev8agent::HealthReport;
using dev8agent::Result;

constexpr std::chrono::seconds kPauseHealthy{30};
constexpr std::chrono::seconds kPauseUnhealthy{5};

HealthReport report_of(Result<HealthReport> result) {
  if (result.ok()) return std::move(*result);
  return HealthReport{{HealthCheck{"agent", false, result.error().message}}};
}

bool shows_credentials(const HealthReport& report) {
  return std::any_of(report.checks.begin(), report.checks.end(),
                     [](const HealthCheck& check) { return check.name == "credentials" && check.healthy; });
}

}  // namespace

struct HealthMonitor::State {
  mutable std::mutex mutex;
  std::condition_variable_any changed;
  HealthReport report{{HealthCheck{"azure", false, "not checked yet"}}};
  bool ever_authenticated = false;
  bool answered = false;  // the question in flight has its answer
};

std::string format_uptime(std::chrono::seconds uptime) {
  const auto total = uptime.count();
  std::string text = std::to_string(total % 60) + "s";
  if (total >= 60) text.insert(0, std::to_string(total / 60 % 60) + "m");
  if (total >= 3600) text.insert(0, std::to_string(total / 3600) + "h");
  return text;
}

HealthMonitor::HealthMonitor(Ask ask)
    : state_(std::make_shared<State>()),
      thread_([state = state_, ask = std::move(ask)](std::stop_token stop) { watch(stop, state, ask); }) {}

HealthReport HealthMonitor::report() const {
  std::lock_guard lock(state_->mutex);
  return state_->report;
}

bool HealthMonitor::ever_authenticated() const {
  std::lock_guard lock(state_->mutex);
  return state_->ever_authenticated;
}

void HealthMonitor::watch(std::stop_token stop, const std::shared_ptr<State>& state, const Ask& ask) {
  while (!stop.stop_requested()) {
    ask([state](Result<HealthReport> result) {
      std::lock_guard lock(state->mutex);
      state->report = report_of(std::move(result));
      state->ever_authenticated |= shows_credentials(state->report);
      state->answered = true;
      state->changed.notify_all();
    });
    std::unique_lock lock(state->mutex);
    state->changed.wait(lock, stop, [&] { return state->answered; });
    state->answered = false;
    const auto pause = state->report.healthy() ? kPauseHealthy : kPauseUnhealthy;
    state->changed.wait_for(lock, stop, pause, [] { return false; });
  }
}

}  // namespace dev8agentd

// The health check's thread and cache.
#include "health_monitor.h"

#include <pthread.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "dev8agent/failure_guide.h"

namespace dev8agentd {
namespace {

using dev8agent::Error;
using dev8agent::ErrorCode;
using dev8agent::HealthCheck;
using dev8agent::HealthReport;
using dev8agent::Result;

// With the time-out of one check (agent.cpp), an Azure that is gone shows within 35 seconds.
constexpr std::chrono::seconds kPauseHealthy{15};
constexpr std::chrono::seconds kPauseUnhealthy{5};

bool is_outage(const Error& error) {
  return error.code == ErrorCode::kAzureUnavailable || error.code == ErrorCode::kAzureCredentials;
}

HealthCheck failed_check(const char* name, const Error& error) {
  return {name, false, error.message, error.code, std::string(dev8agent::finding_of(error))};
}

HealthReport report_of(Result<HealthReport> result) {
  if (result.ok()) return std::move(*result);
  return HealthReport{{failed_check("agent", result.error())}};
}

bool shows_credentials(const HealthReport& report) {
  return std::any_of(report.checks.begin(), report.checks.end(),
                     [](const HealthCheck& check) { return check.name == "credentials" && check.healthy; });
}

}  // namespace

struct HealthMonitor::State {
  State(Changed on_change, Changed on_answer)
      : changed(std::move(on_change)), told_all(std::move(on_answer)) {}

  mutable std::mutex mutex;
  std::condition_variable_any woken;
  Changed changed;
  Changed told_all;
  HealthReport report{{HealthCheck{"azure", false, "not checked yet", std::nullopt, ""}}};
  bool checked = false;
  bool ever_authenticated = false;
  bool answered = false;  // the question in flight has its answer
  bool doubted = false;   // an operation has failed since the last answer

  void take(Result<HealthReport> result) {
    std::lock_guard lock(mutex);
    replace(report_of(std::move(result)));
    ever_authenticated |= shows_credentials(report);
    answered = true;
    doubted = false;
    woken.notify_all();
  }
  void doubt(const Error& error) {
    if (!is_outage(error)) return;
    std::lock_guard lock(mutex);
    if (!report.healthy()) return;
    HealthReport doubtful = report;
    doubtful.checks.push_back(failed_check("operations", error));
    replace(std::move(doubtful));
    doubted = true;
    woken.notify_all();
  }

 private:
  void replace(HealthReport next) {
    const bool first = !std::exchange(checked, true);
    const bool turned = first || next.healthy() != report.healthy();
    report = std::move(next);
    if (turned && changed) changed(report);
    if (told_all) told_all(report);
  }
};

std::string format_uptime(std::chrono::seconds uptime) {
  const auto total = uptime.count();
  std::string text = std::to_string(total % 60) + "s";
  if (total >= 60) text.insert(0, std::to_string(total / 60 % 60) + "m");
  if (total >= 3600) text.insert(0, std::to_string(total / 3600) + "h");
  return text;
}

HealthMonitor::HealthMonitor(Ask ask, Changed changed, Changed answered)
    : state_(std::make_shared<State>(std::move(changed), std::move(answered))),
      thread_([state = state_, ask = std::move(ask)](std::stop_token stop) { watch(stop, state, ask); }) {}

HealthReport HealthMonitor::report() const {
  std::lock_guard lock(state_->mutex);
  return state_->report;
}

bool HealthMonitor::ever_authenticated() const {
  std::lock_guard lock(state_->mutex);
  return state_->ever_authenticated;
}

std::function<void(const Error&)> HealthMonitor::failure_sink() const {
  return [state = state_](const Error& error) { state->doubt(error); };
}

void HealthMonitor::watch(std::stop_token stop, const std::shared_ptr<State>& state, const Ask& ask) {
  pthread_setname_np(pthread_self(), "dev8-health");
  while (!stop.stop_requested()) {
    ask([state](Result<HealthReport> result) { state->take(std::move(result)); });
    std::unique_lock lock(state->mutex);
    state->woken.wait(lock, stop, [&] { return state->answered; });
    state->answered = false;
    const auto pause = state->report.healthy() ? kPauseHealthy : kPauseUnhealthy;
    state->woken.wait_for(lock, stop, pause, [&] { return state->doubted; });
  }
}

}  // namespace dev8agentd

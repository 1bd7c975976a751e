// Uptime text, and what the monitor knows when.
#include "health_monitor.h"

#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <mutex>
#include <vector>

using dev8agent::HealthReport;
using dev8agentd::format_uptime;
using dev8agentd::HealthMonitor;
using namespace std::chrono_literals;

TEST_CASE("uptime as text") {
  CHECK(format_uptime(0s) == "0s");
  CHECK(format_uptime(59s) == "59s");
  CHECK(format_uptime(60s) == "1m0s");
  CHECK(format_uptime(2h + 15min + 30s) == "2h15m30s");
  CHECK(format_uptime(1h) == "1h0m0s");
  CHECK(format_uptime(100h + 1s) == "100h0m1s");
}

TEST_CASE("before the first answer the agent is not healthy and says why") {
  std::promise<void> asked;
  HealthMonitor monitor([&](HealthMonitor::Report) { asked.set_value(); });
  asked.get_future().wait();
  const HealthReport report = monitor.report();
  CHECK_FALSE(report.healthy());
  REQUIRE(report.checks.size() == 1);
  CHECK(report.checks[0].message == "not checked yet");
  CHECK_FALSE(monitor.ever_authenticated());
}

TEST_CASE("the first answer is kept, and with it that credentials have worked") {
  std::promise<void> answered;
  HealthMonitor monitor([&](HealthMonitor::Report report) {
    report(HealthReport{{{"credentials", true, ""}, {"azure", false, "unreachable"}}});
    answered.set_value();
  });
  answered.get_future().wait();
  CHECK_FALSE(monitor.report().healthy());
  CHECK(monitor.report().checks.at(1).message == "unreachable");
  CHECK(monitor.ever_authenticated());
}

TEST_CASE("a check that fails as a whole is unhealthy") {
  std::promise<void> answered;
  HealthMonitor monitor([&](HealthMonitor::Report report) {
    report(dev8agent::make_error(dev8agent::ErrorCode::kTimeout, "no answer in time"));
    answered.set_value();
  });
  answered.get_future().wait();
  CHECK(monitor.report().checks.at(0).message == "no answer in time");
  CHECK_FALSE(monitor.ever_authenticated());
}

TEST_CASE(
    "an operation that fails for want of Azure makes the report unhealthy, and the next check follows at "
    "once") {
  std::promise<void> first;
  std::promise<void> second;
  std::atomic<int> asked{0};
  std::mutex mutex;
  std::vector<bool> turns;
  HealthMonitor monitor(
      [&](HealthMonitor::Report report) {
        if (++asked == 1) {
          report(HealthReport{{{"credentials", true, ""}}});
          first.set_value();
        } else if (asked == 2) {
          second.set_value();  // stays unanswered
        }
      },
      [&](const HealthReport& report) {
        std::lock_guard lock(mutex);
        turns.push_back(report.healthy());
      });
  first.get_future().wait();
  CHECK(monitor.report().healthy());
  const auto failed = monitor.failure_sink();
  failed(dev8agent::make_error(dev8agent::ErrorCode::kConflict, "of no matter"));
  CHECK(monitor.report().healthy());
  failed(dev8agent::make_error(dev8agent::ErrorCode::kAzureUnavailable, "the host x cannot be resolved"));
  const HealthReport report = monitor.report();
  CHECK_FALSE(report.healthy());
  CHECK(report.checks.back().message == "the host x cannot be resolved");
  second.get_future().wait();
  std::lock_guard lock(mutex);
  CHECK(turns == std::vector<bool>{true, false});
}

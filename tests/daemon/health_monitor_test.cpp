// Uptime text, and what the monitor knows when.
#include "health_monitor.h"

#include <doctest/doctest.h>

#include <future>

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

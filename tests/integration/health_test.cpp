// Probes and metrics.
#include <doctest/doctest.h>

#include <set>
#include <sstream>

#include "stack.h"
#include "support/source_file.h"

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// The metrics of the table in docs/operations.md. Without those of a listener with TLS, and of what Azure
// tells with a header that the emulator does not send.
std::set<std::string> documented_metrics() {
  std::set<std::string> names;
  std::istringstream lines(dev8agent::test::source_file("docs/operations.md"));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("| `dev8_") || line.starts_with("| `process_"))
      names.insert(line.substr(3, line.find('`', 3) - 3));
  }
  names.erase("dev8_tls_certificate_expiry_timestamp_seconds");
  names.erase("dev8_azure_reads_remaining");
  return names;
}

// Those of `names` that have no series in the text of the metrics.
std::string missing_in(const std::string& text, const std::set<std::string>& names) {
  std::string missing;
  for (const std::string& name : names) {
    const bool told = contains(text, "\n" + name + " ") || contains(text, "\n" + name + "{") ||
                      contains(text, "\n" + name + "_bucket{");
    if (!told) missing += name + " ";
  }
  return missing;
}

}  // namespace

TEST_CASE("healthy and ready once the credentials have worked") {
  Stack stack;
  REQUIRE(eventually([&] { return stack.client.get("/ready").status == 200; }));
  CHECK(stack.client.get("/ready").text({"status"}) == "ready");
  const Answer health = stack.client.get("/health");
  CHECK(health.status == 200);
  CHECK(health.text({"status"}) == "healthy");
  CHECK(health.text({"service"}) == "dev8-agent");
  CHECK(health.text({"uptime"}).back() == 's');
  CHECK(health.text({"timestamp"}).back() == 'Z');
  CHECK_FALSE(health.text({"version"}).empty());
  CHECK(health.text({"checks", "credentials", "status"}) == "healthy");
}

TEST_CASE("refused credentials: degraded, not ready, alive") {
  TestAzure azure;
  azure.emulator().reject_credentials(true);
  DaemonProcess::Environment variables = azure.variables();
  variables["AGENT_PORT"] = "0";
  DaemonProcess daemon({}, variables);
  const RestClient client(daemon.url());
  CHECK(eventually([&] {
    return client.get("/health").text({"checks", "credentials", "status"}) == "unhealthy";
  }));
  const Answer health = client.get("/health");
  CHECK(health.status == 503);
  CHECK(health.text({"status"}) == "degraded");
  const Answer ready = client.get("/ready");
  CHECK(ready.status == 503);
  CHECK(ready.text({"status"}) == "not ready");
  CHECK_FALSE(ready.text({"reason"}).empty());
  CHECK(client.get("/live").status == 200);
}

TEST_CASE("health never waits for an Azure that does not answer") {
  TestAzure azure;
  azure.emulator().set_fault_script([](const auto&, auto) {
    dev8agent::emulator::Fault fault;
    fault.kind = dev8agent::emulator::Fault::kHang;
    return fault;
  });
  DaemonProcess::Environment variables = azure.variables();
  variables["AGENT_PORT"] = "0";
  DaemonProcess daemon({}, variables);
  const Answer health = RestClient(daemon.url()).get("/health");
  CHECK(health.status == 503);
  CHECK(contains(health.body, "not checked yet"));
}

TEST_CASE("metrics: no label holds text that a caller chose") {
  Stack stack;
  CHECK(stack.client.get("/api/v1/environments/workspace-0001?secret=canary").status == 404);
  CHECK(stack.client.get("/scanner/canary").status == 404);
  const Answer answer = stack.client.get("/metrics");
  CHECK(answer.status == 200);
  CHECK(answer.header("Content-Type").starts_with("text/plain"));
  CHECK(contains(
      answer.body,
      "dev8_http_requests_total{method=\"GET\",route=\"/api/v1/environments/{id}\",status=\"4xx\"} 1"));
  CHECK(contains(answer.body, "route=\"unmatched\""));
  CHECK(contains(answer.body, "dev8_operations_total{operation=\"get\",result=\"NOT_FOUND\"} 1"));
  CHECK(contains(answer.body, "le=\"1800\""));
  CHECK(contains(answer.body, "dev8_http_requests_in_flight 1"));
  CHECK_FALSE(contains(answer.body, "workspace-0001"));
  CHECK_FALSE(contains(answer.body, "canary"));
}

TEST_CASE("metrics tell readiness, health, what Azure was asked, and the process") {
  Stack stack(Variables{{"RATE_LIMIT_RPS", "1"}, {"RATE_LIMIT_BURST", "1"}, {"LOG_LEVEL", "error"}});
  REQUIRE(eventually([&] { return stack.client.get("/ready").status == 200; }));
  REQUIRE(eventually([&] { return stack.client.get("/x").status == 429; }));
  std::string text;
  REQUIRE(eventually([&] {
    const Answer answer = stack.client.get("/metrics");
    if (answer.status == 200) text = answer.body;
    return answer.status == 200;
  }));
  CHECK(contains(text, "\ndev8_ready 1\n"));
  CHECK(contains(text, "\ndev8_healthy 1\n"));
  CHECK(contains(text, "dev8_azure_requests_total{call=\"entra.token\",status=\"2xx\"} 1"));
  CHECK(contains(text, "\nprocess_open_fds "));
  CHECK_FALSE(contains(text, "dev8_http_requests_rate_limited_total 0"));
}

TEST_CASE("metrics: a daemon at which an environment has lived tells all that the documents name") {
  const std::set<std::string> names = documented_metrics();
  REQUIRE(names.size() > 30);
  Stack stack({}, TestAzure::held());
  const std::string one = "/api/v1/environments/workspace-0001";
  const Answer begun =
      stack.client.post("/api/v1/environments", create_body("workspace-0001"), {"Prefer: respond-async"});
  REQUIRE(begun.status == 202);
  // Operations that wait are looked at again and again.
  REQUIRE(eventually([&] {
    return contains(stack.client.get("/metrics").body, "dev8_azure_watch_interval_seconds_bucket{");
  }));
  CHECK(contains(stack.client.get("/metrics").body, "dev8_operations_in_flight{operation=\"create\"} 1"));
  stack.azure.come_up();
  const std::string operation = begun.header("Operation-Location");
  CHECK(eventually([&] { return contains(stack.client.get(operation + "?wait=30").body, "SUCCEEDED"); }));
  CHECK(stack.client.get("/api/v1/environments").status == 200);
  CHECK(stack.client.remove(one + "?force=true&cloudRegion=EASTUS").status == 200);
  const std::string text = stack.client.get("/metrics").body;
  CHECK(missing_in(text, names) == "");
  CHECK(contains(text, "dev8_operations_total{operation=\"create\",result=\"OK\"} 1"));
  CHECK(contains(text, "dev8_region_changes_total{operation=\"create\",region=\"eastus\",result=\"OK\"} 1"));
  CHECK(contains(text, "dev8_region_changes_total{operation=\"start\",region=\"eastus\",result=\"OK\"} 0"));
  CHECK(contains(text, "dev8_region_changes_total{operation=\"delete\",region=\"eastus\",result=\"OK\"} 1"));
  CHECK(contains(text, "dev8_environments{region=\"eastus\",state=\"deployed\"} 1"));
  CHECK(contains(text, "dev8_environments{region=\"eastus\",state=\"files\"} 0"));
  CHECK(contains(text, "dev8_operations_in_flight{operation=\"create\"} 0"));
  for (const char* stage : {"locating", "creating-share", "creating-container", "provisioning"}) {
    CAPTURE(stage);
    CHECK(contains(text, "dev8_operation_stage_duration_seconds_count{operation=\"create\",stage=\"" +
                             std::string(stage) + "\"} 1"));
  }
}

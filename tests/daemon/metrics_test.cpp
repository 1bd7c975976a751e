// The metrics' text: what is counted, what is sampled, and the process's own.
#include "metrics.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include "azure_calls.h"

using dev8agent::Stage;
using dev8agentd::count_azure;
using dev8agentd::Metrics;

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

double value_of(const std::string& text, const std::string& series) {
  const std::size_t at = text.find("\n" + series + " ");
  return at == std::string::npos ? -1 : std::stod(text.substr(at + series.size() + 2));
}

dev8agent::LogRecord azure_call(const std::string& status) {
  dev8agent::LogRecord record{
      dev8agent::LogLevel::kDebug, "azure.call", {{"call", "containerGroups.get"}, {"durationMs", "1500"}}};
  if (!status.empty()) record.fields.push_back({"status", status});
  return record;
}

}  // namespace

TEST_CASE("requests to Azure are counted by class of status, refusals for their number apart") {
  Metrics metrics;
  for (const char* status : {"200", "404", "429", "429", "503", ""}) count_azure(azure_call(status), metrics);
  count_azure({dev8agent::LogLevel::kInfo, "orphan.removed", {{"call", "x"}, {"status", "429"}}}, metrics);
  const std::string text = metrics.text();
  const std::string series = "dev8_azure_requests_total{call=\"containerGroups.get\",status=";
  CHECK(value_of(text, series + "\"2xx\"}") == 1);
  CHECK(value_of(text, series + "\"4xx\"}") == 3);
  CHECK(value_of(text, series + "\"5xx\"}") == 1);
  CHECK(value_of(text, series + "\"none\"}") == 1);
  CHECK(value_of(text, "dev8_azure_throttled_total") == 2);
  CHECK(value_of(text, "dev8_azure_request_duration_seconds_sum{call=\"containerGroups.get\"}") == 9);
  CHECK_FALSE(contains(text, "call=\"x\""));
}

TEST_CASE("the time for which Azure throttles counts once, whoever was told") {
  Metrics metrics;
  for (const char* wait : {"30000", "30000", "10000"}) {
    dev8agent::LogRecord record = azure_call("429");
    record.fields.push_back({"retryAfterMs", wait});
    count_azure(record, metrics);
  }
  dev8agent::LogRecord busy = azure_call("503");
  busy.fields.push_back({"azureCode", "ServerBusy"});
  busy.fields.push_back({"retryAfterMs", "60000"});
  count_azure(busy, metrics);
  dev8agent::LogRecord other = azure_call("503");
  other.fields.push_back({"retryAfterMs", "600000"});
  count_azure(other, metrics);
  const double seconds = value_of(metrics.text(), "dev8_azure_throttled_seconds_total");
  CHECK(seconds >= 60);
  CHECK(seconds < 100);
}

TEST_CASE("tokens show their end, looks at Azure the time between them") {
  Metrics metrics;
  const dev8agent::LogLevel debug = dev8agent::LogLevel::kDebug;
  count_azure({debug, "azure.token", {{"scope", "s/.default"}, {"expiresInMs", "3600000"}}}, metrics);
  count_azure({debug, "azure.watch", {{"read", "get"}, {"count", "1"}}}, metrics);
  count_azure({debug, "azure.watch", {{"read", "list"}, {"count", "4"}, {"intervalMs", "500"}}}, metrics);
  const std::string text = metrics.text();
  const std::chrono::duration<double> now = std::chrono::system_clock::now().time_since_epoch();
  const double left =
      value_of(text, "dev8_azure_token_expiry_timestamp_seconds{scope=\"s/.default\"}") - now.count();
  CHECK(left > 3000);
  CHECK(left < 3700);
  CHECK(value_of(text, "dev8_azure_watch_interval_seconds_sum{read=\"list\"}") == 0.5);
  CHECK_FALSE(contains(text, "read=\"get\""));
}

TEST_CASE("reads that Azure still takes are shown as it told last, once it has told any") {
  Metrics metrics;
  count_azure(azure_call("200"), metrics);
  CHECK_FALSE(contains(metrics.text(), "dev8_azure_reads_remaining "));
  for (const char* left : {"249", "11"}) {
    dev8agent::LogRecord record = azure_call("200");
    record.fields.push_back({"readsLeft", left});
    count_azure(record, metrics);
  }
  CHECK(value_of(metrics.text(), "dev8_azure_reads_remaining") == 11);
}

TEST_CASE("roll-backs are counted by what they leave, and creates that go on in the next region") {
  Metrics metrics;
  const dev8agent::LogLevel info = dev8agent::LogLevel::kInfo;
  for (const char* event : {"rollback.done", "rollback.done", "rollback.incomplete", "create.failover"})
    count_azure({info, event, {{"environment", "CANARY"}}}, metrics);
  const std::string text = metrics.text();
  CHECK(value_of(text, "dev8_rollbacks_total{result=\"done\"}") == 2);
  CHECK(value_of(text, "dev8_rollbacks_total{result=\"incomplete\"}") == 1);
  CHECK(value_of(text, "dev8_create_failovers_total") == 1);
  CHECK_FALSE(contains(text, "CANARY"));
}

TEST_CASE("changes are counted by region, also where it is not known, from the start on") {
  Metrics metrics;
  metrics.add_region("eastus");
  const std::string name = "dev8_region_changes_total{operation=\"";
  CHECK(value_of(metrics.text(), name + "delete\",region=\"eastus\",result=\"OK\"}") == 0);
  metrics.change_finished("eastus", "create", "OK");
  metrics.change_finished("eastus", "create", "QUOTA_EXCEEDED");
  metrics.change_finished("", "create", "QUOTA_EXCEEDED");
  const std::string text = metrics.text();
  CHECK(value_of(text, name + "create\",region=\"eastus\",result=\"OK\"}") == 1);
  CHECK(value_of(text, name + "create\",region=\"eastus\",result=\"QUOTA_EXCEEDED\"}") == 1);
  CHECK(value_of(text, name + "create\",region=\"unknown\",result=\"QUOTA_EXCEEDED\"}") == 1);
}

TEST_CASE("environments are counted by region and state, as the last list shows them") {
  Metrics metrics;
  const dev8agent::LogLevel debug = dev8agent::LogLevel::kDebug;
  count_azure({debug, "environments.listed", {{"region", "eastus"}, {"deployed", "7"}, {"failed", "1"}}},
              metrics);
  count_azure({debug, "environments.listed", {{"region", "eastus"}, {"deployed", "5"}, {"failed", "0"}}},
              metrics);
  const std::string text = metrics.text();
  CHECK(value_of(text, "dev8_environments{region=\"eastus\",state=\"deployed\"}") == 5);
  CHECK(value_of(text, "dev8_environments{region=\"eastus\",state=\"failed\"}") == 0);
}

TEST_CASE("each stage of an operation that has ended has its time") {
  dev8agent::OperationRecord record;
  record.about.kind = dev8agent::OperationKind::kStart;
  const dev8agent::WallTime begun{};
  record.stages = {{Stage::kQueued, begun, begun + std::chrono::seconds(2)},
                   {Stage::kProvisioning, begun + std::chrono::seconds(2), begun + std::chrono::seconds(32)}};
  Metrics metrics;
  metrics.stages_ended(record);
  const std::string series = "dev8_operation_stage_duration_seconds_sum{operation=\"start\",stage=";
  CHECK(value_of(metrics.text(), series + "\"queued\"}") == 2);
  CHECK(value_of(metrics.text(), series + "\"provisioning\"}") == 30);
}

TEST_CASE("states are those of the scrape") {
  const Metrics metrics;
  const std::string text = metrics.text({.ready = true,
                                         .healthy = true,
                                         .environments_watched = 3,
                                         .writers_waiting = 1,
                                         .readers_waiting = 2,
                                         .followers_waiting = 4});
  CHECK(value_of(text, "dev8_ready") == 1);
  CHECK(value_of(text, "dev8_healthy") == 1);
  CHECK(value_of(text, "dev8_environments_watched") == 3);
  CHECK(value_of(text, "dev8_callers_waiting{kind=\"writes\"}") == 1);
  CHECK(value_of(text, "dev8_callers_waiting{kind=\"reads\"}") == 2);
  CHECK(value_of(text, "dev8_callers_waiting{kind=\"followers\"}") == 4);
  CHECK(value_of(metrics.text(), "dev8_ready") == 0);
}

TEST_CASE("series with known labels are there before anything has happened") {
  const std::string text = Metrics().text();
  for (const char* series :
       {"dev8_connections_refused_total{reason=\"full\"}", "dev8_log_lines_dropped_total",
        "dev8_http_requests_rate_limited_total", "dev8_azure_throttled_total",
        "dev8_connections_closed_total{reason=\"slow_reader\"}", "dev8_create_failovers_total",
        "dev8_rollbacks_total{result=\"done\"}", "dev8_rollbacks_total{result=\"incomplete\"}",
        "dev8_operations_total{operation=\"create\",result=\"OK\"}",
        "dev8_operations_in_flight{operation=\"sweep\"}"})
    CHECK(value_of(text, series) == 0);
  CHECK(contains(text, "dev8_build_info{version=\""));
}

TEST_CASE("the process tells its descriptors, memory, CPU time and start") {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const Metrics metrics;
  const double before = value_of(metrics.text(), "process_open_fds");
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const std::string text = metrics.text();
  CHECK(value_of(text, "process_open_fds") == before + 2);
  CHECK(value_of(text, "process_max_fds") > before);
  CHECK(value_of(text, "process_resident_memory_bytes") > 1e6);
  CHECK(value_of(text, "process_virtual_memory_bytes") > value_of(text, "process_resident_memory_bytes"));
  CHECK(value_of(text, "process_cpu_seconds_total") > 0);
  CHECK(value_of(text, "process_start_time_seconds") >=
        static_cast<double>(std::chrono::floor<std::chrono::seconds>(now).count()));
  for (const int end : ends) close(end);
}

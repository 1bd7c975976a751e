// A machine that is short of something: descriptors, or room for the log.
#include <doctest/doctest.h>
#include <signal.h>

#include "stack.h"

namespace {

const std::string kAll = "/api/v1/environments";
const std::string kId = "workspace-0001";

Variables on(const TestAzure& azure) {
  Variables variables = azure.variables();
  variables["AGENT_PORT"] = "0";
  return variables;
}

void live_through(const RestClient& client, const std::string& id) {
  const Answer created = client.post(kAll, create_body(id));
  CAPTURE(created.body);
  CHECK(created.status == 201);
  CHECK(client.get(kAll).status == 200);
  CHECK(client.post(kAll + "/" + id + "/stop").status == 200);
  CHECK(client.remove(kAll + "/" + id).status == 200);
}

double value_of(const std::string& metrics, const std::string& series) {
  const auto at = metrics.find("\n" + series + " ");
  return at == std::string::npos ? -1 : std::atof(metrics.c_str() + at + series.size() + 2);
}

}  // namespace

TEST_CASE("64 descriptors: clients that hold connections keep neither others nor Azure out") {
  TestAzure azure;
  DaemonProcess daemon({}, on(azure), DaemonProcess::Errors::kRead, 64);
  const RestClient client(daemon.url());
  std::vector<std::unique_ptr<RawConnection>> held;
  for (int i = 0; i < 200; ++i) {
    held.push_back(std::make_unique<RawConnection>(daemon.port()));
    if (i % 2 == 0) held.back()->send("GET /live HTTP/1.1\r\nHost: loc");
  }
  live_through(client, kId);
  CHECK(daemon.wait_for_log("connections.full"));
  const std::string metrics = client.get("/metrics").body;
  CHECK(value_of(metrics, "process_max_fds") == 64);
  CHECK(value_of(metrics, "process_open_fds") <= 64);
  CHECK(value_of(metrics, "dev8_connections_open") <= 16);
  held.clear();
  live_through(client, kId);
  daemon.signal(SIGTERM);
  CHECK(daemon.wait() == 0);
}

TEST_CASE("64 descriptors: creates at once wait for each other's connections to Azure, and none fails") {
  TestAzure azure;
  Variables variables = on(azure);
  variables["RATE_LIMIT_BURST"] = "1000";
  DaemonProcess daemon({}, variables, DaemonProcess::Errors::kRead, 64);
  const RestClient client(daemon.url());
  std::vector<std::string> paths;
  for (int i = 0; i < 40; ++i) {
    const Answer accepted =
        client.post(kAll, create_body("workspace-" + std::to_string(1000 + i)), {"Prefer: respond-async"});
    REQUIRE(accepted.status == 202);
    paths.push_back(accepted.header("Operation-Location"));
  }
  for (const std::string& path : paths) {
    std::string status = "RUNNING";
    CHECK(eventually([&] {
      status = client.get(path + "?wait=30").text({"data", "operation", "status"});
      return status != "RUNNING";
    }));
    CHECK(status == "SUCCEEDED");
  }
}

TEST_CASE("a full disk under the log: everything works, lines are counted, and the end is clean") {
  TestAzure azure;
  Variables variables = on(azure);
  variables["LOG_LEVEL"] = "debug";
  DaemonProcess daemon({}, variables, DaemonProcess::Errors::kFull);
  const RestClient client(daemon.url());
  live_through(client, kId);
  CHECK(eventually(
      [&] { return value_of(client.get("/metrics").body, "dev8_log_lines_dropped_total") >= 10; }));
  CHECK(client.get("/health?verbose=true").body.find("DEV8-LOG-LINES-DROPPED") != std::string::npos);
  daemon.signal(SIGTERM);
  CHECK(daemon.wait() == 0);
}

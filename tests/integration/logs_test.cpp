// Logs of containers from the real daemon: the last lines, what is masked, and what is added.
#include <doctest/doctest.h>

#include "stack.h"
#include "stream_reader.h"

namespace {

const std::string kAll = "/api/v1/environments";
const std::string kOne = kAll + "/workspace-0001";
const std::string kGroup = "aci-workspace-0001";
const std::string kLogs = kOne + "/logs";

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// A stack with one running environment.
struct Running : Stack {
  Running() { REQUIRE(client.post(kAll, create_body("workspace-0001")).status == 201); }

  void write(const std::string& text) { REQUIRE(azure.emulator().write_log(kGroup, text)); }
};

}  // namespace

TEST_CASE("logs: the last lines, as text and as JSON") {
  Running stack;
  stack.write("one\ntwo\nthree\n");
  const Answer text = stack.client.get(kLogs + "?tail=2");
  CHECK(text.status == 200);
  CHECK(text.header("Content-Type") == "text/plain; charset=utf-8");
  CHECK(text.header("X-Content-Type-Options") == "nosniff");
  CHECK(text.body == "two\nthree\n");
  const Answer json = stack.client.get(kLogs + "?tail=2", {"Accept: application/json"});
  CHECK(json.text({"data", "logs", "content"}) == "two\nthree\n");
  CHECK(json.text({"data", "logs", "container"}) == "vscode-server");
  CHECK(json.json.find_path({"data", "logs", "truncated"})->boolean() == true);
  const Answer all = stack.client.get(kLogs, {"Accept: application/json"});
  CHECK(all.json.find_path({"data", "logs", "truncated"})->boolean() == false);
  const Answer stamped = stack.client.get(kLogs + "?tail=1&timestamps=true");
  CHECK(stamped.body.size() > 25);
  CHECK(contains(stamped.body, "T"));
  CHECK(contains(stamped.body, "Z three\n"));
}

TEST_CASE("logs: wrong requests are told by their names") {
  Running stack;
  for (const char* query : {"tail=0", "tail=10001", "tail=x", "tail=-1"}) {
    CAPTURE(std::string(query));
    CHECK(stack.client.get(kLogs + "?" + query).bad_fields() == std::vector<std::string>{"tail"});
  }
  CHECK(stack.client.get(kLogs + "?follow=perhaps").bad_fields() == std::vector<std::string>{"follow"});
  CHECK(stack.client.get(kLogs + "?timestamps=1x").bad_fields() == std::vector<std::string>{"timestamps"});
  const Answer container = stack.client.get(kLogs + "?container=other");
  CHECK(container.status == 404);
  CHECK(contains(container.body, "vscode-server"));
  CHECK(stack.client.get(kAll + "/workspace-0009/logs").status == 404);
  CHECK(stack.client.get(kAll + "/workspace-0009/logs?follow=true").status == 404);
}

TEST_CASE("logs: while there is no container yet, the reason") {
  auto options = TestAzure::quick();
  options.provisioning_time = std::chrono::hours(1);
  Stack stack({}, options);
  REQUIRE(stack.client.post(kAll, create_body("workspace-0001"), {"Prefer: respond-async"}).status == 202);
  REQUIRE(eventually([&] { return !stack.azure.emulator().groups().empty(); }));
  const Answer answer = stack.client.get(kLogs);
  CAPTURE(answer.body);
  CHECK(answer.status == 409);
  CHECK(stack.client.get(kLogs + "?follow=true").status == 409);
}

TEST_CASE("logs: what looks like a credential is masked, also when it is followed") {
  Running stack;
  StreamReader reader(stack.daemon.port(), kLogs + "?follow=true&tail=1");
  REQUIRE(reader.status() == 200);
  stack.write(
      "clone with ghp_canary0123456789\npassword=canary-one\n{\"api_key\": \"canary-two\"}\n"
      "-----BEGIN RSA PRIVATE KEY-----\ncanaryMIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----\nend of it\n");
  const Answer answer = stack.client.get(kLogs);
  CHECK_FALSE(contains(answer.body, "canary"));
  CHECK(contains(answer.body, "password=***"));
  CHECK(contains(answer.body, "end of it"));
  REQUIRE(reader.wait_for_text("end of it"));
  CHECK_FALSE(contains(reader.text(), "canary"));
}

TEST_CASE("logs: following tells each added line once, and ends with the container") {
  Running stack;
  StreamReader reader(stack.daemon.port(), kLogs + "?follow=true&tail=1");
  REQUIRE(reader.status() == 200);
  CHECK(contains(reader.head(), "Transfer-Encoding: chunked"));
  REQUIRE(reader.wait_for_text("listening\n"));
  stack.write("first\n");
  REQUIRE(reader.wait_for_text("first\n"));
  stack.write("second\n");
  REQUIRE(reader.wait_for_text("second\n"));
  CHECK(stack.client.post(kOne + "/stop").status == 200);
  while (reader.next_chunk()) {
  }
  CHECK(reader.ended());
  CHECK(reader.text() == "emulator: listening\nfirst\nsecond\n");
}

TEST_CASE("logs: who does not read is dropped, and the others get everything") {
  Running stack;
  const std::string path = kLogs + "?follow=true&tail=1";
  StreamReader lazy(stack.daemon.port(), path);
  StreamReader keen(stack.daemon.port(), path);
  REQUIRE(keen.wait_for_text("listening\n"));
  const std::string line = std::string(1023, 'x') + "\n";
  std::string block;
  for (int i = 0; i < 500; ++i) block += line;
  for (int i = 1; i <= 40; ++i) {
    const std::string mark = "block " + std::to_string(i) + "\n";
    stack.write(block + mark);
    REQUIRE(keen.wait_for_text(mark));
    const std::string metrics = stack.client.get("/metrics").body;
    if (contains(metrics, R"(dev8_connections_closed_total{reason="slow_reader"} 1)")) break;
  }
  CHECK(contains(stack.client.get("/metrics").body,
                 R"(dev8_connections_closed_total{reason="slow_reader"} 1)"));
  CHECK(stack.client.get("/live").status == 200);
}

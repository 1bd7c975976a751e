// Log records of Azure calls: a fixed set of fields, and nothing that a request or an answer carries.
#include "azure/log_sender.h"

#include <doctest/doctest.h>

#include <set>

#include "support/flow_bench.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

namespace {

struct Bench : FlowBench {
  std::vector<LogRecord> records;
  TransportSender wire{transport};
  azure::LogSender sender{wire, {[this](const LogRecord& record) { records.push_back(record); }}};

  const LogRecord& send() {
    HttpRequest request;
    request.method = "PUT";
    request.label = "containerGroups.put";
    request.url = "https://canary.example/canary?sig=canary";
    request.headers = {{"Authorization", "Bearer canary"}, {"x-canary", "canary"}};
    request.body = "canary";
    request.deadline = scheduler.now() + std::chrono::seconds(5);
    auto call = make_call();
    call->names = std::make_shared<const CallNames>(CallNames{"request-7", "", ""});
    [[maybe_unused]] const auto response = run(sender.send(call, request));
    REQUIRE(records.size() == 1);
    return records.front();
  }
};

std::string field(const LogRecord& record, const std::string& name) {
  for (const LogField& one : record.fields) {
    if (one.name == name) return one.value;
  }
  return "none";
}

}  // namespace

TEST_CASE("log: one record for each attempt, with what helps and nothing that is secret") {
  Bench bench;
  const std::vector<HttpHeader> headers = {{"x-ms-request-id", "eastus:1\r\n2"}, {"Set-Cookie", "canary"}};
  bench.transport->answer = [&](const HttpRequest&) { return reply(201, "canary", headers); };
  const LogRecord& record = bench.send();
  CHECK(record.event == "azure.call");
  CHECK(record.level == LogLevel::kDebug);
  CHECK(field(record, "call") == "containerGroups.put");
  CHECK(field(record, "method") == "PUT");
  CHECK(field(record, "status") == "201");
  CHECK(field(record, "durationMs") == "10");
  CHECK(field(record, "requestId") == "request-7");
  CHECK(field(record, "azureRequestId").find_first_of("\r\n") == std::string::npos);
  const std::set<std::string> allowed = {"call",       "method",    "status",
                                         "durationMs", "requestId", "azureRequestId"};
  for (const LogField& one : record.fields) {
    CHECK(allowed.contains(one.name));
    CHECK(one.value.find("canary") == std::string::npos);
  }
}

TEST_CASE("log: trouble is a warning, with the reason's word") {
  for (int status : {429, 500, 503}) {
    Bench bench;
    bench.transport->answer = [&](const HttpRequest&) { return reply(status, ""); };
    CHECK(bench.send().level == LogLevel::kWarn);
  }
  Bench silent;
  silent.transport->answer = [](const HttpRequest&) { return std::nullopt; };
  const LogRecord& record = silent.send();
  CHECK(record.level == LogLevel::kWarn);
  CHECK(field(record, "error") == "TIMEOUT");
  CHECK(field(record, "status") == "none");
  CHECK(field(record, "message") == "too late");
}

TEST_CASE("log: how long Azure asks to wait is a number") {
  Bench bench;
  const std::vector<HttpHeader> headers = {{"Retry-After", "17"}};
  bench.transport->answer = [&](const HttpRequest&) { return reply(429, "", headers); };
  CHECK(field(bench.send(), "retryAfterMs") == "17000");
}

TEST_CASE("log: a refusal is told by its code alone") {
  Bench bench;
  const std::string body = R"({"error":{"code":"AuthorizationFailed","message":"canary"}})";
  bench.transport->answer = [&](const HttpRequest&) { return reply(403, body); };
  const LogRecord& record = bench.send();
  CHECK(field(record, "azureCode") == "AuthorizationFailed");
  for (const LogField& one : record.fields) CHECK(one.value.find("canary") == std::string::npos);
}

TEST_CASE("log: what credentials send is recorded, and its failure is a warning") {
  FlowBench bench;
  std::vector<LogRecord> records;
  azure::LogTransport logged(*bench.transport, bench.scheduler,
                             {[&](const LogRecord& record) { records.push_back(record); }});
  bench.transport->answer = [&](const HttpRequest& request) -> ScriptedTransport::Answer {
    if (request.label == "entra.token") return reply(401, R"({"error":"invalid_client"})");
    return make_error(ErrorCode::kAzureUnavailable, "the name of the host x cannot be resolved");
  };
  int answers = 0;
  for (const char* label : {"entra.token", "imds.token"}) {
    HttpRequest request;
    request.label = label;
    request.method = "POST";
    request.body = "client_secret=canary";
    logged.send(request, [&](Result<HttpResponse>) { ++answers; });
  }
  bench.drain();
  CHECK(answers == 2);
  REQUIRE(records.size() == 2);
  CHECK(field(records[0], "call") == "entra.token");
  CHECK(field(records[0], "status") == "401");
  CHECK(field(records[0], "azureCode") == "invalid_client");
  CHECK(records[0].level == LogLevel::kWarn);
  CHECK(field(records[1], "message") == "the name of the host x cannot be resolved");
  for (const LogRecord& record : records) {
    for (const LogField& one : record.fields) CHECK(one.value.find("canary") == std::string::npos);
  }
}

TEST_CASE("log: without a logger the call goes through") {
  FlowBench bench;
  TransportSender wire(bench.transport);
  azure::LogSender sender(wire, {});
  bench.transport->answer = [](const HttpRequest&) { return reply(200, "fine"); };
  CHECK(bench.run(sender.send(bench.make_call(), HttpRequest{}))->body == "fine");
}

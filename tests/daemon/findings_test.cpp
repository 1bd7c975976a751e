// Findings: which hold, since when, and what is told to whom.
#include "findings.h"

#include <doctest/doctest.h>

#include "azure_calls.h"
#include "dev8agent/failure_guide.h"

using namespace dev8agentd;
using dev8agent::ErrorCode;
using dev8agent::HealthCheck;
using dev8agent::HealthReport;
using dev8agent::WallTime;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

const WallTime kNow{std::chrono::hours(500000)};

std::vector<std::string> codes_of(const Findings& findings, WallTime now = kNow) {
  std::vector<std::string> codes;
  for (const Finding& finding : findings.list(now)) codes.push_back(finding.code);
  return codes;
}

using Codes = std::vector<std::string>;

HealthReport failing(std::string finding) {
  return {{HealthCheck{"credentials", true, "", std::nullopt, ""},
           HealthCheck{"azure:eastus", false, "it failed", ErrorCode::kAzureRefused, std::move(finding)}}};
}

}  // namespace

TEST_CASE("findings: one that holds keeps its beginning until it is cleared") {
  Findings findings;
  findings.note("DEV8-KEYS-NOT-RELOADED", "keys", "line 1", kNow);
  findings.note("DEV8-KEYS-NOT-RELOADED", "keys", "line 2", kNow + minutes(1));
  REQUIRE(findings.list(kNow).size() == 1);
  CHECK(findings.list(kNow)[0].detail == "line 2");
  CHECK(findings.list(kNow)[0].since == kNow);
  findings.clear("DEV8-KEYS-NOT-RELOADED", "keys");
  CHECK(findings.list(kNow).empty());
  findings.note("DEV8-KEYS-NOT-RELOADED", "keys", "line 3", kNow + minutes(2));
  CHECK(findings.list(kNow)[0].since == kNow + minutes(2));
}

TEST_CASE("findings: one that holds for a while ends by itself, and begins anew") {
  Findings findings;
  findings.note_for(seconds(60), "DEV8-AZURE-THROTTLED", "azure", "", kNow);
  findings.note_for(seconds(60), "DEV8-AZURE-THROTTLED", "azure", "", kNow + seconds(50));
  CHECK(findings.list(kNow + seconds(100))[0].since == kNow);
  CHECK(findings.list(kNow + seconds(110)).empty());
  findings.note_for(seconds(60), "DEV8-AZURE-THROTTLED", "azure", "", kNow + seconds(200));
  CHECK(findings.list(kNow + seconds(201))[0].since == kNow + seconds(200));
}

TEST_CASE("findings: those of a health check hold until the next report") {
  Findings findings;
  findings.note("DEV8-NO-API-KEYS", "keys", "", kNow);
  for (const std::string finding :
       {"DEV8-AZURE-CREDENTIALS", "DEV8-AZURE-THROTTLED", "DEV8-AZURE-PROVIDER"}) {
    CAPTURE(finding);
    findings.note_health(failing(finding), kNow);
    const Codes codes = codes_of(findings);
    CHECK(codes.size() == 2);
    CHECK(std::find(codes.begin(), codes.end(), finding) != codes.end());
  }
  findings.note_health(
      {{HealthCheck{"storage:eastus", true, "this machine's clock is wrong", {}, "DEV8-CLOCK-SKEW"}}}, kNow);
  CHECK(codes_of(findings) == Codes{"DEV8-NO-API-KEYS", "DEV8-CLOCK-SKEW"});
  findings.note_health({{HealthCheck{"storage:eastus", true, "", {}, ""}}}, kNow);
  CHECK(codes_of(findings) == Codes{"DEV8-NO-API-KEYS"});
}

TEST_CASE("findings: an operation that lacks a permission tells so for a while") {
  Findings findings;
  dev8agent::Error error = dev8agent::make_error(ErrorCode::kAzureRefused, "may not write");
  findings.note_failure(error, kNow);
  CHECK(findings.list(kNow).empty());
  error.azure_status = 403;
  findings.note_failure(error, kNow);
  CHECK(codes_of(findings) == Codes{"DEV8-AZURE-PERMISSION"});
  CHECK(codes_of(findings, kNow + minutes(11)).empty());
}

TEST_CASE("findings: a throttled call of Azure is one") {
  Findings findings;
  note_throttling({{}, "azure.call", {{"call", "containerGroups.get"}, {"status", "503"}}}, findings);
  CHECK(findings.list().empty());
  note_throttling({{}, "azure.call", {{"call", "containerGroups.get"}, {"status", "429"}}}, findings);
  REQUIRE(findings.list().size() == 1);
  CHECK(findings.list()[0].detail.find("containerGroups.get") != std::string::npos);
}

TEST_CASE("findings: every code of the guide has a severity, and particulars are told to an operator alone") {
  Findings findings;
  for (const auto& advice : dev8agent::agent_findings())
    findings.note(std::string(advice.code), "azure:canary", "canary", kNow);
  const auto list = findings.list(kNow);
  CHECK(list.size() == dev8agent::agent_findings().size());
  CHECK(severity_of(list.front().code) == "error");
  CHECK(severity_of(list.back().code) == "info");
  const std::string whole = to_json(list, true);
  const std::string rest = to_json(list, false);
  for (const auto& advice : dev8agent::agent_findings()) {
    CHECK(whole.find(advice.remedy) != std::string::npos);
    CHECK(rest.find(advice.meaning) != std::string::npos);
  }
  CHECK(whole.find("azure:canary") != std::string::npos);
  CHECK(rest.find("canary") == std::string::npos);
  CHECK(rest.find(R"("since":"2027-)") != std::string::npos);
}

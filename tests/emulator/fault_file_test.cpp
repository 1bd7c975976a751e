// Fault scripts from a text, and the state as JSON.
#include "cloud.h"

using namespace emulator_test;
using dev8agent::ErrorCode;
using dev8agent::emulator::Fault;
using dev8agent::emulator::FaultScript;
using dev8agent::emulator::parse_fault_script;

namespace {

const std::string kGroup = "https://management.azure.com/subscriptions/s/containerGroups/aci-1?api-version=1";

FaultScript script_of(const std::string& text) {
  auto script = parse_fault_script(text);
  REQUIRE_MESSAGE(script.ok(), script.error().message);
  return *script;
}

// The kinds that the first `count` requests meet.
std::vector<int> kinds(const FaultScript& script, const std::string& method, const std::string& url,
                       int count) {
  std::vector<int> met;
  for (int i = 0; i < count; ++i) met.push_back(script({.method = method, .url = url}, 0).kind);
  return met;
}

}  // namespace

TEST_CASE("fault file: method, pattern and count choose the requests") {
  const FaultScript script = script_of(
      "# a comment\n\n"
      "PUT */containerGroups/* 2 lose-after\r\n"
      "\tGET  https://management.azure.com/*?api-version=1  2-3  hang\n"
      "* *.file.* every refuse-connection");
  CHECK(kinds(script, "PUT", kGroup, 3) == std::vector<int>{Fault::kNone, Fault::kLoseAfter, Fault::kNone});
  CHECK(kinds(script, "GET", kGroup, 4) ==
        std::vector<int>{Fault::kNone, Fault::kHang, Fault::kHang, Fault::kNone});
  CHECK(kinds(script, "GET", kGroup + "0", 3) == std::vector<int>(3, Fault::kNone));
  CHECK(kinds(script, "DELETE", "https://a.file.core.windows.net/x", 2) ==
        std::vector<int>(2, Fault::kRefuseConnection));
  CHECK(kinds(script, "POST", kGroup, 2) == std::vector<int>(2, Fault::kNone));
}

TEST_CASE("fault file: each word is its kind, with its values") {
  const std::vector<std::pair<std::string, Fault::Kind>> words = {
      {"refuse-connection", Fault::kRefuseConnection},
      {"lose-before", Fault::kLoseBefore},
      {"lose-after", Fault::kLoseAfter},
      {"hang", Fault::kHang},
      {"hang-after", Fault::kHangAfter},
      {"truncated-body", Fault::kTruncatedBody},
      {"malformed-body", Fault::kMalformedBody},
      {"wrong-content-type", Fault::kWrongContentType},
      {"empty-body", Fault::kEmptyBody}};
  for (const auto& [word, kind] : words)
    CHECK(kinds(script_of("* * every " + word), "GET", "x", 1).front() == kind);
  const Fault refused = script_of("* * 1 status 503 ServiceUnavailable retry-after=2")({.method = "GET"}, 0);
  CHECK(refused.kind == Fault::kStatus);
  CHECK(refused.status == 503);
  CHECK(refused.code == "ServiceUnavailable");
  CHECK(refused.retry_after == "2");
  const Fault stale = script_of("* * 1 stale-read 30")({.method = "GET"}, 0);
  CHECK(stale.kind == Fault::kStaleRead);
  CHECK(stale.age == std::chrono::seconds(30));
}

TEST_CASE("fault file: a percentage falls on about as many, and on the same ones in every run") {
  const auto once = kinds(script_of("* * 10% hang"), "GET", "x", 10000);
  const auto again = kinds(script_of("* * 10% hang"), "GET", "x", 10000);
  CHECK(once == again);
  const auto met = std::count(once.begin(), once.end(), Fault::kHang);
  CHECK(met > 900);
  CHECK(met < 1100);
  CHECK(kinds(script_of("* * 100% hang"), "GET", "x", 100) == std::vector<int>(100, Fault::kHang));
}

TEST_CASE("fault file: the first line that fits decides, and each counts for itself") {
  const FaultScript script = script_of("GET * 1 hang\nGET * 1-2 lose-before\nGET *y 1 empty-body");
  CHECK(kinds(script, "GET", "x", 3) == std::vector<int>{Fault::kHang, Fault::kLoseBefore, Fault::kNone});
  CHECK(kinds(script, "GET", "y", 1) == std::vector<int>{Fault::kEmptyBody});
}

TEST_CASE("fault file: every bad line is named") {
  const auto script = parse_fault_script(
      "GET * 1 hang\nGET *\nGET * 0 hang\nGET * 2-1 hang\nGET * 101% hang\n"
      "GET * 1 hangs\nGET * 1 hang 3\nGET * 1 status\nGET * 1 status 1000\n"
      "GET * 1 status 500 a b\nGET * 1 stale-read\nGET * x hang\nget * 1 hang\nGETT * 1 hang");
  REQUIRE_FALSE(script.ok());
  CHECK(script.error().code == ErrorCode::kInvalidRequest);
  std::string lines;
  for (const auto& field : script.error().fields) lines += field.field.substr(5) + " ";
  CHECK(lines == "2 3 4 5 6 7 8 9 10 11 12 13 14 ");
  CHECK(script.error().message.find("line 2 must be METHOD PATTERN WHEN FAULT; line 3 WHEN must") == 0);
}

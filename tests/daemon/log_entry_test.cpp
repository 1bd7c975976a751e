// Log records on their way to the log: nothing is lost between the request's thread and the line.
#include "log_entry.h"

#include <doctest/doctest.h>

#include <array>

using namespace dev8agentd;

namespace {

std::string line_of(std::span<const LogText> fields) {
  return to_line(to_entry({dev8agent::LogLevel::kWarn, {}, "http.request"}, fields));
}

}  // namespace

TEST_CASE("a line has time, level, event, and the fields in their order") {
  const std::array<LogText, 2> fields = {{{"method", "GET"}, {"route", "/live"}}};
  CHECK(
      line_of(fields) ==
      R"({"time":"1970-01-01T00:00:00.000Z","level":"warn","event":"http.request","method":"GET","route":"/live"})");
}

TEST_CASE("what counts something is a number in a log line, names stay text") {
  const std::array<LogText, 4> fields = {
      {{"status", "200"}, {"durationMs", "12"}, {"bytes", "x"}, {"requestId", "42"}}};
  const std::string line = line_of(fields);
  CHECK(line.find(R"("status":200)") != std::string::npos);
  CHECK(line.find(R"("durationMs":12)") != std::string::npos);
  CHECK(line.find(R"("bytes":"x")") != std::string::npos);
  CHECK(line.find(R"("requestId":"42")") != std::string::npos);
}

TEST_CASE("values of any bytes stay one line, empty ones stay out where that is asked for") {
  const std::string hostile("a\n\"\0\xff", 5);
  const std::array<LogText, 3> fields = {{{"message", hostile}, {"kept", ""}, {"left", "", Empty::kLeftOut}}};
  const std::string line = line_of(fields);
  CHECK(line.find("\n") == std::string::npos);
  CHECK(line.find(R"("message":"a\n\"\u0000)") != std::string::npos);
  CHECK(line.find(R"("kept":"")") != std::string::npos);
  CHECK(line.find("left") == std::string::npos);
}

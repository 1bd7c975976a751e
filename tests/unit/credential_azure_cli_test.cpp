// The Azure CLI credential, with a script in the place of az.
#include <stdlib.h>

#include <condition_variable>
#include <filesystem>
#include <mutex>

#include "support/credential_bench.h"
#include "support/temp_directory.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

namespace {

// A fetch on the real scheduler: a child process takes real time.
Result<AccessToken> fetch(const std::string& program,
                          const std::string& scope = "https://management.azure.com/.default") {
  auto scheduler = make_default_scheduler().value();
  FakeTransport transport(*scheduler);
  std::mutex mutex;
  std::condition_variable changed;
  std::optional<Result<AccessToken>> outcome;
  const auto credential = make_azure_cli_credential(program);
  scheduler->post([&] {
    credential->fetch({transport, *scheduler, nullptr}, scope, TimePoint::max(),
                      [&](Result<AccessToken> token) {
                        std::lock_guard lock(mutex);
                        outcome.emplace(std::move(token));
                        changed.notify_one();
                      });
  });
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return outcome.has_value(); });
  return std::move(*outcome);
}

// A program that writes `output` and ends well.
std::string printing(const std::string& output) {
  return "#!/bin/sh\ncat <<'END'\n" + output + "\nEND\n";
}

}  // namespace

TEST_CASE("az is asked without a shell and its answer is read") {
  const TempDirectory directory;
  const auto seen = (directory.path() / "seen").string();
  const auto az =
      directory.write_program("az", "#!/bin/sh\nprintf '%s|' \"$@\" > " + seen +
                                        "\necho '{\"accessToken\":\"abc\",\"expiresOn\":\"2020-01-01 "
                                        "00:00:00.000000\",\"expires_on\":1768469400}'");
  const auto token = fetch(az);
  REQUIRE_MESSAGE(token.ok(), token.error().message);
  CHECK(token->token.reveal() == "abc");
  CHECK(token->expires_at == WallTime(std::chrono::seconds(1768469400)));
  std::ifstream file(seen);
  std::string arguments;
  std::getline(file, arguments);
  CHECK(arguments == "account|get-access-token|--output|json|--resource|https://management.azure.com|");
}

TEST_CASE("the program may be looked up in PATH") {
  const TempDirectory directory;
  directory.write_program("dev8agent-az", printing(R"({"accessToken":"abc","expires_on":1768469400})"));
  const std::string before = getenv("PATH");
  setenv("PATH", (directory.path().string() + ":" + before).c_str(), 1);
  CHECK(fetch("dev8agent-az").ok());
  setenv("PATH", before.c_str(), 1);
}

TEST_CASE("older versions tell the expiry in local time alone") {
  const TempDirectory directory;
  const auto az = directory.write_program(
      "az", printing(R"({"accessToken":"abc","expiresOn":"2026-01-15 08:30:00.123456"})"));
  setenv("TZ", "XYZ-2", 1);  // two hours east of Greenwich
  tzset();
  const auto token = fetch(az);
  unsetenv("TZ");
  tzset();
  REQUIRE(token.ok());
  CHECK(token->expires_at == WallTime(std::chrono::seconds(1768465800 - 7200)));
}

TEST_CASE("what az says on standard error is told, what it prints is not") {
  const TempDirectory directory;
  const auto az = directory.write_program("az",
                                          "#!/bin/sh\necho canary\necho 'WARNING: old' >&2\n"
                                          "echo \"ERROR: AADSTS70043: Please run 'az login'\" >&2\nexit 1\n");
  const auto token = fetch(az);
  REQUIRE_FALSE(token.ok());
  CHECK(token.error().code == ErrorCode::kAzureCredentials);
  CHECK(token.error().message == "az failed: ERROR: AADSTS70043: Please run 'az login'");
  CHECK(token.error().azure_code == "AADSTS70043");
  CHECK_FALSE(token.error().retryable);
}

TEST_CASE("answers that are of no use") {
  const TempDirectory directory;
  const std::pair<std::string, std::string> rows[] = {
      {printing("canary"), "az answered without a usable token"},
      {printing(R"({"accessToken":"canary"})"), "az answered without a usable token"},
      {printing(R"({"accessToken":"","expires_on":1768469400})"), "az answered without a usable token"},
      {"#!/bin/sh\nexec head -c 1000000 /dev/zero\n", "az wrote more than a token"},
      {"#!/bin/sh\nkill -9 $$\n", "az failed: "},
  };
  for (const auto& [script, message] : rows) {
    const auto token = fetch(directory.write_program("az", script));
    REQUIRE_FALSE(token.ok());
    CHECK(token.error().message == message);
  }
  const auto absent = fetch((directory.path() / "absent").string());
  REQUIRE_FALSE(absent.ok());
  CHECK(absent.error().message.find("cannot be run") != std::string::npos);
}

TEST_CASE("scopes that are not fit for a command line are refused") {
  for (const char* scope : {"", "-x", "a b", "a;b", "$(a)", "a'b", "a\nb", "--help/.default"}) {
    CredentialBench bench;
    const auto token = bench.fetch(*make_azure_cli_credential("/nonexistent"), scope);
    REQUIRE_FALSE(token.ok());
    CHECK(token.error().message == "the scope is not fit for az");
  }
}

TEST_CASE("an az that does not answer is given up") {
  const TempDirectory directory;
  const auto az = directory.write_program("az", "#!/bin/sh\nsleep 1000 &\nsleep 1000\n");
  CredentialBench bench;
  const TimePoint begin = bench.scheduler.now();
  const auto token = bench.fetch(*make_azure_cli_credential(az));
  REQUIRE_FALSE(token.ok());
  CHECK(token.error().message == "az did not answer in time");
  CHECK(bench.scheduler.now() == begin + std::chrono::seconds(13));  // of virtual time
}

TEST_CASE("a scheduler that ends takes az along") {
  const TempDirectory directory;
  const auto az = directory.write_program("az", "#!/bin/sh\nexec sleep 1000\n");
  const auto credential = make_azure_cli_credential(az);
  int calls = 0;
  {
    CredentialBench bench;
    credential->fetch(bench.context(), "x/.default", TimePoint::max(), [&](Result<AccessToken>) { ++calls; });
    bench.scheduler.run_one();
  }
  CHECK(calls == 0);
}

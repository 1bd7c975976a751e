// Start-up: what is checked, what is said, and what is kept secret.
#include <doctest/doctest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "stack.h"

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

DaemonProcess::Environment good() {
  return {{"AZURE_SUBSCRIPTION_ID", "33333333-3333-4333-8333-333333333333"},
          {"AZURE_RESOURCE_GROUP", "group"},
          {"AZURE_STORAGE_ACCOUNT", "account"},
          {"AZURE_REGIONS", "eastus:eastus:true"},
          {"AGENT_BASE_URL", "https://agent.example.com"},
          {"DATABASE_URL", "postgres://user:canary-database@db/x"}};
}

// The undefined-behaviour sanitizer opens a pipe to see whether memory can be read. Where there is no
// descriptor for it, it takes good objects for bad ones, and ends the process.
#ifdef __SANITIZE_ADDRESS__
constexpr bool kNeedsDescriptorsItself = true;
#else
constexpr bool kNeedsDescriptorsItself = false;
#endif

}  // namespace

TEST_CASE("--check-config prints the effective configuration and no secret") {
  auto variables = good();
  variables["API_KEYS"] = "canary-key-of-at-least-32-letters";
  variables["AGENT_ACTIVITY_SECRET"] = "canary-activity-secret-of-32-letters";
  variables["AZURE_TENANT_ID"] = "11111111-1111-4111-8111-111111111111";
  variables["AZURE_CLIENT_ID"] = "22222222-2222-4222-8222-222222222222";
  variables["AZURE_CLIENT_SECRET"] = "canary-client";
  variables["AZURE_STORAGE_KEY"] = "Y2FuYXJ5LXN0b3JhZ2U=";
  variables["REGISTRY_USERNAME"] = "registry-user";
  variables["REGISTRY_PASSWORD"] = "canary-registry";
  DaemonProcess daemon({"--check-config", "--port", "1234"}, variables);
  CHECK(daemon.wait() == 0);
  const std::string text = daemon.standard_output() + daemon.standard_error();
  CHECK(contains(text, "AGENT_PORT=1234"));
  CHECK(contains(text, "AZURE_SUBSCRIPTION_ID=33333333"));
  CHECK(contains(text, "API_KEYS=***"));
  CHECK(contains(text, "AZURE_CLIENT_SECRET=***"));
  CHECK_FALSE(contains(text, "canary"));
  CHECK_FALSE(contains(text, "Y2FuYXJ5"));
  CHECK_FALSE(contains(text, "DATABASE_URL"));
  std::istringstream lines(daemon.standard_output());
  std::set<std::string> names;
  for (std::string line; std::getline(lines, line);) {
    CAPTURE(line);
    const auto equals = line.find('=');
    if (equals != line.npos) CHECK(names.insert(line.substr(0, equals)).second);
  }
  CHECK(names.contains("AGENT_ACTIVITY_SECRET"));
}

TEST_CASE("a start that runs out of descriptors says so and ends, wherever it happens" *
          doctest::skip(kNeedsDescriptorsItself)) {
  int refused = 0;
  for (unsigned limit = 4; limit <= 24; ++limit) {
    CAPTURE(limit);
    DaemonProcess daemon({"--dev", "--port", "0"}, {}, DaemonProcess::Errors::kRead, limit);
    if (!daemon.url().empty()) continue;  // enough to listen
    const int code = daemon.wait();
    if (code == 127) continue;  // not even enough for the system's loader of shared libraries
    CHECK(code == 1);
    CHECK(contains(daemon.standard_error(), "dev8-agentd: cannot start\n"));
    ++refused;
  }
  CHECK(refused >= 5);
}

TEST_CASE("every malformed variable is named, the daemon's and the library's, and none repeated") {
  auto variables = good();
  variables.erase("AZURE_SUBSCRIPTION_ID");
  variables["AGENT_PORT"] = "canary-port";
  variables["RATE_LIMIT_RPS"] = "canary-rate";
  variables["CORS_ALLOWED_ORIGINS"] = "*";
  variables["AZURE_REGIONS"] = "eastus:eastus:canary-yes";
  variables["AZURE_RESOURCE_MANAGER_ENDPOINT"] = "http://canary.example.com";
  DaemonProcess daemon({"--check-config"}, variables);
  CHECK(daemon.wait() == 1);
  for (const char* name : {"AGENT_PORT", "RATE_LIMIT_RPS", "CORS_ALLOWED_ORIGINS", "AZURE_REGIONS"}) {
    CAPTURE(name);
    CHECK(contains(daemon.standard_error(), name));
  }
  CHECK_FALSE(contains(daemon.standard_error(), "canary"));
}

TEST_CASE("missing settings of the library are errors of the start") {
  DaemonProcess daemon({}, {});
  CHECK(daemon.wait() == 1);
  CHECK(daemon.url().empty());
  CHECK(contains(daemon.standard_error(), "AZURE_SUBSCRIPTION_ID"));
}

TEST_CASE("flags win over the environment, and that over the file") {
  char path[] = "/tmp/dev8-env-XXXXXX";
  const int descriptor = mkstemp(path);
  REQUIRE(descriptor >= 0);
  std::ofstream(path)
      << "# comment\nexport LOG_LEVEL=error\nAGENT_PORT=1\nRATE_LIMIT_RPS='17'\nREQUEST_TIMEOUT_SECONDS=18\n";
  auto variables = good();
  variables["AGENT_PORT"] = "2";
  variables["RATE_LIMIT_RPS"] = "16";
  DaemonProcess daemon({"--check-config", "--env-file", path, "--port", "3"}, variables);
  CHECK(daemon.wait() == 0);
  const std::string text = daemon.standard_output();
  CHECK(contains(text, "AGENT_PORT=3\n"));
  CHECK(contains(text, "RATE_LIMIT_RPS=16\n"));
  CHECK(contains(text, "REQUEST_TIMEOUT_SECONDS=18\n"));
  CHECK(contains(text, "LOG_LEVEL=error\n"));
  std::remove(path);
  DaemonProcess without_file({"--check-config", "--env-file", path}, good());
  CHECK(without_file.wait() == 1);
}

TEST_CASE("another address than loopback needs keys and TLS in front, or words of their own") {
  const std::vector<std::string> everywhere = {"--dev", "--port", "0", "--host", "0.0.0.0"};
  const std::string key = "first-key-of-32-characters-00001";
  DaemonProcess refused(everywhere, {});
  CHECK(refused.wait() == 1);
  CHECK(contains(refused.standard_error(), "AGENT_HOST"));
  DaemonProcess in_the_clear(everywhere, {{"API_KEYS", key}});
  CHECK(in_the_clear.wait() == 1);
  CHECK(contains(in_the_clear.standard_error(), "AGENT_PLAINTEXT=true"));
  DaemonProcess with_keys(everywhere, {{"API_KEYS", key}, {"AGENT_PLAINTEXT", "true"}});
  CHECK(contains(with_keys.url(), "0.0.0.0"));
  DaemonProcess asked_for(everywhere, {{"AGENT_ALLOW_UNAUTHENTICATED", "true"}, {"AGENT_PLAINTEXT", "true"}});
  CHECK(contains(asked_for.url(), "0.0.0.0"));
}

TEST_CASE("a variable with a typing error is told with the nearest name") {
  DaemonProcess checked({"--check-config", "--dev"}, {{"AGENT_PROT", "canary"}});
  CHECK(checked.wait() == 0);
  CHECK(contains(checked.standard_error(), "AGENT_PROT is not known; did you mean AGENT_PORT?"));
  DaemonProcess serving({"--dev", "--port", "0"}, {{"AGENT_PROT", "canary"}});
  CHECK(serving.wait_for_log("configuration.unknown_variable"));
  CHECK_FALSE(contains(serving.standard_error(), "canary"));
}

TEST_CASE("a port that is taken is an error, not a second listener") {
  DaemonProcess first({"--dev", "--port", "0"}, {});
  REQUIRE(first.port() > 0);
  DaemonProcess second({"--dev", "--port", std::to_string(first.port())}, {});
  CHECK(second.wait() == 1);
  CHECK(contains(second.standard_error(), "cannot listen on 127.0.0.1:" + std::to_string(first.port())));
  CHECK(RestClient(first.url()).get("/live").status == 200);
}

TEST_CASE("--help, --version and wrong flags") {
  DaemonProcess help({"--help"}, {});
  CHECK(help.wait() == 0);
  CHECK(contains(help.standard_output(), "--check-config"));
  DaemonProcess version({"--version"}, {});
  CHECK(version.wait() == 0);
  CHECK(contains(version.standard_output(), "dev8-agentd "));
  DaemonProcess wrong({"--colour"}, {});
  CHECK(wrong.wait() == 2);
}

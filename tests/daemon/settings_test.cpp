// The daemon's variables: defaults, good values, and every malformed one.
#include "settings.h"

#include <doctest/doctest.h>

#include <algorithm>

using dev8agent::Variables;
using dev8agentd::read_settings;

namespace {

const std::string kFirst = "first-key-of-32-characters-00001";
const std::string kSecond = "second-key-of-32-characters-0002";

bool names(const dev8agent::Error& error, std::string_view variable) {
  return std::any_of(error.fields.begin(), error.fields.end(),
                     [&](const auto& field) { return field.field == variable && !field.message.empty(); });
}

}  // namespace

TEST_CASE("without variables everything has its default") {
  const auto settings = read_settings({});
  REQUIRE(settings.ok());
  CHECK(settings->host == "127.0.0.1");
  CHECK(settings->port == 8080);
  CHECK(settings->log_level == dev8agent::LogLevel::kInfo);
  CHECK(settings->cors_origins == std::vector<std::string>{"http://localhost:3000"});
  CHECK(settings->api_keys.empty());
  CHECK(settings->rate_limit_rps == 100);
  CHECK(settings->rate_limit_burst == 200);
  CHECK(settings->request_timeout == std::chrono::seconds(300));
  CHECK(settings->shutdown_grace == std::chrono::seconds(5));
  CHECK(settings->keepalive == std::chrono::seconds(75));
  CHECK(settings->max_connections_per_address == 0);
  CHECK(settings->allowed_hosts.empty());
}

TEST_CASE("good values are taken") {
  const auto settings =
      read_settings({{"AGENT_PORT", "0"},
                     {"AGENT_HOST", "::1"},
                     {"LOG_LEVEL", "debug"},
                     {"CORS_ALLOWED_ORIGINS", "https://a.example.com, http://localhost:3000"},
                     {"API_KEYS", kFirst + ", " + kSecond},
                     {"AGENT_ALLOWED_HOSTS", "agent.example.com, 192.0.2.7,::1"},
                     {"AGENT_KEEPALIVE_SECONDS", "5"},
                     {"AGENT_MAX_CONNECTIONS_PER_ADDRESS", "100"},
                     {"AGENT_MAX_OPERATIONS", "20000"},
                     {"RATE_LIMIT_RPS", "7"},
                     {"RATE_LIMIT_BURST", "9"},
                     {"REQUEST_TIMEOUT_SECONDS", "12"},
                     {"AGENT_SHUTDOWN_GRACE_SECONDS", "0"},
                     {"DATABASE_URL", "postgres://ignored"}});
  REQUIRE(settings.ok());
  CHECK(settings->port == 0);
  CHECK(settings->host == "::1");
  CHECK(settings->log_level == dev8agent::LogLevel::kDebug);
  CHECK(settings->cors_origins.size() == 2);
  REQUIRE(settings->api_keys.size() == 2);
  CHECK(settings->api_keys[1].secret.reveal() == kSecond);
  CHECK(settings->allowed_hosts == std::vector<std::string>{"agent.example.com", "192.0.2.7", "::1"});
  CHECK(settings->keepalive == std::chrono::seconds(5));
  CHECK(settings->max_connections_per_address == 100);
  CHECK(settings->max_operations == 20000);
  CHECK(settings->rate_limit_rps == 7);
  CHECK(settings->rate_limit_burst == 9);
  CHECK(settings->request_timeout == std::chrono::seconds(12));
  CHECK(settings->shutdown_grace == std::chrono::seconds(0));
}

TEST_CASE("a malformed value names its variable and is never repeated") {
  struct Row {
    const char* variable;
    const char* value;
  };
  const Row rows[] = {
      {"AGENT_PORT", "http"},
      {"AGENT_PORT", "65536"},
      {"AGENT_PORT", "-1"},
      {"AGENT_PORT", "80 80"},
      {"AGENT_PORT", "8080x"},
      {"AGENT_PORT", "99999999999999999999"},
      {"AGENT_HOST", "not an address"},
      {"AGENT_HOST", "example.com"},
      {"AGENT_HOST", "300.1.1.1"},
      {"ENVIRONMENT", "two words"},
      {"LOG_LEVEL", "verbose"},
      {"LOG_LEVEL", "INFO"},
      {"CORS_ALLOWED_ORIGINS", "*"},
      {"CORS_ALLOWED_ORIGINS", "https://a.example.com,*"},
      {"CORS_ALLOWED_ORIGINS", "https://*.example.com"},
      {"CORS_ALLOWED_ORIGINS", "https://a.example.com/path"},
      {"CORS_ALLOWED_ORIGINS", "https://a.example.com,,https://b.example.com"},
      {"CORS_ALLOWED_ORIGINS", "a.example.com"},
      {"CORS_ALLOWED_ORIGINS", "null"},
      {"API_KEYS", "first-key-of-32-characters-00001,,second-key-of-32-characters-0002"},
      {"API_KEYS", "31-characters-are-one-too-few-0"},
      {"API_KEYS", "with space but of 32 characters x"},
      {"API_KEYS", "percent%41-but-of-32-characters-x"},
      {"API_KEYS", "caf\xc3\xa9-but-of-32-characters-xxxxxxx"},
      {"API_KEYS", "   "},
      {"API_KEYS", "ops:root:first-key-of-32-characters-00001"},
      {"TRUSTED_PROXIES", "proxy.example.com"},
      {"TRUSTED_PROXIES", "10.0.0.0/33"},
      {"CORS_ALLOWED_ORIGINS", "https://a.example.com:99999"},
      {"CORS_ALLOWED_ORIGINS", "https://a.example.com:0"},
      {"CORS_ALLOWED_ORIGINS", "https://a.example.com:"},
      {"CORS_ALLOWED_ORIGINS", "https://a:80:80"},
      {"AGENT_PLAINTEXT", "1"},
      {"AGENT_ALLOW_CORE_DUMPS", "no"},
      {"AGENT_ALLOWED_HOSTS", "*"},
      {"AGENT_ALLOWED_HOSTS", "*.example.com"},
      {"AGENT_ALLOWED_HOSTS", "agent.example.com:8080"},
      {"AGENT_ALLOWED_HOSTS", "Agent.example.com"},
      {"AGENT_ALLOWED_HOSTS", "http://agent.example.com"},
      {"AGENT_ALLOWED_HOSTS", "a,,b"},
      {"AGENT_KEEPALIVE_SECONDS", "0"},
      {"AGENT_KEEPALIVE_SECONDS", "75s"},
      {"AGENT_MAX_CONNECTIONS_PER_ADDRESS", "-1"},
      {"AGENT_MAX_OPERATIONS", "0"},
      {"AGENT_MAX_OPERATIONS", "20001"},
      {"AGENT_ALLOW_UNAUTHENTICATED", "yes"},
      {"RATE_LIMIT_RPS", "0"},
      {"RATE_LIMIT_RPS", "1.5"},
      {"RATE_LIMIT_BURST", "many"},
      {"REQUEST_TIMEOUT_SECONDS", "0"},
      {"REQUEST_TIMEOUT_SECONDS", "5m"},
      {"AGENT_SHUTDOWN_GRACE_SECONDS", "-5"},
      {"AGENT_DEV_PROVISIONING_MS", "fast"},
      {"AGENT_DEV_START_MS", "3s"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.variable);
    CAPTURE(row.value);
    const auto settings = read_settings({{row.variable, row.value}});
    REQUIRE_FALSE(settings.ok());
    CHECK(names(settings.error(), row.variable));
    if (std::string_view(row.value).size() < 5) continue;
    for (const auto& field : settings.error().fields)
      CHECK(field.message.find(row.value) == std::string::npos);
  }
}

TEST_CASE("all malformed values are reported at once") {
  const auto settings =
      read_settings({{"AGENT_PORT", "x"}, {"LOG_LEVEL", "x"}, {"API_KEYS", ","}, {"RATE_LIMIT_RPS", "x"}});
  REQUIRE_FALSE(settings.ok());
  for (const char* variable : {"AGENT_PORT", "LOG_LEVEL", "API_KEYS", "RATE_LIMIT_RPS"}) {
    CHECK(names(settings.error(), variable));
  }
}

TEST_CASE("beyond loopback the agent needs a word for plain HTTP, and keys or a word for none") {
  CHECK(read_settings({{"AGENT_HOST", "127.0.0.2"}}).ok());
  CHECK(read_settings({{"AGENT_HOST", "localhost"}}).ok());
  CHECK(read_settings({{"API_KEYS", kFirst}})->host == "127.0.0.1");
  for (const char* host : {"0.0.0.0", "::", "10.0.0.1"}) {
    CAPTURE(std::string(host));
    const Variables keys = {{"AGENT_HOST", host}, {"API_KEYS", kFirst}};
    const auto in_the_clear = read_settings(keys);
    CHECK(names(in_the_clear.error(), "AGENT_HOST"));
    CHECK(in_the_clear.error().message.find("AGENT_PLAINTEXT=true") != std::string::npos);
    auto behind_tls = keys;
    behind_tls["AGENT_PLAINTEXT"] = "true";
    CHECK(read_settings(behind_tls).ok());
    const auto open = read_settings({{"AGENT_HOST", host}, {"AGENT_PLAINTEXT", "true"}});
    CHECK(open.error().message.find("API_KEYS") != std::string::npos);
    CHECK(read_settings(
              {{"AGENT_HOST", host}, {"AGENT_PLAINTEXT", "true"}, {"AGENT_ALLOW_UNAUTHENTICATED", "true"}})
              .ok());
  }
}

TEST_CASE("TLS of its own needs both files, excludes TLS in front, and opens the way beyond loopback") {
  const Variables both = {{"AGENT_TLS_CERTIFICATE", "/etc/tls.crt"}, {"AGENT_TLS_KEY", "/etc/tls.key"}};
  const auto settings = read_settings(both);
  REQUIRE(settings.ok());
  CHECK(settings->tls_certificate == "/etc/tls.crt");
  CHECK(settings->tls_key == "/etc/tls.key");
  for (const auto& [one, other] : {std::pair("AGENT_TLS_CERTIFICATE", "AGENT_TLS_KEY"),
                                   std::pair("AGENT_TLS_KEY", "AGENT_TLS_CERTIFICATE")}) {
    const auto alone = read_settings({{one, "/etc/file"}});
    CHECK(names(alone.error(), other));
    CHECK(alone.error().message.find(one) != std::string::npos);
    CHECK_FALSE(read_settings({{one, "/etc/file"}, {"AGENT_PLAINTEXT", "true"}}).ok());
  }
  auto twice = both;
  twice["AGENT_PLAINTEXT"] = "true";
  CHECK(names(read_settings(twice).error(), "AGENT_PLAINTEXT"));
  twice["AGENT_PLAINTEXT"] = "false";
  CHECK(read_settings(twice).ok());
  auto beyond = both;
  beyond["AGENT_HOST"] = "0.0.0.0";
  beyond["API_KEYS"] = kFirst;
  CHECK(read_settings(beyond).ok());
  const auto in_the_clear = read_settings({{"AGENT_HOST", "0.0.0.0"}, {"API_KEYS", kFirst}});
  CHECK(in_the_clear.error().message.find("AGENT_TLS_CERTIFICATE") != std::string::npos);
}

TEST_CASE("a value that Kubernetes sets by itself is told as such") {
  const auto settings = read_settings({{"AGENT_PORT", "tcp://10.0.0.1:8080"}});
  REQUIRE_FALSE(settings.ok());
  CHECK(settings.error().message.find("Kubernetes") != std::string::npos);
  CHECK(settings.error().message.find("enableServiceLinks: false") != std::string::npos);
  CHECK(settings.error().message.find("10.0.0.1") == std::string::npos);
  CHECK(read_settings({{"AGENT_PORT", "x"}}).error().message.find("Kubernetes") == std::string::npos);
}

TEST_CASE("a line break at the end of a value does not matter") {
  const auto settings = read_settings({{"AGENT_PORT", "8081\r\n"}, {"API_KEYS", kFirst + "\n"}});
  REQUIRE(settings.ok());
  CHECK(settings->port == 8081);
  CHECK(settings->api_keys[0].secret.reveal() == kFirst);
}

TEST_CASE("the description masks secrets") {
  const auto settings = read_settings({{"API_KEYS", "canary-key-of-at-least-32-letters"}});
  REQUIRE(settings.ok());
  int masked = 0;
  for (const auto& [name, value] : describe(*settings)) {
    CHECK(value.find("canary") == std::string::npos);
    if (value == "***") ++masked;
  }
  CHECK(masked == 1);
}

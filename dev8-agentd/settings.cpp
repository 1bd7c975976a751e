// The rules of the daemon's variables.
#include "settings.h"

#include <algorithm>
#include <sstream>

#include "client_address.h"
#include "cors.h"
#include "request_target.h"
#include "variable_reader.h"

namespace dev8agentd {
namespace {

using dev8agent::LogLevel;

constexpr LogLevel kLevels[] = {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarn, LogLevel::kError};

bool is_listening_host(const std::string& host) {
  return host == "localhost" || is_ip_address(host);
}

bool is_environment_name(std::string_view text) {
  return text.size() <= 32 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                  c == '_';
         });
}

bool is_range(std::string_view text) {
  return AddressRange::parse(text).has_value();
}

bool is_host_name(std::string_view text) {
  if (is_listening_host(std::string(text))) return true;
  return !text.empty() && text.find_first_of("*%") == std::string_view::npos && is_host(text) &&
         host_name(text) == text;
}

LogLevel read_log_level(VariableReader& reader) {
  const std::string word = reader.text("LOG_LEVEL", "info");
  for (const LogLevel level : kLevels) {
    if (dev8agent::to_string(level) == word) return level;
  }
  reader.fail("LOG_LEVEL", "must be debug, info, warn or error");
  return LogLevel::kInfo;
}

std::vector<ApiKey> read_keys(VariableReader& reader) {
  std::vector<ApiKey> keys;
  if (reader.is_blank("API_KEYS")) reader.fail("API_KEYS", "must hold a key, or be left out");
  const std::string text = reader.text("API_KEYS", "");
  if (text.empty()) return keys;
  std::string broken;
  for (const std::string& entry : split_list(text)) {
    auto key = parse_api_key(entry);
    if (!key.ok()) broken = key.error().message;
    keys.push_back(key.ok() ? std::move(*key) : ApiKey{});
  }
  if (!broken.empty()) reader.fail("API_KEYS", "each entry " + broken);
  number_keys(keys, "");
  const std::string repeated = broken.empty() ? repeated_key(keys, {}) : "";
  if (!repeated.empty()) reader.fail("API_KEYS", repeated);
  return keys;
}

// Who may reach the agent: nobody from another machine in the clear or without keys, unless that is asked for
// by name.
void check_exposure(const Settings& settings, VariableReader& reader) {
  if (is_loopback(settings.host)) return;
  const bool open = settings.api_keys.empty() && settings.api_keys_file.empty();
  if (open && !settings.allow_unauthenticated) {
    reader.fail("AGENT_HOST",
                "must be a loopback address such as 127.0.0.1 while API_KEYS is not set; set API_KEYS, or "
                "AGENT_ALLOW_UNAUTHENTICATED=true to let everybody on the network in");
  }
  if (!settings.plaintext && settings.tls_certificate.empty()) {
    reader.fail("AGENT_HOST",
                "must be a loopback address such as 127.0.0.1 while the agent speaks plain HTTP; set "
                "AGENT_TLS_CERTIFICATE and AGENT_TLS_KEY, or, where TLS ends in front of it, "
                "AGENT_PLAINTEXT=true");
  }
}

void read_tls(VariableReader& reader, Settings& settings) {
  settings.tls_certificate = reader.text("AGENT_TLS_CERTIFICATE", "");
  settings.tls_key = reader.text("AGENT_TLS_KEY", "");
  settings.plaintext = reader.boolean("AGENT_PLAINTEXT", false);
  if (settings.tls_certificate.empty() != settings.tls_key.empty()) {
    reader.fail(settings.tls_key.empty() ? "AGENT_TLS_KEY" : "AGENT_TLS_CERTIFICATE",
                "AGENT_TLS_CERTIFICATE and AGENT_TLS_KEY must be set together");
  }
  if (settings.plaintext && !(settings.tls_certificate.empty() && settings.tls_key.empty())) {
    reader.fail(
        "AGENT_PLAINTEXT",
        "must not be true with AGENT_TLS_CERTIFICATE and AGENT_TLS_KEY: either the agent ends TLS, or "
        "something in front of it does");
  }
}

void read_limits(VariableReader& reader, Settings& settings) {
  settings.rate_limit_rps = reader.integer("RATE_LIMIT_RPS", 1, 1000000, 100);
  settings.rate_limit_burst = reader.integer("RATE_LIMIT_BURST", 1, 1000000, 200);
  settings.request_timeout = std::chrono::seconds(reader.integer("REQUEST_TIMEOUT_SECONDS", 1, 86400, 300));
  settings.shutdown_grace = std::chrono::seconds(reader.integer("AGENT_SHUTDOWN_GRACE_SECONDS", 0, 3600, 5));
  settings.max_operations = reader.integer("AGENT_MAX_OPERATIONS", 1, 20000, 2048);
  settings.keepalive = std::chrono::seconds(reader.integer("AGENT_KEEPALIVE_SECONDS", 1, 3600, 75));
  settings.max_connections_per_address = reader.integer("AGENT_MAX_CONNECTIONS_PER_ADDRESS", 0, 1000000, 0);
  settings.dev_provisioning =
      std::chrono::milliseconds(reader.integer("AGENT_DEV_PROVISIONING_MS", 0, 3600000, 3000));
  settings.dev_start = std::chrono::milliseconds(reader.integer("AGENT_DEV_START_MS", 0, 3600000, 2000));
}

// Lines of `image=command`. Empty lines are left out.
std::map<std::string, std::string> read_images(VariableReader& reader) {
  std::map<std::string, std::string> images;
  std::istringstream text(reader.text("AGENT_DEV_IMAGES", ""));
  for (std::string line; std::getline(text, line);) {
    const std::size_t equals = line.find('=');
    const std::string image = line.substr(0, equals);
    if (line.empty()) continue;
    if (equals == 0 || equals == std::string::npos || equals + 1 == line.size() ||
        image.find(' ') != std::string::npos) {
      reader.fail("AGENT_DEV_IMAGES", "each line must be image=command, without blanks in the image");
      return {};
    }
    images[image] = line.substr(equals + 1);
  }
  return images;
}

std::string shown(const std::map<std::string, std::string>& images) {
  std::string text;
  for (const auto& [image, command] : images) text += (text.empty() ? "" : ", ") + image + "=" + command;
  return text;
}

std::string masked(bool present) {
  return present ? "***" : "";
}

std::string join(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : ",") + item;
  return text;
}

}  // namespace

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

dev8agent::Result<Settings> read_settings(const dev8agent::Variables& variables) {
  VariableReader reader(variables);
  Settings settings;
  settings.api_keys = read_keys(reader);
  settings.api_keys_file = reader.text("API_KEYS_FILE", "");
  settings.allow_unauthenticated = reader.boolean("AGENT_ALLOW_UNAUTHENTICATED", false);
  settings.console = reader.boolean("AGENT_CONSOLE", false);
  read_tls(reader, settings);
  settings.core_dumps = reader.boolean("AGENT_ALLOW_CORE_DUMPS", false);
  settings.host = reader.text("AGENT_HOST", "127.0.0.1");
  if (is_listening_host(settings.host)) {
    check_exposure(settings, reader);
  } else {
    reader.fail("AGENT_HOST", "must be an IP address or localhost");
  }
  settings.port = reader.integer("AGENT_PORT", 0, 65535, 8080);
  settings.environment = reader.text("ENVIRONMENT", "development");
  if (!is_environment_name(settings.environment)) {
    reader.fail("ENVIRONMENT", "must be 1-32 letters, digits, '-' or '_'");
  }
  settings.log_level = read_log_level(reader);
  settings.cors_origins =
      reader.list("CORS_ALLOWED_ORIGINS", "http://localhost:3000", is_origin,
                  "an origin such as https://app.example.com, in lower case, with no path and no "
                  "wildcard");
  settings.allowed_hosts = reader.list("AGENT_ALLOWED_HOSTS", "", is_host_name,
                                       "a host name or an IP address, in lower case, without port");
  for (const std::string& range :
       reader.list("TRUSTED_PROXIES", "", is_range, "an address or a range such as 10.0.0.0/8")) {
    if (const auto parsed = AddressRange::parse(range)) settings.trusted_proxies.push_back(*parsed);
  }
  settings.trusted_proxies_text = reader.text("TRUSTED_PROXIES", "");
  read_limits(reader, settings);
  settings.dev_images = read_images(reader);
  settings.dev_faults = reader.text("AGENT_DEV_FAULTS", "");
  if (!reader.errors().empty()) return dev8agent::invalid_request(reader.errors());
  return settings;
}

std::vector<std::pair<std::string, std::string>> describe(const Settings& settings) {
  return {
      {"AGENT_HOST", settings.host},
      {"AGENT_PORT", std::to_string(settings.port)},
      {"ENVIRONMENT", settings.environment},
      {"LOG_LEVEL", std::string(dev8agent::to_string(settings.log_level))},
      {"CORS_ALLOWED_ORIGINS", join(settings.cors_origins)},
      {"AGENT_ALLOWED_HOSTS", join(settings.allowed_hosts)},
      {"API_KEYS", masked(!settings.api_keys.empty())},
      {"API_KEYS_FILE", settings.api_keys_file},
      {"TRUSTED_PROXIES", settings.trusted_proxies_text},
      {"AGENT_ALLOW_UNAUTHENTICATED", settings.allow_unauthenticated ? "true" : "false"},
      {"AGENT_CONSOLE", settings.console ? "true" : "false"},
      {"AGENT_TLS_CERTIFICATE", settings.tls_certificate},
      {"AGENT_TLS_KEY", settings.tls_key},
      {"AGENT_PLAINTEXT", settings.plaintext ? "true" : "false"},
      {"AGENT_ALLOW_CORE_DUMPS", settings.core_dumps ? "true" : "false"},
      {"RATE_LIMIT_RPS", std::to_string(settings.rate_limit_rps)},
      {"RATE_LIMIT_BURST", std::to_string(settings.rate_limit_burst)},
      {"REQUEST_TIMEOUT_SECONDS", std::to_string(settings.request_timeout.count())},
      {"AGENT_SHUTDOWN_GRACE_SECONDS", std::to_string(settings.shutdown_grace.count())},
      {"AGENT_MAX_OPERATIONS", std::to_string(settings.max_operations)},
      {"AGENT_KEEPALIVE_SECONDS", std::to_string(settings.keepalive.count())},
      {"AGENT_MAX_CONNECTIONS_PER_ADDRESS", std::to_string(settings.max_connections_per_address)},
      {"AGENT_DEV_PROVISIONING_MS", std::to_string(settings.dev_provisioning.count())},
      {"AGENT_DEV_START_MS", std::to_string(settings.dev_start.count())},
      {"AGENT_DEV_IMAGES", shown(settings.dev_images)},
      {"AGENT_DEV_FAULTS", settings.dev_faults},
  };
}

}  // namespace dev8agentd

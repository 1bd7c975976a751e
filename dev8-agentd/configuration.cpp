// Gathers variables and turns them into settings.
#include "configuration.h"

#include <unistd.h>

#include "api_keys.h"
#include "random_id.h"
#include "settings_file.h"

namespace dev8agentd {
namespace {

using dev8agent::Error;
using dev8agent::FieldError;
using dev8agent::Secret;
using dev8agent::Variables;

void collect(const Error& error, std::vector<FieldError>& errors) {
  if (error.fields.empty()) errors.push_back({"configuration", error.message});
  errors.insert(errors.end(), error.fields.begin(), error.fields.end());
}

// The content of a file that `variable` names and that must be there. Else it adds an error.
Secret read_required(const std::string& path, const char* variable, std::vector<FieldError>& errors) {
  auto text = read_settings_file(path);
  if (text.ok() && *text) return Secret(std::move(**text));
  errors.push_back({variable, path + " " + (text.ok() ? "does not exist" : text.error().message)});
  return {};
}

}  // namespace

dev8agent::Status add_env_file(const std::string& path, Variables& variables) {
  const std::string name = path.empty() ? ".env" : path;
  const auto text = read_settings_file(name);
  if (!text.ok()) return dev8agent::invalid_request({{name, text.error().message}});
  if (!*text && path.empty()) return dev8agent::Done{};
  if (!*text) return dev8agent::invalid_request({{name, "does not exist"}});
  auto parsed = dev8agent::parse_env_file(**text);
  if (!parsed.ok()) {
    std::vector<FieldError> lines = parsed.error().fields;
    for (FieldError& line : lines) line.field = name + " " + line.field;
    return dev8agent::invalid_request(std::move(lines));
  }
  for (auto& [variable, value] : *parsed) {
    if (!value.empty()) variables.emplace(variable, std::move(value));
  }
  return dev8agent::Done{};
}

dev8agent::Result<std::vector<ApiKey>> load_api_keys(const std::string& path,
                                                     const std::vector<ApiKey>& others) {
  std::vector<FieldError> errors;
  const Secret text = read_required(path, "API_KEYS_FILE", errors);
  if (!errors.empty()) return dev8agent::invalid_request(std::move(errors));
  auto keys = parse_api_keys(text.reveal(), path);
  if (!keys.ok()) return dev8agent::invalid_request({{"API_KEYS_FILE", keys.error().message}});
  std::string repeated = repeated_key(*keys, {});
  std::string where = path;
  if (repeated.empty()) {
    repeated = repeated_key(others, *keys);
    where += " and API_KEYS";
  }
  if (!repeated.empty()) return dev8agent::invalid_request({{"API_KEYS_FILE", where + " " + repeated}});
  return keys;
}

dev8agent::Result<std::shared_ptr<const TlsContext>> load_tls(const std::string& certificate_path,
                                                              const std::string& key_path) {
  std::vector<FieldError> errors;
  const Secret certificate = read_required(certificate_path, "AGENT_TLS_CERTIFICATE", errors);
  const Secret key = read_required(key_path, "AGENT_TLS_KEY", errors);
  if (!errors.empty()) return dev8agent::invalid_request(std::move(errors));
  auto context = TlsContext::make(certificate.reveal(), key.reveal());
  if (context.ok()) return context;
  Error error = context.error();
  for (FieldError& field : error.fields) {
    const std::string& path = field.field == "AGENT_TLS_KEY" ? key_path : certificate_path;
    field.message = path + " " + field.message;
  }
  return error;
}

dev8agent::Result<Configuration> configure(const Variables& variables) {
  std::vector<FieldError> errors;
  auto settings = read_settings(variables);
  if (settings.ok() && !settings->api_keys_file.empty()) {
    auto keys = load_api_keys(settings->api_keys_file, settings->api_keys);
    if (!keys.ok()) collect(keys.error(), errors);
    if (keys.ok()) settings->file_keys = std::move(*keys);
  }
  if (settings.ok() && !settings->tls_certificate.empty()) {
    auto context = load_tls(settings->tls_certificate, settings->tls_key);
    if (!context.ok()) collect(context.error(), errors);
    if (context.ok()) settings->tls = std::move(*context);
  }
  auto options = dev8agent::options_from_variables(variables);
  if (!settings.ok()) collect(settings.error(), errors);
  if (!options.ok()) collect(options.error(), errors);
  if (!settings.ok() && options.ok()) {
    // The library's rules are checked as well, so that one start shows every mistake.
    set_activity_keys(Settings{}, *options);
    auto checked = dev8agent::finalize(std::move(*options));
    if (!checked.ok()) collect(checked.error(), errors);
  }
  if (!errors.empty()) return dev8agent::invalid_request(std::move(errors));
  set_activity_keys(*settings, *options);
  return Configuration{std::move(*settings), std::move(*options)};
}

void set_activity_keys(const Settings& settings, dev8agent::AgentOptions& options) {
  for (const auto* keys : {&settings.api_keys, &settings.file_keys}) {
    for (const ApiKey& key : *keys) options.activity_keys.push_back(activity_key_of(key.secret));
  }
  if (options.activity_keys.empty()) options.activity_keys.emplace_back(random_hex(32));
}

}  // namespace dev8agentd

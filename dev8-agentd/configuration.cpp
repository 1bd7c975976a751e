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

}  // namespace

Variables environment_variables() {
  Variables variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || equals + 1 == text.size()) continue;
    variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

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

dev8agent::Result<Configuration> configure(const Variables& variables) {
  std::vector<FieldError> errors;
  auto settings = read_settings(variables);
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
  for (const Secret& key : settings.api_keys) options.activity_keys.push_back(activity_key_of(key));
  if (options.activity_keys.empty()) options.activity_keys.emplace_back(random_hex(32));
}

}  // namespace dev8agentd

// Gathers variables and turns them into settings.
#include "configuration.h"

#include <fstream>
#include <sstream>

#include "random_id.h"

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

dev8agent::Status add_env_file(const std::string& path, Variables& variables) {
  std::ifstream file(path.empty() ? ".env" : path, std::ios::binary);
  if (!file) {
    if (path.empty()) return dev8agent::Done{};
    return dev8agent::invalid_request({{"--env-file", "must name a file that can be read"}});
  }
  std::ostringstream text;
  text << file.rdbuf();
  file.peek();  // tells an empty file from one that cannot be read, such as a directory
  if (file.bad()) return dev8agent::invalid_request({{"--env-file", "must name a file that can be read"}});
  auto parsed = dev8agent::parse_env_file(text.str());
  if (!parsed.ok()) return parsed.error();
  for (auto& [name, value] : *parsed) {
    if (!value.empty()) variables.emplace(name, std::move(value));
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
  for (const Secret& key : settings.api_keys) options.activity_keys.push_back(key.copy());
  if (options.activity_keys.empty()) options.activity_keys.emplace_back(random_hex(32));
}

}  // namespace dev8agentd

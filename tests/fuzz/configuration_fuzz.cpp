// A `.env` file: its text into variables, the variables into settings, and the settings' description back
// again.
#include "fuzz/fuzz.h"

namespace dev8agent::fuzz {
namespace {

bool is_secret(std::string_view name) {
  for (std::string_view part : {"STORAGE_KEY", "SECRET", "PASSWORD", "IDENTITY_HEADER"}) {
    if (name.find(part) != name.npos) return true;
  }
  return false;
}

bool names_canary(const Variables& variables) {
  for (const auto& [name, value] : variables) {
    if (name.find("canary") != name.npos) return true;
  }
  return false;
}

void check_description(const AgentSettings& settings) {
  const auto lines = describe(settings);
  bool masked = false;
  for (const auto& [name, value] : lines) {
    if (is_secret(name)) require(value.empty() || value == "***", "a described secret is masked");
    masked = masked || value == "***";
  }
  if (masked) return;
  auto options = options_from_variables(Variables(lines.begin(), lines.end()));
  require(options.ok(), "what is described can be read again");
  const auto again = finalize(std::move(*options));
  require(again.ok() && describe(*again) == lines, "what is described means the same");
}

}  // namespace

void fuzz_one(std::string_view input) {
  const auto variables = parse_env_file(input);
  if (!variables.ok()) return require_no_canary(variables.error());
  for (const auto& [name, value] : *variables) {
    require(!name.empty() && value.find('\0') == value.npos, "a variable has a name and no NUL");
  }
  const bool quotable = !names_canary(*variables);
  auto options = options_from_variables(*variables);
  if (!options.ok()) {
    if (quotable) require_no_canary(options.error());
    return;
  }
  const auto settings = finalize(std::move(*options));
  if (settings.ok()) {
    check_description(*settings);
  } else if (quotable) {
    require_no_canary(settings.error());
  }
}

}  // namespace dev8agent::fuzz

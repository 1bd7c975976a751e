// The environment variables of this process, and options from them.
#include <unistd.h>

#include "dev8agent/options.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

using namespace internal;

Variables environment_variables() {
  Variables variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || equals + 1 == text.size()) continue;
    variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

Result<AgentOptions> options_from_environment() {
  return options_from_variables(environment_variables());
}

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent

// The daemon's command line.
#pragma once

#include <optional>
#include <string>

#include "dev8agent/options.h"

namespace dev8agentd {

struct CommandLine {
  bool dev = false;
  bool check_config = false;
  bool print_config = false;
  std::string host;      // empty: not given
  std::string port;      // empty: not given
  std::string env_file;  // empty: ".env" when there is one

  // Flags win over variables.
  void apply(dev8agent::Variables& variables) const;
};

// Parses the arguments. With --help, --version or a wrong flag it prints and sets `exit_code`.
std::optional<CommandLine> parse_command_line(int argc, char** argv, int& exit_code);

}  // namespace dev8agentd

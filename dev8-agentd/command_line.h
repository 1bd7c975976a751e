// The daemon's command line: which flags there are, and what they change.
//
//   int exit_code = 0;
//   const auto flags = parse_command_line(argc, argv, exit_code);
//   if (!flags) return exit_code;
#pragma once

#include <optional>
#include <string>

#include "dev8agent/options.h"

namespace dev8agentd {

// The flags as they were given. Hosts and ports are checked later, together with the variables.
struct CommandLine {
  bool dev = false;           // run against an emulator inside the process
  bool workspaces = false;    // with dev: containers are processes of this machine
  bool check_config = false;  // check the configuration, print it and exit
  bool print_config = false;  // the same, under another name
  std::string host;           // empty: not given
  std::string port;           // empty: not given
  std::string dev_user;       // of those processes; empty: not given
  std::string env_file;       // empty: ".env" when there is one

  // Sets the variables that the flags stand for: --host is AGENT_HOST, --port is AGENT_PORT. Flags win over
  // environment variables, and those over the .env file.
  void apply(dev8agent::Variables& variables) const;
};

// Parses the arguments of main(). Nothing when the process is to end now, and `exit_code` says how: 0 after
// --help, --version and --list-variables, 2 after a wrong flag. The text for the user is printed by then.
std::optional<CommandLine> parse_command_line(int argc, char** argv, int& exit_code);

}  // namespace dev8agentd

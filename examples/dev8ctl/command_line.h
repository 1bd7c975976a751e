// Reading the command line.
#pragma once

#include <optional>
#include <string>

#include "dev8ctl/command.h"

namespace dev8ctl {

struct CommandLine {
  Command command;
  std::string completion;  // the script, for kCompletion
};

// Nothing when there is nothing to do: then help, version or what is wrong has been printed, and `exit_code`
// is set.
std::optional<CommandLine> parse_command_line(int argc, char** argv, int& exit_code);

}  // namespace dev8ctl

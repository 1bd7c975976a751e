// Carrying a command out: asks a backend and prints. One thread.
#pragma once

#include "dev8ctl/command_line.h"

namespace dev8ctl {

// The exit code (outcome.h). Results go to standard output, progress and failures to standard error.
int run(const CommandLine& line);

}  // namespace dev8ctl

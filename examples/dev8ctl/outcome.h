// Exit codes, and how an error is told to a person.
#pragma once

#include <string>

#include "dev8agent/error.h"

namespace dev8ctl {

enum ExitCode : int {
  kDone = 0,
  kFailed = 1,
  kUsage = 2,         // the command line, or a value that breaks a rule
  kNotFound = 3,      // no such environment
  kConflict = 4,      // the environment is in another state or shape
  kNotAllowed = 5,    // no key, a key without the right, or no credentials for Azure
  kTryLater = 6,      // throttled, out of quota or room, not reached, out of time
  kInterrupted = 130  // Ctrl-C; 128 and the number of the signal
};

// The code of a failure.
ExitCode exit_code(const dev8agent::Error& error);

// Lines for standard error: what happened, each broken field by the name of its option, what Azure said, and
// what to do. Control characters are replaced, so that no answer can steer the terminal.
std::string describe(const dev8agent::Error& error);

// For a dev8-agentd that gives no answer.
dev8agent::Error agent_unreached(const std::string& url, const std::string& why);

// `text` without control characters but tabs and line ends. Pure.
std::string printable(std::string text);

}  // namespace dev8ctl

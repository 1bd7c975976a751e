// The commands that take time: changes with their progress, and streams. Both end by Ctrl-C. One thread.
#pragma once

#include "dev8agent/error.h"
#include "dev8ctl/backend.h"
#include "dev8ctl/command.h"

namespace dev8ctl {

// Tells the error on standard error; its exit code.
int fail(const dev8agent::Error& error);

// A create, start, stop, restart, restore, adoption, update or delete. The first Ctrl-C asks for the
// roll-back, waits for it and says what is left; the second one leaves at once.
int change(Backend& backend, const Command& command);

// Events or a log as they come, until their end or Ctrl-C.
int follow(Backend& backend, const Command& command);

}  // namespace dev8ctl

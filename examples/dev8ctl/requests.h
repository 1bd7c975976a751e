// Commands into calls. Pure; any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "dev8ctl/backend.h"
#include "dev8ctl/command.h"

namespace dev8ctl {

// What stands before the name of a variable of the container, where others are names on the wire.
inline constexpr std::string_view kVariablePrefix = "env:";

// Secrets by their name on the wire, or by the prefix and the variable's name.
using Secrets = std::map<std::string, dev8agent::Secret>;

// The call of a command. Without a name or sizes, a create takes the id, 2 cores, 4 GB and 20 GB.
Call call_of(const Command& command, const Secrets& secrets);

// The request for a question about the same environment.
Call question(const Command& command, Verb verb);

}  // namespace dev8ctl

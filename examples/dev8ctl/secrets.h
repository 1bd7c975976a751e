// Secrets from files, standard input and variables. They never stand in an argument, which every user of the
// machine can read.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dev8agent/result.h"
#include "dev8agent/secret.h"
#include "dev8ctl/command.h"
#include "dev8ctl/requests.h"

namespace dev8ctl {

// The content of a file, "-" for standard input, without one line end at its end; at most 64 KiB.
// kInvalidRequest: `what` and why it cannot be read.
dev8agent::Result<dev8agent::Secret> read_secret_file(const std::string& path, const std::string& what);

// Reads all. kInvalidRequest: an unknown name, one that is named twice, standard input twice, a variable that
// is not set, an empty value.
dev8agent::Result<Secrets> read_secrets(const std::vector<SecretSource>& sources);

// "NAME=TEXT" in two; none when a side is empty. Pure.
std::optional<std::pair<std::string, std::string>> split_assignment(const std::string& text);

// The agent's key: from the file, or DEV8_API_KEY; empty when there is neither.
dev8agent::Result<dev8agent::Secret> read_api_key(const std::string& key_file);

// Writes `text` to a new file that its owner alone may read. kInvalidRequest: it exists, or cannot be
// written.
dev8agent::Status write_secret_file(const std::string& path, std::string_view text);

}  // namespace dev8ctl

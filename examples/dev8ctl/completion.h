// Scripts that make a shell complete the command line. Pure; any thread.
#pragma once

#include <string>
#include <vector>

namespace dev8ctl {

// A command with its options, such as "--region".
struct CommandWords {
  std::string name;
  std::vector<std::string> options;
};

// For "bash", "zsh" or "fish"; empty for any other shell. `common` are the options of every command.
std::string completion_script(const std::string& shell, const std::vector<CommandWords>& commands,
                              const std::vector<std::string>& common);

}  // namespace dev8ctl

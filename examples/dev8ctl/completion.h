// Scripts that make a shell complete the command line. Pure; any thread.
#pragma once

#include <string>
#include <vector>

namespace dev8ctl {

// An option, and what may follow it.
struct OptionWords {
  enum class Value {
    kNone,          // it is a flag
    kText,          // cannot be completed, or is one of `values`
    kFile,          // a path
    kFileOfSecret,  // NAME=FILE
  };
  std::string name;        // such as "--output"
  std::string short_name;  // such as "-o"; empty: there is none
  Value value = Value::kNone;
  std::vector<std::string> values;
};

// A command with its options.
struct CommandWords {
  std::string name;
  std::vector<OptionWords> options;
  std::vector<std::string> arguments;  // what its argument may be; empty: anything
};

// For "bash", "zsh" or "fish"; empty for any other shell. `common` are the options of every command.
std::string completion_script(const std::string& shell, const std::vector<CommandWords>& commands,
                              const std::vector<OptionWords>& common);

}  // namespace dev8ctl

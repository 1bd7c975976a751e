// Completion scripts for bash, zsh and fish.
#include "dev8ctl/completion.h"

namespace dev8ctl {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::string names(const std::vector<CommandWords>& commands) {
  std::vector<std::string> words;
  for (const CommandWords& command : commands) words.push_back(command.name);
  return joined(words);
}

std::string bash(const std::vector<CommandWords>& commands, const std::vector<std::string>& common) {
  std::string cases;
  for (const CommandWords& command : commands) {
    cases += "      " + command.name + ") words=\"" + joined(command.options) + " $common\"; break ;;\n";
  }
  return "# Completion of dev8ctl for bash: source <(dev8ctl completion bash)\n"
         "_dev8ctl() {\n"
         "  local word words common=\"" +
         joined(common) +
         "\"\n"
         "  words=\"" +
         names(commands) +
         " $common\"\n"
         "  COMPREPLY=()\n"
         "  case ${COMP_WORDS[COMP_CWORD-1]} in\n"
         "    -o | --output) COMPREPLY=($(compgen -W 'table json yaml' -- \"${COMP_WORDS[COMP_CWORD]}\")); "
         "return ;;\n"
         "    --key-file | --ca-file | --env-file | --password-file)\n"
         "      COMPREPLY=($(compgen -f -- \"${COMP_WORDS[COMP_CWORD]}\")); return ;;\n"
         "  esac\n"
         "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
         "    case $word in\n" +
         cases +
         "    esac\n"
         "  done\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
         "}\n"
         "complete -F _dev8ctl dev8ctl\n";
}

std::string fish(const std::vector<CommandWords>& commands, const std::vector<std::string>& common) {
  std::string text =
      "# Completion of dev8ctl for fish: dev8ctl completion fish | source\n"
      "complete -c dev8ctl -n __fish_use_subcommand -f -a '" +
      names(commands) + "'\n";
  const auto add = [&](const std::string& condition, const std::string& option) {
    if (option.starts_with("--"))
      text += "complete -c dev8ctl" + condition + " -l " + option.substr(2) + "\n";
  };
  for (const std::string& option : common) add("", option);
  for (const CommandWords& command : commands) {
    for (const std::string& option : command.options) {
      add(" -n '__fish_seen_subcommand_from " + command.name + "'", option);
    }
  }
  return text;
}

}  // namespace

std::string completion_script(const std::string& shell, const std::vector<CommandWords>& commands,
                              const std::vector<std::string>& common) {
  if (shell == "bash") return bash(commands, common);
  if (shell == "fish") return fish(commands, common);
  // zsh runs completions of bash.
  if (shell == "zsh") return "autoload -U +X bashcompinit && bashcompinit\n" + bash(commands, common);
  return "";
}

}  // namespace dev8ctl

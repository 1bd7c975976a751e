// Completion scripts for bash, zsh and fish.
#include "dev8ctl/completion.h"

#include <map>
#include <set>

namespace dev8ctl {
namespace {

using Value = OptionWords::Value;

std::string joined(const std::vector<std::string>& words, const char* between = " ") {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : between) + word;
  return text;
}

std::string names(const std::vector<CommandWords>& commands) {
  std::vector<std::string> words;
  for (const CommandWords& command : commands) words.push_back(command.name);
  return joined(words);
}

std::string names(const std::vector<OptionWords>& options) {
  std::vector<std::string> words;
  for (const OptionWords& option : options) words.push_back(option.name);
  return joined(words);
}

// Options with values by what bash does with the next word. Commands share options of one name.
using Branches = std::map<std::string, std::set<std::string>>;

void add_branches(Branches& branches, const std::vector<OptionWords>& options) {
  for (const OptionWords& option : options) {
    if (option.value == Value::kNone) continue;
    std::string action = "return ;;";
    if (option.value == Value::kFile) action = "_dev8ctl_files; return ;;";
    if (!option.values.empty())
      action = "COMPREPLY=($(compgen -W '" + joined(option.values) + "' -- \"$word\")); return ;;";
    branches[action].insert(option.name);
    if (!option.short_name.empty()) branches[action].insert(option.short_name);
  }
}

std::string bash(const std::vector<CommandWords>& commands, const std::vector<OptionWords>& common) {
  std::string cases, options, secrets;
  Branches branches;
  add_branches(branches, common);
  std::set<std::string> secret_files;
  for (const CommandWords& command : commands) {
    const std::string own = names(command.options) + " $common";
    cases += "      " + command.name + ") words=\"" + joined(command.arguments) +
             (command.arguments.empty() ? "" : " ") + own + "\"; break ;;\n";
    add_branches(branches, command.options);
    for (const OptionWords& option : command.options) {
      if (option.value == Value::kFileOfSecret) secret_files.insert(option.name);
    }
  }
  for (const auto& [action, of] : branches)
    options += "    " + joined({of.begin(), of.end()}, " | ") + ") " + action + "\n";
  for (const std::string& option : secret_files) secrets += "      " + option + ") _dev8ctl_files ;;\n";
  return "# Completion of dev8ctl for bash: source <(dev8ctl completion bash)\n"
         "_dev8ctl_files() {\n"
         "  local IFS=$'\\n'\n"
         "  compopt -o filenames 2>/dev/null\n"
         "  COMPREPLY=($(compgen -f -- \"$word\"))\n"
         "}\n"
         "_dev8ctl() {\n"
         "  local word=${COMP_WORDS[COMP_CWORD]} at=$((COMP_CWORD - 1)) given words common=\"" +
         names(common) +
         "\"\n"
         "  COMPREPLY=()\n"
         "  # \"--output=json\" and \"NAME=FILE\" are three words.\n"
         "  local assigned=\n"
         "  if [[ $word == \"=\" ]]; then\n"
         "    word= assigned=1\n"
         "  elif [[ ${COMP_WORDS[at]} == \"=\" ]]; then\n"
         "    at=$((at - 1)) assigned=1\n"
         "  fi\n"
         "  case ${COMP_WORDS[at]} in\n" +
         options +
         "  esac\n"
         "  if [[ $assigned ]]; then\n"
         "    case ${COMP_WORDS[at - 1]} in\n" +
         secrets +
         "    esac\n"
         "    return\n"
         "  fi\n"
         "  words=\"" +
         names(commands) +
         "\"\n"
         "  [[ $word == -* ]] && words=$common\n"
         "  for given in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
         "    case $given in\n" +
         cases +
         "    esac\n"
         "  done\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
         "}\n"
         "complete -F _dev8ctl dev8ctl\n";
}

std::string fish_option(const std::string& condition, const OptionWords& option) {
  std::string line = "complete -c dev8ctl" + condition + " -l " + option.name.substr(2);
  if (!option.short_name.empty()) line += " -s " + option.short_name.substr(1);
  if (option.value == Value::kText) line += " -x";
  if (option.value == Value::kFile || option.value == Value::kFileOfSecret) line += " -r -F";
  if (!option.values.empty()) line += " -a '" + joined(option.values) + "'";
  return line + "\n";
}

std::string fish(const std::vector<CommandWords>& commands, const std::vector<OptionWords>& common) {
  std::string text =
      "# Completion of dev8ctl for fish: dev8ctl completion fish | source\n"
      "complete -c dev8ctl -f\n"
      "complete -c dev8ctl -n __fish_use_subcommand -a '" +
      names(commands) + "'\n";
  for (const OptionWords& option : common) text += fish_option("", option);
  for (const CommandWords& command : commands) {
    const std::string after = " -n '__fish_seen_subcommand_from " + command.name + "'";
    for (const OptionWords& option : command.options) text += fish_option(after, option);
    if (!command.arguments.empty())
      text += "complete -c dev8ctl" + after + " -a '" + joined(command.arguments) + "'\n";
  }
  return text;
}

}  // namespace

std::string completion_script(const std::string& shell, const std::vector<CommandWords>& commands,
                              const std::vector<OptionWords>& common) {
  if (shell == "bash") return bash(commands, common);
  if (shell == "fish") return fish(commands, common);
  // zsh runs completions of bash.
  if (shell == "zsh") return "autoload -U +X bashcompinit && bashcompinit\n" + bash(commands, common);
  return "";
}

}  // namespace dev8ctl

// Commands and options by CLI11.
#include "dev8ctl/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <limits>
#include <map>

#include "dev8agent/environment.h"
#include "dev8agent/version.h"
#include "dev8ctl/completion.h"
#include "dev8ctl/outcome.h"
#include "dev8ctl/secrets.h"
#include "dev8ctl/terminal.h"
#include "dev8ctl/usage.h"

namespace dev8ctl {
namespace {

constexpr const char* kFooter =
    R"(`dev8ctl help COMMAND` describes a command.

Without --agent (or DEV8_AGENT) the library works in this process, with the
variables of dev8-agentd (AZURE_SUBSCRIPTION_ID, ...). The agent's key comes
from --key-file or DEV8_API_KEY.

Exit codes: 0 done, 1 failed, 2 wrong usage or value, 3 not found, 4 conflict
with the state there is, 5 not allowed, 6 try again later, 128 and the signal's
number when interrupted (130 for Ctrl-C).)";

constexpr const char* kSecretNames =
    "Names of secrets: githubToken, gitUserName, gitUserEmail, sshPublicKey,\n"
    "codeServerPassword, anthropicApiKey, openaiApiKey, geminiApiKey, and env:NAME\n"
    "for a variable NAME of the container. Their values are never arguments.";

// Builds the parser. Where the options of each command are, `chosen` says afterwards.
class Parser {
 public:
  Parser() {
    app_.set_version_flag("--version", "dev8ctl " + std::string(dev8agent::version()));
    app_.require_subcommand(0, 1);  // a command that is not known is then told by its name
    app_.fallthrough();
    app_.footer(kFooter);
    add_common();
    add_changes();
    add_questions();
    add_cleaning();
    add_others();
  }
  CLI::App& app() { return app_; }
  bool knows(std::string_view command) {
    const auto known = commands();
    return std::find(known.begin(), known.end(), command) != known.end();
  }
  // What is wrong, whose fault it is, and where to read on.
  std::string mistake(const CLI::ParseError& error) {
    const auto chosen = app_.get_subcommands();
    const std::string command = chosen.empty() ? "" : chosen.front()->get_name();
    const std::string program = command.empty() ? "dev8ctl" : "dev8ctl " + command;
    const auto unexpected = app_.remaining(true);
    std::string what = option_mistake(error.what());
    if (!unexpected.empty()) {
      const std::string& word = unexpected.front();
      what = unexpected_word(command, word, word.starts_with('-') ? options_here() : commands());
    }
    return program + ": " + what + "\n`" + program + " --help` describes " +
           (command.empty() ? "the commands.\n" : "it.\n");
  }
  CommandLine line() {
    CommandLine line;
    line.command = command_;
    for (const auto& [verb, app] : verbs_) {
      if (app->parsed()) line.command.verb = verb;
    }
    if (line.command.verb == Verb::kCompletion) line.completion = script();
    return line;
  }

 private:
  CLI::App* verb(Verb verb, const char* name, const char* text) {
    return verbs_[verb] = app_.add_subcommand(name, text);
  }
  // A command about one environment.
  CLI::App* about_one(Verb v, const char* name, const char* text) {
    CLI::App* app = verb(v, name, text);
    app->add_option("ID", command_.id, "The environment's id")->required()->type_name("");
    const bool creates = v == Verb::kCreate;
    app->add_option(
           "--region", command_.region,
           creates ? "A region, auto, or without it the default" : "Its region; else it is looked for")
        ->type_name("REGION");
    return app;
  }

  void add_common() {
    Connection& connection = command_.connection;
    app_.add_option("--agent", connection.agent_url, "URL of a dev8-agentd")
        ->type_name("URL")
        ->envname("DEV8_AGENT");
    app_.add_option("--key-file", connection.key_file, "File with the agent's key; - is standard input")
        ->type_name("FILE");
    app_.add_option("--ca-file", connection.ca_file, "CA certificates of the agent, PEM")->type_name("FILE");
    app_.add_flag("--plaintext", connection.plaintext, "Send the key over http:// to another machine");
    app_.add_option("--env-file", connection.env_file, "File of NAME=value lines for the library")
        ->type_name("FILE");
    add_choice<Format>(&app_, "-o,--output", command_.format, "table, json or yaml",
                       {{"table", Format::kTable}, {"json", Format::kJson}, {"yaml", Format::kYaml}})
        ->type_name("FORMAT");
    app_.add_flag("-q,--quiet", command_.quiet, "No progress");
  }

  void add_shape(CLI::App* app) {
    Shape& shape = command_.shape;
    app->add_option("--name", shape.name, "Shown to people")->type_name("TEXT");
    app->add_option("--user", shape.user, "The owner's id")->type_name("USER");
    add_number(app, "--cpu", shape.cpu, "CPU cores, 1-4");
    add_number(app, "--memory", shape.memory, "Memory in GB, 2-16");
    add_number(app, "--storage", shape.storage, "Storage in GB, 10-100");
    app->add_option("--image", shape.image, "Image of the container, one that the agent allows")
        ->type_name("IMAGE");
    app->add_option("--git", shape.git, "Repository for the workspace")->type_name("URL");
    app->add_option("--zone", shape.zone, "Availability zone of the region: 1, 2 or 3")->type_name("ZONE");
    add_texts(app, "--env", "A variable of the container, not for secrets", shape.variables);
    add_texts(app, "--label", "For lists and bills", shape.labels);
    app->add_option("--base-image", shape.base_image, "A word that is kept and shown")->type_name("TEXT");
    add_number(app, "--idle-stop", shape.idle_stop, "Stop after so many minutes without use; 0: never")
        ->type_name("MINUTES");
    add_secret(app, "--secret-file", "A secret from a file; - is standard input", "NAME=FILE", false);
    add_secret(app, "--secret-env", "A secret from a variable", "NAME=VARIABLE", true);
    app->add_option("--password-file", command_.password_file, "New file for the generated password")
        ->type_name("FILE");
    app->footer(kSecretNames);
  }
  // `value` is an int or an optional of it. Where no limits are given, those who do the work know them.
  template <class T>
  static CLI::Option* add_number(CLI::App* app, const char* option, T& value, const char* text,
                                 int least = std::numeric_limits<int>::min(),
                                 int most = std::numeric_limits<int>::max()) {
    return app->add_option(option, value, text)
        ->type_name("N")
        ->check([least, most](const std::string& number) { return number_mistake(number, least, most); });
  }
  // An option whose value is one of `words`.
  template <class T>
  CLI::Option* add_choice(CLI::App* app, const char* names, T& value, const char* text,
                          const std::vector<std::pair<std::string, T>>& words) {
    std::vector<std::string> known;
    for (const auto& word : words) known.push_back(word.first);
    CLI::Option* option = app->add_option_function<std::string>(
        names, [&value, words](const std::string& chosen) { value = value_of(words, chosen); }, text);
    values_[option] = known;
    return option->check([known](const std::string& word) {
      const bool found = std::find(known.begin(), known.end(), word) != known.end();
      return found ? "" : "must be " + alternatives(known);
    });
  }
  template <class T>
  static T value_of(const std::vector<std::pair<std::string, T>>& words, const std::string& word) {
    return std::find_if(words.begin(), words.end(), [&](const auto& known) { return known.first == word; })
        ->second;  // there is one: the check comes first
  }
  // Each use of the option adds a text. `texts` is a Texts or an optional of it.
  template <class T>
  static void add_texts(CLI::App* app, const char* option, const char* text, T& texts) {
    app->add_option_function<std::vector<std::string>>(
           option,
           [option, &texts](const std::vector<std::string>& values) {
             Texts read;
             for (const std::string& value : values) {
               const auto parts = split_assignment(value);
               if (!parts || !read.insert(*parts).second)
                 throw CLI::ValidationError(option, "must be NAME=TEXT, each name once");
             }
             texts = std::move(read);
           },
           text)
        ->type_name("NAME=TEXT")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  }
  // The text is an error's, too, so it never repeats the argument.
  void add_secret(CLI::App* app, const char* option, const char* text, const char* type, bool variable) {
    app->add_option_function<std::vector<std::string>>(
           option,
           [this, option, type, variable](const std::vector<std::string>& values) {
             for (const std::string& value : values) {
               const auto parts = split_assignment(value);
               if (!parts) throw CLI::ValidationError(option, std::string("must be ") + type);
               command_.secrets.push_back(
                   {parts->first, variable ? "" : parts->second, variable ? parts->second : ""});
             }
           },
           text)
        ->type_name(type)
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  }

  void add_changes() {
    add_shape(about_one(Verb::kCreate, "create", "Create an environment (2 cores, 4 GB, 20 GB)"));
    add_shape(about_one(Verb::kStart, "start", "Start a stopped environment, also with changes"));
    about_one(Verb::kStop, "stop", "Release the compute, keep the files");
    about_one(Verb::kRestart, "restart", "Restart the processes of a running environment");
    CLI::App* remove = about_one(Verb::kDelete, "delete", "Delete an environment and its files");
    remove->add_flag("--force", command_.force, "Also while it runs");
    remove->add_flag("-y,--yes", command_.yes, "Do not ask");
    about_one(Verb::kRestore, "restore", "Bring the files of a deleted environment back");
    CLI::App* adopt = about_one(Verb::kAdopt, "adopt", "Take in a container group and share of others");
    adopt->add_option("--name", command_.shape.name, "Shown to people")->type_name("TEXT");
    adopt->add_option("--user", command_.shape.user, "The owner's id")->type_name("USER");
    add_update(about_one(Verb::kUpdate, "update", "Change name, labels or idle stop, without a stop"));
  }
  void add_update(CLI::App* app) {
    Shape& shape = command_.shape;
    app->add_option("--name", shape.name, "Shown to people")->type_name("TEXT");
    app->add_option("--base-image", shape.base_image, "A word that is kept and shown")->type_name("TEXT");
    add_texts(app, "--label", "Set a label", shape.labels);
    app->add_option("--remove-label", command_.removed_labels, "Take a label away")
        ->type_name("NAME")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    CLI::Option* own =
        add_number(app, "--idle-stop", shape.idle_stop, "Stop after so many minutes without use; 0: never")
            ->type_name("MINUTES");
    app->add_flag("--default-idle-stop", command_.default_idle_stop, "Stop as the agent says")->excludes(own);
    app->callback([this] {
      for (const std::string& name : command_.removed_labels) {
        if (command_.shape.labels.value_or(Texts{}).contains(name))
          throw CLI::ValidationError("--remove-label", "must not name what --label sets");
      }
    });
  }

  void add_questions() {
    CLI::App* list = verb(Verb::kList, "list", "List environments, the newest first");
    list->add_option("--user", command_.user, "Of this owner")->type_name("USER");
    list->add_option("--region", command_.region, "In this region")->type_name("REGION");
    const CLI::Option* status =
        list->add_option("--status", command_.status, "In this status, such as RUNNING")->type_name("STATUS");
    using dev8agent::EnvironmentStatus;
    for (int i = 0; i <= static_cast<int>(EnvironmentStatus::kDeleting); ++i)
      values_[status].emplace_back(to_string(static_cast<EnvironmentStatus>(i)));
    add_texts(list, "--label", "With this label", command_.labels);
    add_number(list, "--limit", command_.limit, "At most so many (100)", 1, 1000000);
    about_one(Verb::kGet, "get", "Show an environment");
    CLI::App* logs = about_one(Verb::kLogs, "logs", "Print the container's last lines");
    logs->add_flag("-f,--follow", command_.follow, "Go on with what is added");
    add_number(logs, "--tail", command_.tail, "So many lines, 1-10000 (200)");
    logs->add_option("--container", command_.container, "Of this container")->type_name("NAME");
    logs->add_flag("--timestamps", command_.timestamps, "Each line with its time");
    CLI::App* events = about_one(Verb::kEvents, "events", "Print what has happened to an environment");
    events->add_flag("-f,--follow", command_.follow, "Go on until it is gone");
    verb(Verb::kRegions, "regions", "List the regions with quota and use");
  }

  void add_cleaning() {
    CLI::App* orphans = verb(Verb::kOrphans, "orphans", "List what belongs to no whole environment");
    CLI::App* sweep = verb(Verb::kSweep, "sweep", "Remove orphans; without --yes, say which");
    for (CLI::App* app : {orphans, sweep}) {
      add_number(app, "--older-than", command_.older_than, "Unchanged for so many minutes (60)")
          ->type_name("MINUTES");
    }
    sweep->add_flag("-y,--yes", command_.yes, "Remove them");
    sweep->add_flag("--include-files", command_.include_files, "Also shares that hold files; they are lost");
  }

  void add_others() {
    CLI::App* open = about_one(Verb::kOpen, "open", "Open an environment's link in the browser");
    open->add_flag("-p,--print", command_.print_only, "Print the link only");
    add_choice<Link>(open, "--link", command_.link, "web, desktop or ssh (web)",
                     {{"web", Link::kWeb}, {"desktop", Link::kDesktop}, {"ssh", Link::kSsh}})
        ->type_name("LINK");
    CLI::App* doctor = verb(Verb::kDoctor, "doctor", "Find out what keeps the agent from its work");
    doctor->add_flag("--no-registry", command_.no_registry, "Do not ask registries for the images");
    doctor->add_flag("--probe-share", command_.probe_share,
                     "Make a share in each storage account, and delete it");
    verb(Verb::kVersion, "version", "Print the version");
    CLI::App* completion = verb(Verb::kCompletion, "completion", "Print a completion script");
    add_choice<std::string>(completion, "SHELL", command_.shell, "bash, zsh or fish",
                            {{"bash", "bash"}, {"zsh", "zsh"}, {"fish", "fish"}})
        ->required()
        ->type_name("");
  }

  static std::vector<std::string> options_of(const CLI::App& app) {
    std::vector<std::string> words;
    for (const CLI::Option* option : app.get_options()) {
      for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
    }
    return words;
  }
  // For completion scripts: the same with what may follow.
  std::vector<OptionWords> completed_options(const CLI::App& app) const {
    std::vector<OptionWords> all;
    for (const CLI::Option* option : app.get_options()) {
      if (option->get_lnames().empty()) continue;  // the command's argument
      OptionWords& words = all.emplace_back();
      words.name = "--" + option->get_lnames().front();
      if (!option->get_snames().empty()) words.short_name = "-" + option->get_snames().front();
      words.values = values_of(option);
      const std::string type = option->get_type_name();
      if (option->get_items_expected_max() > 0) words.value = OptionWords::Value::kText;
      if (type == "FILE") words.value = OptionWords::Value::kFile;
      if (type == "NAME=FILE") words.value = OptionWords::Value::kFileOfSecret;
    }
    return all;
  }
  std::vector<std::string> completed_arguments(const CLI::App& app) const {
    for (const CLI::Option* option : app.get_options()) {
      if (option->get_positional()) return values_of(option);
    }
    return {};
  }
  std::vector<std::string> values_of(const CLI::Option* option) const {
    const auto found = values_.find(option);
    return found == values_.end() ? std::vector<std::string>{} : found->second;
  }
  // Those of all commands, and of the one that was given.
  std::vector<std::string> options_here() const {
    std::vector<std::string> words = options_of(app_);
    for (const CLI::App* chosen : app_.get_subcommands()) {
      const auto own = options_of(*chosen);
      words.insert(words.end(), own.begin(), own.end());
    }
    return words;
  }
  std::vector<std::string> commands() {
    std::vector<std::string> names;
    for (const CLI::App* command : app_.get_subcommands([](const CLI::App*) { return true; })) {
      names.push_back(command->get_name());
    }
    return names;
  }
  std::string script() {
    std::vector<CommandWords> commands;
    for (const CLI::App* command : app_.get_subcommands([](const CLI::App*) { return true; })) {
      commands.push_back({command->get_name(), completed_options(*command), completed_arguments(*command)});
    }
    return completion_script(command_.shell, commands, completed_options(app_));
  }

  CLI::App app_{"dev8ctl: development environments on Azure Container Instances", "dev8ctl"};
  Command command_;
  std::map<Verb, CLI::App*> verbs_;
  std::map<const CLI::Option*, std::vector<std::string>> values_;  // that completion knows
};

}  // namespace

std::optional<CommandLine> parse_command_line(int argc, char** argv, int& exit_code) {
  Parser parser;
  std::vector<char*> arguments(argv, argv + argc);
  std::string help = "--help";
  if (argc > 1 && std::string_view(argv[1]) == "help") {  // `help list` is `list --help`
    arguments.erase(arguments.begin() + 1);
    // With --help, the parser would say nothing of a command that it does not know.
    if (argc == 2 || parser.knows(argv[2])) arguments.push_back(help.data());
  }
  try {
    parser.app().parse(static_cast<int>(arguments.size()), arguments.data());
    if (!parser.app().get_subcommands().empty()) return parser.line();
    say(parser.app().help());
    exit_code = kUsage;
    return std::nullopt;
  } catch (const CLI::ParseError& error) {
    const bool asked = error.get_exit_code() == 0;  // for help, or the version
    exit_code = asked ? kDone : kUsage;
    if (asked) parser.app().exit(error);
    if (!asked) say(parser.mistake(error));
    return std::nullopt;
  }
}

}  // namespace dev8ctl

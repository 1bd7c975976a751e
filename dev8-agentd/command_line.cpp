// Flags by CLI11.
#include "command_line.h"

#include <CLI/CLI.hpp>
#include <cstdio>

#include "dev8agent/version.h"
#include "variable_guide.h"

namespace dev8agentd {

void CommandLine::apply(dev8agent::Variables& variables) const {
  if (!host.empty()) variables["AGENT_HOST"] = host;
  if (!port.empty()) variables["AGENT_PORT"] = port;
}

std::optional<CommandLine> parse_command_line(int argc, char** argv, int& exit_code) {
  CommandLine flags;
  CLI::App app("dev8-agentd: REST daemon for development environments on Azure Container Instances",
               "dev8-agentd");
  app.set_version_flag("--version", "dev8-agentd " + std::string(dev8agent::version()));
  app.add_flag("--dev", flags.dev, "Run against an embedded Azure emulator; needs no configuration");
  auto* dev = app.get_option("--dev");
  auto* workspaces =
      app.add_flag("--workspaces", flags.workspaces,
                   "With --dev: run containers as processes of this machine, on 127.88.0.0/16");
  workspaces->needs(dev);
  app.add_option("--dev-user", flags.dev_user,
                 "Whom those processes run as; nobody when the daemon is root's")
      ->type_name("USER")
      ->needs(workspaces);
  app.add_option("--host", flags.host, "Address to listen on (AGENT_HOST)")->type_name("ADDRESS");
  app.add_option("--port", flags.port, "Port to listen on (AGENT_PORT); 0 takes any free one")
      ->type_name("PORT");
  app.add_option("--env-file", flags.env_file, "File of NAME=value lines; without it .env, when there is one")
      ->type_name("FILE");
  app.add_flag("--check-config", flags.check_config, "Check the configuration, print it and exit");
  app.add_flag("--print-config", flags.print_config,
               "Print the effective configuration, secrets masked, and exit");
  bool list_variables = false;
  app.add_flag("--list-variables", list_variables,
               "Print every variable with its meaning and default, and exit");
  app.footer("Flags win over environment variables, and those over the .env file.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    exit_code = app.exit(error) == 0 ? 0 : 2;
    return std::nullopt;
  }
  if (!list_variables) return flags;
  std::fputs(variables_as_text().c_str(), stdout);
  exit_code = 0;
  return std::nullopt;
}

}  // namespace dev8agentd

// What stands for containers under --dev --workspaces: which images there are, which commands they run, and
// as whom. Used by DevAzure.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "command_line.h"
#include "dev8agent/container_runtime.h"
#include "settings.h"

namespace dev8agentd {

// Image to command line of the shell.
using ImageCommands = std::map<std::string, std::string>;

// The programs of this machine that can stand for images, as paths; empty: not found.
struct DevPrograms {
  std::string code_server;
  std::string workspace;  // examples/workspace
  std::string caddy;
};

// Looks for code-server and caddy in PATH, and for dev8-workspace beside this program, in examples/ of its
// build, and in PATH.
DevPrograms find_dev_programs();

// The commands of AGENT_DEV_IMAGES with those of the images that it does not name: the default image is
// code-server, else the example workspace, unless "*" is given; "caddy" is caddy. Pure.
ImageCommands dev_images(const ImageCommands& given, const DevPrograms& programs);

// Null and empty without --workspaces.
struct DevWorkspaces {
  std::shared_ptr<dev8agent::emulator::ProcessRuntime> runtime;
  std::string user;    // whom the containers run as; empty: as the daemon
  std::string images;  // names, comma separated
};

// Starts the runtime of the flags --workspaces and --dev-user with AGENT_DEV_IMAGES. The containers of root's
// daemon run as "nobody" unless --dev-user says otherwise. kInvalidRequest names what is wrong.
dev8agent::Result<DevWorkspaces> start_dev_workspaces(const Settings& settings, const CommandLine& flags);

}  // namespace dev8agentd

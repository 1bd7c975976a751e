// Starts a container's guardian.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "processes/descriptor.h"
#include "processes/private_mount.h"

namespace dev8agent::emulator {

// Whom the containers run as.
struct ContainerUser {
  std::string name;
  std::string home;
  uid_t user = 0;
  gid_t group = 0;
  std::vector<gid_t> groups;
};

// The user of that name; nothing when there is none.
std::optional<ContainerUser> find_user(const std::string& name);

// A container, ready to be run.
struct ContainerCommand {
  std::vector<std::string> arguments;  // the first is the path of the program
  std::map<std::string, std::string> variables;
  std::string directory;
  int address = -1;                        // AddressClaim::descriptor() of its group, which outlives this
  std::uint64_t memory_bytes = 0;          // 0: no limit
  std::chrono::milliseconds stop_grace{};  // from SIGTERM to SIGKILL
  std::optional<PrivateMount> mount;       // nothing: its shares are not at the paths of its definition
  // With a mount: what counts in place of the two above where it fails.
  std::map<std::string, std::string> variables_unmounted{};
  std::string directory_unmounted{};
  std::string link_unmounted{};  // the place of the share in its home directory; empty: it is in none
};

// A guardian with the emulator's ends of its pipes.
struct Guardian {
  pid_t process = -1;
  Descriptor output;   // non-blocking; what the container writes
  Descriptor control;  // a socket: the container ends when a byte is sent or it is closed
  Descriptor report;   // non-blocking; the status of its first process, then the end when all have ended
};

// Forks a guardian, which runs the container. A mount that fails is said in its output. `user` null: as this
// process. Nothing when the system has no descriptor or process to spare; errno says why. Any thread.
std::optional<Guardian> spawn(const ContainerCommand& command, const ContainerUser* user);

}  // namespace dev8agent::emulator

// A share at the path at which its container mounts it, in a mount namespace of the container's own: nothing
// of it shows anywhere else on this machine. It is possible for root, and for users who may make user
// namespaces.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace dev8agent::emulator {

// Prepared before the fork: after it only functions that are safe in signal handlers may be called.
struct PrivateMount {
  std::string share;                 // the directory of the share
  std::string path;                  // in the container, below /home
  std::vector<std::string> parents;  // the directories above `path` that /home does not have, outermost first
  std::vector<std::string> homes;    // what /home holds: it stays where it is
  std::string user_map;              // of a new user namespace; empty: root needs none
  std::string group_map;
  uid_t user = 0;  // whose the parents are
  gid_t group = 0;
  std::string home{};  // a directory of that user's that stands for the one above `path`; empty: none does
};

// For a path of the form /home/NAME/DIRECTORY, the home directory in it, "/home/NAME"; empty for others.
std::string home_above(const std::string& path);

// What is needed to mount `share` at `path` for a container of that user and group, and `home`, if there is
// one, at home_above(path). Nothing where that is not possible without hiding something of this machine: for
// a path that is not below /home, one below a directory of somebody's, or a /home with more than 64 entries.
std::optional<PrivateMount> plan_private_mount(const std::string& share, const std::string& path, uid_t user,
                                               gid_t group, const std::string& home = "");

// Gives this process a mount namespace with the share at its path. False: the system refuses it, errno says
// why, and the process is of no more use. Called after fork(), in a process with one thread, before a change
// of user.
bool mount_privately(const PrivateMount& mount);

// Tries it with a process that is gone afterwards: whether `directory` can be mounted.
bool can_mount_privately(const std::string& directory, uid_t user, gid_t group);

}  // namespace dev8agent::emulator

// The guardian of one container: a process between the emulator's process and the container's. It starts the
// container, reports how it ends, and sees to it that nothing of it is left: neither after a stop nor when
// the emulator's process is gone, however that came.
#pragma once

#include <sys/types.h>

#include <cstdint>

namespace dev8agent::emulator {

struct PrivateMount;

// What the guardian needs. All memory is prepared before the fork, because after it only functions that are
// safe in signal handlers may be called.
struct GuardianOrder {
  char* const* arguments = nullptr;     // of the container; the first is the path of its program
  char* const* environment = nullptr;   // of the container
  const char* directory = nullptr;      // where it starts
  int output = -1;                      // the container's standard output and error
  int control = -1;                     // a byte that comes here, or its end, ends the container
  int report = -1;                      // the status of waitpid(), an int, is written here
  int address = -1;                     // of the AddressClaim; kept until all processes have ended
  int grace_ms = 0;                     // from SIGTERM to SIGKILL
  std::uint64_t memory_bytes = 0;       // limit; 0: none
  const PrivateMount* mount = nullptr;  // null: none
  // Where the mount fails, these two count in place of those above, and the line is put into the output.
  char* const* environment_unmounted = nullptr;
  const char* directory_unmounted = nullptr;
  const char* line_unmounted = nullptr;
  // Then the home directory gets a link to the share. Null: the share is in none.
  const char* link_unmounted = nullptr;
  bool changes_user = false;  // then these three count
  uid_t user = 0;
  gid_t group = 0;
  const gid_t* groups = nullptr;
  std::size_t group_count = 0;
};

// Runs the container and ends the process when all its processes have ended. Called after fork(), in the
// child. When the container's first process ends, the others are killed, as in a container.
[[noreturn]] void run_guardian(const GuardianOrder& order);

}  // namespace dev8agent::emulator

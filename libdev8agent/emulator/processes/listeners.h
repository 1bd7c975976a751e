// Finds the processes of containers that listen (TCP) on other than loopback addresses: who can reach this
// machine could reach them, which containers of Azure do not allow for more than their group's ports.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace dev8agent::emulator {

// A socket that listens on an address that is not of this machine alone.
struct OpenListener {
  std::uint64_t inode = 0;
  std::string address;  // "0.0.0.0:3000", "[::]:3000"
};

// Of a line of /proc/net/tcp or /proc/net/tcp6. Nothing for any other line.
std::optional<OpenListener> read_listener(std::string_view line);

// A process of a container, and where it listens.
struct ExposedProcess {
  pid_t guardian = 0;  // it descends from this one
  pid_t process = 0;
  std::string program;
  std::string address;
  std::uint64_t inode = 0;  // of its socket
};

// Not thread-safe.
class ListenerWatch {
 public:
  // Those among the descendants of the guardians that listen since the last look, or that listened already
  // then and were told. `guardians` is called after
  // the sockets were read, so that none listens whose guardian is missing.
  std::vector<ExposedProcess> look(const std::function<std::vector<pid_t>()>& guardians);

 private:
  // Sockets that were found at the last look, without those of exposed processes: others may have the same.
  std::set<std::uint64_t> known_;
};

}  // namespace dev8agent::emulator

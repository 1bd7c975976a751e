// Finds the processes of containers that listen on other than loopback addresses: who can reach this machine
// could reach them, which containers of Azure do not allow for more than their group's ports.
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
  std::string address;  // "0.0.0.0:3000", "[::]:3000", "UDP 0.0.0.0:5300"
  bool of_udp = false;
};

// The ports that the kernel gives to sockets that ask for none, both included.
struct PortRange {
  std::uint16_t first = 32768;
  std::uint16_t last = 60999;
};

// Of a line of /proc/net/tcp or /proc/net/tcp6. Nothing for any other line.
std::optional<OpenListener> read_listener(std::string_view line);

// Of a line of /proc/net/udp or /proc/net/udp6. UDP has no state that says "listens". A socket counts that
// has no peer, and whose port is not one that the kernel gives: those are of clients, such as resolvers, or
// cannot be told from them.
std::optional<OpenListener> read_udp_listener(std::string_view line, const PortRange& given_by_kernel);

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
  // then and were told. A UDP socket counts from its second look on: some clients choose a port themselves,
  // for one question. `guardians` is called after the sockets were read, so that none listens whose guardian
  // is missing.
  std::vector<ExposedProcess> look(const std::function<std::vector<pid_t>()>& guardians);

 private:
  // Sockets that were found at the last look, without those of exposed processes: others may have the same.
  std::set<std::uint64_t> known_;
  std::set<std::uint64_t> young_;  // UDP sockets that the last look was the first to find
};

}  // namespace dev8agent::emulator

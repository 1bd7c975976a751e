// Finds the processes of containers that listen on other than loopback addresses: who can reach this machine
// could reach them, which containers of Azure do not allow for more than their group's ports.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dev8agent::emulator {

// A socket that listens on an address that is not of this machine alone.
struct OpenListener {
  std::uint64_t inode = 0;
  std::string address;  // "0.0.0.0:3000", "[::]:3000", "UDP 0.0.0.0:5300"
  int looks = 1;        // it counts from the look on that finds it for this many times in a row
};

// The ports that the kernel gives to sockets that ask for none, both included.
struct PortRange {
  std::uint16_t first = 32768;
  std::uint16_t last = 60999;
};

// Of a line of /proc/net/tcp or /proc/net/tcp6. Nothing for any other line.
std::optional<OpenListener> read_listener(std::string_view line);

// Of a line of /proc/net/udp or /proc/net/udp6. UDP has no state that says "listens". A socket counts that
// has no peer, because anybody may send to it. Clients have such sockets, too, while they wait for an answer.
// So it has to last: longest on a port that the kernel gives, which most clients have.
std::optional<OpenListener> read_udp_listener(std::string_view line, const PortRange& given_by_kernel);

// A process of a container, and where it listens.
struct ExposedProcess {
  pid_t guardian = 0;  // it descends from this one
  pid_t process = 0;
  std::string program;
  std::string address;
};

// Not thread-safe.
class ListenerWatch {
 public:
  // Those among the descendants of the guardians whose sockets count since this look, or counted already at
  // the last one and were told. `guardians` is called after the sockets were read, so that none listens whose
  // guardian is missing.
  std::vector<ExposedProcess> look(const std::function<std::vector<pid_t>()>& guardians);

 private:
  // How many looks in a row have found a socket. One that was told stays a look short of counting: other
  // processes may have the same.
  std::map<std::uint64_t, int> found_;
};

}  // namespace dev8agent::emulator

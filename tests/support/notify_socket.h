// Stands for a service manager: the socket that NOTIFY_SOCKET names, and what is sent to it.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <stdexcept>
#include <string>

namespace dev8agent::test {

// A datagram socket at a path, or at an abstract name that begins with '@'.
class NotifySocket {
 public:
  // Throws std::runtime_error when the address cannot be had.
  explicit NotifySocket(const std::string& name) : name_(name) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name.copy(address.sun_path, sizeof(address.sun_path) - 1);
    if (name[0] == '@') address.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    socket_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (bind(socket_, reinterpret_cast<const sockaddr*>(&address), size) != 0)
      throw std::runtime_error("bind");
  }
  ~NotifySocket() { close(socket_); }
  NotifySocket(const NotifySocket&) = delete;

  // What NOTIFY_SOCKET has to be.
  const std::string& name() const { return name_; }
  // The next message. Waits for it, without a limit.
  std::string next() const {
    char text[256];
    const ssize_t size = recv(socket_, text, sizeof(text), 0);
    return size < 0 ? "" : std::string(text, static_cast<std::size_t>(size));
  }
  // True when a message is there that next() would return at once.
  bool has_message() const {
    char first = 0;
    return recv(socket_, &first, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
  }

 private:
  std::string name_;
  int socket_ = -1;
};

}  // namespace dev8agent::test

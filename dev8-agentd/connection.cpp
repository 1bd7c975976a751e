// Reads and writes of a connection's socket.
#include "connection.h"

#include <sys/socket.h>

#include <cerrno>

namespace dev8agentd {

ssize_t Connection::receive(char* buffer, std::size_t size) const {
  ssize_t count = 0;
  do {
    count = recv(id.descriptor, buffer, size, MSG_DONTWAIT);
  } while (count < 0 && errno == EINTR);
  return count < 0 ? -errno : count;
}

ssize_t Connection::send(std::string_view bytes) const {
  ssize_t count = 0;
  do {
    count = ::send(id.descriptor, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  } while (count < 0 && errno == EINTR);
  return count < 0 ? -errno : count;
}

}  // namespace dev8agentd

// Reads and writes of a connection's socket.
#include "connection.h"

#include <sys/socket.h>

#include <cerrno>

namespace dev8agentd {

ssize_t Connection::receive(char* buffer, std::size_t size) {
  ssize_t count = 0;
  if (tls) {
    count = tls->receive(buffer, size);
    readable = tls->may_go_on(peer_ended);
    return count;
  }
  do {
    count = recv(id.descriptor, buffer, size, MSG_DONTWAIT);
  } while (count < 0 && errno == EINTR);
  // A short count means that nothing is left, but for the end of the stream.
  readable = count > 0 && (peer_ended || static_cast<std::size_t>(count) == size);
  return count < 0 ? -errno : count;
}

TlsSession::Progress Connection::handshake() {
  const auto progress = tls->handshake();
  readable = tls->may_go_on(peer_ended);
  return progress;
}

bool Connection::end_sending() {
  if (tls && !tls->say_end()) return false;
  tls.reset();
  shutdown(id.descriptor, SHUT_WR);
  return true;
}

ssize_t Connection::send(std::string_view bytes) const {
  if (tls) return tls->send(bytes);
  ssize_t count = 0;
  do {
    count = ::send(id.descriptor, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  } while (count < 0 && errno == EINTR);
  return count < 0 ? -errno : count;
}

}  // namespace dev8agentd

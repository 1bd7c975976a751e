// RawClient: a TCP client of a port on this machine that sends and reads bytes as they
// are. For what no HTTP client sends: half requests, wrong framing, pauses, resets.
#pragma once

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <string>
#include <string_view>

// Blocking, without time limits: the test's own limit ends a read that gets nothing.
// Not thread-safe. Example:
//
//   const RawClient client(port);
//   client.send("GET /live HTTP/1.1\r\nHost: x\r\n\r\n");
//   CHECK(client.read_until("\r\n").starts_with("HTTP/1.1 200"));
class RawClient {
 public:
  // Connects to 127.0.0.1:`port`; throws std::runtime_error when nobody listens there.
  explicit RawClient(int port) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);  // this machine only
    if (connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
      throw std::runtime_error("connect");
    }
  }
  ~RawClient() {
    if (socket_ >= 0) close(socket_);
  }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  // Sends all of `text`; false when the other side has closed.
  bool send(std::string_view text) const {
    while (!text.empty()) {
      // Without the signal SIGPIPE when the other side has closed.
      const ssize_t count = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(count));  // the rest, when the socket has taken a part
    }
    return true;
  }
  // What comes up to and including `mark`, or until the other side closes. Reads byte
  // by byte, so that nothing behind the mark is lost for the next call.
  std::string read_until(std::string_view mark) const {
    std::string text;
    char c = 0;
    // A closed connection and a reset end the loop alike.
    while (!text.ends_with(mark) && recv(socket_, &c, 1, 0) == 1) text += c;
    return text;
  }
  // What comes until the other side closes. The mark is one that no test's peer sends.
  std::string read_all() const { return read_until(std::string_view("\0never", 6)); }

  // For those who read and write it in another way.
  int descriptor() const { return socket_; }
  // Sends nothing more (FIN); reading goes on.
  void end_sending() const { shutdown(socket_, SHUT_WR); }
  // Ends the connection at once, with a reset (RST) instead of a FIN. Nothing may be
  // called after it.
  void reset() {
    const linger now{1, 0};  // on, for 0 s: close() throws unsent data away
    setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    close(socket_);
    socket_ = -1;
  }

 private:
  int socket_;  // -1 after reset()
};

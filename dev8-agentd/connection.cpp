// Reads and writes on a socket with deadlines.
#include "connection.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace dev8agentd {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kReadTime{30};
constexpr std::chrono::seconds kWriteTime{15};
constexpr std::chrono::seconds kLinger{1};

int milliseconds_until(Clock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
  return static_cast<int>(std::clamp<decltype(left)>(left, 0, 3600000));
}

// True when `events` of `socket` are there before the deadline, and before `wake_fd` (when not -1) is
// readable.
bool wait_for(int socket, short events, int wake_fd, Clock::time_point deadline) {
  for (;;) {
    pollfd fds[2] = {{socket, events, 0}, {wake_fd, POLLIN, 0}};
    const int ready = poll(fds, 2, milliseconds_until(deadline));
    if (ready < 0 && errno == EINTR) continue;
    return ready > 0 && fds[0].revents != 0;
  }
}

using NameFunction = int (*)(int, sockaddr*, socklen_t*);

void describe(NameFunction name_of, int socket, std::string& address, int& port) {
  sockaddr_storage name{};
  socklen_t size = sizeof(name);
  auto* generic = reinterpret_cast<sockaddr*>(&name);
  char host[NI_MAXHOST] = "";
  char service[NI_MAXSERV] = "0";
  if (name_of(socket, generic, &size) == 0) {
    getnameinfo(generic, size, host, sizeof(host), service, sizeof(service), NI_NUMERICHOST | NI_NUMERICSERV);
  }
  address = host;
  port = std::atoi(service);
}

}  // namespace

bool Connection::wait_for_request(std::chrono::milliseconds idle) {
  if (!is_readable() && !wait_for(socket_, POLLIN, wake_fd_, Clock::now() + idle)) return false;
  read_deadline_ = Clock::now() + kReadTime;
  consumed_ = 0;
  return true;
}

void Connection::finish() {
  shutdown(socket_, SHUT_WR);
  const auto deadline = Clock::now() + kLinger;
  while (wait_for(socket_, POLLIN, wake_fd_, deadline) && Clock::now() < deadline) {
    if (receive(buffer_.data(), buffer_.size()) <= 0) break;
  }
}

const std::string& Connection::remote_address() {
  int port = 0;
  if (remote_address_.empty()) get_remote_ip_and_port(remote_address_, port);
  return remote_address_;
}

bool Connection::wait_readable() const {
  return wait_for(socket_, POLLIN, wake_fd_, read_deadline_);
}

bool Connection::wait_writable() const {
  return wait_for(socket_, POLLOUT, -1, Clock::now() + kWriteTime);
}

ssize_t Connection::read(char* buffer, size_t size) {
  if (!is_readable()) {
    if (!wait_readable()) {
      error_ = httplib::Error::Timeout;
      return -1;
    }
    const ssize_t count = receive(buffer_.data(), buffer_.size());
    if (count <= 0) {
      error_ = count == 0 ? httplib::Error::ConnectionClosed : httplib::Error::Read;
      return count;
    }
    begin_ = 0;
    end_ = static_cast<size_t>(count);
  }
  const size_t count = std::min(size, end_ - begin_);
  std::memcpy(buffer, buffer_.data() + begin_, count);
  begin_ += count;
  consumed_ += count;
  return static_cast<ssize_t>(count);
}

ssize_t Connection::write(const char* data, size_t size) {
  if (!wait_writable()) return -1;
  return send(socket_, data, size, MSG_NOSIGNAL);
}

void Connection::get_remote_ip_and_port(std::string& address, int& port) const {
  describe(getpeername, socket_, address, port);
}

void Connection::get_local_ip_and_port(std::string& address, int& port) const {
  describe(getsockname, socket_, address, port);
}

ssize_t Connection::receive(char* buffer, size_t size) const {
  ssize_t count = 0;
  do {
    count = recv(socket_, buffer, size, 0);
  } while (count < 0 && errno == EINTR);
  return count;
}

}  // namespace dev8agentd

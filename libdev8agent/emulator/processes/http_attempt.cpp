// Connecting, sending, reading: see http_attempt.h.
#include "processes/http_attempt.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace dev8agent::emulator {
namespace {

bool must_wait() {
  return errno == EAGAIN || errno == EINPROGRESS || errno == ENOTCONN || errno == EINTR;
}

// Of "HTTP/1.1 204": nothing while there is too little; false for anything else.
std::optional<bool> judge(const std::string& answer) {
  constexpr std::size_t kStatusAt = 9;
  if (answer.size() < kStatusAt + 3) return std::nullopt;
  return answer.starts_with("HTTP/1.") && (answer[kStatusAt] == '2' || answer[kStatusAt] == '3');
}

}  // namespace

HttpAttempt::HttpAttempt(const std::string& address, int port, const std::string& path)
    : request_("GET " + path + " HTTP/1.1\r\nHost: " + address + ":" + std::to_string(port) +
               "\r\nUser-Agent: kube-probe\r\nConnection: close\r\n\r\n") {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(port));
  inet_pton(AF_INET, address.c_str(), &to.sin_addr);
  Descriptor made(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!made) return;
  const bool begun = connect(made.get(), reinterpret_cast<const sockaddr*>(&to), sizeof(to)) == 0;
  if (begun || must_wait()) socket_ = std::move(made);
}

std::optional<bool> HttpAttempt::step() {
  if (!socket_) return false;
  while (!request_.empty()) {
    const ssize_t sent = send(socket_.get(), request_.data(), request_.size(), MSG_NOSIGNAL);
    if (sent < 0 && must_wait()) return std::nullopt;
    if (sent < 0) return false;
    request_.erase(0, static_cast<std::size_t>(sent));
  }
  for (;;) {
    std::array<char, 512> buffer;
    const ssize_t length = read(socket_.get(), buffer.data(), buffer.size());
    if (length < 0 && must_wait()) return std::nullopt;
    if (length <= 0) return false;
    answer_.append(buffer.data(), static_cast<std::size_t>(length));
    if (const auto verdict = judge(answer_)) return verdict;
  }
}

pollfd HttpAttempt::event() const {
  return {socket_.get(), static_cast<short>(request_.empty() ? POLLIN : POLLOUT), 0};
}

}  // namespace dev8agent::emulator

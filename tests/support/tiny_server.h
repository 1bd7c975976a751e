// TinyServer: an HTTP/1.1 peer on a loopback port that answers as the test says, also wrongly.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace dev8agent::test {

class TinyServer {
 public:
  // One request as it came, headers and body; `fd` to answer on. False closes the connection.
  using Handler = std::function<bool(int fd, const std::string& request)>;

  explicit TinyServer(Handler handler) : handler_(std::move(handler)), listener_(listen_on_loopback(port_)) {
    acceptor_ = std::thread([this] { accept_all(); });
  }
  TinyServer(const TinyServer&) = delete;
  ~TinyServer() {
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    {
      std::lock_guard lock(mutex_);
      for (int fd : connections_) ::shutdown(fd, SHUT_RDWR);
    }
    for (std::thread& thread : threads_) thread.join();
    for (int fd : connections_) ::close(fd);
    ::close(listener_);
  }

  std::string url(const std::string& path = "/") const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  std::vector<std::string> requests() const {
    std::lock_guard lock(mutex_);
    return requests_;
  }

  // Sends all of `text`; a peer that has gone is none of the server's business.
  static bool send(int fd, std::string_view text) {
    while (!text.empty()) {
      const ssize_t sent = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  // Waits until the peer closes the connection.
  static bool stay_silent(int fd) {
    char byte = 0;
    while (::recv(fd, &byte, 1, 0) > 0) {
    }
    return false;
  }
  static std::string ok(std::string_view body, std::string_view headers = "") {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           std::string(headers) + "\r\n" + std::string(body);
  }

 private:
  static int listen_on_loopback(int& port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (fd < 0 || ::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(fd, 128) != 0 ||
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      std::abort();
    }
    port = ntohs(address.sin_port);
    return fd;
  }

  void accept_all() {
    for (;;) {
      const int fd = ::accept(listener_, nullptr, nullptr);
      if (fd < 0) return;
      std::lock_guard lock(mutex_);
      connections_.push_back(fd);
      threads_.emplace_back([this, fd] { serve(fd); });
    }
  }

  void serve(int fd) {
    std::string buffer;
    for (;;) {
      std::string request = read_request(fd, buffer);
      if (request.empty()) break;
      {
        std::lock_guard lock(mutex_);
        requests_.push_back(request);
      }
      if (!handler_(fd, request)) break;
    }
    ::shutdown(fd, SHUT_RDWR);
  }

  // The next request, with the body that Content-Length announces; empty when the peer has gone.
  static std::string read_request(int fd, std::string& buffer) {
    char chunk[65536];
    std::size_t wanted = std::string::npos;
    while (buffer.size() < wanted) {
      const auto end = buffer.find("\r\n\r\n");
      if (end != std::string::npos) {
        const auto length = buffer.find("Content-Length: ");
        const bool has_body = length != std::string::npos && length < end;
        wanted = end + 4 + (has_body ? std::strtoul(buffer.c_str() + length + 16, nullptr, 10) : 0);
        if (buffer.size() >= wanted) break;
      }
      const ssize_t got = ::recv(fd, chunk, sizeof chunk, 0);
      if (got <= 0) return "";
      buffer.append(chunk, static_cast<std::size_t>(got));
    }
    std::string request = buffer.substr(0, wanted);
    buffer.erase(0, wanted);
    return request;
  }

  Handler handler_;
  int port_ = 0;
  int listener_;
  mutable std::mutex mutex_;
  std::vector<int> connections_;
  std::vector<std::thread> threads_;
  std::vector<std::string> requests_;
  std::thread acceptor_;
};

}  // namespace dev8agent::test

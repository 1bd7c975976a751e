// TinyServer: an HTTP/1.1 peer on a loopback port that answers as the test says, also
// wrongly. It shows what the transport does with peers that no real server library lets
// one build: cut headers, wrong lengths, silence.
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

// Runs from its construction to its destruction. Each connection has a thread. Example:
//
//   TinyServer server([](int fd, const std::string& request) {
//     return TinyServer::send(fd, TinyServer::ok(request.starts_with("GET ") ? "read" : "written"));
//   });
//   const std::string url = server.url("/path");
class TinyServer {
 public:
  // One request as it came, headers and body; `fd` to answer on. Called on the
  // connection's thread, so calls for several connections overlap. False closes the
  // connection; true waits for the next request on it.
  using Handler = std::function<bool(int fd, const std::string& request)>;

  // Listens on a free port; aborts the program when that fails.
  explicit TinyServer(Handler handler) : handler_(std::move(handler)), listener_(listen_on_loopback(port_)) {
    acceptor_ = std::thread([this] { accept_all(); });
  }
  TinyServer(const TinyServer&) = delete;
  // Ends accept() first, so that no connection is added later. Then it ends all
  // connections, which wakes handlers that read, and joins their threads. A handler
  // must not block on anything else.
  ~TinyServer() {
    ::shutdown(listener_, SHUT_RDWR);  // wakes accept()
    acceptor_.join();                  // no thread is added from here on
    {
      std::lock_guard lock(mutex_);
      for (int fd : connections_) ::shutdown(fd, SHUT_RDWR);  // wakes recv()
    }
    // Handlers return when their connection has ended.
    for (std::thread& thread : threads_) thread.join();
    for (int fd : connections_) ::close(fd);
    ::close(listener_);
  }

  // The address of `path` on this server.
  std::string url(const std::string& path = "/") const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  // All requests so far, in the order in which they were complete. Any thread.
  std::vector<std::string> requests() const {
    std::lock_guard lock(mutex_);
    return requests_;
  }

  // How many connections have come so far. Any thread.
  std::size_t connections() const {
    std::lock_guard lock(mutex_);
    return connections_.size();
  }

  // Sends all of `text`; false when the peer has gone. That closes the connection and
  // is no error of the server.
  static bool send(int fd, std::string_view text) {
    while (!text.empty()) {
      // Without the signal SIGPIPE when the peer has gone.
      const ssize_t sent = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  // Waits until the peer closes the connection; what it sends meanwhile is thrown away.
  // Returns false, as a handler does to close: `return TinyServer::stay_silent(fd);`.
  static bool stay_silent(int fd) {
    // recv() returns 0 for a FIN and -1 for a reset.
    char byte = 0;
    while (::recv(fd, &byte, 1, 0) > 0) {
    }
    return false;
  }
  // A well-formed 200 with `body`. `headers` are further lines, each with its line end.
  static std::string ok(std::string_view body, std::string_view headers = "") {
    // The connection stays open after it, unless the handler returns false.
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           std::string(headers) + "\r\n" + std::string(body);
  }

 private:
  // The listening socket; `port` gets the port that the system has chosen.
  static int listen_on_loopback(int& port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);  // this machine only
    socklen_t size = sizeof address;
    // Port 0: the system chooses a free one.
    if (fd < 0 || ::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(fd, 128) != 0 ||
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      std::abort();
    }
    port = ntohs(address.sin_port);
    return fd;
  }

  // Runs on acceptor_ until the listener is shut down.
  void accept_all() {
    for (;;) {
      const int fd = ::accept(listener_, nullptr, nullptr);
      if (fd < 0) return;  // shut down
      // The destructor shuts down what is in connections_, so it is added before its
      // thread runs.
      std::lock_guard lock(mutex_);
      connections_.push_back(fd);
      threads_.emplace_back([this, fd] { serve(fd); });
    }
  }

  // Runs on the connection's thread. `buffer` keeps what came behind a request: the
  // beginning of the next one. The descriptor is closed by the destructor, so that its
  // number is not used again before.
  void serve(int fd) {
    std::string buffer;
    for (;;) {
      std::string request = read_request(fd, buffer);
      if (request.empty()) break;  // the peer has gone
      {
        std::lock_guard lock(mutex_);
        requests_.push_back(request);
      }
      // Without the lock: a handler may take as long as it likes.
      if (!handler_(fd, request)) break;
    }
    ::shutdown(fd, SHUT_RDWR);  // the peer sees the end now
  }

  // The next request, with the body that Content-Length announces; empty when the peer
  // has gone. There is no support for chunked bodies; the header's name must be spelled
  // like that.
  static std::string read_request(int fd, std::string& buffer) {
    char chunk[65536];
    std::size_t wanted = std::string::npos;  // its whole size, unknown until the headers are there
    while (buffer.size() < wanted) {
      const auto end = buffer.find("\r\n\r\n");  // the empty line behind the headers
      if (end != std::string::npos) {
        const auto length = buffer.find("Content-Length: ");
        // The length of these headers, not of a later request. 16 is that of
        // "Content-Length: ".
        const bool has_body = length != std::string::npos && length < end;
        wanted = end + 4 + (has_body ? std::strtoul(buffer.c_str() + length + 16, nullptr, 10) : 0);
        if (buffer.size() >= wanted) break;
      }
      const ssize_t got = ::recv(fd, chunk, sizeof chunk, 0);
      if (got <= 0) return "";
      buffer.append(chunk, static_cast<std::size_t>(got));
    }
    std::string request = buffer.substr(0, wanted);
    buffer.erase(0, wanted);  // the rest belongs to the next request
    return request;
  }

  Handler handler_;
  int port_ = 0;
  int listener_;                  // initialised after port_, which it sets
  mutable std::mutex mutex_;      // guards the three vectors
  std::vector<int> connections_;  // all ever accepted; closed by the destructor
  std::vector<std::thread> threads_;
  std::vector<std::string> requests_;
  std::thread acceptor_;
};

}  // namespace dev8agent::test

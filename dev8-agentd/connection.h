// One client's connection as a stream for cpp-httplib. Reading a request, headers and body together, has one
// deadline, so that a client who sends a byte at a time cannot hold a thread; waiting ends early when the
// server stops.
#pragma once

#include <httplib.h>

#include <array>
#include <chrono>
#include <string>

namespace dev8agentd {

class Connection final : public httplib::Stream {
 public:
  // `wake_fd` becomes readable when the server stops. The socket stays the caller's.
  Connection(int socket, int wake_fd) : socket_(socket), wake_fd_(wake_fd) {}

  // Waits for the first byte of the next request, at most `idle`, and starts the deadline for reading it.
  bool wait_for_request(std::chrono::milliseconds idle);
  // Ends the writing side and reads what the client still sends for a moment, so that the last answer arrives
  // even when the client was not done sending.
  void finish();

  const std::string& remote_address();

  // How much of the current request has been read.
  std::size_t consumed() const { return consumed_; }
  // Ends the connection after the current answer.
  void close_after_answer() { closing_ = true; }
  bool closing() const { return closing_; }

  bool is_readable() const override { return begin_ < end_; }
  bool wait_readable() const override;
  bool wait_writable() const override;
  ssize_t read(char* buffer, size_t size) override;
  ssize_t write(const char* data, size_t size) override;
  void get_remote_ip_and_port(std::string& address, int& port) const override;
  void get_local_ip_and_port(std::string& address, int& port) const override;
  socket_t socket() const override { return socket_; }
  time_t duration() const override { return 0; }

 private:
  ssize_t receive(char* buffer, size_t size) const;

  int socket_;
  int wake_fd_;
  std::string remote_address_;
  std::chrono::steady_clock::time_point read_deadline_{};
  std::array<char, 4096> buffer_;
  size_t begin_ = 0;
  size_t end_ = 0;
  std::size_t consumed_ = 0;
  bool closing_ = false;
};

}  // namespace dev8agentd

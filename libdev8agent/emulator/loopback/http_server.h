// One loopback port that speaks HTTP or HTTPS (cpp-httplib). EmulatorServer has one for each
// emulated service, so that the official Azure clients can talk to the emulator.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "dev8agent/transport.h"
#include "loopback/self_signed.h"

namespace dev8agent::emulator {

// Runs from start() to its destruction, on threads of its own. Each connection has a thread, up to
// 256 at once. Limits: bodies of 16 MB, paths of 1500 characters (longer ones get 414 without a
// call of the handler).
class HttpServer {
 public:
  // What the handler wants to happen with a request. Neither a response nor silence: the connection
  // is closed without a byte, as if the network had failed.
  struct Answer {
    std::optional<HttpResponse> response;  // nothing: the connection is cut
    bool silent = false;                   // nothing is sent until the client hangs up or the server ends
  };
  // Called on any of the server's threads, also on several at once. The URL of the request is
  // absolute; its host is the request's Host header. What the handler refers to must outlive the
  // server.
  using Handler = std::function<Answer(const HttpRequest&)>;

  // Serves on 127.0.0.1:`port` (0: a free one) and returns when connections are accepted. Null when
  // the port is taken or the certificate does not work. `certificate` null: plain HTTP; it is read
  // here only.
  static std::unique_ptr<HttpServer> start(int port, const LoopbackCertificate* certificate, Handler handler);
  // Ends the requests that are kept silent, waits for the others and joins the threads.
  ~HttpServer();

  // The port that it listens on, also when start() was given 0.
  int port() const;

 private:
  struct Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace dev8agent::emulator

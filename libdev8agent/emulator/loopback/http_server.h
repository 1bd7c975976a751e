// One loopback port that speaks HTTP or HTTPS.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "dev8agent/transport.h"
#include "loopback/self_signed.h"

namespace dev8agent::emulator {

class HttpServer {
 public:
  struct Answer {
    std::optional<HttpResponse> response;  // nothing: the connection is cut
    bool silent = false;                   // nothing is sent for as long as the client waits
  };
  // Called on any of the server's threads, for requests with an absolute URL on the server's own origin.
  using Handler = std::function<Answer(const HttpRequest&)>;

  // Serves on 127.0.0.1:`port` (0: a free one); null when the port is taken or the certificate does not work.
  static std::unique_ptr<HttpServer> start(int port, const LoopbackCertificate* certificate, Handler handler);
  ~HttpServer();

  int port() const;

 private:
  struct Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace dev8agent::emulator

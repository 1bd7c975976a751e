// Listener: the listening socket. It takes connections without waiting, and survives what accept(2) may fail
// with. Event loop's thread, but for bind().
//
//   int failure = 0;
//   while (auto accepted = listener.take(failure)) admit(*accepted);
//   if (failure != 0) ...  // pause: no descriptor to spare, for example
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "dev8agent/result.h"

namespace dev8agentd {

// A connection that was just accepted. Its socket does not block; the descriptor is the caller's to close.
struct Accepted {
  int descriptor;
  std::string address;  // of the client, without port; IPv4 in IPv6 as plain IPv4
};

class Listener {
 public:
  // Stands for accept4(2), with its result and errno; tests give one that fails.
  using Accept = std::function<int(int listening, void* address, unsigned* size)>;

  // An empty `accept` is accept4(2).
  explicit Listener(Accept accept = {});
  // Closes the socket.
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // Listens on `host`, an IP address or "localhost", and `port`, where 0 is any free one. The result is the
  // port. kConflict: the address cannot be had. "::" takes IPv4 clients, too. Call it once.
  dev8agent::Result<int> bind(const std::string& host, int port);
  // To be watched for readability; -1 before bind() and after close().
  int descriptor() const { return descriptor_; }
  // Clients that nobody has accepted yet are refused by the system. A second call does nothing.
  void close();

  // The next connection. Nothing when there is none now (`failure` is 0), or when accepting failed (`failure`
  // is the errno; it may work again after a pause).
  std::optional<Accepted> take(int& failure);

 private:
  Accept accept_;
  int descriptor_ = -1;
};

}  // namespace dev8agentd

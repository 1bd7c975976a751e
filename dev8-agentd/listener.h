// The listening socket: takes connections without waiting, and survives what accept(2) may fail with.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "dev8agent/result.h"

namespace dev8agentd {

// A connection that was just accepted; the descriptor is the caller's.
struct Accepted {
  int descriptor;
  std::string address;  // of the client, without port
};

class Listener {
 public:
  // accept4(2) by default; tests give one that fails.
  using Accept = std::function<int(int listening, void* address, unsigned* size)>;

  explicit Listener(Accept accept = {});
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // Listens on an IP address or "localhost"; the result is the port. kConflict: it cannot be had.
  dev8agent::Result<int> bind(const std::string& host, int port);
  int descriptor() const { return descriptor_; }
  void close();

  // The next connection. Nothing when there is none now (`failure` 0), or accepting failed (`failure` is the
  // errno; it may work again after a pause).
  std::optional<Accepted> take(int& failure);

 private:
  Accept accept_;
  int descriptor_ = -1;
};

}  // namespace dev8agentd

// One GET to a container, as a probe sends it, without waiting.
#pragma once

#include <poll.h>

#include <optional>
#include <string>

#include "processes/descriptor.h"

namespace dev8agent::emulator {

// Not thread-safe. Destruction gives it up.
class HttpAttempt {
 public:
  // Begins to connect. `address` is an IPv4 address.
  HttpAttempt(const std::string& address, int port, const std::string& path);
  // Goes on as far as it can. True: it was answered with a status from 200 to 399; false: it was not;
  // nothing: wait for event().
  std::optional<bool> step();
  pollfd event() const;

 private:
  Descriptor socket_;    // none: it failed at once
  std::string request_;  // what is still to be sent
  std::string answer_;
};

}  // namespace dev8agent::emulator

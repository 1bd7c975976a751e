// ServiceManager: tells the program that has started the daemon, such as systemd, that the daemon is ready,
// alive or about to end. It speaks the protocol of sd_notify(3): one datagram for each message, to the socket
// that NOTIFY_SOCKET names. Without that variable nothing is sent. Any thread.
//
//   ServiceManager manager(variables, logger);
//   manager.tell("READY=1");
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "dev8agent/log.h"
#include "dev8agent/options.h"

namespace dev8agentd {

// A message that cannot be sent is logged as "service_manager.unreachable"; nothing else follows from it.
class ServiceManager {
 public:
  // Reads NOTIFY_SOCKET (a path, or '@' and an abstract name), WATCHDOG_USEC and WATCHDOG_PID. The socket is
  // opened now, so that messages need no further descriptor. `log` may be called on the thread of any call.
  ServiceManager(const dev8agent::Variables& variables, dev8agent::Logger log);
  ~ServiceManager();
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;

  // Sends `state`: "READY=1" or "STOPPING=1". Blocks for a second at most.
  void tell(std::string_view state) const;
  // Sends "WATCHDOG=1". Never blocks.
  void tell_alive() const;
  // How often tell_alive() is due: half of WATCHDOG_USEC, at least 1 ms. 0: not at all, because the variable
  // is absent, malformed or meant for another process.
  std::chrono::microseconds alive_interval() const { return alive_interval_; }

 private:
  void send(std::string_view state, int flags) const;

  const std::string address_;  // as NOTIFY_SOCKET has it; empty: nobody to tell
  const std::chrono::microseconds alive_interval_;
  const dev8agent::Logger log_;
  int socket_ = -1;
};

}  // namespace dev8agentd

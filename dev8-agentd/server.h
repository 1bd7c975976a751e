// Server: the daemon's HTTP server. It is the front door with the agent's exchanges behind it. See
// front_door.h for the threads and the limits.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "agent.h"
#include "dev8agent/result.h"
#include "front_door.h"
#include "json_log.h"

namespace dev8agentd {

// bind(), then start(), then stop(), each once.
//
//   Server server(agent, log);
//   const auto port = server.bind("127.0.0.1", 8080);
//   if (port.ok()) server.start([] { ... });
class Server {
 public:
  // Raises the process's limit of open files, from which the number of connections follows. Both references
  // must outlive the server, and what `heartbeat` uses, too.
  Server(Agent& agent, const Log& log, Heartbeat heartbeat);
  // Stops, if that has not been done.
  ~Server();

  // Takes the address. The result is the port. kConflict: it cannot be had, because it is in use for example.
  dev8agent::Result<int> bind(const std::string& host, int port);
  // Serves on a new thread until stop(). `on_end` is called on that thread when serving ends.
  void start(std::function<void()> on_end);
  // Takes no more connections, answers those who wait, and returns when the answers are written, or after 2
  // seconds when a client takes too long to read its own.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dev8agentd

// The daemon's HTTP server: the front door with the agent's exchanges behind it.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "agent.h"
#include "dev8agent/result.h"
#include "json_log.h"

namespace dev8agentd {

class Server {
 public:
  Server(Agent& agent, const Log& log);
  ~Server();

  // Takes the address; the result is the port. kConflict: it cannot be had, in use for example.
  dev8agent::Result<int> bind(const std::string& host, int port);
  // Serves until stop(); `on_end` is called when serving ends.
  void start(std::function<void()> on_end);
  // Takes no more connections, and returns when the answers under way are written, or a client takes too long
  // to read its own.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dev8agentd

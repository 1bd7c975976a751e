// Puts the front door and the exchanges together.
#include "server.h"

#include "descriptor_limit.h"
#include "request_call.h"

namespace dev8agentd {
namespace {

FrontDoorOptions options_of(const Agent& agent, Heartbeat heartbeat) {
  const Settings& settings = agent.settings;
  FrontDoorOptions options;
  options.tls = &agent.tls;
  options.heartbeat = std::move(heartbeat);
  options.limits = connection_limits(raise_descriptor_limit(),
                                     static_cast<std::size_t>(settings.max_connections_per_address));
  // A little longer than the answers promise, so that a client never sends into a connection that just ended.
  options.times.idle = settings.keepalive + std::chrono::seconds(1);
  return options;
}

}  // namespace

struct Server::Impl {
  Impl(Agent& agent, const Log& log, Heartbeat heartbeat)
      : calls(agent, log),
        door(options_of(agent, std::move(heartbeat)), calls, agent.metrics,
             [&log](const dev8agent::LogRecord& record) { log.write(record); }) {}

  RequestCalls calls;
  FrontDoor door;
};

Server::Server(Agent& agent, const Log& log, Heartbeat heartbeat)
    : impl_(std::make_unique<Impl>(agent, log, std::move(heartbeat))) {}
Server::~Server() = default;

dev8agent::Result<int> Server::bind(const std::string& host, int port) {
  return impl_->door.bind(host, port);
}

void Server::start(std::function<void()> on_end) {
  impl_->door.start(std::move(on_end));
}

void Server::stop() {
  impl_->door.stop();
}

}  // namespace dev8agentd

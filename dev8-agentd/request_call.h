// RequestCalls: makes the calls that the front door hands to the workers. Each call is one Exchange, which
// cpp-httplib parses and writes (HttplibAdapter). This is where connections and the agent's logic meet;
// Server puts both together.
#pragma once

#include <memory>
#include <optional>

#include "agent.h"
#include "exchange.h"
#include "http_call.h"
#include "httplib_adapter.h"

namespace dev8agentd {

// One adapter serves all calls. A call whose client goes before the answer is counted and logged with status
// 499; its operation goes on.
//
//   RequestCalls calls(agent, log);
//   FrontDoor door(options, calls, agent.metrics, logger);
class RequestCalls final : public CallFactory {
 public:
  // Both must outlive this object and its calls.
  RequestCalls(Agent& agent, const Log& log) : agent_(agent), log_(log) {}
  // On the loop: begins an Exchange. The path alone says which thread answers.
  std::shared_ptr<Call> make(RawRequest request, bool close) override;

 private:
  Agent& agent_;
  const Log& log_;
  UuidSource ids_;  // of the loop
  // The calls refer to it.
  HttplibAdapter adapter_;
};

}  // namespace dev8agentd

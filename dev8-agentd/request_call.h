// The calls that the front door hands to the workers: each is one exchange carried by cpp-httplib.
#pragma once

#include <memory>
#include <optional>

#include "agent.h"
#include "exchange.h"
#include "http_call.h"
#include "httplib_adapter.h"

namespace dev8agentd {

class RequestCalls final : public CallFactory {
 public:
  RequestCalls(Agent& agent, const Log& log) : agent_(agent), log_(log) {}
  std::shared_ptr<Call> make(RawRequest request, bool close) override;

 private:
  Agent& agent_;
  const Log& log_;
  HttplibAdapter adapter_;
};

}  // namespace dev8agentd

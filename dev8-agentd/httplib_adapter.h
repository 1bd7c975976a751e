// cpp-httplib as the agent uses it: it parses a request that the event loop has read and checked, calls the
// exchange, and writes the answer, all in memory. Any thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "exchange.h"
#include "http_call.h"
#include "reply.h"

namespace dev8agentd {

class HttplibAdapter {
 public:
  HttplibAdapter();
  ~HttplibAdapter();

  // The answer to `exchange`'s request; or nothing, and `pending` is set, when it comes later.
  Answer process(Exchange& exchange, std::optional<Pending>& pending);
  // An answer that comes later.
  Answer write(Exchange& exchange, std::function<Response()> answer);

 private:
  class Engine;
  std::unique_ptr<Engine> engine_;
};

}  // namespace dev8agentd

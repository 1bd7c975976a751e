// cpp-httplib as the agent uses it: it parses a request that the event loop has read and checked, calls the
// exchange, and writes the answer, all in memory. Any thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "exchange.h"
#include "reply.h"

namespace dev8agentd {

class HttplibAdapter {
 public:
  HttplibAdapter();
  ~HttplibAdapter();

  // The bytes of the answer to `exchange`'s request; or nothing, and `pending` is set, when it comes later.
  std::string process(Exchange& exchange, std::optional<Pending>& pending);
  // The bytes of an answer that comes later.
  std::string write(Exchange& exchange, std::function<Response()> answer);

 private:
  class Engine;
  std::unique_ptr<Engine> engine_;
};

}  // namespace dev8agentd

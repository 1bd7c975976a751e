// cpp-httplib as the agent uses it: it parses a request that the event loop has read and checked, calls the
// exchange, and writes the answer, all in memory. Any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "exchange.h"
#include "reply.h"

namespace dev8agentd {

class HttpCarrier {
 public:
  HttpCarrier();
  ~HttpCarrier();

  // The bytes of the answer to `exchange`'s request; or nothing, and `pending` is set, when it comes later.
  std::string carry(Exchange& exchange, std::optional<Pending>& pending);
  // The bytes of an answer that came later.
  std::string write(Exchange& exchange, Response response);

 private:
  class Engine;
  std::unique_ptr<Engine> engine_;
};

}  // namespace dev8agentd

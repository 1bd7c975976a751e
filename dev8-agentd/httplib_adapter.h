// cpp-httplib as the agent uses it: it calls the exchange for a request that the event loop has read and
// checked, and writes the answer, all in memory. It never touches a socket. Any thread, several at a time.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "exchange.h"
#include "http_call.h"
#include "reply.h"

namespace dev8agentd {

// "Not Found" for 404; a constant.
std::string_view reason_phrase(int status);

// cpp-httplib gets a request in one plain form: GET or HEAD of "/", without fields and body. Routing, and
// what it would do by itself with fields (ranges, compression, closing after errors), is the agent's own
// business. So versions of cpp-httplib differ little here.
//
//   std::optional<Pending> pending;
//   std::string bytes = adapter.process(exchange, pending);
//   if (pending) ...  // later: bytes = adapter.write(exchange, pending->answer)
class HttplibAdapter {
 public:
  HttplibAdapter();
  ~HttplibAdapter();

  // Answers the request of `exchange`: gate, handler, headers, log. Returns the bytes of the answer. When the
  // answer comes later, `pending` is set and the result is empty; then write() follows.
  Answer process(Exchange& exchange, std::optional<Pending>& pending);
  // The bytes of an answer that comes later. `answer` is called within this call. Headers and log as in
  // process(). Call it once for an exchange.
  Answer write(Exchange& exchange, std::function<Response()> answer);

 private:
  // A httplib::Server without sockets; here only by name, to keep cpp-httplib out of this header.
  class Engine;
  std::unique_ptr<Engine> engine_;
};

}  // namespace dev8agentd

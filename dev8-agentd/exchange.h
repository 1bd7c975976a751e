// Exchange: one HTTP request and its answer, from the first header to the log line. It does what every
// request needs, whatever it asks for: request id, gate, common headers, metrics, log. HttplibAdapter calls
// it; it knows nothing of cpp-httplib. One thread at a time.
//
// The order of the calls: reject_early(); if it lets the request in, answer(); then for the final Response
// complete() and record(). A request that waits has its answer made later, perhaps by another worker.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "agent.h"
#include "json_log.h"
#include "message.h"
#include "random_id.h"
#include "reply.h"
#include "request_reader.h"

namespace dev8agentd {

class Exchange {
 public:
  // Counts the request in and gives it an id: the client's X-Request-ID when it is well-formed, else a new
  // UUID of `ids`. `close`: the connection ends with the answer. `agent` and `log` must outlive the exchange.
  Exchange(RawRequest raw, bool close, Agent& agent, const Log& log, UuidSource& ids);

  const Request& request() const { return request_; }
  // The answer when the request ends here: it was refused while it was read, its caller sends too many, or
  // the gate refuses it. Nothing when the request is let in; then its route is set.
  std::optional<Response> reject_early();
  // Calls the handler of the route with the body. Only after reject_early() has let the request in.
  Reply answer();
  // The 500 for a handler that has thrown.
  Response failure() const;

  // Adds the headers that every answer has: X-Request-ID, Cache-Control, CORS, and those about the
  // connection.
  void complete(Response& response) const;
  // What the log tells of the answer besides its status: why it is an error, and what it is about.
  void note(const Response& response);
  // True when the connection ends with this answer.
  bool closes() const { return close_ || agent_->draining; }
  // Whether the client reads the chunked coding of HTTP/1.1.
  bool takes_chunks() const { return !is_http_1_0_; }
  // Counts the answer and writes the log record "http.request" as it goes out. `bytes` is the size of the
  // body. Call it once: it also takes the request out of those in flight. Probes are on the level debug,
  // other failures from 500 on of known routes on warn, all else on info. Of the client's words only a known
  // method, the route's template and well-formed ids are logged.
  void record(int status, std::size_t bytes) const;

 private:
  Agent* agent_;                // never null
  const Log* log_;              // never null
  std::optional<Fault> fault_;  // why the request was refused while it was read
  std::string body_;
  bool close_;
  bool is_http_1_0_;
  Request request_;
  // For the log. The ids are empty where the path tells them.
  std::string environment_id_;
  std::string operation_id_;
  std::string_view reason_;  // empty for a success
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace dev8agentd

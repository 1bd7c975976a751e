// One request and its answer from the first header to the log line. One thread at a time.
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
#include "reply.h"
#include "request_reader.h"

namespace dev8agentd {

class Exchange {
 public:
  // Counts the request in and gives it an id, its own when that is well-formed. `close`: the connection ends
  // with the answer.
  Exchange(RawRequest raw, bool close, Agent& agent, const Log& log);

  const Request& request() const { return request_; }
  // True when the request was refused while it was read.
  bool was_refused() const { return fault_.has_value(); }
  // The body as it was read, once.
  std::string take_body() { return std::move(body_); }

  // The answer when the request ends here: it was refused while it was read, or the gate refuses it.
  std::optional<Response> turn_away();
  // What the endpoint says, given the body.
  Reply answer(std::string body);

  // Adds the headers that every answer has.
  void complete(Response& response) const;
  // Why the answer is an error, for the log.
  void set_reason(std::string_view reason) { reason_ = reason; }
  bool closes() const { return close_ || agent_->draining; }
  // The client reads HTTP/1.1's chunked coding.
  bool takes_chunks() const { return !is_http_1_0_; }
  // Counts and logs the answer as it goes out.
  void record(int status, std::size_t bytes) const;

 private:
  Agent* agent_;
  const Log* log_;
  std::optional<Fault> fault_;
  std::string body_;
  bool close_;
  bool is_http_1_0_;
  Request request_;
  std::string environment_id_;
  std::string_view reason_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace dev8agentd

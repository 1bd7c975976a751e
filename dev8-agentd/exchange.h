// One request and its answer from the first header to the log line.
#pragma once

#include <chrono>
#include <optional>

#include "agent.h"
#include "log.h"
#include "message.h"

namespace dev8agentd {

class Exchange {
 public:
  // Counts the request in and gives it an id, its own when that is well-formed.
  Exchange(Request request, Agent& agent);

  // Before the body is read: the answer when the request ends here.
  std::optional<Response> turn_away();
  // The answer, given the body.
  Response answer(std::string body);
  // Adds the headers that every answer has.
  void complete(Response& response) const;
  // Counts and logs the answer as it goes out.
  void record(int status, std::size_t bytes, const Log& log) const;

  const Request& request() const { return request_; }

 private:
  Agent* agent_;
  Request request_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace dev8agentd

// WaitReport: what Azure shows of the container that a caller waits for. It is asked for once, shortly before
// the caller's time is over, so that the answer without an outcome tells it. It holds no answer up: the
// answer has what has come by then. One for each caller; the front door and the workers call it in turn.
//
//   const auto report = std::make_shared<WaitReport>(agent, about, request);
//   report->ask_before_end(pending, patience);  // the front door asks when it is time
//   still_running(..., {.container = report->take()}, ...);  // in the answer at the deadline
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "dev8agent/operation.h"
#include "dev8agent/orchestrator.h"
#include "reply.h"

namespace dev8agentd {

struct Agent;

class WaitReport : public std::enable_shared_from_this<WaitReport> {
 public:
  // About one environment, as the caller of `request` may see it. `agent` must outlive it.
  WaitReport(Agent& agent, dev8agent::GetRequest about, const Request& request);

  // Has `pending`, whose caller waits for `patience`, ask before its deadline.
  void ask_before_end(Pending& pending, std::chrono::milliseconds patience);
  // What has come; empty when nothing has, or Azure has failed.
  dev8agent::ContainerReport take() const;

 private:
  Agent& agent_;
  const dev8agent::GetRequest about_;
  const std::string request_id_;
  const std::string only_user_;
  const std::string trace_id_;
  std::optional<dev8agent::Operation<dev8agent::ContainerReport>> asked_{};
};

}  // namespace dev8agentd

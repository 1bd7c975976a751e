// Observer: what an orchestrator does, as typed reports for the metrics and traces of the program that embeds
// it. AgentOptions::observer takes one. The logger (log.h) tells the same as words.
//
//   class Counters final : public dev8agent::Observer {
//    public:
//     void request_ended(const dev8agent::RequestReport& report) override {
//       latency(report.call, report.status).record(report.duration);
//     }
//     void operation_ended(const dev8agent::OperationReport& report) override {
//       spans.end(report.number, report.error != nullptr);
//     }
//   };
//   options.observer = std::make_shared<Counters>();
//
// For a trace, an operation is a span, and each of its requests a span below it, found by `request_id`: give
// each call one (CallOptions::request_id). Azure gets the same id as x-ms-client-request-id where it has the
// form of a UUID. With a CallOptions::trace_id, Azure gets that in its place. A create that joins an equal
// one has no requests of its own. A request that is cancelled has no report.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dev8agent/error.h"
#include "dev8agent/export.h"
#include "dev8agent/scheduler.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

// One attempt of a request to Azure, without the waits between attempts. It carries no URL, header or body,
// and so no secret. The views are valid during the call.
struct RequestReport {
  std::string_view call{};        // a stable word: "containerGroups.put"; that of HttpRequest::label
  std::string_view method{};      // "PUT"
  std::string_view request_id{};  // CallOptions::request_id; empty for what calls share: tokens, looks at
                                  // what many wait for
  WallTime begun{};
  std::chrono::nanoseconds duration{0};
  int status = 0;                                          // of HTTP; 0: no answer
  std::optional<ErrorCode> error{};                        // why there is no answer; none when there is one
  std::string_view azure_code{};                           // of an error answer: "ContainerGroupQuotaReached"
  std::string_view azure_request_id{};                     // x-ms-request-id, for Azure's support
  std::optional<std::chrono::milliseconds> retry_after{};  // how long Azure asks to wait
  std::optional<int> reads_left{};                         // x-ms-ratelimit-remaining-subscription-reads
};

// One call of the orchestrator that has passed the check of its request. The views are valid during the call.
struct OperationReport {
  std::uint64_t number = 0;  // unique within the orchestrator, the same at begin and end
  // A stable word: "create", "start", "stop", "restart", "remove", "restore", "adopt", "update", "get",
  // "list", "report_activity", "regions", "orphans", "sweep_orphans", "events", "watch_events",
  // "watch_environments", "logs", "follow_logs", "report_container", "check_health", "storage_allowances",
  // "diagnose", "observe_operation"; "idle_stop" is the agent's own.
  std::string_view call{};
  std::string_view
      environment_id{};           // empty where there is none, and for a create that leaves it to the library
  std::string_view request_id{};  // CallOptions::request_id
  WallTime begun{};
  std::chrono::nanoseconds duration{0};  // 0 at the begin
  const Error* error = nullptr;          // null at the begin, and of a success
};

// Every function is called on the loop thread and must not block, throw, call the orchestrator or destroy it.
// Those that a program does not override do nothing.
class DEV8AGENT_EXPORT Observer {
 public:
  virtual ~Observer() = default;
  // Once for each attempt that has ended, but for one that was cancelled.
  virtual void request_ended(const RequestReport&) {}
  // Once for each call that is let in. operation_ended() follows for each, also when the orchestrator is
  // destroyed first, and before the operation's own on_done() callbacks.
  virtual void operation_began(const OperationReport&) {}
  // Once for each operation_began().
  virtual void operation_ended(const OperationReport&) {}
};

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent

// Prometheus metrics of the daemon, served at /metrics. Labels are bounded: route templates, known methods,
// status classes, operation names and reasons, never anything that a caller chose. Else a caller could fill
// the memory. Any thread.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "dev8agent/operation_record.h"

namespace dev8agentd {

// What is not counted, but asked for at each scrape.
struct MetricsSample {
  std::string_view scheme = "http";                                            // of the listener; a constant
  std::optional<std::chrono::system_clock::time_point> certificate_expires{};  // of the listener, with TLS
  bool ready = false;                                                          // as /ready says
  bool healthy = false;                                                        // as /health says
  std::size_t environments_watched = 0;                                        // for readers of events
  int writers_waiting = 0;    // callers who wait for the outcome of a change
  int readers_waiting = 0;    // callers who wait for a read of Azure
  int followers_waiting = 0;  // callers who wait for a change of an operation
};

// Each pair of functions moves one gauge: started and finished, opened and closed.
//
//   metrics.request_started();
//   metrics.request_finished("/api/v1/environments/{id}", "GET", 200, elapsed);
class Metrics {
 public:
  // Seconds.
  using Duration = std::chrono::duration<double>;

  Metrics();
  ~Metrics();

  // HTTP requests. `route` is the template, or "unmatched"; `method` a known method, or "other". Both must be
  // constants: only their addresses are kept. Every request that started must finish once, also one whose
  // client has gone (499).
  void request_started();
  void request_finished(std::string_view route, std::string_view method, int status, Duration duration);

  // A request that was refused because its caller sends too many.
  void request_rate_limited();

  // Connections of clients.
  void connection_opened();
  // `reason` says why it ended: answered, client, error, handshake, idle, made_room, slow_reader, stopping.
  void connection_closed(std::string_view reason);
  // A connection that was never served: address (too many from there), full, accept_failed.
  void connection_refused(std::string_view reason);

  // An answer that goes out as a stream.
  void stream_begun();
  void stream_ended();

  // Operations of the orchestrator, such as "create", with or without a caller who waits.
  void operation_started(std::string_view operation);
  // `result` is "OK" or the word of the error's code, such as "QUOTA_EXCEEDED".
  void operation_finished(std::string_view operation, std::string_view result, Duration duration);
  // A change in this region; empty when that is not known. The regions are those of the configuration.
  void change_finished(std::string_view region, std::string_view operation, std::string_view result);
  // Begins the series of a region, before its first change.
  void add_region(std::string_view region);

  // The stages of an operation that has ended, each with its time.
  void stages_ended(const dev8agent::OperationRecord& record);

  // A roll-back that has ended. `complete`: nothing is left but what others use.
  void rolled_back(bool complete);
  // A create that goes on in the next region.
  void create_failed_over();

  // A list has shown so many environments of the region in this state, such as "deployed".
  void environments_listed(std::string_view region, std::string_view state, int count);

  // One attempt of a request to Azure. `call` is the library's label, such as "containerGroups.get"; `status`
  // is 0 when there was no answer.
  void azure_called(std::string_view call, int status, Duration duration);

  // How many more reads Azure Resource Manager takes at the moment, as it told with an answer.
  void azure_reads_left(int count);

  // Azure asks to send no more for `span` from now on. Times that overlap count once.
  void azure_throttled(Duration span);
  // A token of this scope is good for `left` from now on.
  void token_fetched(std::string_view scope, Duration left);
  // Operations that wait were looked at, `interval` after the look before, with one "list" or one "get".
  void watched(std::string_view read, Duration interval);

  // A log line that was dropped, because the reader of the log is too slow.
  void log_line_dropped();

  // All metrics in the Prometheus text format, version 0.0.4, those of the process included.
  std::string text(const MetricsSample& now = {}) const;

 private:
  // Keeps prometheus-cpp out of this header.
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dev8agentd

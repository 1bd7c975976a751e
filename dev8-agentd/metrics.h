// Prometheus metrics of the daemon. Labels are bounded: route templates, methods, status classes, operation
// names and reasons, never anything that a caller chose. Any thread.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace dev8agentd {

class Metrics {
 public:
  using Duration = std::chrono::duration<double>;

  Metrics();
  ~Metrics();

  void request_started();
  void request_finished(std::string_view route, std::string_view method, int status, Duration duration);

  void connection_opened();
  // `reason` says why it ended: answered, client, error, idle, made_room, slow_reader, stopping.
  void connection_closed(std::string_view reason);
  // A connection that was never served: address, full, accept_failed.
  void connection_refused(std::string_view reason);

  // An answer that goes out as a stream.
  void stream_begun();
  void stream_ended();

  void operation_started(std::string_view operation);
  // `result` is "OK" or the reason of the error.
  void operation_finished(std::string_view operation, std::string_view result, Duration duration);

  // The Prometheus text format, version 0.0.4.
  std::string text() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dev8agentd

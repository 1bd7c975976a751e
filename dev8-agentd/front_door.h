// FrontDoor: one thread that owns every client connection. It accepts, reads each request whole, has a few
// workers answer or answers a probe itself, and writes. Slow, idle and waiting clients cost it memory only,
// no thread. Strict framing is checked before any handler sees a request.
//
// The parts: Listener accepts, ConnectionTable keeps the connections, ConnectionDriver moves them on,
// RequestReader parses, WorkerPool answers, Inbox brings the answers back to the loop.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "connection_driver.h"
#include "connection_table.h"
#include "dev8agent/log.h"
#include "dev8agent/result.h"
#include "http_call.h"
#include "listener.h"
#include "metrics.h"
#include "worker_pool.h"

namespace dev8agentd {

// `beat` is called on the loop's thread about every `interval`, as long as the loop turns. A loop that is
// stuck does not beat. An empty `beat`: none is wanted.
struct Heartbeat {
  std::chrono::microseconds interval{0};
  std::function<void()> beat{};
};

// How a front door is set up. The daemon sets `limits`, the idle time and `heartbeat` (server.cpp); the rest
// are these defaults.
struct FrontDoorOptions {
  ConnectionTable::Limits limits{1024, 1024};
  ConnectionTimes times{};
  std::size_t workers = 4;  // for CallThread::kWorker; kProbe has one more
  std::chrono::milliseconds last_answers = std::chrono::seconds(2);  // how long stop() has clients read them
  Heartbeat heartbeat{};
  const TlsIdentity* tls = nullptr;  // must outlive the front door; null, or without a context: plain HTTP
  // For tests: replacements for accept4(2) and for the start of a worker's thread, which may fail.
  Listener::Accept accept{};
  WorkerPool::MakeThread make_thread{};
};

// bind(), then start(), then stop(), each once. From one thread.
class FrontDoor {
 public:
  // `calls` makes the call of each request, on the loop's thread. `calls` and `metrics` must outlive this
  // object. `log` is called on the loop's thread, at most about once a minute for each kind of event. Throws
  // std::system_error when the system has no descriptor to spare.
  FrontDoor(FrontDoorOptions options, CallFactory& calls, Metrics& metrics, dev8agent::Logger log);
  // Stops, if that has not been done.
  ~FrontDoor();

  // Takes the address: `host` is an IP address or "localhost", `port` 0 any free port. The result is the
  // port. kConflict: the address cannot be had, because it is in use for example. Clients can connect from
  // now on, but are served only after start().
  dev8agent::Result<int> bind(const std::string& host, int port);
  // Serves on a new thread until stop(). `on_end` is called on that thread when serving ends, after stop()
  // too.
  void start(std::function<void()> on_end);
  // Takes no more connections, answers those who wait, and returns when the answers are written. When a
  // client takes too long to read them, it returns FrontDoorOptions::last_answers after the last answer was
  // made. Blocks; a second call does nothing.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dev8agentd

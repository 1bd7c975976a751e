// The front door: one thread that owns every connection. It accepts, reads each request whole, has a few
// workers answer, and writes; slow, idle and waiting clients cost it memory only.
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

struct FrontDoorOptions {
  ConnectionTable::Limits limits{1024, 1024};
  ConnectionTimes times{};
  std::size_t workers = 4;
  std::chrono::milliseconds last_answers = std::chrono::seconds(2);  // how long stop() lets clients read them
  // For tests: what accepts a connection and makes a worker's thread.
  Listener::Accept accept{};
  WorkerPool::MakeThread make_thread{};
};

class FrontDoor {
 public:
  // `calls` and `metrics` outlive it; `log` is called on the loop's thread.
  FrontDoor(FrontDoorOptions options, CallFactory& calls, Metrics& metrics, dev8agent::Logger log);
  ~FrontDoor();

  // Takes the address; the result is the port. kConflict: it cannot be had, in use for example.
  dev8agent::Result<int> bind(const std::string& host, int port);
  // Serves until stop(); `on_end` is called when serving ends.
  void start(std::function<void()> on_end);
  // Takes no more connections, answers who waits, and returns when the answers are written or a client takes
  // too long to read them.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dev8agentd

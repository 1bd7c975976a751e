// What the daemon's endpoints share: settings, orchestrator, limits, health and metrics of one running
// daemon.
#pragma once

#include <atomic>
#include <chrono>
#include <stop_token>

#include "admission.h"
#include "api_keys.h"
#include "browser_guard.h"
#include "cors.h"
#include "dev8agent/orchestrator.h"
#include "event_hub.h"
#include "health_monitor.h"
#include "metrics.h"
#include "operation_journal.h"
#include "operation_table.h"
#include "rate_limiter.h"
#include "settings.h"
#include "streams.h"

namespace dev8agentd {

struct Agent {
  Agent(Settings daemon_settings, dev8agent::EnvironmentOrchestrator made);

  Settings settings;
  ApiKeys api_keys;
  Cors cors;
  BrowserGuard browser_guard;
  RateLimiter limiter;
  Metrics metrics;
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();

  std::atomic<bool> draining{false};  // no new operations, not ready
  std::stop_source abandon;           // callers no longer wait for operations

  // Apart from each other, so that who waits for a long create never keeps others from looking or stopping.
  Admission writes{1024, 2048};
  Admission reads{512, 1024};
  Admission followers{1024, 1};  // who wait for a change of an operation
  OperationJournal operations;
  OperationTable operation_table;
  Streams streams;
  EventHub events;

  // From here on the order matters: each uses what stands above it until it is destroyed.
  dev8agent::EnvironmentOrchestrator orchestrator;
  HealthMonitor health;
};

}  // namespace dev8agentd

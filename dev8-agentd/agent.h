// Agent: what the daemon's endpoints share. It holds settings, orchestrator, limits, health and metrics of
// one running daemon. Made by Daemon::start() and handed to every handler; see endpoints.h.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <stop_token>
#include <string>

#include "admission.h"
#include "api_keys.h"
#include "browser_guard.h"
#include "cors.h"
#include "dev8agent/orchestrator.h"
#include "environment_finder.h"
#include "event_hub.h"
#include "findings.h"
#include "free_memory.h"
#include "health_monitor.h"
#include "metrics.h"
#include "operation_journal.h"
#include "operation_table.h"
#include "rate_limiter.h"
#include "settings.h"
#include "storage_report.h"
#include "streams.h"
#include "tls_identity.h"

namespace dev8agentd {

// The members are safe to use from any thread, as their own headers say. `settings` does not change.
struct Agent {
  // Starts the health check. `made` comes from EnvironmentOrchestrator::make(). The other two must outlive
  // the agent.
  Agent(Settings daemon_settings, dev8agent::EnvironmentOrchestrator made, Metrics& shared_metrics,
        Findings& shared_findings);

  Settings settings;           // as they were read; never changed
  ApiKeys api_keys;            // who may call
  TlsIdentity tls;             // what the listener shows; replaced on SIGHUP
  Cors cors;                   // which web origins may read answers
  BrowserGuard browser_guard;  // used while there are no API keys
  RateLimiter limiter;         // by key, workspace or address
  Metrics& metrics;            // of the whole process
  Findings& findings;          // of the whole process
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();  // for the uptime

  std::atomic<bool> draining{false};              // no new operations, not ready
  std::function<std::string()> emulator_state{};  // JSON of the embedded emulator; null without one

  std::stop_source abandon;  // requested at the end of the grace: callers get 503 instead of waiting on

  // Limits of callers and operations, apart from each other, so that callers of long creates never keep
  // others from reading.
  Admission writes{1024, settings.max_operations};  // what changes environments, and sweeps
  Admission reads{512, 1024};                       // what only asks Azure
  Admission followers{1024, 1};                     // who wait for a change of an operation
  // Restarts, updates, restores and sweeps under way, each a place, with or without a caller: it refuses
  // none, and is there to be waited for at shutdown.
  Admission unfollowed{0, 1};
  // Two views of the operations of this process: the journal for the log and the shutdown, the table for
  // callers who follow an operation.
  OperationJournal operations;
  OperationTable operation_table;
  FreeMemory free_memory;  // used by the thread of `health` alone
  Streams streams;
  EnvironmentFinder environments;  // for readers of the events of many
  EventHub events;
  StorageReport storage;

  // The order of these two matters. The health check asks the orchestrator, whose callbacks use all members
  // above: so health is destroyed first, then the orchestrator, then the rest.
  dev8agent::EnvironmentOrchestrator orchestrator;
  HealthMonitor health;
};

}  // namespace dev8agentd

// Backend: where environments are managed, in the terms of the REST contract (docs/rest.md). One backend is
// the library in this process, the other a daemon. One thread.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "dev8agent/result.h"
#include "dev8agent/secret.h"
#include "dev8ctl/command.h"
#include "dev8ctl/snapshot.h"

namespace dev8ctl {

// One request. `parameters` are the contract's query parameters. `body` is its JSON and may hold secrets.
struct Call {
  Verb verb = Verb::kList;
  std::string id, region;
  std::map<std::string, std::string> parameters;
  dev8agent::Secret body;
};

// Work in progress. It goes on in wait_for() alone, as far as this process is concerned.
class Task {
 public:
  Task() = default;
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;
  // Gives up listening. The library's operations end where they are; those of a daemon go on.
  virtual ~Task() = default;

  // Waits for at most `time`, 0 and up; true when the task has ended.
  virtual bool wait_for(std::chrono::milliseconds time) = 0;
  virtual Snapshot snapshot() = 0;
  // Asks an operation to roll back and end, or a reading to end.
  virtual void cancel() = 0;
  // The environment that a change has brought, as JSON; empty where there is none to show. Once, after the
  // end.
  virtual dev8agent::Result<std::string> outcome() = 0;
};

// Called in Task::wait_for(): text of a log, or one event as JSON.
using OnItem = std::function<void(std::string_view)>;

class Backend {
 public:
  Backend() = default;
  Backend(const Backend&) = delete;
  Backend& operator=(const Backend&) = delete;
  virtual ~Backend() = default;

  // The answer's `data`. For kList, kGet, kRegions, kOrphans, kSweep, kEvents, kLogs.
  // For kDoctor, the diagnosis of dev8agent/wire.h; a daemon tells its findings, without actions of roles.
  virtual dev8agent::Result<std::string> ask(const Call& call) = 0;
  // For kCreate, kStart, kStop, kRestart, kRestore, kAdopt, kUpdate, kDelete. Errors of the request itself
  // come at once. The backend must outlive the task.
  virtual dev8agent::Result<std::unique_ptr<Task>> begin(Call call) = 0;
  // kLogs and kEvents, as they come.
  virtual dev8agent::Result<std::unique_ptr<Task>> follow(Call call, OnItem on_item) = 0;
};

// The library, with the variables of this process and of connection.env_file, as the daemon reads them.
dev8agent::Result<std::unique_ptr<Backend>> make_library_backend(const Connection& connection);
// A daemon at connection.agent_url.
dev8agent::Result<std::unique_ptr<Backend>> make_agent_backend(const Connection& connection);

}  // namespace dev8ctl

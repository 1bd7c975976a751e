// What the examples of the public headers take for granted, for headers.sh: the objects of a program, and
// what it does with outcomes. An example is compiled within the namespace `program`, and never run.
#pragma once

#include <cstdio>
#include <iostream>

#include "dev8agent/container_log.h"
#include "dev8agent/container_runtime.h"
#include "dev8agent/coroutine.h"
#include "dev8agent/credential.h"
#include "dev8agent/diagnosis.h"
#include "dev8agent/emulator.h"
#include "dev8agent/environment.h"
#include "dev8agent/error.h"
#include "dev8agent/event.h"
#include "dev8agent/export.h"
#include "dev8agent/failure_guide.h"
#include "dev8agent/log.h"
#include "dev8agent/observer.h"
#include "dev8agent/operation.h"
#include "dev8agent/operation_record.h"
#include "dev8agent/options.h"
#include "dev8agent/orchestrator.h"
#include "dev8agent/orphan.h"
#include "dev8agent/progress.h"
#include "dev8agent/region.h"
#include "dev8agent/result.h"
#include "dev8agent/scheduler.h"
#include "dev8agent/secret.h"
#include "dev8agent/transport.h"
#include "dev8agent/version.h"
#include "dev8agent/wire.h"

namespace program {

using namespace dev8agent;
using namespace dev8agent::internal;

// What an example returns.
struct Anything {};

extern EnvironmentOrchestrator orchestrator, other_orchestrator;
extern AgentOptions options;
extern CreateRequest request;
extern Result<EnvironmentOutcome> created;
extern std::shared_ptr<Scheduler> scheduler;
extern Executor executor;
extern OperationRecord record;
extern std::string body, id, request_id, text;
extern WallTime now;

Anything fail(const Error& error);
Anything fail(const std::string& message);
Anything answer(int status, const std::string& body);
Anything show(const Environment& environment);
Anything show_nothing();
void report(bool done);
void send(const std::string& header);
void try_later(std::optional<std::chrono::milliseconds> after);
void use(AgentOptions options);
void write(const LogRecord& record);
void queue_for_writing(std::string line);
CreateRequest new_request();
std::string broker_url(const std::string& scope);
Result<AccessToken> read_token(const std::string& body);

struct Latency {
  void record(std::chrono::nanoseconds duration);
};
Latency latency(std::string_view call, int status);

struct Spans {
  void end(std::uint64_t number, bool failed);
};
extern Spans spans;

// A coroutine that nobody waits for.
struct Job {
  struct promise_type {
    Job get_return_object();
    std::suspend_never initial_suspend();
    std::suspend_never final_suspend() noexcept;
    void return_void();
    void unhandled_exception();
  };
};

}  // namespace program

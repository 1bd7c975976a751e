// The C functions on top of EnvironmentOrchestrator. No exception leaves them.
#include "dev8agent/c.h"

#include <string.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "dev8agent/orchestrator.h"
#include "dev8agent/version.h"
#include "dev8agent/wire.h"

namespace {

using dev8agent::CallOptions;
using dev8agent::Environment;
using dev8agent::EnvironmentOrchestrator;
using dev8agent::Error;
using dev8agent::Operation;
using dev8agent::Result;

// A failure with the texts that it points to.
struct OwnedFailure {
  explicit OwnedFailure(const Error& error)
      : reason(dev8agent::to_string(error.code)),
        message(error.message),
        body(dev8agent::error_body(error, "")) {
    shown = {sizeof(shown),
             static_cast<int>(error.code),
             dev8agent::http_status(error.code),
             error.retryable ? 1 : 0,
             reason.c_str(),
             message.c_str(),
             body.c_str()};
  }
  OwnedFailure(const OwnedFailure&) = delete;

  dev8_failure shown{};  // first, so that its address is this object's
  std::string reason;
  std::string message;
  std::string body;
};

// The outcome of an operation, shared by its handle and the library's callback.
struct Outcome {
  std::mutex mutex;
  std::condition_variable changed;
  bool ended = false;
  std::unique_ptr<OwnedFailure> failure;
  std::string result;
  std::function<void()> done;

  ~Outcome() { explicit_bzero(result.data(), result.size()); }  // it may hold a password
  void end(std::unique_ptr<OwnedFailure> why, std::string json) {
    std::function<void()> tell;
    {
      const std::lock_guard lock(mutex);
      failure = std::move(why);
      result = std::move(json);
      ended = true;
      tell = std::move(done);
    }
    changed.notify_all();
    if (tell) tell();
  }
};

std::string text_of(const char* text) {
  return text ? text : "";
}

// A member that the program's version of the structure does not have yet counts as 0.
template <class Struct, class Member>
Member member_of(const Struct* from, Member Struct::*member) {
  if (from == nullptr) return Member{};
  const auto offset = static_cast<std::size_t>(reinterpret_cast<const char*>(&(from->*member)) -
                                               reinterpret_cast<const char*>(from));
  return offset + sizeof(Member) <= from->size ? from->*member : Member{};
}

CallOptions options_of(const dev8_call* call) {
  CallOptions options;
  options.timeout = std::chrono::milliseconds(member_of(call, &dev8_call::timeout_ms));
  options.request_id = text_of(member_of(call, &dev8_call::request_id));
  options.only_user = text_of(member_of(call, &dev8_call::only_user));
  if (const auto tell = member_of(call, &dev8_call::on_progress)) {
    options.on_progress = [tell, user = member_of(call, &dev8_call::user)](const dev8agent::Progress& step) {
      tell(to_string(step.stage).data(), step.detail.c_str(), user);
    };
  }
  return options;
}

Result<dev8agent::AgentOptions> options_from(const char* const* variables) {
  if (variables == nullptr) return dev8agent::options_from_environment();
  dev8agent::Variables named;
  for (; *variables != nullptr; ++variables) {
    const std::string text = *variables;
    const auto equals = text.find('=');
    if (equals == text.npos || equals == 0)
      return dev8agent::invalid_request({{"variables", "must be NAME=value"}});
    named[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return dev8agent::options_from_variables(named);
}

Result<EnvironmentOrchestrator> open(const char* const* variables) {
  auto options = options_from(variables);
  if (!options.ok()) return options.error();
  auto settings = dev8agent::finalize(std::move(*options));
  if (!settings.ok()) return settings.error();
  return EnvironmentOrchestrator::make(std::move(*settings));
}

void set_failure(dev8_failure** failure, const Error& error) {
  if (failure != nullptr) *failure = &(new OwnedFailure(error))->shown;
}

}  // namespace

struct dev8_agent {
  EnvironmentOrchestrator orchestrator;
  std::string limits = dev8agent::to_json(orchestrator.settings()->size_limits);
};

struct dev8_operation {
  std::shared_ptr<Outcome> outcome = std::make_shared<Outcome>();
  std::function<void()> cancel = [] {};
  // Waits as dev8_operation_wait() does, and tells whether the operation has ended; its outcome then follows.
  std::function<bool(int64_t timeout_ms)> wait = [](int64_t) { return true; };
};

namespace {

std::string json_of(const auto& result) {
  return dev8agent::to_json(result);
}
std::string json_of(const dev8agent::EventPage& page) {
  return dev8agent::to_json(page.events);
}

// Begins what `call` of the orchestrator returns for a request that `parsed` holds.
template <class Request, class Call>
std::unique_ptr<dev8_operation> begin(Result<Request> parsed, Call call) {
  auto handle = std::make_unique<dev8_operation>();
  if (!parsed.ok()) {
    handle->outcome->end(std::make_unique<OwnedFailure>(parsed.error()), "");
    return handle;
  }
  auto operation = call(std::move(*parsed));
  handle->cancel = [operation] { operation.cancel(); };
  handle->wait = [operation](int64_t timeout_ms) {
    if (timeout_ms >= 0) return operation.wait_for(std::chrono::milliseconds(timeout_ms));
    (void)operation.get();
    return true;
  };
  operation.on_done([outcome = handle->outcome](const auto& result) {
    if (result.ok()) {
      outcome->end(nullptr, json_of(*result));
    } else {
      outcome->end(std::make_unique<OwnedFailure>(result.error()), "");
    }
  });
  return handle;
}

// `work` makes a handle. NULL when it cannot, as without memory.
template <class Work>
dev8_operation* guarded(dev8_agent* agent, Work work) noexcept {
  if (agent == nullptr) return nullptr;
  try {
    return work(agent->orchestrator).release();
  } catch (...) {
    return nullptr;
  }
}

// The calls that need nothing but an id.
template <class Call>
dev8_operation* about_one(dev8_agent* agent, const char* id, Call call) noexcept {
  return guarded(agent, [&](EnvironmentOrchestrator& orchestrator) {
    return begin(dev8agent::parse_get(text_of(id), {}, orchestrator.settings()),
                 [&](const dev8agent::GetRequest& request) { return call(orchestrator, request.id); });
  });
}

}  // namespace

const char* dev8_version(void) {
  static const std::string version(dev8agent::version());
  return version.c_str();
}

dev8_agent* dev8_agent_open(const char* const* variables, dev8_failure** failure) {
  try {
    auto opened = open(variables);
    if (opened.ok()) return new dev8_agent{std::move(*opened)};
    set_failure(failure, opened.error());
  } catch (...) {
    if (failure != nullptr) *failure = nullptr;
  }
  return nullptr;
}

void dev8_agent_close(dev8_agent* agent) {
  delete agent;
}

const char* dev8_limits(const dev8_agent* agent) {
  return agent == nullptr ? nullptr : agent->limits.c_str();
}

void dev8_failure_free(dev8_failure* failure) {
  delete reinterpret_cast<OwnedFailure*>(failure);
}

dev8_operation* dev8_create(dev8_agent* agent, const char* body, const dev8_call* call) {
  return guarded(agent, [&](EnvironmentOrchestrator& orchestrator) {
    return begin(dev8agent::parse_create(text_of(body), orchestrator.settings()),
                 [&](dev8agent::CreateRequest request) {
                   return orchestrator.create(std::move(request), options_of(call));
                 });
  });
}

dev8_operation* dev8_start(dev8_agent* agent, const char* id, const char* body, const dev8_call* call) {
  return guarded(agent, [&](EnvironmentOrchestrator& orchestrator) {
    return begin(dev8agent::parse_start(text_of(id), {}, text_of(body), orchestrator.settings()),
                 [&](dev8agent::StartRequest request) {
                   return orchestrator.start(std::move(request), options_of(call));
                 });
  });
}

dev8_operation* dev8_stop(dev8_agent* agent, const char* id, const dev8_call* call) {
  return about_one(agent, id, [&](EnvironmentOrchestrator& orchestrator, const std::string& one) {
    return orchestrator.stop({.id = one}, options_of(call));
  });
}

dev8_operation* dev8_restart(dev8_agent* agent, const char* id, const dev8_call* call) {
  return about_one(agent, id, [&](EnvironmentOrchestrator& orchestrator, const std::string& one) {
    return orchestrator.restart({.id = one}, options_of(call));
  });
}

dev8_operation* dev8_update(dev8_agent* agent, const char* id, const char* body, const dev8_call* call) {
  return guarded(agent, [&](EnvironmentOrchestrator& orchestrator) {
    return begin(dev8agent::parse_update(text_of(id), {}, text_of(body), orchestrator.settings()),
                 [&](dev8agent::UpdateRequest request) {
                   return orchestrator.update(std::move(request), options_of(call));
                 });
  });
}

dev8_operation* dev8_restore(dev8_agent* agent, const char* id, const dev8_call* call) {
  return about_one(agent, id, [&](EnvironmentOrchestrator& orchestrator, const std::string& one) {
    return orchestrator.restore({.id = one}, options_of(call));
  });
}

dev8_operation* dev8_delete(dev8_agent* agent, const char* id, int force, const dev8_call* call) {
  return about_one(agent, id, [&](EnvironmentOrchestrator& orchestrator, const std::string& one) {
    return orchestrator.remove({.id = one, .force = force != 0}, options_of(call));
  });
}

dev8_operation* dev8_adopt(dev8_agent* agent, const char* id, const char* user_id, const char* name,
                           const dev8_call* call) {
  return about_one(agent, id, [&](EnvironmentOrchestrator& orchestrator, const std::string& one) {
    dev8agent::AdoptRequest request{.id = one, .name = text_of(name)};
    if (user_id != nullptr) request.user_id = user_id;
    return orchestrator.adopt(std::move(request), options_of(call));
  });
}

dev8_operation* dev8_get(dev8_agent* agent, const char* id, const dev8_call* call) {
  return about_one(agent, id, [&](EnvironmentOrchestrator& orchestrator, const std::string& one) {
    return orchestrator.get({.id = one}, options_of(call));
  });
}

dev8_operation* dev8_list(dev8_agent* agent, const dev8_list_query* query, const dev8_call* call) {
  return guarded(agent, [&](EnvironmentOrchestrator& orchestrator) {
    const auto number = [](int value) { return value == 0 ? std::string() : std::to_string(value); };
    const dev8agent::ListQuery asked{
        .user_id = text_of(member_of(query, &dev8_list_query::user_id)),
        .cloud_region = text_of(member_of(query, &dev8_list_query::cloud_region)),
        .status = text_of(member_of(query, &dev8_list_query::status)),
        .page = number(member_of(query, &dev8_list_query::page)),
        .page_size = number(member_of(query, &dev8_list_query::page_size)),
        .label = text_of(member_of(query, &dev8_list_query::label)),
        .cursor = text_of(member_of(query, &dev8_list_query::cursor))};
    return begin(dev8agent::parse_list(asked, orchestrator.settings()), [&](dev8agent::ListRequest request) {
      return orchestrator.list(std::move(request), options_of(call));
    });
  });
}

dev8_operation* dev8_regions(dev8_agent* agent, const dev8_call* call) {
  return guarded(agent, [&](EnvironmentOrchestrator& orchestrator) {
    return begin(Result<dev8agent::Done>(dev8agent::Done{}),
                 [&](dev8agent::Done) { return orchestrator.regions(options_of(call)); });
  });
}

dev8_operation* dev8_orphans(dev8_agent* agent, int older_than_minutes, const dev8_call* call) {
  return guarded(agent, [&](EnvironmentOrchestrator& orchestrator) {
    const std::string age = older_than_minutes < 0 ? "" : std::to_string(older_than_minutes);
    return begin(dev8agent::parse_orphans(age), [&](dev8agent::OrphansRequest request) {
      return orchestrator.orphans(request, options_of(call));
    });
  });
}

dev8_operation* dev8_sweep(dev8_agent* agent, const char* body, const dev8_call* call) {
  return guarded(agent, [&](EnvironmentOrchestrator& orchestrator) {
    return begin(dev8agent::parse_sweep(text_of(body)), [&](dev8agent::SweepRequest request) {
      return orchestrator.sweep_orphans(request, options_of(call));
    });
  });
}

dev8_operation* dev8_diagnose(dev8_agent* agent, int probe_share, const dev8_call* call) {
  return guarded(agent, [&](EnvironmentOrchestrator& orchestrator) {
    const dev8agent::DiagnoseRequest request{.probe_share = probe_share != 0};
    return begin(Result<dev8agent::DiagnoseRequest>(request), [&](dev8agent::DiagnoseRequest asked) {
      return orchestrator.diagnose(asked, options_of(call));
    });
  });
}

dev8_operation* dev8_events(dev8_agent* agent, const char* id, const dev8_call* call) {
  return about_one(agent, id, [&](EnvironmentOrchestrator& orchestrator, const std::string& one) {
    return orchestrator.events({.id = one}, options_of(call));
  });
}

dev8_operation* dev8_logs(dev8_agent* agent, const char* id, int tail, const dev8_call* call) {
  return guarded(agent, [&](EnvironmentOrchestrator& orchestrator) {
    const dev8agent::LogsQuery query{.tail = tail == 0 ? std::string() : std::to_string(tail)};
    return begin(dev8agent::parse_logs(text_of(id), query, orchestrator.settings()),
                 [&](dev8agent::LogsQuestion question) {
                   return orchestrator.logs(std::move(question.request), options_of(call));
                 });
  });
}

int dev8_operation_wait(const dev8_operation* operation, int64_t timeout_ms) {
  if (!operation->wait(timeout_ms)) return 0;
  Outcome& outcome = *operation->outcome;
  std::unique_lock lock(outcome.mutex);
  outcome.changed.wait(lock, [&] { return outcome.ended; });
  return 1;
}

void dev8_operation_on_done(dev8_operation* operation, void (*done)(void* user), void* user) {
  Outcome& outcome = *operation->outcome;
  {
    const std::lock_guard lock(outcome.mutex);
    if (!outcome.ended) {
      outcome.done = [done, user] { done(user); };
      return;
    }
  }
  done(user);
}

void dev8_operation_cancel(const dev8_operation* operation) {
  operation->cancel();
}

const dev8_failure* dev8_operation_failure(const dev8_operation* operation) {
  const std::lock_guard lock(operation->outcome->mutex);
  const auto& failure = operation->outcome->failure;
  return failure ? &failure->shown : nullptr;
}

const char* dev8_operation_result(const dev8_operation* operation) {
  const std::lock_guard lock(operation->outcome->mutex);
  const Outcome& outcome = *operation->outcome;
  return outcome.ended && !outcome.failure ? outcome.result.c_str() : nullptr;
}

void dev8_operation_free(dev8_operation* operation) {
  delete operation;
}

// EnvironmentOrchestrator::Impl: how a call of any thread becomes a flow on the loop thread, and an Operation
// its outcome. What each call checks, and which flow it starts, is in orchestrator.cpp.
//
//   launch(), any thread --post--> begin(), loop thread --> the flow --> finish() --post--> end()
#pragma once

#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <unordered_map>

#include "base/crypto.h"
#include "dev8agent/orchestrator.h"
#include "orchestrator/burst.h"
#include "orchestrator/create_coalescer.h"
#include "orchestrator/flows.h"
#include "orchestrator/observed.h"
#include "plan/signed_id.h"

namespace dev8agent::internal {

inline constexpr const char* kWhyCancelled = "the operation was cancelled";

inline Error shutting_down() {
  Error error = make_error(ErrorCode::kCancelled, "the agent is shutting down; repeat the call");
  error.retryable = true;
  return error;
}

}  // namespace dev8agent::internal

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

using namespace internal;

struct DEV8AGENT_HIDDEN EnvironmentOrchestrator::Impl
    : std::enable_shared_from_this<EnvironmentOrchestrator::Impl> {
  Impl(AgentSettings given, std::shared_ptr<Scheduler> loop, std::shared_ptr<Transport> network)
      : settings(std::move(given)),
        scheduler(std::move(loop)),
        transport(std::move(network)),
        flows(std::make_unique<Flows>(settings, scheduler, transport)) {}

  template <class T>
  using Flow = std::function<Task<Result<T>>(FlowContext)>;
  // Begins the work of the operation with this number, on the loop. It calls finish() once.
  using Work = std::function<void(FlowContext, std::uint64_t)>;
  template <class T>
  using StatePtr = std::shared_ptr<internal::OperationState<T>>;

  // Has `callback` called on the loop, outside of every flow: it may destroy the orchestrator. Not after
  // close().
  template <class T>
  std::function<void(const T&)> posted(std::function<void(const T&)> callback) const {
    return [weak = weak_from_this(), loop = scheduler.get(), callback = std::move(callback)](const T& value) {
      loop->post([weak, callback, value] {
        const auto self = weak.lock();
        if (self && !self->closed) callback(value);
      });
    };
  }

  // Tells the handle of an operation.
  template <class T>
  class Listener : public internal::CallListener {
   public:
    Listener(Scheduler* loop, StatePtr<T> state) : loop_(loop), state_(std::move(state)) {}
    // Posted, so that no callback of the program runs inside a flow: it may destroy the orchestrator.
    void on_progress(const ProgressReport& report) override {
      loop_->post([state = state_, report] { state->report(report); });
    }
    void on_failure(const Error& error) override { state_->note_failure(error); }
    void on_answer(const std::string& azure_request_id) override { state_->note_answer(azure_request_id); }

   private:
    Scheduler* loop_;
    StatePtr<T> state_;
  };

  // Counts an operation from its launch until the loop has taken it up.
  struct Launch {
    explicit Launch(std::shared_ptr<std::atomic<int>> all) : count(std::move(all)) { ++*count; }
    Launch(const Launch&) = delete;
    ~Launch() { --*count; }
    std::shared_ptr<std::atomic<int>> count;
  };

  // Has `work` done on the loop, and waits for it. Not on the loop thread.
  void on_loop(const std::function<void()>& work) const {
    std::promise<void> done;
    scheduler->post([&] {
      work();
      done.set_value();
    });
    done.get_future().wait();
  }

  // Whether drain() waits for an operation.
  enum class Drain { kIgnores, kWaits };

  // Starts `flow` on the loop, unless `broken` tells why the request cannot be served, or drain() was called.
  // Any thread.
  template <class T>
  Operation<T> launch(CallSubject subject, CallOptions options, std::chrono::milliseconds default_timeout,
                      std::optional<Error> broken, Flow<T> flow, Drain drain = Drain::kWaits) {
    return launch_work<T>(
        std::move(subject), std::move(options), default_timeout, std::move(broken),
        [this, flow = std::move(flow)](FlowContext context, std::uint64_t number) {
          const std::function<void(Result<T>)> done = [this, number](Result<T> result) {
            finish<T>(number, std::move(result));
          };
          tasks->start(flow(std::move(context)), done);
        },
        drain);
  }

  // The same for work of any form.
  template <class T>
  Operation<T> launch_work(CallSubject subject, CallOptions options,
                           std::chrono::milliseconds default_timeout, std::optional<Error> broken, Work work,
                           Drain drain = Drain::kWaits) {
    auto state = std::make_shared<internal::OperationState<T>>();
    if (!broken && !admit(drain)) broken = shutting_down();
    if (broken) {
      state->complete(std::move(*broken));
      return Operation<T>(state);
    }
    auto call = std::make_shared<Call>();
    call->scheduler = scheduler.get();
    call->deadline = scheduler->now() + (options.timeout.count() > 0 ? options.timeout : default_timeout);
    call->names = std::make_shared<const CallNames>(CallNames{
        std::move(options.request_id), std::move(options.trace_id), std::move(options.operation_id)});
    call->listener = std::make_shared<Listener<T>>(scheduler.get(), state);
    if (!options.only_user.empty()) call->only_user = std::move(options.only_user);
    if (options.on_progress) state->on_progress(std::move(options.on_progress));
    state->set_loop(scheduler);
    state->set_cancel([loop = std::weak_ptr<Scheduler>(scheduler), cancellation = call->cancellation] {
      if (auto alive = loop.lock()) alive->post([cancellation] { cancellation->cancel(kWhyCancelled); });
    });
    const auto place = std::make_shared<Launch>(launches);
    scheduler->post([place, weak = weak_from_this(), state, call, work = std::move(work), drain,
                     start_after = options.start_after, subject = std::move(subject)] {
      auto self = weak.lock();
      if (!self) return state->complete(shutting_down());
      // cancel() before this moment has found nothing to end yet.
      if (state->cancel_requested()) call->cancellation->cancel(kWhyCancelled);
      self->begin(subject, {state, complete<T>, drain}, call, work, start_after);
    });
    return Operation<T>(state);
  }

  // The same for one of the flows, with its request. Any thread.
  template <class T, class Request>
  Operation<T> call(CallSubject subject, CallOptions options, std::chrono::milliseconds default_timeout,
                    std::optional<Error> broken, Task<Result<T>> (Flows::*flow)(FlowContext, Request),
                    Request request, Drain drain = Drain::kWaits) {
    return launch<T>(
        std::move(subject), std::move(options), default_timeout, std::move(broken),
        [flows = flows.get(), flow, request = std::move(request)](FlowContext context) {
          return (flows->*flow)(std::move(context), request);
        },
        drain);
  }

  // An operation in flight, and its end.
  struct Ending {
    std::shared_ptr<void> state;  // its OperationState<T>
    void (*complete)(Ending&);    // complete<T>
    Drain drain;
    std::shared_ptr<void> outcome{};  // a Result<T>; null while its flow has none
    Rare<Error> failure{};            // in the place of an outcome
    std::unique_ptr<const Observed> observed{};
  };
  // Without an outcome and a failure it is kCancelled.
  template <class T>
  static void complete(Ending& ending) {
    Result<T> outcome = ending.failure ? std::move(*ending.failure) : shutting_down();
    if (ending.outcome) outcome = std::move(*static_cast<Result<T>*>(ending.outcome.get()));
    if (ending.observed) ending.observed->end(outcome.ok() ? nullptr : &outcome.error());
    static_cast<internal::OperationState<T>*>(ending.state.get())->complete(std::move(outcome));
  }

  // Loop thread only, from here on.
  void begin(const CallSubject& subject, Ending ending, const std::shared_ptr<Call>& call, const Work& work,
             std::chrono::milliseconds start_after);

  // Has the operation completed on the loop, outside of its flow.
  template <class T>
  void finish(std::uint64_t number, Result<T> result) {
    endings.at(number).outcome = std::make_shared<Result<T>>(std::move(result));
    post_end(number);
  }
  void post_end(std::uint64_t number);

  // Completes one operation.
  void end(std::uint64_t number);

  // Any thread. What was admitted leaves when it has ended, and is not refused in between.
  bool admit(Drain drain) {
    std::lock_guard lock(mutex);
    if (!draining && drain == Drain::kWaits) ++open;
    return !draining;
  }

  void leave(Drain drain) {
    if (drain == Drain::kIgnores) return;
    std::lock_guard lock(mutex);
    if (--open == 0) idle.notify_all();
  }

  // Joins an equal create that is in flight, or begins one.
  void create(const CallPtr& call, const std::shared_ptr<CreateRequest>& request, std::uint64_t number);

  // Ends every flow where it stands.
  void close() {
    closed = true;
    tasks.reset();
    burst.reset();  // its timer is the loop thread's
    creates.reset();
    flows.reset();
    while (!endings.empty()) end(endings.begin()->first);
  }

  // Begins the idle stop, if the settings have one. It goes on until close().
  void watch_idleness();

  // An operation of this moment, with an id. Any thread.
  OperationRecord new_operation(OperationKind kind, const std::string& environment, const std::string& region,
                                OperationAim aim);

  const AgentSettings settings;
  const Secret operation_key = plan::operation_key(settings->operation_secret);
  const std::string nonce = hex_encode(random_bytes(8));  // of this process; each id adds a number
  std::atomic<std::uint64_t> ids_made{0};
  const std::shared_ptr<std::atomic<int>> launches = std::make_shared<std::atomic<int>>(0);
  std::shared_ptr<Scheduler> scheduler;
  std::shared_ptr<Transport> transport;

  std::mutex mutex;  // guards the two that follow
  int open = 0;
  bool draining = false;
  std::condition_variable idle;

  bool closed = false;
  std::uint64_t last_id = 0;
  std::unordered_map<std::uint64_t, Ending> endings;  // by number
  // Of operations with a CallOptions::start_after.
  std::unique_ptr<Burst> burst = std::make_unique<Burst>(*scheduler);
  std::unique_ptr<Flows> flows;
  std::unique_ptr<CreateCoalescer> creates = std::make_unique<CreateCoalescer>(*scheduler);
  std::unique_ptr<TaskSet> tasks = std::make_unique<TaskSet>();
};

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent

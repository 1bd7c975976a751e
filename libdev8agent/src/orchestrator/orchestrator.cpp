// The public face: turns calls from any thread into flows on the loop thread, and flows into Operations.
#include "dev8agent/orchestrator.h"

#include <condition_variable>
#include <future>
#include <mutex>
#include <unordered_map>

#include "base/crypto.h"
#include "orchestrator/create_coalescer.h"
#include "orchestrator/flows.h"
#include "plan/activity.h"
#include "plan/validate.h"

namespace dev8agent {

using namespace internal;
namespace {

constexpr std::chrono::seconds kQueryTimeout{60};
constexpr std::chrono::seconds kHealthTimeout{20};
constexpr std::chrono::seconds kChangeTimeout{900};  // stop and delete
constexpr const char* kCancelled = "the operation was cancelled";

Error shutting_down() {
  Error error = make_error(ErrorCode::kCancelled, "the agent is shutting down; repeat the call");
  error.retryable = true;
  return error;
}

std::optional<Error> broken_rules(std::vector<FieldError> errors) {
  if (errors.empty()) return std::nullopt;
  return invalid_request(std::move(errors));
}

Result<std::shared_ptr<Transport>> transport_for(const AgentSettings& settings,
                                                 std::shared_ptr<Scheduler> scheduler) {
  if (settings->transport) return settings->transport;
  TransportOptions options;
  options.ca_file = settings->endpoints.ca_file;
  options.allow_http = true;  // finalize() lets http:// through for loopback and link-local addresses alone
  return make_default_transport(std::move(scheduler), std::move(options));
}

}  // namespace

struct DEV8AGENT_HIDDEN EnvironmentOrchestrator::Impl
    : std::enable_shared_from_this<EnvironmentOrchestrator::Impl> {
  Impl(AgentSettings given, std::shared_ptr<Scheduler> loop, std::shared_ptr<Transport> network)
      : settings(std::move(given)),
        scheduler(std::move(loop)),
        transport(std::move(network)),
        flows(std::make_unique<Flows>(settings, scheduler, transport)) {}

  template <class T>
  using Flow = std::function<Task<Result<T>>(FlowContext)>;
  template <class T>
  using StatePtr = std::shared_ptr<internal::OperationState<T>>;

  // Starts `flow` on the loop, unless `broken` tells why the request cannot be served. Any thread.
  template <class T>
  Operation<T> launch(CallOptions options, std::chrono::milliseconds default_timeout,
                      std::optional<Error> broken, Flow<T> flow) {
    auto state = std::make_shared<internal::OperationState<T>>();
    if (broken) {
      state->complete(std::move(*broken));
      return Operation<T>(state);
    }
    auto call = std::make_shared<Call>();
    call->scheduler = scheduler.get();
    call->deadline = scheduler->now() + (options.timeout.count() > 0 ? options.timeout : default_timeout);
    call->request_id = std::move(options.request_id);
    call->on_failure = [state](const Error& error) { state->note_failure(error); };
    state->set_cancel([loop = std::weak_ptr<Scheduler>(scheduler), cancellation = call->cancellation] {
      if (auto alive = loop.lock()) alive->post([cancellation] { cancellation->cancel(kCancelled); });
    });
    scheduler->post([weak = weak_from_this(), state, call, flow = std::move(flow)] {
      auto self = weak.lock();
      if (!self || self->closed) return state->complete(shutting_down());
      self->begin<T>(state, call, flow);
    });
    return Operation<T>(state);
  }

  // Loop thread only, from here on.
  template <class T>
  void begin(StatePtr<T> state, CallPtr call, Flow<T> flow) {
    // cancel() before this moment has found nothing to end yet.
    if (state->cancel_requested()) call->cancellation->cancel(kCancelled);
    if (call->cancellation->cancelled()) return state->complete(cancelled_error(*call->cancellation));
    if (!admit()) return state->complete(shutting_down());
    const std::uint64_t id = ++last_id;
    endings[id] = [state] { state->complete(shutting_down()); };
    // Posted, so that no callback of the program runs inside a flow: it may destroy the orchestrator.
    FlowContext context{
        call, [loop = scheduler.get(), state](std::string stage, std::string detail) {
          loop->post([state, step = Progress{std::move(stage), std::move(detail)}] { state->report(step); });
        }};
    tasks->start(run<T>(this, id, state, std::move(context), std::move(flow)));
  }

  template <class T>
  static Task<Done> run(Impl* self, std::uint64_t id, StatePtr<T> state, FlowContext context, Flow<T> flow) {
    auto result = co_await flow(std::move(context));
    auto outcome = std::make_shared<Result<T>>(std::move(result));
    self->endings[id] = [state, outcome] { state->complete(std::move(*outcome)); };
    self->scheduler->post([weak = self->weak_from_this(), id] {
      // Held, because the program's callbacks may destroy the orchestrator.
      if (auto alive = weak.lock()) alive->end(id);
    });
    co_return Done{};
  }

  // Completes one operation.
  void end(std::uint64_t id) {
    auto ending = endings.extract(id);
    if (ending.empty()) return;
    ending.mapped()();
    finish_one();
  }

  bool admit() {
    std::lock_guard lock(mutex);
    if (!draining) ++open;
    return !draining;
  }

  void finish_one() {
    std::lock_guard lock(mutex);
    if (--open == 0) idle.notify_all();
  }

  Task<Result<EnvironmentOutcome>> create(FlowContext context, std::shared_ptr<CreateRequest> request);

  // Ends every flow where it stands.
  void close() {
    closed = true;
    tasks.reset();
    creates.reset();
    flows.reset();
    while (!endings.empty()) end(endings.begin()->first);
  }

  const AgentSettings settings;
  std::shared_ptr<Scheduler> scheduler;
  std::shared_ptr<Transport> transport;

  std::mutex mutex;  // guards the two that follow
  int open = 0;
  bool draining = false;
  std::condition_variable idle;

  bool closed = false;
  std::uint64_t last_id = 0;
  // What completes each operation in flight: with kCancelled until its flow has an outcome.
  std::unordered_map<std::uint64_t, std::function<void()>> endings;
  std::unique_ptr<Flows> flows;
  std::unique_ptr<CreateCoalescer> creates = std::make_unique<CreateCoalescer>(*scheduler);
  std::unique_ptr<TaskSet> tasks = std::make_unique<TaskSet>();
};

Task<Result<EnvironmentOutcome>> EnvironmentOrchestrator::Impl::create(
    FlowContext context, std::shared_ptr<CreateRequest> request) {
  const bool fresh_id = request->id.empty();
  if (fresh_id) request->id = make_uuid(settings->random_bytes(16));
  auto shared_flow = [this, request, fresh_id](CallPtr call, CreateCoalescer::Report report) {
    FlowContext shared{std::move(call), [report](std::string stage, std::string detail) {
                         report({std::move(stage), std::move(detail)});
                       }};
    return flows->create(std::move(shared), request, fresh_id);
  };
  return creates->run(
      fingerprint(*request), context.call,
      [report = context.report](const Progress& step) { report(step.stage, step.detail); },
      std::move(shared_flow));
}

Result<EnvironmentOrchestrator> EnvironmentOrchestrator::make(AgentSettings settings) {
  auto scheduler = settings->scheduler ? Result(settings->scheduler) : make_default_scheduler();
  if (!scheduler.ok()) return scheduler.error();
  auto transport = transport_for(settings, *scheduler);
  if (!transport.ok()) return transport.error();
  return EnvironmentOrchestrator(
      std::make_shared<Impl>(std::move(settings), std::move(*scheduler), std::move(*transport)));
}

Result<EnvironmentOrchestrator> EnvironmentOrchestrator::from_environment() {
  auto options = options_from_environment();
  if (!options.ok()) return options.error();
  auto settings = finalize(std::move(*options));
  if (!settings.ok()) return settings.error();
  return make(std::move(*settings));
}

EnvironmentOrchestrator::EnvironmentOrchestrator(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
EnvironmentOrchestrator::EnvironmentOrchestrator(EnvironmentOrchestrator&&) noexcept = default;

EnvironmentOrchestrator::~EnvironmentOrchestrator() {
  if (!impl_) return;  // moved from
  if (impl_->scheduler->on_loop_thread()) {
    impl_->close();
    return;
  }
  std::promise<void> closed;
  impl_->scheduler->post([this, &closed] {
    impl_->close();
    closed.set_value();
  });
  closed.get_future().wait();
}

Operation<EnvironmentOutcome> EnvironmentOrchestrator::create(CreateRequest request, CallOptions options) {
  auto broken = broken_rules(plan::check(request, impl_->settings));
  if (!broken && plan::unsupported_provider(request.cloud_provider)) {
    broken = make_error(ErrorCode::kNotSupported,
                        "cloudProvider " + request.cloud_provider + " is not supported; use AZURE");
  }
  auto shared = std::make_shared<CreateRequest>(std::move(request));
  return impl_->launch<EnvironmentOutcome>(
      std::move(options), impl_->settings->operation_timeout, std::move(broken),
      [impl = impl_.get(), shared](FlowContext context) { return impl->create(std::move(context), shared); });
}

Operation<EnvironmentOutcome> EnvironmentOrchestrator::start(StartRequest request, CallOptions options) {
  auto broken = broken_rules(plan::check(request, impl_->settings));
  auto shared = std::make_shared<StartRequest>(std::move(request));
  return impl_->launch<EnvironmentOutcome>(std::move(options), impl_->settings->operation_timeout,
                                           std::move(broken),
                                           [flows = impl_->flows.get(), shared](FlowContext context) {
                                             return flows->start(std::move(context), shared);
                                           });
}

Operation<Environment> EnvironmentOrchestrator::stop(StopRequest request, CallOptions options) {
  auto broken = broken_rules(plan::check_target(request.id, request.cloud_region, impl_->settings));
  return impl_->launch<Environment>(std::move(options), kChangeTimeout, std::move(broken),
                                    [flows = impl_->flows.get(), request](FlowContext context) {
                                      return flows->stop(std::move(context), request);
                                    });
}

Operation<Done> EnvironmentOrchestrator::remove(DeleteRequest request, CallOptions options) {
  auto broken = broken_rules(plan::check_target(request.id, request.cloud_region, impl_->settings));
  return impl_->launch<Done>(std::move(options), kChangeTimeout, std::move(broken),
                             [flows = impl_->flows.get(), request](FlowContext context) {
                               return flows->remove(std::move(context), request);
                             });
}

Operation<Environment> EnvironmentOrchestrator::get(GetRequest request, CallOptions options) {
  auto broken = broken_rules(plan::check_target(request.id, request.cloud_region, impl_->settings));
  return impl_->launch<Environment>(std::move(options), kQueryTimeout, std::move(broken),
                                    [flows = impl_->flows.get(), request](FlowContext context) {
                                      return flows->get(std::move(context), request);
                                    });
}

Operation<EnvironmentPage> EnvironmentOrchestrator::list(ListRequest request, CallOptions options) {
  auto broken = broken_rules(plan::check(request, impl_->settings));
  return impl_->launch<EnvironmentPage>(std::move(options), kQueryTimeout, std::move(broken),
                                        [flows = impl_->flows.get(), request](FlowContext context) {
                                          return flows->list(std::move(context), request);
                                        });
}

Operation<HealthReport> EnvironmentOrchestrator::check_health(CallOptions options) {
  return impl_->launch<HealthReport>(
      std::move(options), kHealthTimeout, std::nullopt,
      [flows = impl_->flows.get()](FlowContext context) { return flows->check_health(std::move(context)); });
}

bool EnvironmentOrchestrator::drain(std::chrono::milliseconds timeout) {
  std::unique_lock lock(impl_->mutex);
  impl_->draining = true;
  return impl_->idle.wait_for(lock, timeout, [this] { return impl_->open == 0; });
}

Secret EnvironmentOrchestrator::activity_token(std::string_view id) const {
  return plan::activity_token(impl_->settings->activity_keys, id);
}

bool EnvironmentOrchestrator::check_activity_token(std::string_view id, std::string_view token) const {
  return plan::check_activity_token(impl_->settings->activity_keys, id, token);
}

const AgentSettings& EnvironmentOrchestrator::settings() const {
  return impl_->settings;
}

}  // namespace dev8agent

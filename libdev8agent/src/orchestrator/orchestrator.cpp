// The public face: turns calls from any thread into flows on the loop thread, and flows into Operations.
#include "dev8agent/orchestrator.h"

#include <condition_variable>
#include <future>
#include <mutex>
#include <unordered_map>

#include "base/crypto.h"
#include "orchestrator/flows.h"
#include "orchestrator/joined_creates.h"
#include "plan/activity.h"
#include "plan/validate.h"

namespace dev8agent {
namespace {

constexpr std::chrono::seconds kQueryTimeout{60};
constexpr std::chrono::seconds kHealthTimeout{20};
constexpr std::chrono::seconds kChangeTimeout{900};  // stop and delete

Error shutting_down() {
  Error error = make_error(ErrorCode::kCancelled, "the agent is shutting down; repeat the call");
  error.retryable = true;
  return error;
}

std::optional<Error> broken_rules(std::vector<FieldError> errors) {
  if (errors.empty()) return std::nullopt;
  return invalid_request(std::move(errors));
}

// Stands in for a transport that could not be made: every request fails with the reason.
class BrokenTransport final : public Transport {
 public:
  BrokenTransport(std::shared_ptr<Scheduler> scheduler, Error error)
      : scheduler_(std::move(scheduler)), error_(std::move(error)) {}
  RequestId send(HttpRequest, Completion completion) override {
    return scheduler_->call_at(scheduler_->now(), [completion, error = error_] { completion(error); });
  }
  void cancel(RequestId id) override { scheduler_->cancel(id); }

 private:
  std::shared_ptr<Scheduler> scheduler_;
  Error error_;
};

std::shared_ptr<Transport> transport_for(const AgentSettings& settings,
                                         std::shared_ptr<Scheduler> scheduler) {
  if (settings->transport) return settings->transport;
  TransportOptions options;
  options.ca_file = settings->endpoints.ca_file;
  options.allow_http = true;  // finalize() lets http:// through for loopback and link-local addresses alone
  auto made = make_default_transport(scheduler, std::move(options));
  if (made.ok()) return *made;
  return std::make_shared<BrokenTransport>(std::move(scheduler), made.error());
}

}  // namespace

struct EnvironmentOrchestrator::Impl : std::enable_shared_from_this<EnvironmentOrchestrator::Impl> {
  explicit Impl(AgentSettings given)
      : settings(std::move(given)),
        scheduler(settings->scheduler ? settings->scheduler : make_default_scheduler()),
        transport(transport_for(settings, scheduler)),
        flows(std::make_unique<Flows>(settings, scheduler, transport)) {}

  template <class T>
  using Flow = std::function<Task<Result<T>>(FlowContext)>;

  // Starts `flow` on the loop. `check` is the request's broken rules, known already.
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
    const auto timeout = options.timeout.count() > 0 ? options.timeout : default_timeout;
    call->deadline = scheduler->now() + timeout;
    call->request_id = std::move(options.request_id);
    state->set_cancel([loop = std::weak_ptr<Scheduler>(scheduler), cancellation = call->cancellation] {
      if (auto alive = loop.lock()) {
        alive->post([cancellation] { cancellation->cancel("the operation was cancelled"); });
      }
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
  void begin(std::shared_ptr<internal::OperationState<T>> state, CallPtr call, Flow<T> flow) {
    {
      std::lock_guard lock(mutex);
      if (draining) return state->complete(shutting_down());
      ++open;
    }
    const std::uint64_t id = ++last_id;
    abandon[id] = [state] { state->complete(shutting_down()); };
    FlowContext context{call, [state](std::string stage, std::string detail) {
                          state->report({std::move(stage), std::move(detail)});
                        }};
    tasks->start(run<T>(this, id, state, std::move(context), std::move(flow)));
  }

  template <class T>
  static Task<Done> run(Impl* self, std::uint64_t id, std::shared_ptr<internal::OperationState<T>> state,
                        FlowContext context, Flow<T> flow) {
    auto result = co_await flow(std::move(context));
    self->abandon.erase(id);
    state->complete(std::move(result));
    self->finish_one();
    co_return Done{};
  }

  void finish_one() {
    std::lock_guard lock(mutex);
    if (--open == 0) idle.notify_all();
  }

  Operation<EnvironmentOutcome> create(CreateRequest request, CallOptions options);
  void begin_create(std::shared_ptr<JoinedCreates::State> state, std::shared_ptr<Call> call,
                    std::shared_ptr<CreateRequest> request);
  static Task<Done> run_create(Impl* self, std::uint64_t id, JoinedCreates::FlowPtr flow, FlowContext context,
                               std::shared_ptr<CreateRequest> request, bool fresh_id);

  // Ends every flow where it stands.
  void close() {
    closed = true;
    tasks.reset();
    flows.reset();
    auto left = std::exchange(abandon, {});
    for (auto& [id, complete] : left) {
      complete();
      finish_one();
    }
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
  std::unordered_map<std::uint64_t, std::function<void()>> abandon;
  JoinedCreates joined{*scheduler};
  std::unique_ptr<Flows> flows;
  std::unique_ptr<TaskSet> tasks = std::make_unique<TaskSet>();
};

Operation<EnvironmentOutcome> EnvironmentOrchestrator::Impl::create(CreateRequest request,
                                                                    CallOptions options) {
  auto state = std::make_shared<JoinedCreates::State>();
  auto call = std::make_shared<Call>();
  call->scheduler = scheduler.get();
  call->deadline = scheduler->now() + (options.timeout.count() > 0
                                           ? options.timeout
                                           : std::chrono::milliseconds(settings->operation_timeout));
  call->request_id = std::move(options.request_id);
  auto shared = std::make_shared<CreateRequest>(std::move(request));
  scheduler->post([weak = weak_from_this(), state, call, shared] {
    auto self = weak.lock();
    if (!self || self->closed) return state->complete(shutting_down());
    self->begin_create(state, call, shared);
  });
  return Operation<EnvironmentOutcome>(state);
}

void EnvironmentOrchestrator::Impl::begin_create(std::shared_ptr<JoinedCreates::State> state,
                                                 std::shared_ptr<Call> call,
                                                 std::shared_ptr<CreateRequest> request) {
  const bool fresh_id = request->id.empty();
  if (fresh_id) request->id = make_uuid(settings->random_bytes(16));
  const std::string key = fingerprint(*request);
  JoinedCreates::FlowPtr flow = joined.join(key, state, call->deadline);
  const bool first = flow == nullptr;
  if (first) {
    std::lock_guard lock(mutex);
    if (draining) return state->complete(shutting_down());
    ++open;
    flow = joined.open(key, state, call);
  }
  state->set_cancel([loop = std::weak_ptr<Scheduler>(scheduler), weak = weak_from_this(),
                     flow = std::weak_ptr(flow), member = std::weak_ptr(state)] {
    auto alive = loop.lock();
    if (!alive) return;
    alive->post([weak, flow, member] {
      auto self = weak.lock();
      auto [f, m] = std::pair(flow.lock(), member.lock());
      if (self && f && m) self->joined.cancel(*f, m);
    });
  });
  if (!first) return;
  const std::uint64_t id = ++last_id;
  abandon[id] = [this, flow] { joined.complete(flow, shutting_down()); };
  FlowContext context{call, [flow](std::string stage, std::string detail) {
                        JoinedCreates::report(*flow, {std::move(stage), std::move(detail)});
                      }};
  tasks->start(run_create(this, id, flow, std::move(context), std::move(request), fresh_id));
}

Task<Done> EnvironmentOrchestrator::Impl::run_create(Impl* self, std::uint64_t id,
                                                     JoinedCreates::FlowPtr flow, FlowContext context,
                                                     std::shared_ptr<CreateRequest> request, bool fresh_id) {
  auto result = co_await self->flows->create(std::move(context), std::move(request), fresh_id);
  self->abandon.erase(id);
  self->joined.complete(flow, std::move(result));
  self->finish_one();
  co_return Done{};
}

EnvironmentOrchestrator::EnvironmentOrchestrator(AgentSettings settings)
    : impl_(std::make_shared<Impl>(std::move(settings))) {}

EnvironmentOrchestrator::~EnvironmentOrchestrator() {
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
  auto refuse = [](Error error) {
    auto state = std::make_shared<JoinedCreates::State>();
    state->complete(std::move(error));
    return Operation<EnvironmentOutcome>(state);
  };
  if (auto errors = plan::check(request, impl_->settings); !errors.empty())
    return refuse(invalid_request(errors));
  if (plan::unsupported_provider(request.cloud_provider)) {
    return refuse(make_error(ErrorCode::kNotSupported,
                             "cloudProvider " + request.cloud_provider + " is not supported; use AZURE"));
  }
  return impl_->create(std::move(request), std::move(options));
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

// The public face: turns calls from any thread into flows on the loop thread, and flows into Operations.
#include "dev8agent/orchestrator.h"

#include "base/crypto.h"
#include "base/text.h"
#include "base/user_agent.h"
#include "orchestrator/orchestrator_impl.h"
#include "plan/activity.h"
#include "plan/operation_outcome.h"
#include "plan/signed_id.h"
#include "plan/validate.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

using namespace internal;
namespace {

constexpr std::chrono::seconds kQueryTimeout{60};
constexpr std::chrono::seconds kHealthTimeout{20};
constexpr std::chrono::hours kNoTimeout{24 * 365 * 100};

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

void EnvironmentOrchestrator::Impl::watch_idleness() {
  if (settings->idle_stop_after.count() == 0) return;
  const auto watch = launch<Done>(
      {"idle_stop"}, {}, kNoTimeout, std::nullopt,
      [of = flows.get()](FlowContext context) { return of->watch_idleness(std::move(context)); },
      Drain::kIgnores);
}

void EnvironmentOrchestrator::Impl::begin(const CallSubject& subject, Ending ending,
                                          const std::shared_ptr<Call>& call, const Work& work,
                                          std::chrono::milliseconds start_after) {
  if (closed || call->cancellation->cancelled()) {
    if (!closed) ending.failure = cancelled_error(*call->cancellation);
    ending.complete(ending);
    return leave(ending.drain);
  }
  const std::uint64_t number = ++last_id;
  ending.observed =
      Observed::begin(settings->observer, *scheduler, number, subject, call->known_by().request_id);
  endings.emplace(number, std::move(ending));
  // Also one that is not held back itself: it may be about the same environment.
  const bool held_back = start_after.count() > 0 || !burst->empty();
  if (!held_back) return work({call}, number);
  const std::function<void(Status)> go_on = [this, work, call, number](Status waited) {
    if (waited.ok()) return work({call}, number);
    endings.at(number).failure = waited.error();
    post_end(number);
  };
  tasks->start(burst->wait(call, start_after), go_on);
}

void EnvironmentOrchestrator::Impl::post_end(std::uint64_t number) {
  scheduler->post([weak = weak_from_this(), number] {
    // Held, because the program's callbacks may destroy the orchestrator.
    if (auto alive = weak.lock()) alive->end(number);
  });
}

void EnvironmentOrchestrator::Impl::end(std::uint64_t number) {
  auto ending = endings.extract(number);
  if (ending.empty()) return;
  ending.mapped().complete(ending.mapped());
  leave(ending.mapped().drain);
}

void EnvironmentOrchestrator::Impl::create(const CallPtr& call, const std::shared_ptr<CreateRequest>& request,
                                           std::uint64_t number) {
  const bool fresh_id = request->id.empty();
  if (fresh_id) request->id = make_uuid(settings->random_bytes(16));
  const CreateCoalescer::Flow flow = [this, request, fresh_id](CallPtr shared) {
    return flows->create(FlowContext{std::move(shared)}, request, fresh_id);
  };
  creates->join(fingerprint(*request), call, flow,
                [this, number](Result<EnvironmentOutcome> outcome) { finish(number, std::move(outcome)); });
}

Result<EnvironmentOrchestrator> EnvironmentOrchestrator::make(AgentSettings settings) {
  auto scheduler = settings->scheduler ? Result(settings->scheduler) : make_default_scheduler();
  if (!scheduler.ok()) return scheduler.error();
  auto transport = transport_for(settings, *scheduler);
  if (!transport.ok()) return transport.error();
  auto named =
      std::make_shared<UserAgentTransport>(std::move(*transport), user_agent(settings->application_id));
  auto impl = std::make_shared<Impl>(std::move(settings), std::move(*scheduler), std::move(named));
  impl->watch_idleness();
  return EnvironmentOrchestrator(std::move(impl));
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
  impl_->on_loop([this] { impl_->close(); });
  // A callback may have begun another operation, which has ended when the loop has taken it up. So no
  // callback of the program is called after this has returned, also where the loop runs on.
  do {
    impl_->on_loop([] {});
  } while (*impl_->launches > 0);
}

Operation<EnvironmentOutcome> EnvironmentOrchestrator::create(CreateRequest request, CallOptions options) {
  auto broken = broken_rules(plan::check(request, impl_->settings));
  if (!broken && plan::unsupported_provider(request.cloud_provider)) {
    broken = make_error(
        ErrorCode::kNotSupported,
        "cloudProvider " + std::string(to_string(request.cloud_provider)) + " is not supported; use AZURE");
  }
  auto shared = std::make_shared<CreateRequest>(std::move(request));
  return impl_->launch_work<EnvironmentOutcome>(
      {"create", shared->id}, std::move(options), impl_->settings->operation_timeout, std::move(broken),
      [impl = impl_.get(), shared](const FlowContext& context, std::uint64_t number) {
        impl->create(context.call, shared, number);
      });
}

Operation<EnvironmentOutcome> EnvironmentOrchestrator::start(StartRequest request, CallOptions options) {
  auto broken = broken_rules(plan::check(request, impl_->settings));
  auto shared = std::make_shared<StartRequest>(std::move(request));
  return impl_->call({"start", shared->id}, std::move(options), impl_->settings->operation_timeout,
                     std::move(broken), &Flows::start, shared);
}

Operation<Environment> EnvironmentOrchestrator::stop(StopRequest request, CallOptions options) {
  auto broken = broken_rules(plan::check_target(request.id, request.cloud_region, impl_->settings));
  return impl_->call({"stop", request.id}, std::move(options), plan::kChangeTimeout, std::move(broken),
                     &Flows::stop, request);
}

Operation<Environment> EnvironmentOrchestrator::restart(RestartRequest request, CallOptions options) {
  auto broken = broken_rules(plan::check_target(request.id, request.cloud_region, impl_->settings));
  return impl_->call({"restart", request.id}, std::move(options), plan::kChangeTimeout, std::move(broken),
                     &Flows::restart, request);
}

Operation<Deletion> EnvironmentOrchestrator::remove(DeleteRequest request, CallOptions options) {
  auto broken = broken_rules(plan::check_target(request.id, request.cloud_region, impl_->settings));
  return impl_->call({"remove", request.id}, std::move(options), plan::kChangeTimeout, std::move(broken),
                     &Flows::remove, request);
}

Operation<Environment> EnvironmentOrchestrator::restore(RestoreRequest request, CallOptions options) {
  auto broken = broken_rules(plan::check_target(request.id, request.cloud_region, impl_->settings));
  return impl_->call({"restore", request.id}, std::move(options), plan::kChangeTimeout, std::move(broken),
                     &Flows::restore, request);
}

Operation<Environment> EnvironmentOrchestrator::adopt(AdoptRequest request, CallOptions options) {
  auto broken = broken_rules(plan::check(request, impl_->settings));
  auto shared = std::make_shared<AdoptRequest>(std::move(request));
  return impl_->call({"adopt", shared->id}, std::move(options), plan::kChangeTimeout, std::move(broken),
                     &Flows::adopt, shared);
}

Operation<Environment> EnvironmentOrchestrator::update(UpdateRequest request, CallOptions options) {
  auto broken = broken_rules(plan::check(request, impl_->settings));
  auto shared = std::make_shared<UpdateRequest>(std::move(request));
  return impl_->call({"update", shared->id}, std::move(options), plan::kChangeTimeout, std::move(broken),
                     &Flows::update, shared);
}

Operation<Environment> EnvironmentOrchestrator::get(GetRequest request, CallOptions options) {
  auto broken = broken_rules(plan::check_target(request.id, request.cloud_region, impl_->settings));
  return impl_->call({"get", request.id}, std::move(options), kQueryTimeout, std::move(broken), &Flows::get,
                     request);
}

Operation<EnvironmentPage> EnvironmentOrchestrator::list(ListRequest request, CallOptions options) {
  auto broken = broken_rules(plan::check(request, impl_->settings));
  return impl_->call({"list"}, std::move(options), kQueryTimeout, std::move(broken), &Flows::list, request);
}

Operation<Done> EnvironmentOrchestrator::report_activity(ActivityReport report, CallOptions options) {
  auto broken = broken_rules(plan::check_target(report.environment_id, "", impl_->settings));
  return impl_->call({"report_activity", report.environment_id}, std::move(options), kQueryTimeout,
                     std::move(broken), &Flows::report_activity, report, Impl::Drain::kIgnores);
}

Operation<std::vector<Region>> EnvironmentOrchestrator::regions(CallOptions options) {
  return impl_->launch<std::vector<Region>>(
      {"regions"}, std::move(options), kHealthTimeout, std::nullopt,
      [flows = impl_->flows.get()](FlowContext context) { return flows->regions(std::move(context)); },
      Impl::Drain::kIgnores);
}

Operation<std::vector<Orphan>> EnvironmentOrchestrator::orphans(OrphansRequest request, CallOptions options) {
  return impl_->call({"orphans"}, std::move(options), kQueryTimeout,
                     broken_rules(plan::check_age(request.older_than)), &Flows::orphans, request);
}

Operation<std::vector<Orphan>> EnvironmentOrchestrator::sweep_orphans(SweepRequest request,
                                                                      CallOptions options) {
  return impl_->call({"sweep_orphans"}, std::move(options), plan::kChangeTimeout,
                     broken_rules(plan::check_age(request.older_than)), &Flows::sweep, request);
}

Operation<EventPage> EnvironmentOrchestrator::events(EventsRequest request, CallOptions options) {
  auto broken = broken_rules(plan::check_target(request.id, request.cloud_region, impl_->settings));
  return impl_->call({"events", request.id}, std::move(options), kQueryTimeout, std::move(broken),
                     &Flows::events, request);
}

Operation<Done> EnvironmentOrchestrator::watch_events(EventsRequest request,
                                                      std::function<void(const EventPage&)> on_change,
                                                      CallOptions options) {
  auto broken = broken_rules(plan::check_target(request.id, request.cloud_region, impl_->settings));
  auto tell = impl_->posted<EventPage>(std::move(on_change));
  return impl_->launch<Done>(
      {"watch_events", request.id}, std::move(options), kNoTimeout, std::move(broken),
      [flows = impl_->flows.get(), request, tell](FlowContext context) {
        return flows->watch_events(std::move(context), request, tell);
      },
      Impl::Drain::kIgnores);
}

Operation<Done> EnvironmentOrchestrator::watch_environments(
    std::function<void(const std::vector<ListedEnvironment>&)> on_list, CallOptions options) {
  auto tell = impl_->posted<std::vector<ListedEnvironment>>(std::move(on_list));
  return impl_->call({"watch_environments"}, std::move(options), kNoTimeout, std::nullopt,
                     &Flows::watch_environments, tell, Impl::Drain::kIgnores);
}

Operation<ContainerLog> EnvironmentOrchestrator::logs(LogsRequest request, CallOptions options) {
  auto broken = broken_rules(plan::check(request, impl_->settings));
  return impl_->call({"logs", request.id}, std::move(options), kQueryTimeout, std::move(broken), &Flows::logs,
                     request);
}

Operation<Done> EnvironmentOrchestrator::follow_logs(LogsRequest request,
                                                     std::function<void(std::string_view)> on_text,
                                                     CallOptions options) {
  auto broken = broken_rules(plan::check(request, impl_->settings));
  auto tell =
      impl_->posted<std::string>([on_text = std::move(on_text)](const std::string& text) { on_text(text); });
  return impl_->launch<Done>(
      {"follow_logs", request.id}, std::move(options), kNoTimeout, std::move(broken),
      [flows = impl_->flows.get(), request, tell](FlowContext context) {
        return flows->follow_logs(std::move(context), request,
                                  [tell](std::string_view text) { tell(std::string(text)); });
      },
      Impl::Drain::kIgnores);
}

Operation<ContainerReport> EnvironmentOrchestrator::report_container(GetRequest request,
                                                                     CallOptions options) {
  auto broken = broken_rules(plan::check_target(request.id, request.cloud_region, impl_->settings));
  return impl_->call({"report_container", request.id}, std::move(options), kHealthTimeout, std::move(broken),
                     &Flows::report_container, request, Impl::Drain::kIgnores);
}

Operation<Diagnosis> EnvironmentOrchestrator::diagnose(DiagnoseRequest request, CallOptions options) {
  return impl_->call({"diagnose"}, std::move(options), kQueryTimeout, std::nullopt, &Flows::diagnose,
                     request);
}

Operation<HealthReport> EnvironmentOrchestrator::check_health(CallOptions options) {
  return impl_->launch<HealthReport>(
      {"check_health"}, std::move(options), kHealthTimeout, std::nullopt,
      [flows = impl_->flows.get()](FlowContext context) { return flows->check_health(std::move(context)); },
      Impl::Drain::kIgnores);
}

Operation<std::vector<StorageAllowance>> EnvironmentOrchestrator::storage_allowances(CallOptions options) {
  return impl_->launch<std::vector<StorageAllowance>>(
      {"storage_allowances"}, std::move(options), kHealthTimeout, std::nullopt,
      [flows = impl_->flows.get()](FlowContext context) {
        return flows->storage_allowances(std::move(context));
      },
      Impl::Drain::kIgnores);
}

OperationRecord EnvironmentOrchestrator::Impl::new_operation(OperationKind kind,
                                                             const std::string& environment,
                                                             const std::string& region, OperationAim aim) {
  const RegionOptions* known = settings.region(region);
  OperationId id{kind, environment, known != nullptr ? known->name : "", {}, std::move(aim), ""};
  if (equal_ignoring_case(region, "auto")) id.cloud_region = "auto";
  id.created_at = std::chrono::floor<std::chrono::milliseconds>(scheduler->wall_now());
  id.nonce = nonce + std::to_string(++ids_made);
  std::string text = plan::write_operation_id(id, operation_key);
  return begin_record(std::move(text), std::move(id));
}

OperationRecord EnvironmentOrchestrator::new_operation(const CreateRequest& request) const {
  const std::string& region =
      request.cloud_region.empty() ? settings()->default_region : request.cloud_region;
  return impl_->new_operation(OperationKind::kCreate, request.id, region, plan::aim_of(request));
}
OperationRecord EnvironmentOrchestrator::new_operation(const StartRequest& request) const {
  return impl_->new_operation(OperationKind::kStart, request.id, request.cloud_region, plan::aim_of(request));
}
OperationRecord EnvironmentOrchestrator::new_operation(const StopRequest& request) const {
  return impl_->new_operation(OperationKind::kStop, request.id, request.cloud_region, {});
}
OperationRecord EnvironmentOrchestrator::new_operation(const DeleteRequest& request) const {
  return impl_->new_operation(OperationKind::kDelete, request.id, request.cloud_region, {});
}

std::string EnvironmentOrchestrator::new_operation_id(const CreateRequest& request) const {
  return new_operation(request).id;
}
std::string EnvironmentOrchestrator::new_operation_id(const StartRequest& request) const {
  return new_operation(request).id;
}
std::string EnvironmentOrchestrator::new_operation_id(const StopRequest& request) const {
  return new_operation(request).id;
}
std::string EnvironmentOrchestrator::new_operation_id(const DeleteRequest& request) const {
  return new_operation(request).id;
}

Result<OperationId> EnvironmentOrchestrator::read_operation_id(std::string_view id) const {
  auto read = plan::read_operation_id(id, impl_->operation_key);
  if (read) return std::move(*read);
  return make_error(ErrorCode::kNotFound, "there is no such operation");
}

Operation<OperationRecord> EnvironmentOrchestrator::observe_operation(
    std::string_view id, std::function<bool(const OperationRecord&)> enough,
    std::chrono::milliseconds patience, CallOptions options) {
  auto read = read_operation_id(id);
  std::optional<Error> broken;
  if (!read.ok()) broken = read.error();
  const OperationId about = read.value_or({});
  return impl_->launch<OperationRecord>({"observe_operation", about.environment_id}, std::move(options),
                                        kQueryTimeout + patience, std::move(broken),
                                        [flows = impl_->flows.get(), text = std::string(id), about,
                                         enough = std::move(enough), patience](FlowContext context) {
                                          return flows->observe_operation(std::move(context), text, about,
                                                                          enough, patience);
                                        });
}

bool EnvironmentOrchestrator::drain(std::chrono::milliseconds timeout) {
  std::unique_lock lock(impl_->mutex);
  impl_->draining = true;
  const bool must_wait = impl_->open > 0 && timeout.count() > 0;
  if (must_wait && impl_->scheduler->on_loop_thread()) waited_for_itself();
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

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent

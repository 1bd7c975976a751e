// What an error tells of the container: Azure's last events, and the end of the container's log.
#include <algorithm>

#include "base/text.h"
#include "orchestrator/flows.h"
#include "orchestrator/redact.h"
#include "plan/container_logs.h"
#include "plan/group_spec.h"
#include "plan/mask_credentials.h"
#include "plan/names.h"
#include "plan/regions.h"

namespace dev8agent::internal {
namespace {

constexpr std::chrono::seconds kDiagnosticsPatience{3};  // with the log and with what redacts it
constexpr int kLogTail = 20;                             // lines
constexpr std::size_t kLongestLogTail = 2048;
constexpr std::size_t kLastEvents = 5;
constexpr std::size_t kLongestEvent = 500;
constexpr std::size_t kLongestMessage = 2000;

bool is_about_container(const Error& error) {
  return error.code == ErrorCode::kContainerFailed || error.code == ErrorCode::kMountFailed ||
         error.code == ErrorCode::kImagePullFailed || error.code == ErrorCode::kTimeout ||
         error.code == ErrorCode::kWorkspaceNotReady;
}

bool has_started(const ContainerGroup& group) {
  if (group.container_started_at || group.container_restarts > 0) return true;
  return std::any_of(group.events.begin(), group.events.end(),
                     [](const ContainerEvent& event) { return event.name == "Started"; });
}

std::vector<ErrorEvent> last_events(const ContainerGroup& group, const Redactor& redactor) {
  std::vector<ErrorEvent> events;
  const std::size_t first = group.events.size() - std::min(group.events.size(), kLastEvents);
  for (std::size_t i = first; i < group.events.size(); ++i) {
    const ContainerEvent& seen = group.events[i];
    std::string message = plan::mask_credentials(redactor.clean(seen.message));
    events.push_back({seen.last_at, printable(seen.name, 100), printable(message, kLongestEvent),
                      std::max(seen.count, 1)});
  }
  return events;
}

// At most kLongestLogTail bytes of the end, whole lines, or else whole characters.
std::string cut_tail(std::string text) {
  if (text.size() <= kLongestLogTail) return text;
  std::size_t begin = text.size() - kLongestLogTail;
  const std::size_t line = text.find('\n', begin - 1);
  if (line != std::string::npos && line + 1 < text.size()) return text.substr(line + 1);
  while (begin < text.size() && (static_cast<unsigned char>(text[begin]) & 0xc0) == 0x80) ++begin;
  return text.substr(begin);
}

std::string with_diagnostics(const Error& error) {
  std::string text = error.message;
  for (std::size_t i = 0; i < error.events.size(); ++i)
    text += (i == 0 ? ". Last events: " : "; ") + error.events[i].name + ": " + error.events[i].message;
  if (!error.log_tail.empty()) text += ". Last log lines: " + error.log_tail;
  return text;
}

}  // namespace

// The raw text, as Azure has it; empty without one. Asked for once, and not again when that fails.
Task<std::string> Flows::read_log_tail(CallPtr call, FlowStatePtr state) {
  if (!has_started(state->seen.group->state)) co_return "";
  azure::LogQuery query{std::string(plan::kContainerName), kLogTail + plan::kLinesBefore};
  auto text = co_await azure_.groups().logs(call, state->region->options.resource_group,
                                            plan::names_of(state->id).container_group, std::move(query));
  co_return text.ok() ? *text : "";
}

Task<Error> Flows::add_diagnostics(FlowStatePtr state, Error error) {
  if (!is_about_container(error) || !state->seen.group) co_return error;
  // The call's own deadline may have passed.
  auto call = std::make_shared<Call>(*state->context.call);
  call->deadline = scheduler_->now() + kDiagnosticsPatience;
  call->listener.reset();
  auto described = co_await describe_container(std::move(call), state, std::move(error));
  co_return described;
}

Task<Error> Flows::describe_container(CallPtr call, FlowStatePtr state, Error error) {
  Redactor redactor;
  if (state->secrets) redactor.add(*state->secrets);
  redactor.add(activity_token(state->id));
  auto key = co_await mount_key(state);
  if (key.ok()) redactor.add(Secret(std::move(*key)));
  auto log = co_await read_log_tail(call, state);
  if (error.azure_request_id.empty()) error.azure_request_id = state->operation.request_id;
  error.events = last_events(state->seen.group->state, redactor);
  error.log_tail = cut_tail(plan::log_page("", redactor.clean(std::move(log)), kLogTail, true).content);
  // Redacted before it is cut, so that no part of a secret stays.
  error.message = printable(redactor.clean(with_diagnostics(error)), kLongestMessage);
  co_return error;
}

// A group alone is looked at: no events are told of a share.
Task<Result<ContainerReport>> Flows::report_container(FlowContext context, GetRequest request) {
  plan::Regions regions = plan::regions_to_search(request.cloud_region, settings_);
  std::shared_ptr<EnvironmentSecrets> secrets;
  if (const auto found = in_flight_.find(request.id); found != in_flight_.end()) {
    secrets = found->second.secrets;
    if (request.cloud_region.empty() && found->second.region != nullptr) regions = {found->second.region};
  }
  auto granted = co_await take_read(context.call);
  if (!granted.ok()) co_return granted.error();
  polling_.charge(static_cast<int>(regions.size()) - 1);
  auto located = co_await locate(context, request.id, regions, AskShare::kWithoutGroup);
  if (!located.ok()) co_return located.error();
  if (located->states.empty()) co_return plan::does_not_exist(request.id);
  FlowStatePtr state = located->states.front();
  if (plan::is_unmanaged(*state)) co_return plan::unmanaged_error(request.id);
  if (!state->seen.group) co_return ContainerReport{};
  state->secrets = std::move(secrets);
  if (has_started(state->seen.group->state)) polling_.charge(1);  // for the log
  Error error = make_error(ErrorCode::kTimeout, "");
  auto described = co_await describe_container(context.call, state, std::move(error));
  co_return ContainerReport{std::move(described.events), std::move(described.log_tail)};
}

}  // namespace dev8agent::internal

// Waits until the workspace itself answers at its public address (plan/readiness.h). The requests go to the
// workspace, not to Azure: they carry no token, and no read budget limits them.
#include <algorithm>

#include "orchestrator/flows.h"
#include "plan/group_spec.h"
#include "plan/readiness.h"

namespace dev8agent::internal {
namespace {

constexpr std::chrono::seconds kOneAnswer{5};     // the limit of one question
constexpr std::chrono::seconds kBetweenReads{5};  // of the container, which may fail meanwhile

}  // namespace

std::string Flows::workspace_url(const FlowState& state) const {
  if (!state.seen.group) return "";
  return plan::readiness_url(
      plan::connection_urls(state.seen.group->state, state.id, settings_).vscode_web_url);
}

// One question. The error says in words why there was no answer.
Task<Status> Flows::ask_workspace_once(CallPtr call, std::string url) {
  if (url.empty()) co_return make_error(ErrorCode::kAzureUnavailable, "Azure shows no address of it yet");
  HttpRequest request;
  request.method = "GET";
  request.url = std::move(url);
  request.deadline = std::min(call->deadline, call->now() + kOneAnswer);
  request.label = "workspace.ask";
  request.any_certificate = settings_->workspace_tls.directory == "internal";
  auto response = co_await azure_.wire().send(call, std::move(request));
  if (!response.ok()) co_return response.error();
  if (plan::is_ready(response->status)) co_return Done{};
  co_return make_error(ErrorCode::kAzureUnavailable,
                       "it answers with status " + std::to_string(response->status));
}

Task<Status> Flows::ask_workspace(FlowStatePtr state) {
  plan::Readiness& ready = state->ready;
  if (!ready.asked_since) {
    ready.asked_since = scheduler_->now();
    learn_duration(*state);
  }
  state->context.report(Stage::kWaitingForIde, ready.failure);
  const std::string url = workspace_url(*state);
  auto answer = co_await ask_workspace_once(state->context.call, url);
  if (answer.ok()) {
    ready.answered = true;
    co_return Done{};
  }
  if (answer.error().code == ErrorCode::kCancelled) co_return answer;
  ready.failure = answer.error().message;
  state->context.report(Stage::kWaitingForIde, ready.failure);
  const TimePoint now = scheduler_->now();
  const auto delay = plan::ask_delay(now - *ready.asked_since);
  if (state->context.call->deadline - now <= delay) co_return plan::not_ready(url, ready.failure);
  if (now - state->seen.group_asked_at < kBetweenReads) {
    auto waited = co_await pause(state->context.call, delay);
    co_return waited;
  }
  Poll poll = begin_poll(*state);
  auto seen = co_await wait_for_read(state, std::move(poll));
  co_return seen;
}

}  // namespace dev8agent::internal

// Logs: the last lines of a container, and what it adds.
#include <algorithm>

#include "base/text.h"
#include "orchestrator/flows.h"
#include "plan/container_logs.h"
#include "plan/names.h"
#include "plan/regions.h"

namespace dev8agent::internal {
namespace {

using std::chrono::seconds;

constexpr seconds kBetweenReads{2};
constexpr int kFollowTail = 1000;    // lines of one read
constexpr int kLongestTail = 10000;  // of a read after many lines were added

bool not_started(const Error& error) {
  return equal_ignoring_case(error.azure_code, "ContainerLogNotAvailable") ||
         equal_ignoring_case(error.azure_code, "ContainerGroupDeploymentNotReady");
}

Error no_container_yet(const std::string& id, const std::string& detail) {
  std::string text = "environment " + id + " has no log yet: its container has not started";
  if (!detail.empty()) text += " (" + detail + ")";
  Error error = make_error(ErrorCode::kConflict, text + ". Ask again when it has");
  error.retryable = true;
  return error;
}

// Azure has no log of a container of this state.
Error no_log(const FlowState& state) {
  if (!state.seen.group) return no_container_yet(state.id, "");
  const plan::GroupPhase group = plan::phase_of(state);
  if (group.phase != plan::Phase::kStopped) return no_container_yet(state.id, group.detail);
  return make_error(ErrorCode::kConflict,
                    "environment " + state.id + " is stopped, and Azure no longer has its log. Start it");
}

// Of a log that was there before.
bool says_no_log(const Error& error) {
  return error.code == ErrorCode::kNotFound || error.code == ErrorCode::kConflict;
}

bool has_ended(const FlowState& state) {
  if (!state.seen.group) return false;
  const plan::Phase phase = plan::phase_of(state).phase;
  return phase == plan::Phase::kStopped || phase == plan::Phase::kDeleting ||
         plan::ended_by_itself(state.seen.group->state);
}

// The container that is meant; the error tells which there are.
Result<std::string> container_of(const FlowState& state, const std::string& wanted) {
  const auto& names = state.seen.group->state.containers;
  if (wanted.empty() && !names.empty()) return names.front();
  std::string known;
  for (const std::string& name : names) {
    if (name == wanted) return name;
    known += (known.empty() ? "" : ", ") + name;
  }
  return make_error(ErrorCode::kNotFound, "environment " + state.id + " has no such container; it has " +
                                              (known.empty() ? "none" : known));
}

}  // namespace

// Where the log is: the environment with a container that may have one.
Task<Result<FlowStatePtr>> Flows::find_logged(FlowContext context, LogsRequest request) {
  auto located =
      co_await locate(context, request.id, plan::regions_to_search(request.cloud_region, settings_));
  if (!located.ok()) co_return located.error();
  if (located->states.empty()) co_return plan::does_not_exist(request.id);
  FlowStatePtr state = located->states.front();
  if (plan::is_unmanaged(*state)) co_return plan::unmanaged_error(request.id);
  if (state->seen.group) co_return state;
  const bool coming = in_flight(request.id) != plan::InFlight::kNothing ||
                      plan::may_be_creating(state->seen, state->seen.azure_now);
  if (coming) co_return no_container_yet(request.id, "");
  co_return make_error(ErrorCode::kNotFound,
                       "environment " + request.id + " has no container, so there is no log; start it");
}

Task<Result<std::string>> Flows::read_log(FlowStatePtr state, azure::LogQuery query) {
  std::function<Task<Result<std::string>>()> attempt = [this, state, query]() -> Task<Result<std::string>> {
    auto text = co_await azure_.groups().logs(state->context.call, state->region->options.resource_group,
                                              plan::names_of(state->id).container_group, query);
    if (text.ok()) co_return text;
    Error error = text.error();
    error.retryable = error.retryable && !not_started(error);
    co_return error;
  };
  auto text = co_await azure_.retrier().run<std::string>(state->context.call, std::move(attempt));
  if (!text.ok() && not_started(text.error())) co_return no_log(*state);
  co_return text;
}

Task<Result<ContainerLog>> Flows::logs(FlowContext context, LogsRequest request) {
  auto found = co_await find_logged(context, request);
  if (!found.ok()) co_return found.error();
  const FlowStatePtr state = *found;
  auto container = container_of(*state, request.container);
  if (!container.ok()) co_return container.error();
  azure::LogQuery query{*container, request.tail + plan::kLinesBefore, request.timestamps};
  auto text = co_await read_log(state, std::move(query));
  if (!text.ok()) co_return text.error();
  co_return plan::log_page(*container, *text, request.tail, has_ended(*state));
}

// One read of a log that is followed, within the budget; a longer one when it shows nothing that the read
// before it has shown.
Task<Result<std::vector<std::string>>> Flows::follow_once(FlowStatePtr state, azure::LogQuery query,
                                                          std::shared_ptr<plan::LogFollower> follower,
                                                          bool last) {
  auto granted = co_await take_read(state->context.call);
  if (!granted.ok()) co_return granted.error();
  auto text = co_await read_log(state, query);
  if (!text.ok()) co_return text.error();
  auto news = follower->advance(*text, last, false);
  if (!news.gap) co_return std::move(news.lines);
  query.tail = kLongestTail;
  granted = co_await take_read(state->context.call);
  if (!granted.ok()) co_return granted.error();
  auto longer = co_await read_log(state, query);
  if (!longer.ok()) co_return longer.error();
  news = follower->advance(*longer, last, true);
  co_return std::move(news.lines);
}

// Whether the container has ended, within the budget. A read that finds no group counts when the log was not
// found either.
Task<Result<Flows::LogEnd>> Flows::see_end(FlowStatePtr state, bool log_is_gone) {
  auto granted = co_await take_read(state->context.call);
  if (!granted.ok()) co_return granted.error();
  auto seen = co_await observe_group(state);
  if (!seen.ok()) co_return seen.error();
  if (!state->seen.group) co_return log_is_gone ? LogEnd::kGone : LogEnd::kNo;
  co_return has_ended(*state) ? LogEnd::kEnded : LogEnd::kNo;
}

// The first read tells the lines that were asked for; later ones tell what has been added. A container that
// starts again has no log for a while.
Task<Result<Done>> Flows::follow_logs(FlowContext context, LogsRequest request,
                                      std::function<void(std::string_view)> tell) {
  auto found = co_await find_logged(context, request);
  if (!found.ok()) co_return found.error();
  const FlowStatePtr state = *found;
  auto container = container_of(*state, request.container);
  if (!container.ok()) co_return container.error();
  auto follower = std::make_shared<plan::LogFollower>();
  plan::LogWriter writer(request.timestamps);
  azure::LogQuery query{*container, request.tail + plan::kLinesBefore, true};
  bool last = has_ended(*state);
  for (bool first = true;; first = false) {
    auto lines = co_await follow_once(state, query, follower, last);
    const bool no_log = !lines.ok() && !first && says_no_log(lines.error());
    if (!lines.ok() && !no_log) co_return lines.error();
    const bool gone = no_log && lines.error().code == ErrorCode::kNotFound;
    std::string added;
    if (!no_log) added = writer.write(*lines, first ? request.tail : kLongestTail);
    if (first || !added.empty()) tell(added);
    if (last) co_return Done{};
    query.tail = kFollowTail;
    auto waited = co_await pause(context.call, kBetweenReads);
    if (!waited.ok()) co_return waited.error();
    // Whether the container has ended is asked when it says nothing; then the log is read once more.
    if (!added.empty()) continue;
    auto end = co_await see_end(state, gone);
    if (!end.ok()) co_return end.error();
    if (*end == LogEnd::kGone) co_return Done{};
    last = *end == LogEnd::kEnded;
  }
}

}  // namespace dev8agent::internal

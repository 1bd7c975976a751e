// Watcher: see watcher.h.
#include "orchestrator/watcher.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/text.h"

namespace dev8agent::internal {
namespace {

using azure::GroupRead;

constexpr std::chrono::seconds kShortPause{1};  // is not worth telling
constexpr std::string_view kPause = "Azure limits the rate of requests, so that all reads pause";

// The group as a list shows it says enough only while Azure is still at work on it.
bool in_transition(const ContainerGroup& group) {
  for (std::string_view word : {"Succeeded", "Failed", "Canceled", "Unhealthy", "NotAccessible", ""}) {
    if (equal_ignoring_case(group.provisioning_state, word)) return false;
  }
  return true;
}

}  // namespace

Watcher::~Watcher() {
  if (timer_) scheduler_.cancel(*timer_);
  for (const auto& waiter : waiters_) {
    if (waiter->expiry) scheduler_.cancel(*waiter->expiry);
  }
}

Task<Result<GroupRead>> Watcher::next(CallPtr call, std::string name, TimePoint due) {
  auto waiter = std::make_shared<Waiter>();
  waiter->call = call;
  waiter->name = std::move(name);
  waiter->due = due;
  CallbackAwaiter<GroupRead> answered(call, [this, waiter](std::function<void(Result<GroupRead>)> done) {
    waiter->done = std::move(done);
    add(waiter);
    return [this, waiter] { remove(waiter); };
  });
  auto read = co_await answered;
  co_return read;
}

void Watcher::add(std::shared_ptr<Waiter> waiter) {
  waiter->expiry = scheduler_.call_at(waiter->call->deadline, [this, waiter] {
    waiter->expiry.reset();
    finish(waiter, deadline_error(*waiter->call));
  });
  waiters_.push_back(std::move(waiter));
  tell_of_pause();
  schedule();
}

// Each is told once of each pause; finish() tells that it is over.
void Watcher::tell_of_pause() {
  const auto until = budget_.held_until(scheduler_.now());
  if (!until || *until - scheduler_.now() < kShortPause) return;
  for (const auto& waiter : waiters_) {
    const bool news = waiter->due < *until && waiter->told_until < *until;
    if (!news || !waiter->call->on_retry) continue;
    waiter->told_until = *until;
    waiter->call->on_retry(Retry{ErrorCode::kAzureThrottled, std::string(kPause), 1, *until});
  }
}

void Watcher::remove(const std::shared_ptr<Waiter>& waiter) {
  if (waiter->expiry) scheduler_.cancel(*waiter->expiry);
  waiter->expiry.reset();
  waiters_.remove(waiter);
  if (waiters_.empty()) last_round_.reset();
}

// The waiter's flow goes on inside done().
void Watcher::finish(const std::shared_ptr<Waiter>& waiter, Result<GroupRead> read) {
  if (std::find(waiters_.begin(), waiters_.end(), waiter) == waiters_.end()) return;
  remove(waiter);
  if (waiter->told_until != TimePoint{}) waiter->call->on_retry(std::nullopt);
  waiter->done(std::move(read));
}

// Sets the timer to the first moment at which somebody is due.
void Watcher::schedule() {
  TimePoint first = TimePoint::max();
  for (const auto& waiter : waiters_) {
    if (!waiter->asked) first = std::min(first, waiter->due);
  }
  if (busy_ || first == TimePoint::max()) return;
  if (timer_) scheduler_.cancel(*timer_);
  timer_ = scheduler_.call_at(first, [this] {
    timer_.reset();
    begin_round();
  });
}

void Watcher::begin_round() {
  if (busy_) return;
  if (const auto later = budget_.take(scheduler_.now())) {
    tell_of_pause();
    timer_ = scheduler_.call_at(*later, [this] {
      timer_.reset();
      begin_round();
    });
    return;
  }
  // One list answers for everybody who would be due before the next one.
  const TimePoint until = scheduler_.now() + budget_.interval();
  std::vector<std::shared_ptr<Waiter>> asked;
  for (const auto& waiter : waiters_) {
    if (!waiter->asked && waiter->due <= until) asked.push_back(waiter);
  }
  if (asked.empty()) return schedule();
  // Whoever waits longest comes first; the others have their turns.
  if (may_not_list_ || asked.size() <= static_cast<std::size_t>(pages_)) asked.resize(1);
  busy_ = true;
  record_round(asked.size() > 1);
  tasks_->start(round(std::move(asked)));
}

void Watcher::record_round(bool lists) {
  const TimePoint now = scheduler_.now();
  const auto before = std::exchange(last_round_, now);
  if (!logger_) return;
  LogRecord record{LogLevel::kDebug,
                   "azure.watch",
                   {{"read", lists ? "list" : "get"}, {"count", std::to_string(waiters_.size())}}};
  if (before) {
    const auto interval = std::chrono::duration_cast<std::chrono::milliseconds>(now - *before);
    record.fields.push_back({"intervalMs", std::to_string(interval.count())});
  }
  logger_(record);
}

Task<Done> Watcher::round(std::vector<std::shared_ptr<Waiter>> asked) {
  if (asked.size() > 1) {
    co_await list_for(std::move(asked));
  } else {
    co_await get_for(asked.front());
  }
  busy_ = false;
  schedule();
  co_return Done{};
}

Task<Done> Watcher::list_for(std::vector<std::shared_ptr<Waiter>> asked) {
  CallPtr call = shared_call(asked);
  auto listed = co_await groups_.list(call, resource_group_);
  if (!listed.ok()) {
    const Error& error = listed.error();
    may_not_list_ = error.azure_status == 403;
    if (may_not_list_) co_return Done{};
    for (const auto& waiter : asked) finish(waiter, error);
    co_return Done{};
  }
  pages_ = std::max(listed->pages, 1);
  budget_.charge(pages_ - 1);
  std::map<std::string, ContainerGroup> shown;
  for (ContainerGroup& group : listed->groups) shown[to_lower(group.name)] = std::move(group);
  std::erase_if(at_rest_, [&](const auto& entry) { return !shown.contains(entry.first); });
  for (const auto& waiter : asked) {
    const std::string name = to_lower(waiter->name);
    const auto found = shown.find(name);
    if (found != shown.end() && in_transition(found->second)) {
      at_rest_.erase(name);
      finish(waiter, GroupRead{found->second, listed->asked_at, listed->shown_at});
      continue;
    }
    const std::string state = found == shown.end() ? "" : found->second.provisioning_state;
    const bool changed = at_rest_.insert_or_assign(name, state).second;
    waiter->asked = true;
    tasks_->start(get_within(waiter, changed ? &changes_ : &budget_));
  }
  co_return Done{};
}

Task<Done> Watcher::get_within(std::shared_ptr<Waiter> waiter, ReadBudget* budget) {
  CallPtr call = shared_call({waiter});
  for (;;) {
    const auto later = budget->take(scheduler_.now());
    if (!later) break;
    auto waited = co_await pause(call, *later - scheduler_.now());
    if (!waited.ok()) co_return Done{};  // the waiter's own deadline ends its wait
  }
  co_await get_for(waiter);
  co_return Done{};
}

Task<Done> Watcher::get_for(std::shared_ptr<Waiter> waiter) {
  CallPtr call = shared_call({waiter});
  auto read = co_await groups_.get(call, resource_group_, waiter->name);
  finish(waiter, std::move(read));
  co_return Done{};
}

// A read that several share lasts as long as the most patient of them.
CallPtr Watcher::shared_call(const std::vector<std::shared_ptr<Waiter>>& asked) {
  auto call = std::make_shared<Call>();
  call->scheduler = &scheduler_;
  call->deadline = TimePoint::min();
  for (const auto& waiter : asked) call->deadline = std::max(call->deadline, waiter->call->deadline);
  call->on_retry = [asked](const std::optional<Retry>& retry) {
    for (const auto& waiter : asked) {
      if (waiter->call->on_retry) waiter->call->on_retry(retry);
    }
  };
  call->on_failure = [this, asked](const Error& error) {
    if (error.code == ErrorCode::kAzureThrottled && error.retry_after)
      budget_.hold(scheduler_.now() + *error.retry_after);
    tell_of_pause();
    for (const auto& waiter : asked) waiter->call->note_failure(error);
  };
  return call;
}

}  // namespace dev8agent::internal

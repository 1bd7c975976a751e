// Watcher: see watcher.h.
#include "orchestrator/watcher.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/text.h"

namespace dev8agent::internal {
namespace {

using azure::GroupRead;

constexpr std::chrono::seconds kShortPause{1};  // is not worth telling
constexpr int kGroupsOfARead = 1000;  // a longer list costs several: reading it takes this process's time
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
  for (const auto& [number, waiter] : waiters_) {
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

void Watcher::add(WaiterPtr waiter) {
  waiter->expiry = scheduler_.call_at(waiter->call->deadline, [this, waiter] {
    waiter->expiry.reset();
    finish(waiter, deadline_error(*waiter->call));
  });
  waiter->number = ++last_number_;
  waiters_.emplace(waiter->number, waiter);
  due_.emplace(waiter->due, waiter->number);
  tell_of_pause(*waiter);
  schedule();
}

// Each is told once of each pause; finish() tells that it is over.
void Watcher::tell_of_pause(Waiter& waiter) {
  const auto until = budget_.held_until(scheduler_.now());
  if (!until || *until - scheduler_.now() < kShortPause) return;
  const bool news = waiter.due < *until && waiter.told_until < *until;
  if (!news || !waiter.call->on_retry) return;
  waiter.told_until = *until;
  waiter.call->on_retry(Retry{ErrorCode::kAzureThrottled, std::string(kPause), 1, *until});
}

void Watcher::tell_all_of_pause() {
  for (const auto& [number, waiter] : waiters_) tell_of_pause(*waiter);
}

void Watcher::remove(const WaiterPtr& waiter) {
  if (waiter->expiry) scheduler_.cancel(*waiter->expiry);
  waiter->expiry.reset();
  due_.erase({waiter->due, waiter->number});
  waiters_.erase(std::exchange(waiter->number, 0));
  if (waiters_.empty()) last_round_.reset();
}

// The waiter's flow goes on inside done().
void Watcher::finish(const WaiterPtr& waiter, Result<GroupRead> read) {
  if (!waits(*waiter)) return;
  remove(waiter);
  if (waiter->told_until != TimePoint{}) waiter->call->on_retry(std::nullopt);
  waiter->done(std::move(read));
}

// Sets the timer to the first moment at which somebody is due.
void Watcher::schedule() {
  if (busy_ || due_.empty()) return;
  if (timer_) scheduler_.cancel(*timer_);
  timer_ = scheduler_.call_at(due_.begin()->first, [this] {
    timer_.reset();
    begin_round();
  });
}

std::vector<Watcher::WaiterPtr> Watcher::due_by(TimePoint until) const {
  std::vector<WaiterPtr> found;
  for (const auto& [due, number] : due_) {
    if (due > until) break;
    found.push_back(waiters_.at(number));
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a->number < b->number; });
  return found;
}

void Watcher::begin_round() {
  if (busy_) return;
  if (const auto later = budget_.take(scheduler_.now())) {
    tell_all_of_pause();
    timer_ = scheduler_.call_at(*later, [this] {
      timer_.reset();
      begin_round();
    });
    return;
  }
  // One list answers for everybody who would be due before the next one.
  std::vector<WaiterPtr> asked = due_by(scheduler_.now() + budget_.interval());
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

Task<Done> Watcher::round(std::vector<WaiterPtr> asked) {
  if (asked.size() > 1) {
    co_await list_for(std::move(asked));
  } else {
    co_await get_for(asked.front());
  }
  busy_ = false;
  schedule();
  co_return Done{};
}

// A list of one round, page by page: a page is done with before the next one is read.
struct Watcher::Listing {
  std::unordered_multimap<std::string, WaiterPtr> open;  // those of whose group no page has told, by its name
  std::unordered_set<std::string> unseen;                // names of at_rest_ that no page has shown
  std::size_t groups = 0;
};

Task<Done> Watcher::list_for(std::vector<WaiterPtr> asked) {
  std::string answered_as;
  CallPtr call = shared_call(asked, &answered_as);
  Listing listing;
  for (const auto& waiter : asked) listing.open.emplace(to_lower(waiter->name), waiter);
  for (const auto& [name, state] : at_rest_) listing.unseen.insert(name);
  const std::function<void(azure::GroupList)> each = [&](azure::GroupList page) {
    note_page(listing, std::move(page), answered_as);
  };
  auto listed = co_await groups_.list_pages(call, resource_group_, each);
  tell_of_answer(asked, answered_as);
  if (!listed.ok()) {
    const Error& error = listed.error();
    may_not_list_ = error.azure_status == 403;
    if (may_not_list_) co_return Done{};
    // Not those who wait for a GET of their own.
    for (const auto& waiter : asked)
      if (listing.open.contains(to_lower(waiter->name))) finish(waiter, error);
    co_return Done{};
  }
  pages_ = *listed;
  budget_.charge(std::max(pages_, static_cast<int>(listing.groups) / kGroupsOfARead) - 1);
  for (const std::string& name : listing.unseen) at_rest_.erase(name);
  for (const auto& waiter : asked) {
    const std::string name = to_lower(waiter->name);
    if (listing.open.contains(name)) read_alone(waiter, name, "");
  }
  co_return Done{};
}

// Ends the waits for the groups of the page that Azure is still at work on; the others get a GET.
void Watcher::note_page(Listing& listing, azure::GroupList page, const std::string& answered_as) {
  listing.groups += page.groups.size();
  for (ContainerGroup& group : page.groups) {
    const std::string name = to_lower(group.name);
    listing.unseen.erase(name);
    const bool moves = in_transition(group);
    const std::string state = group.provisioning_state;
    const GroupRead read{std::move(group), page.asked_at, page.shown_at};
    for (auto found = listing.open.find(name); found != listing.open.end(); found = listing.open.find(name)) {
      const WaiterPtr waiter = std::move(found->second);
      listing.open.erase(found);
      if (!moves) {
        read_alone(waiter, name, state);
        continue;
      }
      at_rest_.erase(name);
      tell_of_answer({waiter}, answered_as);
      finish(waiter, read);
    }
  }
}

// `state` is what the list says of the group `name`; empty: it is not there.
void Watcher::read_alone(const WaiterPtr& waiter, const std::string& name, const std::string& state) {
  if (!waits(*waiter)) return;
  const bool changed = at_rest_.insert_or_assign(name, state).second;
  due_.erase({waiter->due, waiter->number});
  tasks_->start(get_within(waiter, changed ? &changes_ : &budget_));
}

Task<Done> Watcher::get_within(WaiterPtr waiter, ReadBudget* budget) {
  std::string answered_as;
  CallPtr call = shared_call({waiter}, &answered_as);
  for (;;) {
    const auto later = budget->take(scheduler_.now());
    if (!later) break;
    auto waited = co_await pause(call, *later - scheduler_.now());
    if (!waited.ok()) co_return Done{};  // the waiter's own deadline ends its wait
  }
  if (!waits(*waiter)) co_return Done{};
  co_await get_for(waiter);
  co_return Done{};
}

Task<Done> Watcher::get_for(WaiterPtr waiter) {
  std::string answered_as;
  CallPtr call = shared_call({waiter}, &answered_as);
  auto read = co_await groups_.get(call, resource_group_, waiter->name);
  tell_of_answer({waiter}, answered_as);
  finish(waiter, std::move(read));
  co_return Done{};
}

void Watcher::tell_of_answer(const std::vector<WaiterPtr>& asked, const std::string& azure_request_id) {
  if (azure_request_id.empty()) return;
  for (const auto& waiter : asked) {
    if (waits(*waiter) && waiter->call->on_answer) waiter->call->on_answer(azure_request_id);
  }
}

// A read that several share lasts as long as the most patient of them.
CallPtr Watcher::shared_call(const std::vector<WaiterPtr>& asked, std::string* answered_as) {
  auto call = std::make_shared<Call>();
  call->on_answer = [answered_as](const std::string& azure_request_id) { *answered_as = azure_request_id; };
  call->scheduler = &scheduler_;
  call->deadline = TimePoint::min();
  for (const auto& waiter : asked) call->deadline = std::max(call->deadline, waiter->call->deadline);
  call->on_retry = [asked](const std::optional<Retry>& retry) {
    for (const auto& waiter : asked) {
      if (waits(*waiter) && waiter->call->on_retry) waiter->call->on_retry(retry);
    }
  };
  call->on_failure = [this, asked](const Error& error) {
    if (error.code == ErrorCode::kAzureThrottled && error.retry_after)
      budget_.hold(scheduler_.now() + *error.retry_after);
    tell_all_of_pause();
    for (const auto& waiter : asked) {
      if (waits(*waiter)) waiter->call->note_failure(error);
    }
  };
  return call;
}

}  // namespace dev8agent::internal

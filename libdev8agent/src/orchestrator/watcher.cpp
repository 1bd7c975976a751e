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
constexpr std::chrono::seconds kBackSoon{1};    // a flow that got an answer and looks again is back by then
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
  if (expiry_) scheduler_.cancel(*expiry_);
}

// Hears of a read for several waits.
class Watcher::Listener : public CallListener {
 public:
  Listener(Watcher& watcher, std::vector<Number> asked, std::string& answered_as)
      : watcher_(watcher), asked_(std::move(asked)), answered_as_(answered_as) {}
  void on_progress(const ProgressReport& report) override {
    for (const Number number : asked_) {
      if (const Wait* wait = watcher_.find(number)) wait->call_->tell(report);
    }
  }
  void on_failure(const Error& error) override {
    if (error.code == ErrorCode::kAzureThrottled && error.retry_after)
      watcher_.budget_.hold(watcher_.scheduler_.now() + *error.retry_after);
    watcher_.tell_all_of_pause();
    for (const Number number : asked_) {
      if (const Wait* wait = watcher_.find(number)) wait->call_->note_failure(error);
    }
  }
  void on_answer(const std::string& azure_request_id) override { answered_as_ = azure_request_id; }

 private:
  Watcher& watcher_;
  std::vector<Number> asked_;
  std::string& answered_as_;
};

bool Watcher::Wait::await_ready() {
  if (call_->cancellation->cancelled()) read_.emplace(cancelled_error(*call_->cancellation));
  return read_.has_value();
}

void Watcher::Wait::await_suspend(std::coroutine_handle<> flow) {
  flow_ = flow;
  cancelled_ = call_->cancellation->on_cancel([this] {
    watcher_.remove(*this);
    read_.emplace(cancelled_error(*call_->cancellation));
    flow_.resume();
  });
  watcher_.add(*this);
}

Watcher::Wait* Watcher::find(Number number) const {
  const auto found = waiters_.find(number);
  return found == waiters_.end() ? nullptr : found->second;
}

void Watcher::add(Wait& wait) {
  if (waiters_.empty() && scheduler_.now() - idle_since_ > kBackSoon) last_round_.reset();
  wait.number_ = ++last_number_;
  wait.deadline_ = wait.call_->deadline;
  waiters_.emplace(wait.number_, &wait);
  due_.emplace(wait.due_, wait.number_);
  if (wait.deadline_ != TimePoint::max()) deadlines_.emplace(wait.deadline_, wait.number_);
  tell_of_pause(wait);
  schedule();
  schedule_expiry();
}

void Watcher::schedule_expiry() {
  if (deadlines_.empty()) return;
  const TimePoint next = deadlines_.begin()->first;
  if (expiry_ && expiry_at_ <= next) return;
  if (expiry_) scheduler_.cancel(*expiry_);
  expiry_at_ = next;
  expiry_ = scheduler_.call_at(next, [this] { expire_waits(); });
}

void Watcher::expire_waits() {
  expiry_.reset();
  const TimePoint now = scheduler_.now();
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    const Number number = deadlines_.begin()->second;
    finish(number, deadline_error(*find(number)->call_));
  }
  schedule_expiry();
}

// Each is told once of each pause; finish() tells that it is over.
void Watcher::tell_of_pause(Wait& wait) {
  const auto until = budget_.held_until(scheduler_.now());
  if (!until || *until - scheduler_.now() < kShortPause) return;
  const bool news = wait.due_ < *until && wait.told_until_ < *until;
  if (!news || !wait.call_->listener) return;
  wait.told_until_ = *until;
  wait.call_->tell_retry(Retry{ErrorCode::kAzureThrottled, std::string(kPause), 1, *until});
}

void Watcher::tell_all_of_pause() {
  for (const auto& [number, wait] : waiters_) tell_of_pause(*wait);
}

void Watcher::remove(Wait& wait) {
  wait.cancelled_.reset();
  deadlines_.erase({wait.deadline_, wait.number_});
  due_.erase({wait.due_, wait.number_});
  waiters_.erase(std::exchange(wait.number_, 0));
  if (!waiters_.empty()) return;
  idle_since_ = scheduler_.now();
  if (expiry_) scheduler_.cancel(*expiry_);
  expiry_.reset();
}

void Watcher::finish(Number number, Result<GroupRead> read) {
  Wait* wait = find(number);
  if (!wait) return;
  remove(*wait);
  if (wait->told_until_ != TimePoint{}) wait->call_->tell_retry(std::nullopt);
  wait->read_.emplace(std::move(read));
  wait->flow_.resume();
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

std::vector<Watcher::Number> Watcher::due_by(TimePoint until) const {
  std::vector<Number> found;
  for (const auto& [due, number] : due_) {
    if (due > until) break;
    found.push_back(number);
  }
  std::sort(found.begin(), found.end());
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
  std::vector<Number> asked = due_by(scheduler_.now() + budget_.interval());
  if (asked.empty()) return schedule();
  // Whoever waits longest comes first; the others have their turns.
  if (may_not_list_ || asked.size() <= static_cast<std::size_t>(pages_))
    asked.erase(asked.begin() + 1, asked.end());
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

Task<Done> Watcher::round(std::vector<Number> asked) {
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
  std::unordered_multimap<std::string, Number> open;  // those of whose group no page has told, by its name
  std::unordered_set<std::string> unseen;             // names of at_rest_ that no page has shown
  std::size_t groups = 0;
};

Task<Done> Watcher::list_for(std::vector<Number> asked) {
  std::string answered_as;
  CallPtr call = shared_call(asked, &answered_as);
  Listing listing;
  for (const Number number : asked) listing.open.emplace(to_lower(find(number)->name_), number);
  for (const auto& [name, state] : at_rest_) listing.unseen.insert(name);
  const std::function<void(azure::GroupList)> each = [&](azure::GroupList page) {
    note_page(listing, std::move(page), answered_as);
  };
  auto listed = co_await groups_.list_pages(call, resource_group_, each);
  tell_of_answer(asked, answered_as);
  // Those of whom no page has told, in the order in which they began to wait. A wait for a GET of its own has
  // been told.
  std::map<Number, std::string> left;
  for (const auto& [name, number] : listing.open) left.emplace(number, name);
  if (!listed.ok()) {
    const Error& error = listed.error();
    may_not_list_ = error.azure_status == 403;
    if (may_not_list_) co_return Done{};
    for (const auto& [number, name] : left) finish(number, error);
    co_return Done{};
  }
  pages_ = *listed;
  budget_.charge(std::max(pages_, static_cast<int>(listing.groups) / kGroupsOfARead) - 1);
  for (const std::string& name : listing.unseen) at_rest_.erase(name);
  for (const auto& [number, name] : left) read_alone(number, name, "");
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
      const Number number = found->second;
      listing.open.erase(found);
      if (!moves) {
        read_alone(number, name, state);
        continue;
      }
      at_rest_.erase(name);
      tell_of_answer({number}, answered_as);
      finish(number, read);
    }
  }
}

// `state` is what the list says of the group `name`; empty: it is not there.
void Watcher::read_alone(Number number, const std::string& name, const std::string& state) {
  const Wait* wait = find(number);
  if (!wait) return;
  const bool changed = at_rest_.insert_or_assign(name, state).second;
  due_.erase({wait->due_, number});
  tasks_->start(get_within(number, changed ? &changes_ : &budget_));
}

Task<Done> Watcher::get_within(Number number, ReadBudget* budget) {
  std::string answered_as;
  CallPtr call = shared_call({number}, &answered_as);
  for (;;) {
    const auto later = budget->take(scheduler_.now());
    if (!later) break;
    auto waited = co_await pause(call, *later - scheduler_.now());
    if (!waited.ok()) co_return Done{};  // the deadline of the wait ends it
  }
  co_await get_for(number);
  co_return Done{};
}

Task<Done> Watcher::get_for(Number number) {
  const Wait* wait = find(number);
  if (!wait) co_return Done{};
  std::string answered_as;
  CallPtr call = shared_call({number}, &answered_as);
  auto read = co_await groups_.get(call, resource_group_, wait->name_);
  tell_of_answer({number}, answered_as);
  finish(number, std::move(read));
  co_return Done{};
}

void Watcher::tell_of_answer(const std::vector<Number>& asked, const std::string& azure_request_id) const {
  if (azure_request_id.empty()) return;
  for (const Number number : asked) {
    const Wait* wait = find(number);
    if (wait) wait->call_->tell_answer(azure_request_id);
  }
}

// A read that several share lasts as long as the most patient of them.
CallPtr Watcher::shared_call(const std::vector<Number>& asked, std::string* answered_as) {
  auto call = std::make_shared<Call>();
  call->listener = std::make_shared<Listener>(*this, asked, *answered_as);
  call->scheduler = &scheduler_;
  call->deadline = TimePoint::min();
  for (const Number number : asked) call->deadline = std::max(call->deadline, find(number)->call_->deadline);
  return call;
}

}  // namespace dev8agent::internal

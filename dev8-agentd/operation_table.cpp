// The table of operations. Callbacks are called without the lock.
#include "operation_table.h"

#include <algorithm>
#include <utility>

#include "operation_fold.h"

namespace dev8agentd {
namespace {

// Of an operation that runs: its process may end, because Azure goes on with it.
bool is_handed_over(const dev8agent::OperationRecord& record) {
  const dev8agent::Stage stage = record.progress.stage;
  return stage == dev8agent::Stage::kProvisioning || stage == dev8agent::Stage::kWaitingForIde;
}

}  // namespace

using dev8agent::Environment;
using dev8agent::Error;
using dev8agent::OperationRecord;
using dev8agent::Secret;
using dev8agent::WallTime;

OperationTable::Entry* OperationTable::find_entry(const std::string& id) {
  drop_old();
  const auto found = entries_.find(id);
  return found == entries_.end() ? nullptr : &found->second;
}

OperationTable::Entry* OperationTable::find_live(const std::string& id) {
  Entry* entry = find_entry(id);
  return entry != nullptr && entry->live ? entry : nullptr;
}

OperationTable::View OperationTable::view_of(const std::string& id, const Entry& entry) {
  return {unfold(id, entry.folded), entry.version, entry.runs_here, entry.user, Secret()};
}

// Those who are to be told.
OperationTable::Notices OperationTable::changed(Entry& entry) {
  ++entry.version;
  Notices notices;
  for (const auto& weak : std::exchange(entry.live->waiters, {})) {
    if (auto waiter = weak.lock()) notices.push_back(std::move(waiter));
  }
  return notices;
}

void OperationTable::call(const Notices& notices) {
  for (const auto& waiter : notices) waiter->notify();
}

void OperationTable::set_in_hand(Entry& entry, bool in_hand) {
  if (std::exchange(entry.in_hand, in_hand) == in_hand) return;
  in_hand ? ++in_hand_ : --in_hand_;
  if (in_hand_ == 0) handed_over_.notify_all();
}

bool OperationTable::wait_until_handed_over(Clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  return handed_over_.wait_until(lock, deadline, [this] { return in_hand_ == 0; });
}

void OperationTable::drop_old() {
  const auto now = Clock::now();
  const auto too_many = [this] { return ended_.size() > limits_.ended || ended_bytes_ > limits_.bytes; };
  while (!ended_.empty() && (too_many() || now - ended_.front().at >= limits_.kept)) {
    ended_bytes_ -= size_of(*ended_.front().entry);
    entries_.erase(ended_.front().entry);
    ended_.pop_front();
  }
}

std::size_t OperationTable::size_of(const Entries::value_type& ended) {
  // With the text of the id, and the heap's own part.
  constexpr std::size_t kNode = sizeof(Entries::value_type) + sizeof(std::string) + sizeof(Ended) + 80;
  return kNode + ended.first->size() + ended.second.folded.size();
}

void OperationTable::keep(Entries::iterator ended) {
  ended_.push_back({ended, Clock::now()});
  ended_bytes_ += size_of(*ended);
  drop_old();
}

bool OperationTable::may_see(std::string_view user, const View& view) {
  if (user.empty() || view.user == user) return true;
  const auto& shown = view.record.environment;
  return shown ? shown->user_id == user : !view.runs_here;
}

std::shared_ptr<const std::string> OperationTable::begin(OperationRecord record, const std::string& user) {
  auto id = std::make_shared<const std::string>(record.id);
  {
    std::string folded = fold(record);
    std::lock_guard lock(mutex_);
    Entry& entry = entries_[id];
    entry.live = std::make_unique<Live>();
    entry.folded = std::move(folded);
    entry.user = user;
    entry.number = ++last_number_;
    set_in_hand(entry, true);
  }
  tell(record, user);
  return id;
}

void OperationTable::set_cancel(const std::string& id, std::function<void()> cancel) {
  std::lock_guard lock(mutex_);
  if (Entry* entry = find_live(id)) entry->live->cancel = std::move(cancel);
}

void OperationTable::note_progress(const std::string& id, const dev8agent::Progress& progress, WallTime now) {
  std::unique_lock lock(mutex_);
  Entry* entry = find_live(id);
  if (entry == nullptr) return;
  OperationRecord record = unfold(id, entry->folded);
  const dev8agent::Progress before = record.progress;
  dev8agent::note_progress(record, progress, now);
  if (record.progress == before) return;
  set_in_hand(*entry, !is_handed_over(record));
  entry->folded = fold(record);
  const Notices notices = changed(*entry);
  const std::string user = entry->user;
  lock.unlock();
  call(notices);
  tell(record, user);
}

void OperationTable::end(const std::string& id, const Error* error, std::optional<Environment> environment,
                         Secret password, WallTime now) {
  std::unique_lock lock(mutex_);
  Entry* entry = find_live(id);
  if (entry == nullptr) return;
  const Notices notices = changed(*entry);
  const auto live = std::move(entry->live);  // destroyed without the lock
  set_in_hand(*entry, false);
  OperationRecord record = unfold(id, entry->folded);
  dev8agent::note_end(record, error, std::move(environment), now);
  entry->folded = fold(record);
  entry->status = record.status;
  entry->password = std::move(password);
  const std::string user = entry->user;
  // A request for a stop, a start or a delete does not tell it.
  if (user.empty() && record.environment) entry->user = record.environment->user_id;
  keep(entries_.find(id));
  lock.unlock();
  call(notices);
  tell(record, user);
}

void OperationTable::remember(OperationRecord ended) {
  std::lock_guard lock(mutex_);
  const auto [place, is_new] = entries_.try_emplace(std::make_shared<const std::string>(ended.id));
  if (!is_new) return;
  place->second.folded = fold(ended);
  place->second.status = ended.status;
  place->second.runs_here = false;
  keep(place);
}

void OperationTable::forget(const std::string& id) {
  std::lock_guard lock(mutex_);
  const auto place = entries_.find(id);
  if (place == entries_.end()) return;
  set_in_hand(place->second, false);
  if (!place->second.live) ended_bytes_ -= size_of(*place);
  std::erase_if(ended_, [&](const Ended& ended) { return ended.entry == place; });
  entries_.erase(place);
}

std::optional<OperationTable::View> OperationTable::find(const std::string& id) {
  std::lock_guard lock(mutex_);
  const Entry* entry = find_entry(id);
  if (entry == nullptr) return std::nullopt;
  return view_of(id, *entry);
}

std::optional<OperationTable::View> OperationTable::take(const std::string& id) {
  std::lock_guard lock(mutex_);
  Entry* entry = find_entry(id);
  if (entry == nullptr) return std::nullopt;
  View view = view_of(id, *entry);
  if (entry->claims == 0) view.password = std::move(entry->password);
  return view;
}

std::shared_ptr<void> OperationTable::claim(const std::string& id) {
  std::lock_guard lock(mutex_);
  Entry* entry = find_entry(id);
  if (entry == nullptr) return nullptr;
  ++entry->claims;
  return {nullptr, [this, id](void*) {
            std::lock_guard relock(mutex_);
            if (Entry* claimed = find_entry(id)) --claimed->claims;
          }};
}

Secret OperationTable::take_password(const std::string& id) {
  std::lock_guard lock(mutex_);
  Entry* entry = find_entry(id);
  return entry == nullptr ? Secret() : std::move(entry->password);
}

bool OperationTable::fits(const Query& query, const Entry& entry) {
  if (!entry.runs_here || entry.number >= query.before) return false;
  if (query.status && entry.status != *query.status) return false;
  if (!query.user.empty() && entry.user != query.user) return false;
  return query.environment_id.empty() || environment_of(entry.folded) == query.environment_id;
}

OperationTable::Page OperationTable::list(const Query& query) {
  struct Found {
    std::string id{};
    std::string folded{};
  };
  std::vector<Found> found;
  Page page;
  {
    std::lock_guard lock(mutex_);
    drop_old();
    std::vector<const Entries::value_type*> fitting;
    for (const auto& entry : entries_) {
      if (fits(query, entry.second)) fitting.push_back(&entry);
    }
    std::sort(fitting.begin(), fitting.end(),
              [](const auto* a, const auto* b) { return a->second.number > b->second.number; });
    if (fitting.size() > query.limit) {
      fitting.resize(query.limit);
      page.next = fitting.back()->second.number;
    }
    for (const auto* entry : fitting) found.push_back({*entry->first, entry->second.folded});
  }
  for (Found& one : found) page.records.push_back(unfold(std::move(one.id), one.folded));
  return page;
}

std::shared_ptr<OperationTable::Waiter> OperationTable::wait(const std::string& id, std::uint64_t version,
                                                             std::function<void()> notify) {
  auto waiter = std::make_shared<Waiter>(Waiter{std::move(notify)});
  {
    std::lock_guard lock(mutex_);
    Entry* entry = find_live(id);
    if (entry != nullptr && entry->version == version) {
      std::erase_if(entry->live->waiters, [](const auto& weak) { return weak.expired(); });
      entry->live->waiters.push_back(waiter);
      return waiter;
    }
  }
  waiter->notify();
  return waiter;
}

bool OperationTable::cancel(const std::string& id) {
  std::function<void()> cancel;
  {
    std::lock_guard lock(mutex_);
    if (Entry* entry = find_live(id)) cancel = entry->live->cancel;
  }
  if (cancel) cancel();
  return cancel != nullptr;
}

}  // namespace dev8agentd

// The table of operations. Callbacks are called without the lock.
#include "operation_table.h"

#include <algorithm>
#include <utility>

namespace dev8agentd {

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

// Those who are to be told.
OperationTable::Notices OperationTable::changed(Entry& entry) {
  ++entry.view.version;
  Notices notices;
  for (const auto& weak : std::exchange(entry.waiters, {})) {
    if (auto waiter = weak.lock()) notices.push_back(std::move(waiter));
  }
  return notices;
}

void OperationTable::call(const Notices& notices) {
  for (const auto& waiter : notices) waiter->notify();
}

void OperationTable::drop_old() {
  const auto now = Clock::now();
  while (!ended_.empty() && (ended_.size() > limits_.ended || now - ended_.front().at >= limits_.kept)) {
    entries_.erase(ended_.front().id);
    ended_.pop_front();
  }
}

bool OperationTable::may_see(std::string_view user, const View& view) {
  if (user.empty() || view.user == user) return true;
  const auto& shown = view.record.environment;
  return shown ? shown->user_id == user : !view.runs_here;
}

void OperationTable::begin(OperationRecord record, std::string user) {
  const OperationRecord begun = record;
  {
    std::lock_guard lock(mutex_);
    Entry& entry = entries_[begun.id];
    entry.view.record = std::move(record);
    entry.view.user = std::move(user);
    entry.number = ++last_number_;
  }
  tell(begun);
}

void OperationTable::set_cancel(const std::string& id, std::function<void()> cancel) {
  std::lock_guard lock(mutex_);
  Entry* entry = find_entry(id);
  if (entry != nullptr && !entry->view.record.ended()) entry->cancel = std::move(cancel);
}

void OperationTable::note_progress(const std::string& id, const dev8agent::Progress& progress, WallTime now) {
  std::unique_lock lock(mutex_);
  Entry* entry = find_entry(id);
  if (entry == nullptr) return;
  const dev8agent::Progress before = entry->view.record.progress;
  dev8agent::note_progress(entry->view.record, progress, now);
  if (entry->view.record.progress == before) return;
  const Notices notices = changed(*entry);
  const OperationRecord record = entry->view.record;
  lock.unlock();
  call(notices);
  tell(record);
}

void OperationTable::end(const std::string& id, const Error* error, std::optional<Environment> environment,
                         Secret password, WallTime now) {
  std::unique_lock lock(mutex_);
  Entry* entry = find_entry(id);
  if (entry == nullptr || entry->view.record.ended()) return;
  dev8agent::note_end(entry->view.record, error, std::move(environment), now);
  entry->view.password = std::move(password);
  const auto cancel = std::exchange(entry->cancel, nullptr);  // destroyed without the lock
  ended_.push_back({id, Clock::now()});
  const Notices notices = changed(*entry);
  const OperationRecord record = entry->view.record;
  drop_old();
  lock.unlock();
  call(notices);
  tell(record);
}

void OperationTable::remember(OperationRecord ended) {
  std::lock_guard lock(mutex_);
  const auto [place, is_new] = entries_.try_emplace(ended.id);
  if (!is_new) return;
  ended_.push_back({ended.id, Clock::now()});
  place->second.view.record = std::move(ended);
  place->second.view.runs_here = false;
  drop_old();
}

void OperationTable::forget(const std::string& id) {
  std::lock_guard lock(mutex_);
  std::erase_if(ended_, [&](const Ended& ended) { return ended.id == id; });
  entries_.erase(id);
}

std::optional<OperationTable::View> OperationTable::find(const std::string& id) {
  std::lock_guard lock(mutex_);
  const Entry* entry = find_entry(id);
  if (entry == nullptr) return std::nullopt;
  return View{entry->view.record, entry->view.version, entry->view.runs_here, entry->view.user, Secret()};
}

std::optional<OperationTable::View> OperationTable::take(const std::string& id) {
  std::lock_guard lock(mutex_);
  Entry* entry = find_entry(id);
  if (entry == nullptr) return std::nullopt;
  View view{entry->view.record, entry->view.version, entry->view.runs_here, entry->view.user, Secret()};
  if (entry->claims == 0) view.password = std::move(entry->view.password);
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
  return entry == nullptr ? Secret() : std::move(entry->view.password);
}

std::vector<OperationRecord> OperationTable::list(std::string_view environment_id, std::string_view user) {
  std::vector<std::pair<std::uint64_t, OperationRecord>> numbered;
  {
    std::lock_guard lock(mutex_);
    drop_old();
    for (const auto& [id, entry] : entries_) {
      const bool asked = environment_id.empty() || entry.view.record.about.environment_id == environment_id;
      if (entry.view.runs_here && asked && may_see(user, entry.view))
        numbered.emplace_back(entry.number, entry.view.record);
    }
  }
  std::sort(numbered.begin(), numbered.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<OperationRecord> records;
  for (auto& [number, record] : numbered) records.push_back(std::move(record));
  return records;
}

std::shared_ptr<OperationTable::Waiter> OperationTable::wait(const std::string& id, std::uint64_t version,
                                                             std::function<void()> notify) {
  auto waiter = std::make_shared<Waiter>(Waiter{std::move(notify)});
  {
    std::lock_guard lock(mutex_);
    Entry* entry = find_entry(id);
    if (entry != nullptr && entry->view.version == version && !entry->view.record.ended()) {
      std::erase_if(entry->waiters, [](const auto& weak) { return weak.expired(); });
      entry->waiters.push_back(waiter);
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
    Entry* entry = find_entry(id);
    if (entry != nullptr) cancel = entry->cancel;
  }
  if (cancel) cancel();
  return cancel != nullptr;
}

}  // namespace dev8agentd

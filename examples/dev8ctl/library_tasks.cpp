// The mailbox between loop thread and task.
#include "dev8ctl/library_tasks.h"

#include "dev8agent/wire.h"

namespace dev8ctl {

using dev8agent::EventType;
using std::chrono::duration_cast;

void Mailbox::note(const dev8agent::Progress& progress) {
  const auto now = duration_cast<milliseconds>(std::chrono::steady_clock::now() - begin_);
  const std::lock_guard lock(mutex_);
  snapshot_.detail = progress.detail;
  auto& stages = snapshot_.stages;
  if (!stages.empty() && stages.back().name == to_string(progress.stage)) return;
  if (!stages.empty()) stages.back().ended = now;
  stages.push_back({std::string(to_string(progress.stage)), now, {}});
}

void Mailbox::note(const dev8agent::EventPage& page) {
  const std::lock_guard lock(mutex_);
  for (const auto& event : page.events) {
    const auto begin = begin_by_calendar_ + page.azure_ahead;
    if (event.type != EventType::kContainer || event.time + kEventResolution <= begin) continue;
    const auto parsed = parse_json(to_json(event));
    if (parsed.ok()) add_event(snapshot_, *parsed);
  }
}

void Mailbox::put(std::string item) {
  {
    const std::lock_guard lock(mutex_);
    items_.push_back(std::move(item));
  }
  changed_.notify_all();
}

void Mailbox::end() {
  {
    const std::lock_guard lock(mutex_);
    const auto now = duration_cast<milliseconds>(std::chrono::steady_clock::now() - begin_);
    if (!snapshot_.stages.empty()) snapshot_.stages.back().ended = now;
    snapshot_.detail.clear();
    ended_ = true;
  }
  changed_.notify_all();
}

Snapshot Mailbox::snapshot() {
  const std::lock_guard lock(mutex_);
  return snapshot_;
}

bool Mailbox::wait_for(milliseconds time, std::vector<std::string>& items) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, time, [&] { return ended_ || !items_.empty(); });
  items.swap(items_);
  return ended_;
}

}  // namespace dev8ctl

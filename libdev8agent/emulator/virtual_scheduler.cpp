// VirtualScheduler: posted work in order of posting, timers in order of their time, and a clock that moves
// only when nothing is left to do at the present moment.
#include <deque>
#include <map>
#include <unordered_map>
#include <utility>

#include "dev8agent/emulator.h"

namespace dev8agent::emulator {

namespace {

constexpr WallTime kWallStart{std::chrono::sys_days{std::chrono::year{2026} / 1 / 15} +
                              std::chrono::hours(8) + std::chrono::minutes(30)};
constexpr TimePoint kStart{std::chrono::hours(1)};

}  // namespace

struct DEV8AGENT_HIDDEN VirtualScheduler::Impl {
  TimePoint now = kStart;
  TimerId last_id = 0;
  std::deque<Work> posted;
  std::map<std::pair<TimePoint, TimerId>, Work> timers;
  std::unordered_map<TimerId, TimePoint> due;

  void run_posted() {
    Work work = std::move(posted.front());
    posted.pop_front();
    work();
  }

  void run_timer() {
    auto node = timers.extract(timers.begin());
    due.erase(node.key().second);
    if (node.key().first > now) now = node.key().first;
    node.mapped()();
  }
};

VirtualScheduler::VirtualScheduler() : impl_(std::make_unique<Impl>()) {}

VirtualScheduler::~VirtualScheduler() {
  // The destructors of unrun work may post and cancel: the scheduler stays usable until none is left.
  while (!impl_->posted.empty() || !impl_->timers.empty()) {
    auto posted = std::exchange(impl_->posted, {});
    auto timers = std::exchange(impl_->timers, {});
    impl_->due.clear();
  }
}

TimePoint VirtualScheduler::now() const {
  return impl_->now;
}

WallTime VirtualScheduler::wall_now() const {
  return kWallStart + std::chrono::duration_cast<WallTime::duration>(impl_->now - kStart);
}

void VirtualScheduler::post(Work work) {
  impl_->posted.push_back(std::move(work));
}

Scheduler::TimerId VirtualScheduler::call_at(TimePoint due, Work work) {
  const TimerId id = ++impl_->last_id;
  impl_->due.emplace(id, due);
  impl_->timers.emplace(std::pair(due, id), std::move(work));
  return id;
}

void VirtualScheduler::cancel(TimerId id) {
  auto found = impl_->due.find(id);
  if (found == impl_->due.end()) return;
  auto dropped = impl_->timers.extract({found->second, id});
  impl_->due.erase(found);
}

bool VirtualScheduler::run_one() {
  if (!impl_->posted.empty()) {
    impl_->run_posted();
  } else if (!impl_->timers.empty()) {
    impl_->run_timer();
  } else {
    return false;
  }
  return true;
}

bool VirtualScheduler::run_until(const std::function<bool()>& done) {
  while (!done()) {
    if (!run_one()) return done();
  }
  return true;
}

void VirtualScheduler::advance(std::chrono::nanoseconds span) {
  const TimePoint target = impl_->now + span;
  for (;;) {
    if (!impl_->posted.empty()) {
      impl_->run_posted();
    } else if (!impl_->timers.empty() && impl_->timers.begin()->first.first <= target) {
      impl_->run_timer();
    } else {
      break;
    }
  }
  if (impl_->now < target) impl_->now = target;
}

}  // namespace dev8agent::emulator

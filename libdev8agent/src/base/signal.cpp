// Waiting for an occurrence, for a key, and for a place.
#include "base/signal.h"

#include <algorithm>

namespace dev8agent::internal {

Task<Status> Signal::wait(CallPtr call) {
  if (!waiters_) waiters_ = std::make_shared<Waiters>();
  std::shared_ptr<Waiters> waiters = waiters_;
  Scheduler* scheduler = call->scheduler;
  const TimePoint deadline = call->deadline;
  CallbackAwaiter<Done> turn(call, [waiters, scheduler, deadline, call](std::function<void(Status)> done) {
    waiters->queue.push_back({waiters->next_number++, std::move(done), 0, scheduler});
    const auto place = std::prev(waiters->queue.end());
    if (deadline != TimePoint::max()) {
      place->timer = scheduler->call_at(deadline, [waiters, place, call] {
        auto late = std::move(place->done);
        waiters->queue.erase(place);
        late(deadline_error(*call));
      });
    }
    return [waiters, place, scheduler] {
      scheduler->cancel(place->timer);
      waiters->queue.erase(place);
    };
  });
  auto result = co_await turn;
  co_return result;
}

bool Signal::Waiters::wake_first() {
  if (queue.empty()) return false;
  Waiter waiter = std::move(queue.front());
  queue.pop_front();
  waiter.scheduler->cancel(waiter.timer);
  waiter.done(Done{});
  return true;
}

bool Signal::notify_one() {
  const auto waiters = waiters_;
  return waiters && waiters->wake_first();
}

void Signal::notify_all(Scheduler& scheduler) {
  // Resumes each waiter in its own queued task. In a loop, many waiters could overflow the stack, and one
  // waiter may destroy the next.
  if (!waiters_) return;
  const std::uint64_t end = waiters_->next_number;
  for (std::size_t left = waiters_->queue.size(); left > 0; --left) {
    scheduler.post([waiters = std::weak_ptr<Waiters>(waiters_), end] {
      auto alive = waiters.lock();
      if (alive && !alive->queue.empty() && alive->queue.front().number < end) alive->wake_first();
    });
  }
}

Task<Result<KeyedLock::Hold>> KeyedLock::acquire(CallPtr call, std::string key) {
  const auto [entry, free] = entries_->try_emplace(std::move(key));
  if (free) co_return Hold(this, entry);
  auto turn = co_await entry->second.wait(call);
  if (!turn.ok()) co_return turn.error();
  co_return Hold(this, entry);
}

void KeyedLock::release(Entries::iterator entry) {
  // From the queue: the holder's frame is still being torn down. The key stays taken until it is handed over.
  scheduler_.post([entries = std::weak_ptr<Entries>(entries_), entry] {
    const auto alive = entries.lock();
    if (alive && !entry->second.notify_one()) alive->erase(entry);
  });
}

Task<Result<Semaphore::Hold>> Semaphore::acquire(CallPtr call) {
  const PlacesPtr places = places_;
  if (places->free > 0) {
    --places->free;
    co_return Hold(places);
  }
  watch(places, places->scheduler.now() + places->size.doubles_after);
  auto turn = co_await places->waiting.wait(call);
  if (!turn.ok()) co_return turn.error();
  co_return Hold(places);
}

Semaphore::~Semaphore() {
  if (places_ && places_->doubling) places_->scheduler.cancel(*places_->doubling);
}

void Semaphore::watch(const PlacesPtr& places, TimePoint due) {
  if (places->doubling || places->all >= places->size.most) return;
  places->doubling = places->scheduler.call_at(due, [weak = std::weak_ptr<Places>(places), due] {
    if (const auto alive = weak.lock()) double_or_wait(alive, due);
  });
}

void Semaphore::double_or_wait(const PlacesPtr& places, TimePoint due) {
  places->doubling.reset();
  const auto after = places->size.doubles_after;
  const TimePoint now = places->scheduler.now();
  if (now < places->given_back_at + after) return watch(places, places->given_back_at + after);
  // A timer that is late says that this process is what is slow.
  if (now > due + after / 2) return watch(places, now + after);
  const int all = std::min(2 * places->all, places->size.most);
  while (places->all < all) {
    ++places->all;
    if (!places->waiting.notify_one()) return take_back(*places);
  }
  watch(places, now + after);
}

void Semaphore::take_back(Places& places) {
  if (places.all > places.size.first) {
    --places.all;
  } else {
    ++places.free;
  }
}

void Semaphore::Hold::release() {
  if (!places_) return;
  Scheduler& scheduler = places_->scheduler;
  places_->given_back_at = scheduler.now();
  // The scheduler may be gone when this runs.
  scheduler.post([places = std::move(places_)] {
    if (!places->waiting.notify_one()) take_back(*places);
  });
}

}  // namespace dev8agent::internal

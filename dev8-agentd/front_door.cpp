// The event loop.
#include "front_door.h"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <thread>

#include "epoll.h"
#include "inbox.h"
#include "occasional_log.h"

namespace dev8agentd {
namespace {

using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;

constexpr int kAcceptsPerTurn = 64;
constexpr std::chrono::milliseconds kAcceptPause{100};  // after a failure of accept(2)
// Tags of what is no connection; a connection's tag has its descriptor in the upper half.
constexpr std::uint64_t kListenerTag = ~std::uint64_t{0};
constexpr std::uint64_t kInboxTag = kListenerTag - 1;

std::uint64_t tag_of(ConnectionId id) {
  return static_cast<std::uint64_t>(id.descriptor) << 32 | id.serial;
}

ConnectionId id_of(std::uint64_t tag) {
  return {static_cast<int>(tag >> 32), static_cast<std::uint32_t>(tag)};
}

}  // namespace

struct FrontDoor::Impl {
  Impl(FrontDoorOptions chosen, CallFactory& calls, Metrics& shared_metrics, dev8agent::Logger log)
      : options(std::move(chosen)),
        metrics(shared_metrics),
        listener(options.accept),
        table(options.limits),
        handshakes(log, "tls.handshake_failed"),
        driver(table, options.times, calls, metrics, inbox, options.tls, handshakes),
        workers(options.workers, options.make_thread),
        probe_worker(1, options.make_thread),
        crowding(log, "connections.full"),
        failures(std::move(log), "connections.accept_failed") {}

  void run();
  void turn();
  void on_event(const epoll_event& event);
  void accept_some();
  void admit(const Accepted& accepted);
  void refuse(const Accepted& accepted, const char* reason);
  void pause_accepting(int failure);
  void resume_accepting();
  void take_messages();
  void begin_stop();
  void hand_out_work();
  void beat();
  // Answers that are still being made are waited for: only clients can be too slow.
  bool done() const {
    return stopping && (table.size() == 0 || (now >= stop_by && !table.has(Phase::kWorking)));
  }

  const FrontDoorOptions options;
  Metrics& metrics;
  Listener listener;
  Epoll epoll;
  std::shared_ptr<Inbox> inbox = std::make_shared<Inbox>();
  ConnectionTable table;
  OccasionalLog handshakes;
  ConnectionDriver driver;
  WorkerPool workers;
  WorkerPool probe_worker;
  OccasionalLog crowding;
  OccasionalLog failures;
  TimePoint now = Clock::now();
  TimePoint next_deadline = TimePoint::max();
  TimePoint accept_again = TimePoint::max();
  TimePoint stop_by = TimePoint::max();
  TimePoint next_beat = options.heartbeat.beat ? now : TimePoint::max();
  bool stopping = false;
  std::thread thread;
};

void FrontDoor::Impl::run() {
  epoll.watch_readable(listener.descriptor(), kListenerTag);
  epoll.watch_readable(inbox->descriptor(), kInboxTag);
  while (!done()) turn();
  for (std::size_t phase = 0; phase < kPhases; ++phase) {
    for (const ConnectionId id : table.in_phase(static_cast<Phase>(phase))) {
      driver.end(*table.find(id), "stopping");
    }
  }
  workers.shutdown();
  probe_worker.shutdown();
}

void FrontDoor::Impl::turn() {
  const TimePoint until =
      driver.has_more() ? now : std::min({next_deadline, accept_again, stop_by, next_beat});
  const auto events = epoll.wait(until);
  now = Clock::now();
  driver.set_now(now);
  driver.go_on();
  for (const epoll_event& event : events) on_event(event);
  if (now >= accept_again) resume_accepting();
  next_deadline = driver.check_deadlines();
  hand_out_work();
  if (stopping && table.has(Phase::kWorking)) stop_by = now + options.last_answers;
  if (now >= next_beat) beat();
}

void FrontDoor::Impl::beat() {
  options.heartbeat.beat();
  next_beat = now + options.heartbeat.interval;
}

void FrontDoor::Impl::on_event(const epoll_event& event) {
  if (event.data.u64 == kListenerTag) return accept_some();
  if (event.data.u64 == kInboxTag) return take_messages();
  if (Connection* connection = table.find(id_of(event.data.u64))) driver.on_events(*connection, event.events);
}

void FrontDoor::Impl::accept_some() {
  for (int count = 0; count < kAcceptsPerTurn && !stopping; ++count) {
    int failure = 0;
    const auto accepted = listener.take(failure);
    if (!accepted) return failure != 0 ? pause_accepting(failure) : void();
    admit(*accepted);
  }
}

void FrontDoor::Impl::admit(const Accepted& accepted) {
  const bool too_many_there = table.is_full_for(accepted.address);
  if (too_many_there || table.is_full()) {
    Connection* victim = table.victim(too_many_there ? &accepted.address : nullptr, now);
    if (victim == nullptr) return refuse(accepted, too_many_there ? "address" : "full");
    driver.end(*victim, "made_room");
    crowding.note(now, "made_room");
  }
  Connection& connection = table.add(accepted.descriptor, accepted.address, now);
  driver.opened(connection);
  if (!epoll.watch_changes(accepted.descriptor, tag_of(connection.id))) driver.end(connection, "error");
}

void FrontDoor::Impl::refuse(const Accepted& accepted, const char* reason) {
  // Counted first: who sees the end of the connection finds it counted.
  metrics.connection_refused(reason);
  crowding.note(now, reason);
  close(accepted.descriptor);
}

// Whatever accept(2) failed with may pass: it is tried again after a while, never at once and never not at
// all.
void FrontDoor::Impl::pause_accepting(int failure) {
  metrics.connection_refused("accept_failed");
  failures.note(now, std::strerror(failure));
  epoll.unwatch(listener.descriptor());
  accept_again = now + kAcceptPause;
}

void FrontDoor::Impl::resume_accepting() {
  accept_again = TimePoint::max();
  if (!stopping) epoll.watch_readable(listener.descriptor(), kListenerTag);
}

void FrontDoor::Impl::take_messages() {
  for (Message& message : inbox->take()) {
    message.kind == Message::Kind::kStop ? begin_stop() : driver.on_message(std::move(message));
  }
}

void FrontDoor::Impl::begin_stop() {
  stopping = true;
  stop_by = now + options.last_answers;
  epoll.unwatch(listener.descriptor());
  listener.close();
  driver.stop();
}

// Without a worker, because the machine refuses threads, the loop does the work itself: none of it blocks.
void FrontDoor::Impl::hand_out_work() {
  probe_worker.enqueue(driver.probe_work());
  workers.enqueue(driver.work());
  for (auto* left : {&driver.probe_work(), &driver.work()}) {
    for (const WorkerPool::Work& work : *left) work();
    left->clear();
  }
}

FrontDoor::FrontDoor(FrontDoorOptions options, CallFactory& calls, Metrics& metrics, dev8agent::Logger log)
    : impl_(std::make_unique<Impl>(std::move(options), calls, metrics, std::move(log))) {}

FrontDoor::~FrontDoor() {
  stop();
}

dev8agent::Result<int> FrontDoor::bind(const std::string& host, int port) {
  return impl_->listener.bind(host, port);
}

void FrontDoor::start(std::function<void()> on_end) {
  impl_->thread = std::thread([impl = impl_.get(), on_end = std::move(on_end)] {
    pthread_setname_np(pthread_self(), "dev8-door");
    impl->run();
    on_end();
  });
}

void FrontDoor::stop() {
  if (!impl_->thread.joinable()) return;
  impl_->inbox->post({.kind = Message::Kind::kStop});
  impl_->thread.join();
}

}  // namespace dev8agentd

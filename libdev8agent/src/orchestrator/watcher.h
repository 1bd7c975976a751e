// Watcher: reads the container groups of one resource group for all flows that wait on them, within the read
// budget. One waiting flow costs a GET at a time. Several cost one list; a group that the list shows at rest
// gets a GET of its own, because a list has no instance view. Loop thread only.
//
// It works in rounds, one at a time. A round begins when a waiter is due and the budget has a read. It asks
// for every waiter that would be due before the next read.
//
//   Watcher::Wait look(watcher, call, "aci-workspace-0001", scheduler.now() + 200ms);
//   auto read = co_await look;
#pragma once

#include <coroutine>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "azure/container_groups.h"
#include "base/call.h"
#include "base/read_budget.h"
#include "base/task.h"
#include "dev8agent/log.h"

namespace dev8agent::internal {

class Watcher {
 public:
  // References must outlive the watcher. Destroying it ends its reads. Every Wait must be destroyed first: it
  // refers to it. Each round is recorded as "azure.watch": what it reads, for how many
  // who wait, and how long after the round before, if somebody has waited since; `logger` may be null.
  Watcher(Scheduler& scheduler, azure::ContainerGroups& groups, ReadBudget& budget,
          std::string resource_group, Logger logger = nullptr)
      : scheduler_(scheduler),
        groups_(groups),
        budget_(budget),
        resource_group_(std::move(resource_group)),
        logger_(std::move(logger)) {}
  Watcher(const Watcher&) = delete;
  ~Watcher();

  // One wait for a read of one group. It lives in the frame of the flow that awaits it, because thousands may
  // wait. Awaited once; destroying it gives the place up.
  class Wait;

  // How many wait.
  std::size_t waiting() const { return waiters_.size(); }

 private:
  // Names a wait, also one that has ended meanwhile. Numbers count up; 0 is none.
  using Number = std::uint64_t;
  struct Listing;
  class Listener;

  // Null when that wait has ended.
  Wait* find(Number number) const;
  void add(Wait& wait);
  void remove(Wait& wait);
  // Ends the wait, unless it has ended already. Its flow goes on inside this call.
  void finish(Number number, Result<azure::GroupRead> read);
  // Tells one, or everybody, who has to wait longer that all reads pause, because Azure throttles.
  void tell_of_pause(Wait& wait);
  void tell_all_of_pause();
  // Sets the timer for the next round, unless one is under way.
  void schedule();
  // Sets the timer for the first deadline, unless it is set for that time or an earlier one.
  void schedule_expiry();
  void expire_waits();
  // Those who are due by `until`, in the order in which they began to wait.
  std::vector<Number> due_by(TimePoint until) const;
  void begin_round();
  void record_round(bool lists);
  // A round sends one GET or one list.
  Task<Done> round(std::vector<Number> asked);
  Task<Done> list_for(std::vector<Number> asked);
  void note_page(Listing& listing, azure::GroupList page, const std::string& answered_as);
  void read_alone(Number number, const std::string& name, const std::string& state);
  Task<Done> get_for(Number number);
  // A GET that first waits for a read of `budget`.
  Task<Done> get_within(Number number, ReadBudget* budget);
  // The limits of a read for several waits: the latest deadline, and reports to those who still wait. Azure's
  // own id of the last answer is left in `answered_as`, which must outlive the read.
  CallPtr shared_call(const std::vector<Number>& asked, std::string* answered_as);
  // Tells them the id of the answer that they shared.
  void tell_of_answer(const std::vector<Number>& asked, const std::string& azure_request_id) const;

  Scheduler& scheduler_;
  azure::ContainerGroups& groups_;
  ReadBudget& budget_;  // shared with the watchers of other resource groups
  std::string resource_group_;
  Logger logger_;
  std::optional<TimePoint> last_round_;  // none: nobody has waited for a while since
  TimePoint idle_since_{};               // when the last wait ended
  // Every wait costs logarithmic time, so that thousands may wait.
  std::map<Number, Wait*> waiters_;                   // by number
  std::set<std::pair<TimePoint, Number>> due_;        // when whose read is due; not with a GET under way
  std::set<std::pair<TimePoint, Number>> deadlines_;  // when whose call ends
  Number last_number_ = 0;
  std::optional<Scheduler::TimerId> timer_;   // for the next round
  std::optional<Scheduler::TimerId> expiry_;  // for the first deadline; while somebody waits
  TimePoint expiry_at_{};                     // when that comes
  // GETs of groups that have come to rest: one for each change, so these are no polling. The rate
  // keeps within that of Azure Resource Manager (base/read_budget.h).
  ReadBudget changes_{25, 200};
  std::map<std::string, std::string> at_rest_;  // provisioning states that a GET has been sent for, by name
  int pages_ = 1;                               // of the last list: what a list costs
  bool busy_ = false;                           // a round is under way
  bool may_not_list_ = false;                   // this identity may read groups, but not list them
  std::unique_ptr<TaskSet> tasks_ = std::make_unique<TaskSet>();
};

class Watcher::Wait {
 public:
  // Waits for what a read of the group `name` shows that is sent at `due` or later, or at most one interval
  // of the budget before it. It may come later, when the budget is used up. The group has no instance view
  // when a list shows it in transition. Errors: kTimeout at the call's deadline, kCancelled when the call is
  // cancelled, else Azure's error.
  Wait(Watcher& watcher, CallPtr call, std::string name, TimePoint due)
      : watcher_(watcher), call_(std::move(call)), name_(std::move(name)), due_(due) {}
  Wait(const Wait&) = delete;
  ~Wait() {
    if (number_ != 0) watcher_.remove(*this);
  }

  // The three functions of a C++20 awaiter.
  bool await_ready();
  void await_suspend(std::coroutine_handle<> flow);
  Result<azure::GroupRead> await_resume() { return std::move(*read_); }

 private:
  friend class Watcher;

  Watcher& watcher_;
  CallPtr call_;                  // its limits
  std::string name_;              // of the group
  TimePoint due_;                 // when its read is due
  TimePoint deadline_{};          // the call's, when the wait began
  Number number_ = 0;             // 0: not waiting
  std::coroutine_handle<> flow_;  // the frame that waits
  Cancellation::Registration cancelled_;
  TimePoint told_until_{};  // the end of the pause that its call was told of; zero: none
  std::optional<Result<azure::GroupRead>> read_;
};

}  // namespace dev8agent::internal

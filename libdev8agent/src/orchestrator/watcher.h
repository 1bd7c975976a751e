// Watcher: reads the container groups of one resource group for all flows that wait on them, within the read
// budget. One waiting flow costs a GET at a time. Several cost one list; a group that the list shows at rest
// gets a GET of its own, because a list has no instance view. Loop thread only.
//
// It works in rounds, one at a time. A round begins when a waiter is due and the budget has a read. It asks
// for every waiter that would be due before the next read.
//
//   auto look = co_await watcher.next(call, "aci-workspace-0001", scheduler.now() + 200ms);
#pragma once

#include <cstdint>
#include <functional>
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
  // References must outlive the watcher. Destroying it ends its reads. Frames that wait in next() must be
  // destroyed first: they refer to it. Each round is recorded as "azure.watch": what it reads, for how many
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

  // What a read of the group `name` shows that is sent at `due` or later, or at most one interval of the
  // budget before it. It may come later, when the budget is used up. The group has no instance view when a
  // list shows it in transition. Errors: kTimeout at the call's deadline, kCancelled when the call is
  // cancelled, else Azure's error.
  Task<Result<azure::GroupRead>> next(CallPtr call, std::string name, TimePoint due);
  // How many wait.
  std::size_t waiting() const { return waiters_.size(); }

 private:
  // One open wait.
  struct Waiter {
    std::string name;                                    // of the group
    TimePoint due{};                                     // when its read is due
    CallPtr call;                                        // its limits
    std::function<void(Result<azure::GroupRead>)> done;  // ends the wait; its flow goes on inside
    std::optional<Scheduler::TimerId> expiry;            // at the call's deadline
    std::uint64_t number = 0;                            // counts up with each wait; 0: none
    TimePoint told_until{};  // the end of the pause that its call was told of; zero: none
  };
  using WaiterPtr = std::shared_ptr<Waiter>;
  struct Listing;

  // False when its wait has ended.
  static bool waits(const Waiter& waiter) { return waiter.number != 0; }

  void add(WaiterPtr waiter);
  void remove(const WaiterPtr& waiter);
  // Ends the wait, unless it has ended already.
  void finish(const WaiterPtr& waiter, Result<azure::GroupRead> read);
  // Tells one, or everybody, who has to wait longer that all reads pause, because Azure throttles.
  void tell_of_pause(Waiter& waiter);
  void tell_all_of_pause();
  // Sets the timer for the next round, unless one is under way.
  void schedule();
  // Those who are due by `until`, in the order in which they began to wait.
  std::vector<WaiterPtr> due_by(TimePoint until) const;
  void begin_round();
  void record_round(bool lists);
  // A round sends one GET or one list.
  Task<Done> round(std::vector<WaiterPtr> asked);
  Task<Done> list_for(std::vector<WaiterPtr> asked);
  void note_page(Listing& listing, azure::GroupList page, const std::string& answered_as);
  void read_alone(const WaiterPtr& waiter, const std::string& name, const std::string& state);
  Task<Done> get_for(WaiterPtr waiter);
  // A GET that first waits for a read of `budget`.
  Task<Done> get_within(WaiterPtr waiter, ReadBudget* budget);
  // The limits of a read for several waiters: the latest deadline, and reports to those who wait. Azure's own
  // id of the last answer is left in `answered_as`, which must outlive the read.
  CallPtr shared_call(const std::vector<WaiterPtr>& asked, std::string* answered_as);
  // Tells them the id of the answer that they shared.
  static void tell_of_answer(const std::vector<WaiterPtr>& asked, const std::string& azure_request_id);

  Scheduler& scheduler_;
  azure::ContainerGroups& groups_;
  ReadBudget& budget_;  // shared with the watchers of other resource groups
  std::string resource_group_;
  Logger logger_;
  std::optional<TimePoint> last_round_;  // none: nobody has waited since
  // Every wait costs logarithmic time, so that thousands may wait.
  std::map<std::uint64_t, WaiterPtr> waiters_;         // by number
  std::set<std::pair<TimePoint, std::uint64_t>> due_;  // when whose read is due; not with a GET under way
  std::uint64_t last_number_ = 0;
  std::optional<Scheduler::TimerId> timer_;  // for the next round
  // GETs of groups that have come to rest: one for each change, so these are no polling. The rate
  // keeps within that of Azure Resource Manager (base/read_budget.h).
  ReadBudget changes_{25, 200};
  std::map<std::string, std::string> at_rest_;  // provisioning states that a GET has been sent for, by name
  int pages_ = 1;                               // of the last list: what a list costs
  bool busy_ = false;                           // a round is under way
  bool may_not_list_ = false;                   // this identity may read groups, but not list them
  std::unique_ptr<TaskSet> tasks_ = std::make_unique<TaskSet>();
};

}  // namespace dev8agent::internal

// Watcher: reads the container groups of one resource group for all flows that wait on them, within the read
// budget. One waiting flow costs a GET at a time. Several cost one list; a group that the list shows at rest
// gets a GET of its own, because a list has no instance view. Loop thread only.
#pragma once

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "azure/container_groups.h"
#include "base/call.h"
#include "base/read_budget.h"
#include "base/task.h"

namespace dev8agent::internal {

class Watcher {
 public:
  // References must outlive the watcher. Destroying it ends its reads; waits end with their calls.
  Watcher(Scheduler& scheduler, azure::ContainerGroups& groups, ReadBudget& budget,
          std::string resource_group)
      : scheduler_(scheduler), groups_(groups), budget_(budget), resource_group_(std::move(resource_group)) {}
  Watcher(const Watcher&) = delete;
  ~Watcher();

  // What a read of the group `name` shows that is sent at `due` or later, as soon as the budget allows. The
  // group has no instance view when a list shows it in transition. kTimeout at the call's deadline,
  // kCancelled when the call is cancelled, else Azure's error.
  Task<Result<azure::GroupLook>> next(CallPtr call, std::string name, TimePoint due);

  std::size_t waiting() const { return waiters_.size(); }

 private:
  struct Waiter {
    std::string name;
    TimePoint due{};
    CallPtr call;
    std::function<void(Result<azure::GroupLook>)> done;
    std::optional<Scheduler::TimerId> expiry;
    bool asked = false;  // a GET for it is under way
  };
  using Waiters = std::list<std::shared_ptr<Waiter>>;

  void add(std::shared_ptr<Waiter> waiter);
  void remove(const std::shared_ptr<Waiter>& waiter);
  void finish(const std::shared_ptr<Waiter>& waiter, Result<azure::GroupLook> look);
  void schedule();
  void begin_round();
  Task<Done> round(std::vector<std::shared_ptr<Waiter>> asked);
  Task<Done> list_for(std::vector<std::shared_ptr<Waiter>> asked);
  Task<Done> get_for(std::shared_ptr<Waiter> waiter);
  Task<Done> get_within(std::shared_ptr<Waiter> waiter, ReadBudget* budget);
  CallPtr shared_call(const std::vector<std::shared_ptr<Waiter>>& asked) const;

  Scheduler& scheduler_;
  azure::ContainerGroups& groups_;
  ReadBudget& budget_;
  std::string resource_group_;
  Waiters waiters_;
  std::optional<Scheduler::TimerId> timer_;
  // GETs of groups that have come to rest: one for each change, so these are no polling. Azure's own rate.
  ReadBudget changes_{25, 200};
  std::map<std::string, std::string> at_rest_;  // provisioning states that a GET has been sent for, by name
  int pages_ = 1;                               // of the last list: what a list costs
  bool busy_ = false;                           // a round is under way
  bool may_not_list_ = false;                   // this identity may read groups, but not list them
  std::unique_ptr<TaskSet> tasks_ = std::make_unique<TaskSet>();
};

}  // namespace dev8agent::internal

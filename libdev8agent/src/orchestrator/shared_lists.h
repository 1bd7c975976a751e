// SharedLists: the container groups of a resource group, listed once for all who want them at the same time.
// Owned by Flows; loop thread only.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_map>

#include "azure/container_groups.h"
#include "base/signal.h"

namespace dev8agent::internal {

// One list, and its groups by name in lower case: names are unique in a resource group.
struct SharedList {
  azure::GroupList list;
  std::unordered_map<std::string, const ContainerGroup*> by_name{};  // into `list`
};
using SharedListPtr = std::shared_ptr<const SharedList>;

class SharedLists {
 public:
  // The arguments must outlive this object.
  SharedLists(Scheduler& scheduler, azure::ContainerGroups& groups)
      : scheduler_(scheduler), groups_(groups), locks_(scheduler) {}

  // A list that is asked after this call began. Whoever asks while a list is under way waits for the next
  // one, which answers for all of them. Errors: Azure's, to all who waited for that list; kTimeout and
  // kCancelled of `call` alone.
  Task<Result<SharedListPtr>> next(CallPtr call, std::string resource_group);

 private:
  // Of one resource group, while somebody wants its list.
  struct Latest {
    int wanted = 0;
    TimePoint asked_at{};  // of the last question that was answered or refused
    Result<SharedListPtr> answer = SharedListPtr();
    std::string azure_request_id{};  // Azure's own, of that answer
  };
  // Counts one who wants a list; the last one to leave forgets it.
  class Want;

  Scheduler& scheduler_;
  azure::ContainerGroups& groups_;
  KeyedLock locks_;  // by resource group in lower case
  std::map<std::string, Latest> latest_;
};

}  // namespace dev8agent::internal

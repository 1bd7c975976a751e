// All container groups with what is counted over them: quota use per location and DNS labels.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <unordered_map>

#include "arm/group.h"

namespace dev8agent::emulator {

// The container groups of the subscription, and what they use of the quotas and DNS labels of each
// location. Names are compared without regard to case. Not thread-safe. Pointers to groups are
// valid until erase().
class GroupStore {
 public:
  // Null when there is none.
  Group* find(std::string_view resource_group, std::string_view name);
  // Of any resource group.
  Group* find_anywhere(std::string_view name);
  // Stores a new group and counts what it holds. One of the same name must not exist.
  Group& add(Group group);
  // Removes the group and what it holds. Until `busy_until` a group of that name is refused
  // (busy()).
  void erase(Group& group, TimePoint busy_until, TimePoint now);
  // A group of that name was deleted and Azure is still at work on it: a PUT gets 409.
  bool busy(std::string_view resource_group, std::string_view name, TimePoint now);

  // Counts what a group holds of quotas and labels. Call release() before and hold() after changing
  // its definition or `stopped`. A stopped group holds no cores, but its place and its label.
  void release(const Group& group);
  void hold(const Group& group);

  // What all groups of a location hold, as the quotas and usages count it.
  int groups_in(std::string_view location) const;
  double cores_in(std::string_view location) const;
  // Whether a group other than `self` (may be null) holds the label in the location. Only labels of
  // the scope Unsecure are held: with the others Azure adds a hash.
  bool label_taken(std::string_view location, std::string_view label, const Group* self) const;

  // Up to `count` groups after `marker` in the order of their keys; resource_group empty: of all.
  struct Page {
    std::vector<const Group*> groups;
    std::string next;  // marker of the next page; empty: none
  };
  Page page(std::string_view resource_group, const std::string& marker, std::size_t count) const;

  const std::map<std::string, Group>& all() const { return groups_; }

 private:
  struct Use {
    int groups = 0;
    std::int64_t milli_cores = 0;  // in integers, so that the sum has no rounding errors
  };
  // "resource group/name" in lower case: the key of groups_ and busy_.
  static std::string key(std::string_view resource_group, std::string_view name);
  // "location/label": the key of labels_; empty when the group holds no label.
  static std::string label_key(const Group& group);

  std::map<std::string, Group> groups_;                  // by "resource group/name" in lower case
  std::unordered_map<std::string, Use> use_;             // by location
  std::unordered_map<std::string, std::string> labels_;  // to the group's id
  std::unordered_map<std::string, TimePoint> busy_;      // until when a deleted name is busy
  std::deque<std::string> busy_order_;                   // its keys, oldest first
};

}  // namespace dev8agent::emulator

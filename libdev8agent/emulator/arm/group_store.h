// All container groups with what is counted over them: quota use per location and DNS labels.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <unordered_map>

#include "arm/group.h"

namespace dev8agent::emulator {

class GroupStore {
 public:
  Group* find(std::string_view resource_group, std::string_view name);
  // Of any resource group.
  Group* find_anywhere(std::string_view name);
  Group& add(Group group);
  void erase(Group& group, TimePoint busy_until, TimePoint now);
  // A group of that name was deleted and Azure is still busy with it.
  bool busy(std::string_view resource_group, std::string_view name, TimePoint now);

  // Notes what a group holds of quotas and labels; call before and after changing it.
  void release(const Group& group);
  void hold(const Group& group);

  int groups_in(std::string_view location) const;
  double cores_in(std::string_view location) const;
  // Whether a group other than `self` holds the label in the location.
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
    std::int64_t milli_cores = 0;
  };
  static std::string key(std::string_view resource_group, std::string_view name);
  static std::string label_key(const Group& group);

  std::map<std::string, Group> groups_;  // by "resource group/name" in lower case
  std::unordered_map<std::string, Use> use_;
  std::unordered_map<std::string, std::string> labels_;  // to the group's id
  std::unordered_map<std::string, TimePoint> busy_;
  std::deque<std::string> busy_order_;
};

}  // namespace dev8agent::emulator

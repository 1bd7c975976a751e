// Container groups and their counts: see group_store.h.
#include "arm/group_store.h"

#include <cmath>

#include "core/strings.h"

namespace dev8agent::emulator {
namespace {

std::int64_t milli(double cores) {
  return std::llround(cores * 1000);
}

}  // namespace

std::string GroupStore::key(std::string_view resource_group, std::string_view name) {
  return lower(resource_group) + "/" + lower(name);
}

std::string GroupStore::label_key(const Group& group) {
  if (group.definition.dns_label.empty() || group.definition.dns_scope != "Unsecure") return {};
  return group.location + "/" + group.definition.dns_label;
}

Group* GroupStore::find(std::string_view resource_group, std::string_view name) {
  auto found = groups_.find(key(resource_group, name));
  return found == groups_.end() ? nullptr : &found->second;
}

Group* GroupStore::find_anywhere(std::string_view name) {
  for (auto& [group_key, group] : groups_) {
    if (same_name(group.name, name)) return &group;
  }
  return nullptr;
}

Group& GroupStore::add(Group group) {
  std::string group_key = key(group.resource_group, group.name);
  Group& added = groups_.insert_or_assign(std::move(group_key), std::move(group)).first->second;
  hold(added);
  return added;
}

void GroupStore::erase(Group& group, TimePoint busy_until, TimePoint now) {
  release(group);
  const std::string group_key = key(group.resource_group, group.name);
  if (busy_until > now) {
    busy_[group_key] = busy_until;
    busy_order_.push_back(group_key);
  }
  groups_.erase(group_key);
}

bool GroupStore::busy(std::string_view resource_group, std::string_view name, TimePoint now) {
  while (!busy_order_.empty()) {
    auto oldest = busy_.find(busy_order_.front());
    if (oldest != busy_.end() && oldest->second > now) break;
    if (oldest != busy_.end()) busy_.erase(oldest);
    busy_order_.pop_front();
  }
  auto found = busy_.find(key(resource_group, name));
  return found != busy_.end() && found->second > now;
}

// A stopped group gives its cores back and keeps its place and label.
void GroupStore::release(const Group& group) {
  Use& use = use_[group.location];
  --use.groups;
  if (!group.stopped) use.milli_cores -= milli(group.definition.cpu);
  labels_.erase(label_key(group));
}

void GroupStore::hold(const Group& group) {
  Use& use = use_[group.location];
  ++use.groups;
  if (!group.stopped) use.milli_cores += milli(group.definition.cpu);
  if (std::string label = label_key(group); !label.empty()) labels_[label] = group.id;
}

int GroupStore::groups_in(std::string_view location) const {
  auto found = use_.find(std::string(location));
  return found == use_.end() ? 0 : found->second.groups;
}

double GroupStore::cores_in(std::string_view location) const {
  auto found = use_.find(std::string(location));
  return found == use_.end() ? 0 : static_cast<double>(found->second.milli_cores) / 1000;
}

bool GroupStore::label_taken(std::string_view location, std::string_view label, const Group* self) const {
  auto found = labels_.find(std::string(location) + "/" + std::string(label));
  return found != labels_.end() && !(self && self->id == found->second);
}

GroupStore::Page GroupStore::page(std::string_view resource_group, const std::string& marker,
                                  std::size_t count) const {
  Page page;
  const std::string prefix = resource_group.empty() ? "" : lower(resource_group) + "/";
  auto at = marker.empty() ? groups_.lower_bound(prefix) : groups_.upper_bound(marker);
  std::string last;
  for (; at != groups_.end() && at->first.starts_with(prefix); ++at) {
    if (page.groups.size() == count) {
      page.next = last;
      break;
    }
    page.groups.push_back(&at->second);
    last = at->first;
  }
  return page;
}

}  // namespace dev8agent::emulator

// A container group as the emulator keeps it, and its three pictures: for GET, for lists, for observers.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "arm/container_log.h"
#include "arm/definition.h"
#include "arm/rollout.h"
#include "core/moment.h"
#include "dev8agent/emulator.h"

namespace dev8agent::emulator {

struct Group {
  std::string name;
  std::string resource_group;
  std::string location;
  std::string id;  // ARM's
  Definition definition;
  std::shared_ptr<Rollout> rollout;
  std::optional<TimePoint> stopped;
  std::string ip;
  std::uint64_t incarnation = 0;
  int deployments = 0;
  ContainerLog log;  // of the container that `logged_rollout` has started
  std::shared_ptr<Rollout> logged_rollout;

  bool transitioning(TimePoint now) const { return !stopped && rollout->in_progress(now); }
  Progress progress_at(TimePoint now) const;
  // Its containers ended for good: any definition may replace it.
  bool ended(TimePoint now) const;
};

// JSON texts.
std::string events_text(const std::vector<Event>& events, const Moment& moment);
std::string group_text(const Group& group, bool with_instance_view, const Moment& moment);

GroupView group_view(const Group& group, TimePoint now);

}  // namespace dev8agent::emulator

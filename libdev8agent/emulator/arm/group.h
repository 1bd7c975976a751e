// A container group as the emulator keeps it, and the three ways to show it: for GET, for lists and
// for tests.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "arm/definition.h"
#include "arm/log_buffer.h"
#include "arm/rollout.h"
#include "core/moment.h"
#include "dev8agent/emulator.h"

namespace dev8agent::emulator {

// A container group as the emulator stores it: what a client has asked for, and when. What Azure
// shows of it (provisioningState, instanceView) is not stored but follows from `rollout`, `stopped`
// and the time.
struct Group {
  std::string name;  // as sent by the PUT that created it
  std::string resource_group;
  std::string location;   // as Azure spells it
  std::string id;         // ARM's: "/subscriptions/.../containerGroups/{name}"
  Definition definition;  // of the last PUT, with the tags of a later PATCH
  // The last deployment, start or restart; never null once stored. Operations shares it.
  std::shared_ptr<Rollout> rollout;
  std::optional<TimePoint> stopped;   // since when it is stopped; nothing: it is not
  std::string ip;                     // shown only while it runs
  std::shared_ptr<ContainerRun> run;  // of the last rollout that comes up, with EmulatorOptions::runtime
  std::uint64_t incarnation = 0;      // different for each group that ever had this name
  int deployments = 0;                // how often the containers were (re)started, the first time included
  LogBuffer log;                      // of the container that `logged_rollout` has started
  std::shared_ptr<Rollout> logged_rollout;  // null: none has started

  // A rollout is in progress: Azure refuses all writes but DELETE with 409 until it is over.
  bool transitioning(TimePoint now) const { return !stopped && rollout->in_progress(now); }
  // What Azure shows at `now`, with the container of that index.
  Progress progress_at(TimePoint now, std::size_t container = 0) const;
  // It is stopped, its containers ended for good, or its deployment failed. Then a PUT deploys it
  // anew instead of updating it in place, and a start is not needless.
  bool ended(TimePoint now) const;
};

// The public DNS name; the address where containers really run.
std::string fqdn(const Group& group);

// JSON texts, as Azure shows them. group_text() leaves the instanceView out for lists; secrets are
// never in it.
std::string events_text(const std::vector<Event>& events, const Moment& moment);
std::string group_text(const Group& group, bool with_instance_view, const Moment& moment);

// The same for a test that looks behind the API, secure variables included. It names the first
// volume and image.
GroupView group_view(const Group& group, TimePoint now);

}  // namespace dev8agent::emulator

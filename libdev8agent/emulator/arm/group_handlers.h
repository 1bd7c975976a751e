// The container group operations of Microsoft.ContainerInstance. Where its description and recorded traffic
// differ, traffic wins.
#pragma once

#include "arm/arm_path.h"
#include "arm/arm_reply.h"
#include "arm/budget.h"
#include "arm/group_store.h"
#include "arm/operations.h"
#include "arm/scenarios.h"
#include "core/guid.h"
#include "files/storage.h"

namespace dev8agent::emulator {

class ContainerGroups {
 public:
  ContainerGroups(const EmulatorOptions& options, Storage& storage, GuidSource& guids);

  ArmReply put(const ArmPath& path, const Exchange& exchange);
  ArmReply get(const ArmPath& path, const Exchange& exchange);
  ArmReply list(const ArmPath& path, const Exchange& exchange) const;
  ArmReply patch(const ArmPath& path, const Exchange& exchange);
  ArmReply remove(const ArmPath& path, const Exchange& exchange);
  ArmReply start(const ArmPath& path, const Exchange& exchange);
  ArmReply stop(const ArmPath& path, const Exchange& exchange);
  ArmReply restart(const ArmPath& path, const Exchange& exchange);
  ArmReply logs(const ArmPath& path, const Exchange& exchange);
  ArmReply usages(const ArmPath& path) const;
  ArmReply poll(const ArmPath& path, const Exchange& exchange) const;

  // Has the first container of the group write `text`; false when there is none that has started.
  bool write_log(std::string_view name, std::string_view text, TimePoint now);

  // The location as Azure spells it in answers; empty when there is none of that name.
  std::string location_named(std::string_view name) const;

  Scenarios& scenarios() { return scenarios_; }
  Operations& operations() { return operations_; }
  const GroupStore& store() const { return groups_; }

 private:
  ArmReply accept_put(const ArmPath& path, const Exchange& exchange);
  Refusal check_put(const ArmPath& path, const json::Value& body, const Group* existing, TimePoint now);
  Refusal check_room(const Group& wanted, const Group* existing) const;
  Refusal check_start(const Group& wanted, const Group* existing) const;
  ArmReply replace(Group& existing, Definition definition, const Exchange& exchange);
  ArmReply create(Group group, const Exchange& exchange);
  ArmReply remove_now(const ArmPath& path, const Exchange& exchange);
  Group make_group(const ArmPath& path, Definition definition) const;
  // Puts the group's containers on their way.
  void roll_out(Group& group, Deployment outcome, std::chrono::milliseconds span, bool in_place,
                const Exchange& exchange);
  // Brings the log up to the container that was started last.
  static void settle_log(Group& group, TimePoint now);
  bool can_mount(const Group& group, TimePoint now) const;
  ArmReply accepted(int status, const Group& group, const Exchange& exchange) const;

  const EmulatorOptions& options_;
  Storage& storage_;
  GuidSource& guids_;
  GroupStore groups_;
  Operations operations_;
  Scenarios scenarios_;
  Budget creates_;
  Budget deletes_;
  std::uint64_t incarnations_ = 0;
  std::uint32_t addresses_ = 0;
};

// 404 for a group that is not there, 409 for one that is in transition.
ArmReply group_not_found(const ArmPath& path);
ArmError transitioning(std::string_view name);

}  // namespace dev8agent::emulator

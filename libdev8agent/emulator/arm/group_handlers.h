// The container group operations of Microsoft.ContainerInstance. Sources: the API description
// 2025-09-01, Learn, and recorded traffic; where they differ, traffic wins.
#pragma once

#include "arm/arm_path.h"
#include "arm/arm_reply.h"
#include "arm/budget.h"
#include "arm/container_specs.h"
#include "arm/group_store.h"
#include "arm/operations.h"
#include "arm/scenarios.h"
#include "core/guid.h"
#include "core/roles.h"
#include "files/storage.h"

namespace dev8agent::emulator {

// The operations by the verbs of the REST API, on a GroupStore. Each public function answers one
// request that ResourceManager has already checked (token, api-version, subscription, resource
// group). Errors are answers, too. Not thread-safe: the emulator calls it under its mutex. Three
// references are kept and must outlive it.
//
// The definitions are in put_group.cpp (PUT), group_actions.cpp (start, stop, restart) and
// group_handlers.cpp.
//
// What PUT, start and restart accept is a Rollout: from then on the state of the group follows from
// the time.
//   PUT            201 for a new group, 200 over one that exists; then the URL of an operation to poll
//   DELETE         200 with the group, which is gone at once; 204 when there is none
//   start          202 and an operation; 204 when it runs already
//   stop           204, at once; also when the containers have ended
//   restart        204, and yet an operation
//   any of these   409 ContainerGroupTransitioning while a rollout is in progress (not DELETE)
//   PUT, DELETE    429 when the budget is used up
class ContainerGroups {
 public:
  ContainerGroups(const EmulatorOptions& options, Storage& storage, GuidSource& guids, const Roles& roles);

  // The location comes from the body. The existing group must be in the same one.
  ArmReply put(const ArmPath& path, const Exchange& exchange);
  ArmReply get(const ArmPath& path, const Exchange& exchange);
  // Groups of the resource group in `path`, or all when it has none, in pages of
  // EmulatorOptions::list_page_size. There is no instanceView in them, as in Azure.
  ArmReply list(const ArmPath& path, const Exchange& exchange) const;
  // Replaces the tags when the body has some; everything else in the body is ignored.
  ArmReply patch(const ArmPath& path, const Exchange& exchange);
  // The tags of the group as a resource of their own: "Merge" sets those of the body, "Replace" leaves no
  // others, "Delete" takes those of the body away: those of this name, or where the body has a value those of
  // this name and value. The answer has the tags as they are then. Source:
  // Microsoft Learn, "Tags - Update At Scope".
  ArmReply update_tags(const ArmPath& path, const Exchange& exchange);
  // A rollout in progress is cancelled, and its mounts with it.
  ArmReply remove(const ArmPath& path, const Exchange& exchange);
  ArmReply start(const ArmPath& path, const Exchange& exchange);
  ArmReply stop(const ArmPath& path, const Exchange& exchange);
  ArmReply restart(const ArmPath& path, const Exchange& exchange);
  // Two made-up lines, or as many of the last ones as `tail` asks for. In a crash loop the second
  // line prints the secure variables, as a careless start script would, so that tests can see that
  // the library hides them.
  ArmReply logs(const ArmPath& path, const Exchange& exchange);
  // Used and allowed groups and cores of a location.
  ArmReply usages(const ArmPath& path) const;
  // The state of an operation (Operations::get).
  ArmReply poll(const ArmPath& path, const Exchange& exchange) const;

  // What a browser gets from "http://ws-1.eastus.azurecontainer.io:8080/": 200 once the containers of the
  // group of that name have run for EmulatorOptions::ide_time. The same over TLS at port 443, once there is a
  // certificate (certificate_time); 502 while the IDE is not up behind it. Nothing, which is a connection
  // that is refused: no group has the name, it does not run, its IDE is not up, or the port is not public.
  std::optional<HttpResponse> visit(const Url& url, TimePoint now) const;

  // Has the first container of the group write `text`; false when there is none that has started.
  bool write_log(std::string_view name, std::string_view text, TimePoint now);

  // The location as Azure spells it in answers ("westeurope" for "West Europe"); empty when there
  // is none of that name in EmulatorOptions::locations.
  std::string location_named(std::string_view name) const;

  // For Emulator's functions of the same names.
  Scenarios& scenarios() { return scenarios_; }
  Operations& operations() { return operations_; }
  const GroupStore& store() const { return groups_; }

 private:
  // put() behind the budget: checks everything, then creates or replaces the group.
  ArmReply accept_put(const ArmPath& path, const Exchange& exchange);
  // What does not depend on scenarios and quotas: the definition, the location, and that no rollout
  // or deletion is under way. `existing` null: there is no such group.
  Refusal check_put(const ArmPath& path, const json::Value& body, std::string_view api_version,
                    const Group* existing, TimePoint now);
  // 400 for an identity that the subscription does not have.
  Refusal check_identities(const json::Value& body) const;
  // Whether the location has the zone that `wanted` names, and the group that is there, if any, the same one.
  Refusal check_zone(const Group& wanted, const Group* existing, std::string_view api_version) const;
  const ManagedIdentity* find_identity(std::string_view id) const;  // null: there is none
  // 403 for a mount with a key where the storage account forbids keys.
  Refusal check_mount_access(const Group& wanted) const;
  // Reads the secrets that variables and files refer to, as far as the vault gives them, and enters the
  // variables among the secure ones.
  VaultValues open_vault(Definition& definition) const;
  // 400 for such a secret that the vault does not give.
  Refusal check_secrets(const Group& wanted, TimePoint now) const;
  // 400 for an image that an identity pulls whose role does not count yet.
  Refusal check_pulls(const Group& wanted, TimePoint now) const;
  // The quotas of groups and cores. A group that is replaced gives back what it holds.
  Refusal check_room(const Group& wanted, const Group* existing) const;
  // What may refuse any deployment: the scenario of location and image, secrets that cannot be read, a DNS
  // label that is taken, the quotas.
  Refusal check_start(const Group& wanted, const Group* existing, TimePoint now) const;
  // PUT over a group. One that runs is updated in place and keeps its address; one that has ended
  // is deployed anew.
  ArmReply replace(Group& existing, Definition definition, const Exchange& exchange);
  ArmReply create(Group group, const Exchange& exchange);
  ArmReply remove_now(const ArmPath& path, const Exchange& exchange);
  // A group that is not stored yet, with ids in Azure's form.
  Group make_group(const ArmPath& path, Definition definition) const;
  // Puts the group's containers on their way: they are up after `span`, unless `outcome` says
  // otherwise or a volume cannot be mounted. `in_place`: they have been running. Begins the
  // operation to poll.
  void roll_out(Group& group, Deployment outcome, std::chrono::milliseconds span, bool in_place,
                const Exchange& exchange);
  // Lets the runtime start the containers of a rollout that comes up, and stop those of the one before.
  // The group keeps its address, which stands for its DNS name.
  void launch(Group& group, std::chrono::milliseconds delay);
  // Brings the log up to the container that was started last.
  static void settle_log(Group& group, TimePoint now);
  bool can_mount(const Group& group, TimePoint now, bool roles_count) const;
  bool can_mount(const Group& group, const Mount& mount, TimePoint now, bool roles_count) const;
  // An answer with the URL of the group's operation, and for 200 and 201 with the group.
  ArmReply accepted(int status, const Group& group, const Exchange& exchange) const;

  const EmulatorOptions& options_;
  Storage& storage_;
  GuidSource& guids_;
  const Roles& roles_;
  GroupStore groups_;
  Operations operations_;
  Scenarios scenarios_;
  Budget creates_;
  Budget deletes_;
  std::uint64_t incarnations_ = 0;  // groups created so far
  std::uint32_t addresses_ = 0;     // IP addresses given so far; each deployment gets a new one
};

// 404 for a group that is not there, 409 for one that is in transition.
ArmReply group_not_found(const ArmPath& path);
ArmError transitioning(std::string_view name);

}  // namespace dev8agent::emulator

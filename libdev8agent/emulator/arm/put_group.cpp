// PUT of a container group: checks, quotas, and the deployment that it begins. See group_handlers.h.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <utility>

#include "arm/container_specs.h"
#include "arm/definition_checks.h"
#include "arm/group_handlers.h"
#include "core/json.h"
#include "core/strings.h"

namespace dev8agent::emulator {
namespace {

using json::Value;

std::string amount(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%g", value);
  return text.data();
}

ArmError quota_reached(std::string_view quota, std::string_view location, double limit, double used,
                       double wanted) {
  return {400, "ContainerGroupQuotaReached",
          "Resource type 'Microsoft.ContainerInstance/containerGroups' container group quota '" +
              std::string(quota) + "' exceeded in region '" + std::string(location) + "'. Limit: '" +
              amount(limit) + "', Usage: '" + amount(used) + "' Requested: '" + amount(wanted) + "'."};
}

bool comes_up(Deployment outcome) {
  return outcome == Deployment::kWorks || outcome == Deployment::kCrashLoop;
}

}  // namespace

ArmReply ContainerGroups::put(const ArmPath& path, const Exchange& exchange) {
  const auto left = creates_.take(exchange.moment.now);
  if (!left) return too_many_requests(creates_.wait(exchange.moment.now));
  ArmReply reply = accept_put(path, exchange);
  reply.budget = left;
  return reply;
}

ArmReply ContainerGroups::accept_put(const ArmPath& path, const Exchange& exchange) {
  auto body = json::parse(exchange.http.body);
  if (!body) return arm_error(invalid_content(body.error().message));
  Group* existing = groups_.find(path.resource_group, path.name);
  const std::string_view version = exchange.url.parameter("api-version").value_or("");
  if (auto refusal = check_put(path, *body, version, existing, exchange.moment.now))
    return arm_error(*refusal);
  Group wanted = make_group(path, read_definition(*body));
  if (auto refusal = check_zone(wanted, existing, version)) return arm_error(*refusal);
  const VaultValues vault = open_vault(wanted.definition);
  if (options_.runtime) wanted.definition.specs = read_container_specs(*body, vault);
  const bool runs = existing && !existing->ended(exchange.moment.now);
  // Azure's documents leave open whether the values of a stopped group may change; the switch has both
  // readings.
  if (runs || (existing && !options_.update_stopped_groups)) {
    if (auto refusal = check_update(path.name, existing->definition.shown, wanted.definition.shown)) {
      return arm_error(*refusal);
    }
  }
  if (auto refusal = check_mount_access(wanted)) return arm_error(*refusal);
  if (auto refusal = check_start(wanted, existing, exchange.moment.now)) return arm_error(*refusal);
  if (existing) return replace(*existing, std::move(wanted.definition), exchange);
  return create(std::move(wanted), exchange);
}

VaultValues ContainerGroups::open_vault(Definition& definition) const {
  VaultValues values;
  for (const auto& [name, reference] : definition.used_references) {
    if (const std::string* value = read_secret(options_, reference)) values[name] = *value;
  }
  for (const auto& [variable, reference] : definition.vault_variables)
    definition.secure_variables[variable] = values[reference];
  return values;
}

// Also a stopped group keeps its zone. Sources: the messages of Azure Resource Manager, and Learn,
// "Reliability in Azure Container Instances".
Refusal ContainerGroups::check_zone(const Group& wanted, const Group* existing,
                                    std::string_view api_version) const {
  const std::string& zone = wanted.definition.zone;
  const auto& without = options_.locations_without_zones;
  const bool has_zones = std::none_of(without.begin(), without.end(), [&](const std::string& location) {
    return location_named(location) == wanted.location;
  });
  if (!zone.empty() && !has_zones) {
    return ArmError{400, "ResourceTypeNotSupportAvailabilityZones",
                    "The resource type 'containerGroups' does not support availability zones at location '" +
                        wanted.location + "' and api-version '" + std::string(api_version) + "'."};
  }
  if (!existing || existing->definition.zone == zone) return std::nullopt;
  const auto named = [](const std::string& name) { return name.empty() ? std::string("NoZone") : name; };
  return ArmError{400, "ResourceAvailabilityZonesCannotBeModified",
                  "Resource " + existing->id + " has an existing availability zone constraint " +
                      named(existing->definition.zone) +
                      " and the request has availability zone constraint " + named(zone) +
                      ", which do not match. Zones cannot be added/updated/removed once the resource is "
                      "created. The resource cannot be updated from regional to zonal or vice-versa."};
}

Refusal ContainerGroups::check_identities(const Value& body) const {
  const Value* identities = body.find_path({"identity", "userAssignedIdentities"});
  if (!identities) return std::nullopt;
  for (const json::Member& one : identities->object()) {
    if (find_identity(one.name) != nullptr) continue;
    return ArmError{400, "FailedIdentityOperation",
                    "Identity operation for resource failed: the resource '" + one.name + "' was not found."};
  }
  return std::nullopt;
}

const ManagedIdentity* ContainerGroups::find_identity(std::string_view id) const {
  for (const ManagedIdentity& one : options_.identities) {
    if (same_name(one.id, id)) return &one;
  }
  return nullptr;
}

Refusal ContainerGroups::check_mount_access(const Group& wanted) const {
  for (const Mount& mount : wanted.definition.mounts) {
    const Account* account = storage_.account(mount.account);
    if (account && !account->settings.shared_key_access && mount.client_id.empty()) {
      return ArmError{403, "CannotAccessStorageAccount",
                      "The storage account '" + mount.account + "' does not allow access with its key."};
    }
  }
  return std::nullopt;
}

Refusal ContainerGroups::check_pulls(const Group& wanted, TimePoint now) const {
  const Definition& definition = wanted.definition;
  if (roles_.count(now)) return std::nullopt;
  const bool refused = std::any_of(
      definition.identity_registries.begin(), definition.identity_registries.end(),
      [&](const std::string& registry) {
        return std::any_of(definition.images.begin(), definition.images.end(),
                           [&](const std::string& image) { return image.starts_with(registry + "/"); });
      });
  if (!refused) return std::nullopt;
  return refusal_of(Deployment::kImageInaccessible, wanted.name, definition, wanted.location);
}

// What Azure says here is not published: code, text and that it is the deployment that is refused are this
// emulator's own choice.
Refusal ContainerGroups::check_secrets(const Group& wanted, TimePoint now) const {
  for (const auto& [name, reference] : wanted.definition.used_references) {
    if (roles_.count(now) && read_secret(options_, reference) != nullptr) continue;
    return ArmError{400, "InaccessibleSecretReference",
                    "The secret reference '" + name + "' in container group '" + wanted.name +
                        "' is not accessible. Please check the secret and the role of the identity."};
  }
  return std::nullopt;
}

Refusal ContainerGroups::check_put(const ArmPath& path, const Value& body, std::string_view api_version,
                                   const Group* existing, TimePoint now) {
  if (auto refusal = check_definition(path.name, body, api_version)) return refusal;
  if (auto refusal = check_identities(body)) return refusal;
  const std::string_view sent = body.string_at({"location"});
  if (sent.empty()) {
    return ArmError{400, "LocationRequired", "The location property is required for this definition."};
  }
  const std::string location = location_named(sent);
  if (location.empty()) {
    return ArmError{
        400, "LocationNotAvailableForResourceType",
        "The provided location '" + std::string(sent) +
            "' is not available for resource type 'Microsoft.ContainerInstance/containerGroups'."};
  }
  if (existing && existing->location != location) {
    return ArmError{409, "InvalidResourceLocation",
                    "The resource '" + path.name + "' already exists in location '" + existing->location +
                        "' in resource group '" + existing->resource_group +
                        "'. A resource with the same name cannot be created in location '" + location +
                        "'. Please select a new resource name."};
  }
  if (existing ? existing->transitioning(now) : groups_.busy(path.resource_group, path.name, now)) {
    return transitioning(path.name);
  }
  return std::nullopt;
}

Group ContainerGroups::make_group(const ArmPath& path, Definition definition) const {
  Group group;
  group.name = path.name;
  group.resource_group = path.resource_group;
  for (const std::string& known : options_.resource_groups) {
    if (same_name(known, path.resource_group)) group.resource_group = known;
  }
  group.location = location_named(definition.location);
  group.id = "/subscriptions/" + options_.subscription_id + "/resourceGroups/" + group.resource_group +
             "/providers/Microsoft.ContainerInstance/containerGroups/" + group.name;
  group.definition = std::move(definition);
  return group;
}

Refusal ContainerGroups::check_start(const Group& wanted, const Group* existing, TimePoint now) const {
  const Definition& definition = wanted.definition;
  const Deployment outcome = scenarios_.outcome(wanted.location, definition.images);
  if (auto refusal = refusal_of(outcome, wanted.name, definition, wanted.location)) return refusal;
  for (const ContainerSpec& spec : definition.specs) {
    if (!options_.runtime->knows(spec.image))
      return refusal_of(Deployment::kImageInaccessible, wanted.name, definition, wanted.location);
  }
  if (auto refusal = check_pulls(wanted, now)) return refusal;
  if (auto refusal = check_secrets(wanted, now)) return refusal;
  if (definition.dns_scope == "Unsecure" &&
      groups_.label_taken(wanted.location, definition.dns_label, existing)) {
    return refusal_of(Deployment::kDnsLabelTaken, wanted.name, definition, wanted.location);
  }
  return check_room(wanted, existing);
}

Refusal ContainerGroups::check_room(const Group& wanted, const Group* existing) const {
  const int groups = groups_.groups_in(wanted.location);
  if (!existing && groups >= options_.group_quota) {
    return quota_reached("ContainerGroups", wanted.location, options_.group_quota, groups, 1);
  }
  const bool holds = existing && !existing->stopped;
  const double used = groups_.cores_in(wanted.location) - (holds ? existing->definition.cpu : 0);
  const int limit = scenarios_.core_quota(wanted.location, options_.core_quota);
  constexpr double kRounding = 1e-6;
  if (used + wanted.definition.cpu > limit + kRounding) {
    return quota_reached("StandardCores", wanted.location, limit, used, wanted.definition.cpu);
  }
  return std::nullopt;
}

ArmReply ContainerGroups::create(Group group, const Exchange& exchange) {
  group.incarnation = ++incarnations_;
  const Deployment outcome = scenarios_.outcome(group.location, group.definition.images);
  roll_out(group, outcome, scenarios_.provisioning_time(options_.provisioning_time), false, exchange);
  return accepted(201, groups_.add(std::move(group)), exchange);
}

ArmReply ContainerGroups::replace(Group& existing, Definition definition, const Exchange& exchange) {
  const bool in_place = !existing.ended(exchange.moment.now);
  groups_.release(existing);
  existing.definition = std::move(definition);
  existing.stopped.reset();
  groups_.hold(existing);
  const Deployment outcome = scenarios_.outcome(existing.location, existing.definition.images);
  roll_out(existing, outcome, scenarios_.provisioning_time(options_.provisioning_time), in_place, exchange);
  return accepted(200, existing, exchange);
}

void ContainerGroups::roll_out(Group& group, Deployment outcome, std::chrono::milliseconds span,
                               bool in_place, const Exchange& exchange) {
  const TimePoint now = exchange.moment.now;
  auto rollout = std::make_shared<Rollout>();
  const bool roles_count = roles_.count(now);
  const bool mounts = !comes_up(outcome) || can_mount(group, now, roles_count);
  // Azure tries to mount again and again.
  const bool mounts_later =
      !mounts && can_mount(group, now, true) && roles_.from < now + options_.provisioning_timeout;
  rollout->outcome = mounts || mounts_later ? outcome : Deployment::kMountFails;
  rollout->operation_id = guids_.next();
  rollout->location = group.location;
  rollout->container = group.definition.containers.front();
  rollout->image = group.definition.images.front();
  rollout->in_place = in_place;
  rollout->never_restarts = group.definition.restart == ContainerRestart::kNever;
  if (in_place) rollout->runs = group.rollout->runs + 1;
  rollout->accepted = now;
  rollout->up = now + span;
  if (mounts_later && rollout->up < roles_.from) {
    rollout->refused_from = rollout->up;
    rollout->up = next_attempt(rollout->up, roles_.from);
  }
  const bool ends_early = comes_up(rollout->outcome) || rollout->outcome == Deployment::kNoCapacityAsync;
  rollout->settled = ends_early ? rollout->up : now + std::max(options_.provisioning_timeout, span);
  if (!in_place) {
    const std::uint32_t n = addresses_++;  // a new deployment has a new address
    const std::string network = group.definition.is_private ? "10." : "20.";
    group.ip = network + std::to_string(n / 65025 % 255) + "." + std::to_string(n / 255 % 255) + "." +
               std::to_string(n % 255 + 1);
  }
  group.rollout = rollout;
  if (options_.runtime) {
    launch(group, std::chrono::ceil<std::chrono::milliseconds>(rollout->up - now));
  }
  if (comes_up(rollout->outcome)) {
    for (const Mount& mount : group.definition.mounts)
      storage_.mount(mount.account, mount.share, now, rollout->up);
  }
  ++group.deployments;
  operations_.add(std::move(rollout), group.id, now);
}

void ContainerGroups::launch(Group& group, std::chrono::milliseconds delay) {
  const auto before = std::exchange(group.run, nullptr);
  if (group.rollout->outcome != Deployment::kWorks) return;
  auto run =
      options_.runtime->start({group.id, group.definition.restart, delay, group.definition.specs}, before);
  if (!run.ok()) {
    group.rollout->outcome = Deployment::kNoCapacityAsync;
    return;
  }
  group.run = std::move(*run);
  group.ip = group.run->address();
}

bool ContainerGroups::can_mount(const Group& group, TimePoint now, bool roles_count) const {
  for (const Mount& mount : group.definition.mounts) {
    if (!can_mount(group, mount, now, roles_count)) return false;
  }
  return true;
}

bool ContainerGroups::can_mount(const Group& group, const Mount& mount, TimePoint now,
                                bool roles_count) const {
  if (mount.client_id.empty()) {
    const std::string* in_vault = roles_count ? read_secret(options_, mount.secret) : nullptr;
    return storage_.can_mount(mount.account, mount.share, in_vault ? *in_vault : mount.key, now);
  }
  if (!roles_count) return false;
  const std::vector<std::string>& ids = group.definition.identities;
  const bool has_identity = std::any_of(ids.begin(), ids.end(), [&](const std::string& id) {
    const ManagedIdentity* one = find_identity(id);
    return one && same_name(one->client_id, mount.client_id);
  });
  return has_identity && storage_.can_mount_as_identity(mount.account, mount.share, now);
}

ArmReply ContainerGroups::accepted(int status, const Group& group, const Exchange& exchange) const {
  ArmReply reply;
  reply.status = status;
  if (status == 200 || status == 201) reply.body = group_text(group, true, exchange.moment);
  reply.region = group.location;
  reply.operation_id = group.rollout->operation_id;
  reply.operation_url = operations_.url(exchange.url.origin, *group.rollout);
  return reply;
}

}  // namespace dev8agent::emulator

// Reading, listing, tagging and deleting container groups: see group_handlers.h.
#include "arm/group_handlers.h"

#include <algorithm>
#include <cstdlib>

#include "arm/definition_checks.h"
#include "core/hashes.h"
#include "core/json.h"
#include "core/strings.h"

namespace dev8agent::emulator {

using json::Value;

ContainerGroups::ContainerGroups(const EmulatorOptions& options, Storage& storage, GuidSource& guids,
                                 const Roles& roles)
    : options_(options),
      storage_(storage),
      guids_(guids),
      roles_(roles),
      operations_(options.subscription_id, options.long_operation_urls),
      creates_(options.creates_per_5_minutes, options.creates_per_hour),
      deletes_(options.creates_per_5_minutes, options.creates_per_hour) {}

ArmReply group_not_found(const ArmPath& path) {
  return arm_error({404, "ResourceNotFound",
                    "The Resource 'Microsoft.ContainerInstance/containerGroups/" + path.name +
                        "' under resource group '" + path.resource_group + "' was not found."},
                   "gateway");
}

ArmError transitioning(std::string_view name) {
  return {409, "ContainerGroupTransitioning",
          "The container group '" + std::string(name) + "' is still transitioning, please retry later."};
}

std::string ContainerGroups::location_named(std::string_view name) const {
  const std::string wanted = replace_all(lower(name), " ", "");
  for (const std::string& location : options_.locations) {
    if (same_name(location, wanted)) return location;
  }
  return {};
}

ArmReply ContainerGroups::get(const ArmPath& path, const Exchange& exchange) {
  const Group* group = groups_.find(path.resource_group, path.name);
  if (!group) return group_not_found(path);
  ArmReply reply;
  reply.body = group_text(*group, true, exchange.moment);
  reply.region = group->location;
  return reply;
}

ArmReply ContainerGroups::list(const ArmPath& path, const Exchange& exchange) const {
  const std::string token(exchange.url.parameter("$skiptoken").value_or(""));
  const auto marker = base64_decode(token);
  if (!marker) return arm_error({400, "InvalidSkipToken", "The skip token is not valid."});
  const auto page = groups_.page(path.resource_group, *marker,
                                 static_cast<std::size_t>(std::max(options_.list_page_size, 1)));
  ArmReply reply;
  for (const Group* group : page.groups) {
    reply.body += reply.body.empty() ? R"({"value":[)" : ",";
    reply.body += group_text(*group, false, exchange.moment);
  }
  if (page.groups.empty()) reply.body = R"({"value":[)";
  reply.body += "]";
  if (!page.next.empty()) {
    const std::string version = percent_encode(exchange.url.parameter("api-version").value_or(""));
    reply.body += concat({R"(,"nextLink":")", exchange.url.origin, exchange.url.path,
                          "?api-version=", version, "&%24skiptoken=", base64url(page.next), "\""});
  }
  reply.body += "}";
  return reply;
}

ArmReply ContainerGroups::patch(const ArmPath& path, const Exchange& exchange) {
  Group* group = groups_.find(path.resource_group, path.name);
  if (!group) return group_not_found(path);
  auto body = json::parse(exchange.http.body);
  if (!body) return arm_error(invalid_content(body.error().message));
  const Value* tags = body->find("tags");
  if (auto refusal = check_tags(tags)) return arm_error(*refusal);
  if (tags && tags->is_object()) group->definition.tags = *tags;
  return get(path, exchange);
}

ArmReply ContainerGroups::update_tags(const ArmPath& path, const Exchange& exchange) {
  Group* group = groups_.find(path.resource_group, path.name);
  if (!group) return group_not_found(path);
  auto body = json::parse(exchange.http.body);
  if (!body) return arm_error(invalid_content(body.error().message));
  const Value* properties = body->find("properties");
  const Value* given = properties ? properties->find("tags") : nullptr;
  const std::string operation = lower(body->string_at({"operation"}));
  const bool known = operation == "merge" || operation == "replace" || operation == "delete";
  if (!known || !given || !given->is_object())
    return arm_error(invalid_content("operation and properties.tags are required"));
  if (auto refusal = check_tags(given)) return arm_error(*refusal);
  Value tags{Value::Object()};
  for (const json::Member& tag : group->definition.tags.object()) {
    const bool named =
        std::any_of(given->object().begin(), given->object().end(), [&](const json::Member& other) {
          // Tags go by their names, or by names and values.
          const bool meant = operation != "delete" || other.value.string().empty() ||
                             other.value.string() == tag.value.string();
          return same_name(other.name, tag.name) && meant;
        });
    if (operation != "replace" && !named) tags.set(tag.name, tag.value);
  }
  if (operation != "delete")
    for (const json::Member& tag : given->object()) tags.set(tag.name, tag.value);
  if (auto refusal = check_tags(&tags)) return arm_error(*refusal);
  group->definition.tags = tags;
  ArmReply reply;
  reply.region = group->location;
  reply.body = json::write(json::object({{"id", exchange.url.path},
                                         {"name", "default"},
                                         {"type", "Microsoft.Resources/tags"},
                                         {"properties", json::object({{"tags", std::move(tags)}})}}));
  return reply;
}

ArmReply ContainerGroups::remove(const ArmPath& path, const Exchange& exchange) {
  const auto left = deletes_.take(exchange.moment.now);
  if (!left) return too_many_requests(deletes_.wait(exchange.moment.now));
  ArmReply reply = remove_now(path, exchange);
  reply.budget = left;
  return reply;
}

ArmReply ContainerGroups::remove_now(const ArmPath& path, const Exchange& exchange) {
  const TimePoint now = exchange.moment.now;
  Group* group = groups_.find(path.resource_group, path.name);
  if (!group) {
    ArmReply absent;
    absent.status = 204;
    return absent;
  }
  ArmReply reply = get(path, exchange);
  if (group->transitioning(now)) group->rollout->canceled = now;
  if (now < group->rollout->up) {
    for (const Mount& mount : group->definition.mounts)
      storage_.unmount(mount.account, mount.share, now, group->rollout->up);
  }
  groups_.erase(*group, now + options_.transition_after_delete, now);
  return reply;
}

ArmReply ContainerGroups::poll(const ArmPath& path, const Exchange& exchange) const {
  return operations_.get(path.operation_id, exchange);
}

ArmReply ContainerGroups::usages(const ArmPath& path) const {
  const std::string location = location_named(path.location);
  Value items{Value::Array()};
  const auto add = [&](std::string name, std::string title, double used, int limit) {
    items.push(json::object(
        {{"id", "/subscriptions/" + options_.subscription_id +
                    "/providers/Microsoft.ContainerInstance/locations/" + location + "/usages/" + name},
         {"unit", "Count"},
         {"currentValue", static_cast<std::int64_t>(used)},
         {"limit", limit},
         {"name", json::object({{"value", name}, {"localizedValue", title}})}}));
  };
  add("ContainerGroups", "Container Groups", groups_.groups_in(location), options_.group_quota);
  add("StandardCores", "Standard Cores", groups_.cores_in(location),
      scenarios_.core_quota(location, options_.core_quota));
  add("StandardSpotCores", "Standard Spot Cores", 0, 10);
  add("DedicatedContainerGroups", "Dedicated Container Groups", 0, 0);
  add("DedicatedCores", "Dedicated Cores", 0, 0);
  add("ConfidentialContainerGroups", "Confidential Container Groups", 0, 0);
  add("ConfidentialCores", "Confidential Cores", 0, 0);
  ArmReply reply;
  reply.body = json::write(json::object({{"value", std::move(items)}}));
  reply.region = location;
  return reply;
}

std::optional<HttpResponse> ContainerGroups::visit(const Url& url, TimePoint now) const {
  const std::string_view host = url.host;
  const std::string name(host.substr(0, host.find(':')));
  const bool over_tls = url.origin.starts_with("https:");
  const std::string port_text(host.substr(std::min(host.size(), name.size() + 1)));
  const int port = port_text.empty() ? (over_tls ? 443 : 80) : std::atoi(port_text.c_str());
  for (const auto& [key, group] : groups_.all()) {
    if (group.definition.dns_label.empty() || lower(fqdn(group)) != name) continue;
    const ContainerState container = group.progress_at(now).current;
    if (container.state != "Running" || !container.started) return std::nullopt;
    const std::vector<int>& ports = group.definition.public_ports;
    if (std::find(ports.begin(), ports.end(), port) == ports.end()) return std::nullopt;
    if (over_tls != (port == 443)) return std::nullopt;
    const auto up_for = now - *container.started;
    if (over_tls && up_for < options_.certificate_time) return std::nullopt;
    if (up_for >= options_.ide_time)
      return HttpResponse{200, {{"Content-Type", "application/json"}}, R"({"status":"alive"})"};
    if (over_tls) return HttpResponse{502, {}, ""};  // of the container that ends TLS
    return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace dev8agent::emulator

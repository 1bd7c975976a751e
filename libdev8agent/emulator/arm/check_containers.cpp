// Containers of a definition: names, variables, ports, sizes. See definition_checks.h.
#include <set>

#include "arm/definition_checks.h"
#include "arm/name_rules.h"
#include "core/strings.h"

namespace dev8agent::emulator {
namespace {

using json::Value;

Refusal check_variable(const Value& variable) {
  const std::string_view name = variable.string_at({"name"});
  if (!is_variable_name(name)) {
    return ArmError{400, "InvalidContainerEnvironmentVariable",
                    concat({"The environment variable name '", name,
                            "' is invalid: 1 to 63 letters, digits and '_', no digit first."})};
  }
  int values = 0;
  for (const char* member : {"value", "secureValue", "secureValueReference"}) {
    const Value* value = variable.find(member);
    if (!value) continue;
    ++values;
    if (!value->is_string()) return invalid_content(concat({"'", member, "' must be a string."}));
  }
  if (values != 1) {
    return ArmError{400, "InvalidContainerEnvironmentVariable",
                    concat({"The environment variable '", name, "' must have exactly one value."})};
  }
  return std::nullopt;
}

Refusal check_variables(const Value& properties) {
  const Value* list = properties.find("environmentVariables");
  if (!list) return std::nullopt;
  std::set<std::string_view> names;
  for (const Value& variable : list->array()) {
    if (auto refusal = check_variable(variable)) return refusal;
    if (!names.insert(variable.string_at({"name"})).second) {
      return ArmError{
          400, "InvalidContainerEnvironmentVariable",
          concat({"The environment variable '", variable.string_at({"name"}), "' appears more than once."})};
    }
  }
  return std::nullopt;
}

Refusal check_requests(const Value& properties) {
  if (auto refusal = require_object(properties, "resources")) return refusal;
  const Value& resources = *properties.find("resources");
  if (auto refusal = require_object(resources, "requests")) return refusal;
  for (const char* name : {"cpu", "memoryInGB"}) {
    const Value* amount = resources.find("requests")->find(name);
    if (!amount || !amount->is_number() || *amount->number() <= 0) {
      return invalid_content(concat({"'resources.requests.", name, "' must be a positive number."}));
    }
  }
  return std::nullopt;
}

Refusal check_mounts(const Value& properties, const Value& group) {
  const Value* mounts = properties.find("volumeMounts");
  if (!mounts) return std::nullopt;
  std::set<std::string_view> volumes;
  if (const Value* list = group.find("volumes")) {
    for (const Value& volume : list->array()) volumes.insert(volume.string_at({"name"}));
  }
  for (const Value& mount : mounts->array()) {
    if (auto refusal = require_string(mount, "name")) return refusal;
    if (auto refusal = require_string(mount, "mountPath")) return refusal;
    if (mount.string_at({"mountPath"}).find(':') != std::string_view::npos) {
      return invalid_content("'mountPath' must not contain ':'.");
    }
    if (!volumes.contains(mount.string_at({"name"}))) {
      return invalid_content(concat({"the volume '", mount.string_at({"name"}), "' is not defined."}));
    }
  }
  return std::nullopt;
}

Refusal check_container(const Value& container, const Value& group) {
  const std::string_view name = container.string_at({"name"});
  if (!is_hyphenated_name(name, 1, 63)) {
    return invalid_content(concat({"the container name '", name, "' is invalid."}));
  }
  if (auto refusal = require_object(container, "properties")) return refusal;
  const Value& properties = *container.find("properties");
  if (auto refusal = require_string(properties, "image")) return refusal;
  if (auto refusal = check_requests(properties)) return refusal;
  if (auto refusal = check_variables(properties)) return refusal;
  if (const Value* ports = properties.find("ports")) {
    for (const Value& port : ports->array()) {
      if (auto refusal = check_port(port)) return refusal;
    }
  }
  if (const Value* command = properties.find("command"); command && !command->is_array()) {
    return invalid_content("'command' must be a list.");
  }
  return check_mounts(properties, group);
}

// An init container runs to its end before the others start. It has no ports and no resources of its own.
Refusal check_init_container(const Value& container, const Value& group) {
  const std::string_view name = container.string_at({"name"});
  if (!is_hyphenated_name(name, 1, 63)) {
    return invalid_content(concat({"the init container name '", name, "' is invalid."}));
  }
  if (auto refusal = require_object(container, "properties")) return refusal;
  const Value& properties = *container.find("properties");
  if (auto refusal = require_string(properties, "image")) return refusal;
  if (auto refusal = check_variables(properties)) return refusal;
  return check_mounts(properties, group);
}

}  // namespace

Refusal check_containers(const Value& properties) {
  if (auto refusal = require_list(properties, "containers")) return refusal;
  const Value::Array& containers = properties.find("containers")->array();
  if (containers.empty() || containers.size() > 60) {
    return invalid_content("a container group has between 1 and 60 containers.");
  }
  std::set<std::string_view> names;
  for (const Value& container : containers) {
    if (auto refusal = check_container(container, properties)) return refusal;
    if (!names.insert(container.string_at({"name"})).second) {
      return invalid_content("container names must be unique in the group.");
    }
  }
  const Value* init = properties.find("initContainers");
  if (!init) return std::nullopt;
  for (const Value& container : init->array()) {
    if (auto refusal = check_init_container(container, properties)) return refusal;
    if (!names.insert(container.string_at({"name"})).second) {
      return invalid_content("container names must be unique in the group.");
    }
  }
  return std::nullopt;
}

// At least 1 vCPU and 1 GB, at most 31 and 240 for the group: Learn, "Resource availability & quota limits".
Refusal check_sizes(const Value& properties) {
  double cpu = 0, memory = 0;
  for (const Value& container : properties.find("containers")->array()) {
    const Value* requests = container.find_path({"properties", "resources", "requests"});
    cpu += *requests->find("cpu")->number();
    memory += *requests->find("memoryInGB")->number();
  }
  constexpr double kRounding = 1e-6;
  if (cpu < 1 - kRounding || memory < 1 - kRounding) {
    return invalid_content("a container group needs at least 1 vCPU and 1 GB in total.");
  }
  if (cpu > 31 + kRounding || memory > 240 + kRounding) {
    return invalid_content("a container group has at most 31 vCPU and 240 GB in total.");
  }
  for (const Value& container : properties.find("containers")->array()) {
    const Value* limits = container.find_path({"properties", "resources", "limits"});
    const Value* limit = limits ? limits->find("cpu") : nullptr;
    if (limit && limit->number().value_or(0) > cpu + kRounding) {
      return ArmError{400, "ContainerLimitGreaterThanContainerGroupTotalRequest",
                      "A container's CPU limit is greater than the total request of the container group."};
    }
  }
  return std::nullopt;
}

}  // namespace dev8agent::emulator

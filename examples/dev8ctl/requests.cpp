// Bodies and parameters of calls.
#include "dev8ctl/requests.h"

#include <utility>

#include "dev8agent/wire.h"

namespace dev8ctl {
namespace {

using dev8agent::JsonObject;

void add(JsonObject& body, const char* name, const std::optional<std::string>& value) {
  if (value) body.field(name, *value);
}
void add(JsonObject& body, const char* name, const std::optional<int>& value) {
  if (value) body.field(name, *value);
}

std::string object_of(const Texts& texts) {
  JsonObject object;
  for (const auto& [name, value] : texts) object.field(name, value);
  return object.str();
}
void add(JsonObject& body, const char* name, const std::optional<Texts>& texts) {
  if (texts) body.raw(name, object_of(*texts));
}

// Those of the container go together into one member.
void add_secrets(JsonObject& body, const Secrets& secrets) {
  JsonObject variables;
  bool any = false;
  for (const auto& [name, value] : secrets) {
    if (name.starts_with(kVariablePrefix)) {
      variables.field(name.substr(kVariablePrefix.size()), value.reveal());
      any = true;
    } else {
      body.field(name, value.reveal());
    }
  }
  if (any) body.raw("secretVariables", variables.str());
}

std::string label_filter(const Texts& labels) {
  std::string filter;
  for (const auto& [name, value] : labels) filter += (filter.empty() ? "" : ",") + name + ":" + value;
  return filter;
}

Shape with_defaults(Shape shape, const std::string& id) {
  if (!shape.name) shape.name = id;
  if (!shape.cpu) shape.cpu = 2;
  if (!shape.memory) shape.memory = 4;
  if (!shape.storage) shape.storage = 20;
  return shape;
}

dev8agent::Secret body_of(const Command& command, const Secrets& secrets) {
  const bool creates = command.verb == Verb::kCreate;
  const Shape shape = creates ? with_defaults(command.shape, command.id) : command.shape;
  JsonObject body;
  body.field("workspaceId", command.id);
  if (!command.region.empty()) body.field("cloudRegion", command.region);
  add(body, "userId", shape.user);
  add(body, "name", shape.name);
  add(body, "baseImage", shape.base_image);
  add(body, "image", shape.image);
  add(body, "environmentVariables", shape.variables);
  add(body, "gitRepository", shape.git);
  add(body, "labels", shape.labels);
  add(body, "zone", shape.zone);
  add(body, "cpuCores", shape.cpu);
  add(body, "memoryGB", shape.memory);
  add(body, "storageGB", shape.storage);
  add(body, "idleStopMinutes", shape.idle_stop);
  add_secrets(body, secrets);
  return dev8agent::Secret(body.str());
}

// A JSON merge patch: null removes.
dev8agent::Secret update_body(const Command& command) {
  const Shape& shape = command.shape;
  JsonObject body;
  body.field("workspaceId", command.id);
  if (!command.region.empty()) body.field("cloudRegion", command.region);
  add(body, "name", shape.name);
  add(body, "baseImage", shape.base_image);
  add(body, "idleStopMinutes", shape.idle_stop);
  if (command.default_idle_stop) body.raw("idleStopMinutes", "null");
  JsonObject labels;
  for (const auto& [name, text] : shape.labels.value_or(Texts{})) labels.field(name, text);
  for (const std::string& name : command.removed_labels) labels.raw(name, "null");
  if (shape.labels || !command.removed_labels.empty()) body.raw("labels", labels.str());
  return dev8agent::Secret(body.str());
}

dev8agent::Secret sweep_body(const Command& command) {
  return dev8agent::Secret(JsonObject()
                               .field("olderThanMinutes", command.older_than)
                               .field("dryRun", !command.yes)
                               .field("includeFiles", command.include_files)
                               .str());
}

std::string upper_case(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

std::map<std::string, std::string> parameters_of(const Command& command) {
  switch (command.verb) {
    case Verb::kList:
      return {{"userId", command.user},
              {"status", upper_case(command.status)},
              {"label", label_filter(command.labels)}};
    case Verb::kDelete:
      return {{"force", command.force ? "true" : ""}};
    case Verb::kAdopt:
      return {{"userId", command.shape.user.value_or("")}, {"name", command.shape.name.value_or("")}};
    case Verb::kOrphans:
      return {{"olderThanMinutes", std::to_string(command.older_than)}};
    case Verb::kLogs:
      return {{"container", command.container},
              {"tail", std::to_string(command.tail)},
              {"timestamps", command.timestamps ? "true" : ""}};
    case Verb::kDoctor:
      return {{"verbose", "true"},  // of a daemon; the others are for the library
              {"registries", command.no_registry ? "false" : ""},
              {"probeShare", command.probe_share ? "true" : ""}};
    default:
      return {};
  }
}

}  // namespace

Call question(const Command& command, Verb verb) {
  Call call;
  call.verb = verb;
  call.id = command.id;
  call.region = command.region;
  return call;
}

Call call_of(const Command& command, const Secrets& secrets) {
  Call call = question(command, command.verb);
  call.parameters = parameters_of(command);
  if (command.verb == Verb::kCreate || command.verb == Verb::kStart) call.body = body_of(command, secrets);
  if (command.verb == Verb::kUpdate) call.body = update_body(command);
  if (command.verb == Verb::kSweep) call.body = sweep_body(command);
  return call;
}

}  // namespace dev8ctl

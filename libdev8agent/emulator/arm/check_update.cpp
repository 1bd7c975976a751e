// check_update(): see definition.h.
#include "arm/definition.h"
#include "core/json.h"

namespace dev8agent::emulator {
namespace {

using json::Value;

std::string text_of(const Value& shown, std::string_view name) {
  const Value* value = shown.find(name);
  return value ? json::write(*value) : std::string();
}

// Names and sizes of the containers, in one text.
std::string sizes(const Value& shown) {
  std::string out;
  for (const Value& container : shown.find("containers")->array()) {
    out += container.string_at({"name"});
    out += json::write(*container.find_path({"properties", "resources"}));
  }
  return out;
}

}  // namespace

Refusal check_update(std::string_view name, const std::string& old_text, const std::string& new_text) {
  const Value old_shown = json::parse(old_text).value();
  const Value new_shown = json::parse(new_text).value();
  const char* changed = nullptr;
  for (const char* property : {"osType", "restartPolicy", "sku", "subnetIds", "diagnostics", "priority"}) {
    if (text_of(old_shown, property) != text_of(new_shown, property)) changed = property;
  }
  if (sizes(old_shown) != sizes(new_shown)) changed = "resources";
  if (!changed) return std::nullopt;
  return ArmError{
      400, "InvalidContainerGroupUpdate",
      "The updates on container group '" + std::string(name) + "' are invalid ('" + changed +
          "' cannot change). If you are going to update the os type, restart policy, network profile, "
          "CPU, memory or GPU resources for a container group, you must delete it first and then "
          "create a new one."};
}

}  // namespace dev8agent::emulator

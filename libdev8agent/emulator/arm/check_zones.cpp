// check_zones(): see definition_checks.h.
#include <algorithm>

#include "arm/definition_checks.h"
#include "core/strings.h"

namespace dev8agent::emulator {
namespace {

using json::Value;

constexpr std::string_view kWithZones = "2021-09-01";

bool is_zone(const Value& value) {
  return value.string() == "1" || value.string() == "2" || value.string() == "3";
}

bool wants_gpu(const Value& properties) {
  const Value::Array& containers = properties.find("containers")->array();
  return std::any_of(containers.begin(), containers.end(), [](const Value& container) {
    return container.find_path({"properties", "resources", "requests", "gpu"}) != nullptr;
  });
}

}  // namespace

// The codes are this emulator's own choice, because Azure publishes none for these.
Refusal check_zones(const Value& body, std::string_view api_version) {
  const Value* zones = body.find("zones");
  if (!zones || zones->is_null()) return std::nullopt;
  if (!zones->is_array()) return invalid_content("the property 'zones' must be a list.");
  if (zones->array().empty()) return std::nullopt;
  if (api_version < kWithZones)
    return invalid_content("Could not find member 'zones' on object of type 'ContainerGroup'.");
  if (zones->array().size() > 1) return invalid_content("a container group is in one zone at most.");
  if (!is_zone(zones->array().front()))
    return ArmError{400, "InvalidAvailabilityZone", "The zone is not one of '1', '2' and '3'."};
  const Value& properties = *body.find("properties");
  if (same_name(properties.string_at({"priority"}), "Spot"))
    return invalid_content("a container group with priority 'Spot' is in no zone.");
  if (wants_gpu(properties)) return invalid_content("a container group with a GPU is in no zone.");
  return std::nullopt;
}

}  // namespace dev8agent::emulator

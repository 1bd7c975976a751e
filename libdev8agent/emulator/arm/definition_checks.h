// The parts of check_definition(). Azure publishes the codes InvalidOsType,
// InvalidContainerEnvironmentVariable, InvalidContainerGroupUpdate,
// ContainerLimitGreaterThanContainerGroupTotalRequest and MoreImageRegistryCredentialsThanContainers; the
// rest of these refusals carries InvalidRequestContent.
#pragma once

#include "arm/definition.h"

namespace dev8agent::emulator {

ArmError invalid_content(std::string message);
// A refusal unless `parent` has a member `name` that is a string (one character or more), list or object.
Refusal require_string(const json::Value& parent, std::string_view name);
Refusal require_list(const json::Value& parent, std::string_view name);
Refusal require_object(const json::Value& parent, std::string_view name);
// A refusal when the member is there and none of `names`.
Refusal require_one_of(const json::Value& parent, std::string_view name,
                       std::initializer_list<std::string_view> names);
// {"port", "protocol"}: a number that is free to use, TCP or UDP.
Refusal check_port(const json::Value& port);

Refusal check_containers(const json::Value& properties);
Refusal check_sizes(const json::Value& properties);
Refusal check_address(const json::Value& properties);
Refusal check_volumes(const json::Value& properties);
Refusal check_registry_credentials(const json::Value& properties);
Refusal check_tags(const json::Value* tags);

}  // namespace dev8agent::emulator

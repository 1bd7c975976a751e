// The single checks behind check_definition(). Each returns the refusal of Azure Resource Manager
// or of Microsoft.ContainerInstance, or nothing when the part is fine.
#pragma once

#include "arm/definition.h"

namespace dev8agent::emulator {

// 400 InvalidRequestContent; `message` ends the sentence "The request content was invalid: ".
ArmError invalid_content(std::string message);
// A refusal unless `parent` has a member `name` that is a string (one character or more), list or object.
Refusal require_string(const json::Value& parent, std::string_view name);
Refusal require_list(const json::Value& parent, std::string_view name);
Refusal require_object(const json::Value& parent, std::string_view name);
// A refusal when the member is there, not null, and none of `names`. Enums have no case, as in
// Azure.
Refusal require_one_of(const json::Value& parent, std::string_view name,
                       std::initializer_list<std::string_view> names);
// {"port", "protocol"}: a number from 1 to 65535 that is not reserved; TCP, UDP or no protocol.
Refusal check_port(const json::Value& port);

// The following take the `properties` of the body, or its `tags`. check_containers() must come
// first: the others rely on containers that are well-formed.
//
// 1 to 60 containers with unique names, each with an image and sizes; ports, variables and mounts
// when there.
Refusal check_containers(const json::Value& properties);
// 1 to 31 vCPU and 1 to 240 GB in total. Source: Learn, "Resource availability & quota limits".
Refusal check_sizes(const json::Value& properties);
// At most 5 ports, each one of a container; the type; the DNS label.
Refusal check_address(const json::Value& properties);
// At most 20 volumes with unique names, each of exactly one kind.
Refusal check_volumes(const json::Value& properties);
// At most one for each container, with a server without scheme and a password or identity.
Refusal check_registry_credentials(const json::Value& properties);
// Of the whole body, after all others: identities that mount and references to secrets in a vault. The API
// version knows them, references have a name, a URI and an identity of the group, and what names one names
// one that is there.
Refusal check_references(const json::Value& body, std::string_view api_version);
// Of the whole body, after all others: at most one availability zone, in an API version that knows zones, and
// none with a GPU or the priority Spot. Sources: Learn, "Reliability in Azure Container Instances" and
// "Deploy Spot container groups". Whether the location has zones is the caller's question.
Refusal check_zones(const json::Value& body, std::string_view api_version);
// The limits of Azure Resource Manager: 50 tags, names of 512 characters, values of 256. Null: no
// tags.
Refusal check_tags(const json::Value* tags);

}  // namespace dev8agent::emulator

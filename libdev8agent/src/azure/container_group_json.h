// Container groups and operations as JSON: what is sent and what is read.
#pragma once

#include <string>

#include "azure/container_groups.h"
#include "json/value.h"
#include "model/container_group.h"

namespace dev8agent::internal::azure {

// The body of a PUT (api-version 2025-09-01; every property is in 2023-05-01 too). Holds secrets.
std::string write_container_group(const ContainerGroupSpec& spec);

// Missing members are left at their defaults.
ContainerGroup read_container_group(const json::Value& body);
OperationStatus read_operation(const json::Value& body, const std::vector<HttpHeader>& headers, WallTime now);

}  // namespace dev8agent::internal::azure

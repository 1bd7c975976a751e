// The JSON of container groups and of long-running operations: what is sent and what is read. Pure functions;
// any thread. Source: the API description of Microsoft.ContainerInstance.
#pragma once

#include <string>

#include "azure/container_groups.h"
#include "json/value.h"
#include "model/container_group.h"

namespace dev8agent::internal::azure {

// The body of a PUT (api-version 2025-09-01; every property exists in 2023-05-01 too). It holds secrets: the
// storage account's key, secure variables and the registry's password. Limits are written equal to requests.
std::string write_container_group(const ContainerGroupSpec& spec);

// Reads the body of a GET, or one item of a list. A member that is missing or has another type leaves the
// default, so that one odd member does not hide the group. CPU and memory are summed over all containers;
// their events are appended to the group's. State and start time are those of the last container that has an
// instance view. Numbers out of range are cut to the range.
ContainerGroup read_container_group(const json::Value& body);
// Reads the body of an operation URL. Succeeded, Failed and Canceled (also "Cancelled") are final, compared
// without regard to case; every other word means that the operation goes on. For Failed, the error is that of
// the last event that announces a failure, else that of the body's "error". `now` serves to read a
// Retry-After that is a date.
OperationStatus read_operation(const json::Value& body, const std::vector<HttpHeader>& headers, WallTime now);

}  // namespace dev8agent::internal::azure

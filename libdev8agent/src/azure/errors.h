// Azure's failures into this library's errors: one table for answers of services, one for container events.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dev8agent/error.h"
#include "dev8agent/scheduler.h"
#include "dev8agent/transport.h"
#include "model/container_group.h"

namespace dev8agent::internal::azure {

// What a service said of a failure, before it is judged.
struct Complaint {
  int status = 0;
  std::string code;
  std::string message;
};

// The table: HTTP status, code and message to reason, retryable or not, and a hint. Sources: Microsoft
// Learn's ACI troubleshooting page, Azure Files error codes and ARM throttling pages.
Error judge(const Complaint& complaint);

// The same for a response that reports failure, with request id and Retry-After. Understands ARM's JSON
// envelope, the bare {code, message}, Azure Files' XML and x-ms-error-code, and bodies that are none of
// these.
Error error_of(const HttpResponse& response, WallTime now);

// The code of such a response, in whichever of those forms it has, or nothing; of OAuth's `{"error": "…"}`
// that word.
std::string error_code_of(const HttpResponse& response);

// The error that a group's event announces ("FailedMountAzureFileVolume", "InsufficientCapacity.", image pull
// failures), or nothing for an ordinary event.
std::optional<Error> error_of(const ContainerEvent& event);

// A success status whose body is not what the API promises: the effect is unknown, a read may be repeated.
Error incomprehensible(const HttpResponse& response, std::string_view what);

}  // namespace dev8agent::internal::azure

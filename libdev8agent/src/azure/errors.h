// Azure's failures as this library's errors. One table serves all services of Azure: errors.cpp has a row for
// each failure that needs more than the default. Pure functions; any thread.
//
//   const Error error = error_of(response, scheduler.wall_now());
//   if (error.code == ErrorCode::kCapacityUnavailable) ...  // try another region
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dev8agent/error.h"
#include "dev8agent/scheduler.h"
#include "dev8agent/transport.h"
#include "model/container_group.h"

namespace dev8agent::internal::azure {

// What a service said of a failure, before it is classified.
struct AzureFailure {
  int status = 0;       // of HTTP; 0 when the failure was not an answer's status
  std::string code;     // such as "ContainerGroupTransitioning"
  std::string message;  // Azure's sentence, for people
};

// Classifies a failure: error code, retryable or not, and a hint for the reader. The first row of the table
// whose status, code and part of the message match decides. Without a matching row, a status from 500 on or a
// failure without a code is kAzureUnavailable and retryable: it proves nothing about the resource. All else
// is kAzureRefused. Sources: Microsoft Learn, "Troubleshoot common issues in Azure Container Instances",
// "Azure Files error codes" and "Understand how Azure Resource Manager throttles requests".
Error classify_failure(const AzureFailure& complaint);

// The error of a response whose status reports failure, with Azure's request id and the delay that
// Retry-After asks for. Understands ARM's {"error": {...}}, the bare {"code", "message"}, Azure Files' XML
// and x-ms-error-code. A body in none of these forms leaves code and message empty. For three failures
// without a Retry-After the delay is that of Azure's documentation: 10 s while a group changes state, 30 s
// while a share of the same name is being deleted, 30 s when the image registry refuses.
Error error_of(const HttpResponse& response, WallTime now);

// The code of such a response, from whichever of those forms it has, else OAuth's {"error": "..."}, else
// nothing. For logs: unlike the message, a code never quotes what was sent.
std::string error_code_of(const HttpResponse& response);

// The error that a group's event announces, or nothing for an ordinary event. Known are failed mounts
// ("FailedMountAzureFileVolume"), missing capacity ("InsufficientCapacity.") and images that cannot be pulled
// ("BackOff" with a pull in its message; retryable only when the registry limits the rate).
std::optional<Error> error_of(const ContainerEvent& event);

// A malformed response: a status of success with a body that is not what the API promises, for example from a
// proxy. kAzureUnavailable and retryable, with Error::request_sent: a read may be repeated, the effect of a
// write is unknown. `what` is the request's label.
Error malformed_response(const HttpResponse& response, std::string_view what);

}  // namespace dev8agent::internal::azure

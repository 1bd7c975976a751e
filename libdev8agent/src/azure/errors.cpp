// The table from what Azure answers to this library's errors, and the reading of error bodies.
#include "azure/errors.h"

#include <array>
#include <chrono>

#include "azure/xml.h"
#include "base/retry.h"
#include "base/text.h"
#include "json/parse.h"

namespace dev8agent::internal::azure {
namespace {

// A row matches when each of its non-empty columns does: `status` 0 is any; `code` compares whole, `part` is
// looked for in code and message, both without regard to case.
struct Row {
  int status;
  std::string_view code;
  std::string_view part;
  ErrorCode result;
  bool retryable;
  std::string_view hint;
};

constexpr std::chrono::seconds kTransitionDelay{10};
constexpr std::chrono::seconds kShareDeletionDelay{30};
constexpr std::chrono::seconds kRegistryDelay{30};
constexpr std::string_view kCapacityHint =
    "Azure has no capacity for this size in the region now; try another region or size";
constexpr std::string_view kQuotaHint = "free resources in the region or ask Azure for a higher quota";
constexpr std::string_view kCredentialsHint = "check the agent's Azure credentials and role assignments";

constexpr std::array kTable = {
    // Absence, in the words of the service that owns the thing. Any other 404 proves nothing; two of them say
    // that the group is there and not ready.
    Row{404, "ResourceNotFound", "", ErrorCode::kNotFound, false, ""},
    Row{404, "ShareNotFound", "", ErrorCode::kNotFound, false, ""},
    Row{404, "ContainerLogNotAvailable", "", ErrorCode::kAzureUnavailable, true, ""},
    Row{404, "ContainerGroupDeploymentNotReady", "", ErrorCode::kAzureUnavailable, true, ""},
    // Quota and capacity. ACI says capacity with 409 ServiceUnavailable, or asynchronously with code
    // "Failed".
    Row{0, "ContainerGroupQuotaReached", "", ErrorCode::kQuotaExceeded, false, kQuotaHint},
    Row{409, "ServiceUnavailable", "quota", ErrorCode::kQuotaExceeded, false, kQuotaHint},
    Row{0, "TotalSharesCountExceedsAccountLimit", "", ErrorCode::kQuotaExceeded, false, kQuotaHint},
    Row{409, "ServiceUnavailable", "", ErrorCode::kCapacityUnavailable, true, kCapacityHint},
    Row{0, "", "InsufficientCapacity", ErrorCode::kCapacityUnavailable, true, kCapacityHint},
    Row{0, "", "requested resource is not available in the location", ErrorCode::kCapacityUnavailable, true,
        kCapacityHint},
    // Images.
    Row{0, "RegistryErrorResponse", "", ErrorCode::kImagePullFailed, true,
        "the registry refused for now, often a pull rate limit; use authenticated pulls or a copy in a "
        "private registry"},
    Row{0, "InaccessibleImage", "", ErrorCode::kImagePullFailed, false,
        "check the image's name and the registry credentials, or the role of the identity that pulls, which "
        "counts some minutes after it was given"},
    Row{0, "", "InvalidImageRegistry", ErrorCode::kImagePullFailed, false, "check the registry credentials"},
    Row{400, "", "It can contain only", ErrorCode::kAzureRefused, false, ""},
    Row{0, "", "InvalidDnsNameLabel", ErrorCode::kAzureRefused, false, ""},
    Row{0, "", "DnsNameLabel", ErrorCode::kDnsLabelTaken, false,
        "the DNS label is in use in this region; choose another id"},
    Row{0, "", "DNS name label", ErrorCode::kDnsLabelTaken, false,
        "the DNS label is in use in this region; choose another id"},
    Row{403, "CannotAccessStorageAccount", "", ErrorCode::kMountFailed, false,
        "the storage account must allow access with its key"},
    // Busy for a while.
    Row{0, "ContainerGroupTransitioning", "", ErrorCode::kConflict, true,
        "another operation on the container is under way"},
    Row{409, "ShareBeingDeleted", "", ErrorCode::kConflict, true,
        "a deleted file share of this name is still going away"},
    Row{409, "ServiceAssociationLinkNotReady", "", ErrorCode::kConflict, true, ""},
    Row{409, "ShareAlreadyExists", "", ErrorCode::kConflict, true, ""},
    Row{409, "ResourceAlreadyExists", "", ErrorCode::kConflict, false, ""},
    Row{409, "DeletePending", "", ErrorCode::kConflict, true, ""},
    Row{409, "ShareSnapshotInProgress", "", ErrorCode::kConflict, true, ""},
    Row{409, "ShareSnapshotCountExceeded", "", ErrorCode::kConflict, false,
        "the file share has as many snapshots as Azure allows, 200; no other one was taken"},
    Row{409, "SharingViolation", "", ErrorCode::kConflict, true, ""},
    // What others have taken of a file share. Files are never lost by these refusals.
    Row{412, "LeaseIdMissing", "", ErrorCode::kConflict, false,
        "another program holds a lease on the file share; the files are kept"},
    Row{409, "DeleteShareWhenSnapshotLeased", "", ErrorCode::kConflict, false,
        "another program, such as Azure Backup, holds a lease on a snapshot of the file share; the files are "
        "kept"},
    Row{409, "ShareHasSnapshots", "", ErrorCode::kConflict, false,
        "the file share has snapshots, which may hold files; it is kept"},
    // Throttling. OperationNotAllowed is also Azure's word for some exhausted budgets.
    Row{429, "", "", ErrorCode::kAzureThrottled, true, "Azure limits the rate of requests"},
    Row{0, "TooManyRequests", "", ErrorCode::kAzureThrottled, true, "Azure limits the rate of requests"},
    Row{0, "SubscriptionRequestsThrottled", "", ErrorCode::kAzureThrottled, true,
        "Azure limits the rate of requests"},
    Row{503, "ServerBusy", "", ErrorCode::kAzureThrottled, true, "Azure Files limits the rate of requests"},
    // Credentials and permissions.
    Row{401, "", "", ErrorCode::kAzureCredentials, false, kCredentialsHint},
    Row{403, "AuthenticationFailed", "date header", ErrorCode::kAzureCredentials, false,
        "this machine's clock is wrong"},
    Row{403, "AuthenticationFailed", "", ErrorCode::kAzureCredentials, false,
        "the storage account key is wrong"},
    Row{403, "AuthorizationFailure", "", ErrorCode::kAzureRefused, false,
        "the storage account's firewall must let this machine in"},
    Row{403, "KeyBasedAuthenticationNotPermitted", "", ErrorCode::kAzureRefused, false,
        "the storage account forbids its keys: set AZURE_STORAGE_AUTH=entra and AZURE_MOUNT_AUTH=identity"},
    Row{403, "AuthorizationPermissionMismatch", "", ErrorCode::kAzureRefused, false,
        "the agent's identity may not do this with the account's file shares; a new role takes some minutes"},
    Row{403, "AuthorizationFailed", "", ErrorCode::kAzureRefused, false, kCredentialsHint},
    Row{403, "RequestDisallowedByPolicy", "", ErrorCode::kAzureRefused, false,
        "an Azure policy forbids this resource"},
    Row{409, "MissingSubscriptionRegistration", "", ErrorCode::kAzureRefused, false,
        "register Microsoft.ContainerInstance in the subscription"},
    Row{409, "InvalidResourceLocation", "", ErrorCode::kConflict, false,
        "a container of this name exists in another region of the resource group"},
    // Time and Azure's own failures.
    Row{0, "", "did not reach a successful provisioning state", ErrorCode::kTimeout, false,
        "Azure gave up after its provisioning time-out"},
    Row{408, "", "", ErrorCode::kAzureUnavailable, true, ""},
    Row{500, "", "", ErrorCode::kAzureUnavailable, true, ""},
    Row{502, "", "", ErrorCode::kAzureUnavailable, true, ""},
    Row{503, "", "", ErrorCode::kAzureUnavailable, true, ""},
    Row{501, "", "", ErrorCode::kAzureRefused, false, ""},
    Row{505, "", "", ErrorCode::kAzureRefused, false, ""},
    Row{504, "", "", ErrorCode::kAzureUnavailable, true, ""},
};

bool matches(const Row& row, const AzureFailure& complaint) {
  return (row.status == 0 || row.status == complaint.status) &&
         (row.code.empty() || equal_ignoring_case(row.code, complaint.code)) &&
         (row.part.empty() || contains_ignoring_case(complaint.code, row.part) ||
          contains_ignoring_case(complaint.message, row.part));
}

std::string describe(const AzureFailure& complaint, std::string_view hint) {
  std::string text = "Azure answered";
  if (complaint.status != 0) text += " " + std::to_string(complaint.status);
  if (!complaint.code.empty()) text += " " + printable(complaint.code, 100);
  if (!complaint.message.empty()) text += ": " + printable(complaint.message, 500);
  if (!hint.empty()) text += " (" + std::string(hint) + ")";
  return text;
}

// Fills code and message from whichever error format the body has; leaves them alone when it has none.
void read_body(const HttpResponse& response, AzureFailure& complaint) {
  if (auto code = find_header(response.headers, "x-ms-error-code")) complaint.code = *code;
  if (auto error = xml::find_element(response.body, "Error")) {
    if (auto code = xml::find_element(*error, "Code")) complaint.code = xml::text(*code);
    if (auto message = xml::find_element(*error, "Message")) complaint.message = xml::text(*message);
    // Other details quote the string that was signed.
    const auto detail = xml::find_element(*error, "AuthenticationErrorDetail");
    if (detail && contains_ignoring_case(*detail, "date header")) complaint.message = xml::text(*detail);
    return;
  }
  auto body = json::parse(response.body, json::kLenient);
  if (!body.ok()) return;
  const json::Value* error = body->find("error");
  if (error == nullptr || !error->is_object()) error = &*body;
  if (auto code = error->string_at({"code"}); !code.empty()) complaint.code = code;
  if (auto message = error->string_at({"message"}); !message.empty()) complaint.message = message;
}

}  // namespace

Error classify_failure(const AzureFailure& complaint) {
  for (const Row& row : kTable) {
    if (!matches(row, complaint)) continue;
    Error error = make_error(row.result, describe(complaint, row.hint));
    error.retryable = row.retryable;
    error.azure_status = complaint.status;
    error.azure_code = complaint.code;
    return error;
  }
  // A refusal without a code was garbled on its way, or comes from something in between: it proves nothing.
  const bool proves_nothing = complaint.status >= 500 || complaint.code.empty();
  Error error = make_error(proves_nothing ? ErrorCode::kAzureUnavailable : ErrorCode::kAzureRefused,
                           describe(complaint, ""));
  error.retryable = proves_nothing;
  error.azure_status = complaint.status;
  error.azure_code = complaint.code;
  return error;
}

Error error_of(const HttpResponse& response, WallTime now) {
  AzureFailure complaint;
  complaint.status = response.status;
  read_body(response, complaint);
  Error error = classify_failure(complaint);
  if (auto id = find_header(response.headers, "x-ms-request-id"))
    error.azure_request_id = printable(*id, 200);
  error.retry_after = retry_after(response, now);
  // Azure names no delay for these; its documentation does.
  if (!error.retry_after && equal_ignoring_case(error.azure_code, "ContainerGroupTransitioning"))
    error.retry_after = kTransitionDelay;
  if (!error.retry_after && equal_ignoring_case(error.azure_code, "ShareBeingDeleted"))
    error.retry_after = kShareDeletionDelay;
  if (!error.retry_after && equal_ignoring_case(error.azure_code, "RegistryErrorResponse"))
    error.retry_after = kRegistryDelay;
  return error;
}

std::string error_code_of(const HttpResponse& response) {
  AzureFailure complaint;
  read_body(response, complaint);
  if (!complaint.code.empty()) return complaint.code;
  const auto body = json::parse(response.body, json::kLenient);
  return body.ok() ? std::string(body->string_at({"error"})) : "";
}

std::optional<Error> error_of(const ContainerEvent& event) {
  AzureFailure complaint;
  complaint.code = event.name;
  complaint.message = event.message;
  if (event.name == "FailedMountAzureFileVolume" || event.name == "FailedMount") {
    Error error = make_error(
        ErrorCode::kMountFailed,
        describe(complaint,
                 "the container cannot mount its file share; check the storage account's key, or the "
                 "role of the identity that mounts, which counts some minutes after it was given"));
    error.azure_code = event.name;
    return error;
  }
  if (contains_ignoring_case(event.name, "InsufficientCapacity")) return classify_failure(complaint);
  const bool pull = contains_ignoring_case(event.message, "pull");
  if (event.name == "BackOff" && pull) {
    Error error = make_error(ErrorCode::kImagePullFailed, describe(complaint, "the image cannot be pulled"));
    error.azure_code = event.name;
    error.retryable = contains_ignoring_case(event.message, "toomanyrequests");
    return error;
  }
  return std::nullopt;
}

Error malformed_response(const HttpResponse& response, std::string_view what) {
  Error error = make_error(ErrorCode::kAzureUnavailable, "Azure's answer to " + std::string(what) +
                                                             " (status " + std::to_string(response.status) +
                                                             ") could not be understood");
  error.azure_status = response.status;
  if (auto id = find_header(response.headers, "x-ms-request-id"))
    error.azure_request_id = printable(*id, 200);
  error.retryable = true;
  error.request_sent = true;
  return error;
}

}  // namespace dev8agent::internal::azure

// The table of reasons, and the look-up in it and in that of findings.
#include "dev8agent/failure_guide.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {
namespace {

constexpr FailureCase kConflictCases[] = {
    {"ContainerGroupTransitioning", "Wait a few seconds until Azure has finished its change, then repeat."},
    {"ShareBeingDeleted", "Wait about 30 s until the deleted share of this name is gone, then repeat."},
    {"LeaseIdMissing",
     "The files are kept. Let the owner of the lease release it, or break it (docs/operations.md, \"A file "
     "share "
     "that Azure will not delete\"), then repeat."},
    {"DeleteShareWhenSnapshotLeased",
     "The files are kept. Stop the protection of the share in Azure Backup and delete its backups, or break "
     "the "
     "lease of the snapshot (docs/operations.md, \"A file share that Azure will not delete\"), then repeat."},
    {"ShareHasSnapshots",
     "The file share is kept, as its snapshots may hold files. Delete the environment, which deletes them "
     "too, or "
     "delete the snapshots."},
    {"ShareSnapshotCountExceeded",
     "Delete some snapshots of the file share. A delete of the environment without a snapshot removes its "
     "files, too."},
    {"InvalidResourceLocation",
     "Choose another workspaceId, or delete the container of this name that exists in the other region."},
};
constexpr FailureCase kQuotaCases[] = {
    {"TotalSharesCountExceedsAccountLimit",
     "Delete unused environments, or configure another storage account for the region."},
};
constexpr FailureCase kImageCases[] = {
    {"InaccessibleImage",
     "Check that the image exists under the configured name, and REGISTRY_USERNAME and REGISTRY_PASSWORD. "
     "Where "
     "REGISTRY_IDENTITY pulls it, its role on the registry counts some minutes after it was given: then "
     "repeat "
     "the request."},
    {"RegistryErrorResponse",
     "Repeat later. If the registry limits pulls, use an authenticated account or a copy in a private "
     "registry."},
};
constexpr FailureCase kMountCases[] = {
    {"CannotAccessStorageAccount", "Allow access with the account's key on the storage account."},
};
constexpr FailureCase kCredentialsCases[] = {
    {"AuthenticationFailed",
     "Set the clock of this machine, and check AZURE_STORAGE_KEY of the region if it is set."},
};
constexpr FailureCase kRefusedCases[] = {
    {"AuthorizationFailed",
     "Give the agent's identity the role Contributor on the resource group, then wait a few minutes."},
    {"KeyBasedAuthenticationNotPermitted",
     "Set AZURE_STORAGE_AUTH=entra and AZURE_MOUNT_AUTH=identity (docs/operations.md, \"Without account "
     "keys\"), or allow keys on the storage account."},
    {"AuthorizationPermissionMismatch",
     "Give the agent's identity the actions of examples/deploy/role-keyless.json on the storage account, "
     "then "
     "wait a few minutes."},
    {"AuthorizationFailure", "Let this machine through the firewall of the storage account."},
    {"LinkedAuthorizationFailed",
     "Give the agent's identity the missing permission on the resource that the message names."},
    {"RequestDisallowedByPolicy",
     "Ask the owner of the Azure policy that the message names for an exemption, or use another region."},
    {"MissingSubscriptionRegistration",
     "Register the resource provider Microsoft.ContainerInstance in the subscription."},
};

constexpr std::array kReasons = {
    FailureAdvice{"INVALID_REQUEST", "The request breaks a rule; details list each bad field.",
                  "Correct the request as the message and the details say.", Repeat::kNo},
    FailureAdvice{
        "UNAUTHORIZED", "The caller has not proved who it is, or comes from a web page of another origin.",
        "Send Authorization: Bearer with a valid API key; let the operator allow the web page's origin.",
        Repeat::kNo},
    FailureAdvice{"NOT_FOUND", "Azure was asked, and there is no such thing, or the caller may not see it.",
                  "Check the id and the region; GET /api/v1/environments lists what is there.", Repeat::kNo},
    FailureAdvice{
        "CONFLICT",
        "The environment is in another shape or state than the request needs, or another operation "
        "has taken it over or changed it meanwhile.",
        "Look at the environment with GET, then stop, start or delete it as the message says, or send "
        "the request with the values that it has.",
        Repeat::kMaybe, kConflictCases},
    FailureAdvice{"RATE_LIMITED", "The agent refuses more requests or more waiting callers for now.",
                  "Wait as long as Retry-After says, then send requests at a lower rate.", Repeat::kYes},
    FailureAdvice{"QUOTA_EXCEEDED", "The quota of the Azure subscription in the region is used up.",
                  "Stop or delete environments in the region, use another region, or ask Azure for a higher "
                  "quota.",
                  Repeat::kNo, kQuotaCases},
    FailureAdvice{
        "CAPACITY_UNAVAILABLE", "Azure has no room for this size in the region at the moment.",
        "Repeat later, or with another region, with cloudRegion \"auto\", or with fewer cores and less "
        "memory.",
        Repeat::kYes},
    FailureAdvice{"IMAGE_PULL_FAILED", "Azure cannot fetch the container image.",
                  "Check the image's name and the registry's credentials; see the last events.",
                  Repeat::kMaybe, kImageCases},
    FailureAdvice{
        "AZURE_THROTTLED", "Azure has limited the rate of requests for longer than the operation may last.",
        "Repeat after Retry-After; if it happens often, spread the load over several subscriptions.",
        Repeat::kYes},
    FailureAdvice{"AZURE_UNAVAILABLE", "Azure could not be reached, or failed on its side.",
                  "Repeat later; check the network of the agent and https://status.azure.com if it lasts.",
                  Repeat::kYes},
    FailureAdvice{
        "TIMEOUT", "The time allowed has passed before the outcome was known.",
        "Follow the operation or look at the environment with GET; then repeat the request: it goes on "
        "where it stands.",
        Repeat::kYes},
    FailureAdvice{"NOT_SUPPORTED", "The request is well-formed, but this agent does not do what it asks for.",
                  "Use a value that the API describes; GET /openapi.json has them.", Repeat::kNo},
    FailureAdvice{"INTERNAL", "A defect of the agent, or an answer of Azure that it does not understand.",
                  "Repeat once; if it fails again, report it with the requestId and the agent's log.",
                  Repeat::kMaybe},
    FailureAdvice{
        "CANCELLED",
        "The caller, a delete of the same environment, or the end of the agent ended the operation.",
        "Repeat the request if it is still wanted: it goes on where it stands.", Repeat::kYes},
    FailureAdvice{
        "AZURE_CREDENTIALS", "The agent has no token of Azure, or Azure refuses its credentials.",
        "The operator checks AZURE_TENANT_ID, AZURE_CLIENT_ID and the secret, certificate or managed "
        "identity.",
        Repeat::kNo, kCredentialsCases},
    FailureAdvice{"AZURE_REFUSED",
                  "Azure refuses the request for good: permission, policy, or an invalid value.",
                  "The operator corrects what Azure's code and message name, then the request is repeated.",
                  Repeat::kNo, kRefusedCases},
    FailureAdvice{
        "CONTAINER_FAILED", "The container was created, but its program ends or does not start.",
        "See the exit code, the last events and the end of the log in the details, then correct the "
        "image or the values that it gets.",
        Repeat::kNo},
    FailureAdvice{
        "MOUNT_FAILED", "The container cannot mount its file share.",
        "The operator checks the storage account: its key, its firewall, and that the share exists. Where "
        "containers mount as an identity (AZURE_MOUNT_AUTH), its role on the account counts some minutes "
        "after it was given: then repeat the request.",
        Repeat::kNo, kMountCases},
    FailureAdvice{"DNS_LABEL_TAKEN", "Another container group of the region has the DNS label of this id.",
                  "Choose another workspaceId or another region.", Repeat::kNo},
    FailureAdvice{"FORBIDDEN", "The caller's key is valid, but not good for this request.",
                  "Use a key of the scope or user that the message names.", Repeat::kNo},
    FailureAdvice{
        "WORKSPACE_NOT_READY",
        "The container runs, but its IDE does not answer at its public address (WORKSPACE_READY=http).",
        "See the end of the log in the details. If the log shows nothing, check that the agent can reach the "
        "address and that the image listens on port 8080 of all addresses. With WORKSPACE_TLS=acme, the log "
        "of "
        "the container tls says why there is no certificate. A repeat waits again.",
        Repeat::kYes},
};

}  // namespace

std::span<const FailureAdvice> failure_reasons() {
  return kReasons;
}

const FailureAdvice& advice_for(std::string_view code) {
  for (const auto& table : {failure_reasons(), agent_findings()}) {
    const auto found = std::find_if(table.begin(), table.end(),
                                    [&](const FailureAdvice& advice) { return advice.code == code; });
    if (found != table.end()) return *found;
  }
  return advice_for(to_string(ErrorCode::kInternal));
}

std::string_view remedy_of(const Error& error) {
  if (!error.unresolved_host.empty()) return advice_for(finding_of(error)).remedy;
  const FailureAdvice& advice = advice_for(to_string(error.code));
  for (const FailureCase& one : advice.cases) {
    if (one.azure_code == error.azure_code) return one.remedy;
  }
  return advice.remedy;
}

std::string_view finding_of(const Error& error) {
  struct Row {
    std::string_view azure_code, finding;
  };
  constexpr std::array kRows = {
      Row{"MissingSubscriptionRegistration", "DEV8-AZURE-PROVIDER"},
      Row{"SubscriptionNotFound", "DEV8-AZURE-NOT-FOUND"},
      Row{"ResourceGroupNotFound", "DEV8-AZURE-NOT-FOUND"},
      Row{"ResourceNotFound", "DEV8-AZURE-NOT-FOUND"},
      Row{"KeyBasedAuthenticationNotPermitted", "DEV8-STORAGE-KEYS-FORBIDDEN"},
      Row{"TotalSharesCountExceedsAccountLimit", "DEV8-STORAGE-FULL"},
      Row{"ScopeLocked", "DEV8-AZURE-BLOCKED"},
      Row{"ReadOnlyDisabledSubscription", "DEV8-AZURE-BLOCKED"},
      Row{"RequestDisallowedByPolicy", "DEV8-AZURE-BLOCKED"},
  };
  for (const Row& row : kRows) {
    if (internal::equal_ignoring_case(row.azure_code, error.azure_code)) return row.finding;
  }
  if (!error.unresolved_host.empty()) return "DEV8-DNS";
  const bool answered = error.azure_status != 0 || !error.azure_code.empty();
  switch (error.code) {
    case ErrorCode::kAzureCredentials:
      return "DEV8-AZURE-CREDENTIALS";
    case ErrorCode::kAzureRefused:  // without an answer: the certificate is refused here
      return answered ? "DEV8-AZURE-PERMISSION" : "DEV8-AZURE-CERTIFICATE";
    case ErrorCode::kAzureThrottled:
      return "DEV8-AZURE-THROTTLED";
    default:
      return "DEV8-AZURE-UNREACHABLE";
  }
}

std::string help_link(std::string_view code) {
  std::string link = "docs/failures.md#";
  for (const char c : code) link += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return link;
}

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent

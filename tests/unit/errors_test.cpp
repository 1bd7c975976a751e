// Azure's failures, classified: status, code and message to this library's reasons.
#include "azure/errors.h"

#include <doctest/doctest.h>

using namespace dev8agent;
using namespace dev8agent::internal;
using azure::AzureFailure;
using azure::classify_failure;

namespace {

const std::string kNoRoom =
    "The requested resource is not available in the location 'westus' at this moment. Please retry with a "
    "different "
    "resource request or in another location. Resource requested: '4' CPU '16' GB memory 'Linux' OS";

struct Row {
  int status;
  std::string code;
  std::string message;
  ErrorCode expected;
  bool retryable;
};

void check(const Row& row) {
  CAPTURE(row.status);
  CAPTURE(row.code);
  CAPTURE(row.message);
  const Error error = classify_failure({row.status, row.code, row.message});
  CHECK(error.code == row.expected);
  CHECK(error.retryable == row.retryable);
  CHECK(error.azure_status == row.status);
  CHECK(error.azure_code == row.code);
  CHECK_FALSE(error.message.empty());
}

}  // namespace

TEST_CASE("errors: capacity, quota and images") {
  const Row rows[] = {
      {409, "ServiceUnavailable", kNoRoom, ErrorCode::kCapacityUnavailable, true},
      {409, "serviceunavailable", "", ErrorCode::kCapacityUnavailable, true},
      {409, "ServiceUnavailable", "quota exceeded. Limit: '0'", ErrorCode::kQuotaExceeded, false},
      {0, "Failed", kNoRoom, ErrorCode::kCapacityUnavailable, true},
      {0, "InsufficientCapacity.", "", ErrorCode::kCapacityUnavailable, true},
      {400, "ContainerGroupQuotaReached",
       "Resource type 'Microsoft.ContainerInstance/containerGroups' container group quota 'StandardCores' "
       "exceeded in "
       "region 'eastus'. Limit: '10', Usage: '8' Requested: '4'.",
       ErrorCode::kQuotaExceeded, false},
      {409, "TotalSharesCountExceedsAccountLimit", "", ErrorCode::kQuotaExceeded, false},
      {409, "RegistryErrorResponse", "An error response is received from the docker registry",
       ErrorCode::kImagePullFailed, true},
      {400, "InaccessibleImage", "The image 'x' in container group 'y' is not accessible",
       ErrorCode::kImagePullFailed, false},
      {400, "InvalidImageRegistryCredentialType", "", ErrorCode::kImagePullFailed, false},
      {400, "InvalidImageRegistryIdentity", "", ErrorCode::kImagePullFailed, false},
  };
  for (const Row& row : rows) check(row);
}

TEST_CASE("errors: DNS labels, mounts, transitions and conflicts") {
  const Row rows[] = {
      {409, "DnsNameLabelAlreadyTaken", "", ErrorCode::kDnsLabelTaken, false},
      {400, "DnsNameLabelAlreadyTaken", "", ErrorCode::kDnsLabelTaken, false},
      {500, "InternalServerError", "The DNS name label 'l' in container group 'g' is not available.",
       ErrorCode::kDnsLabelTaken, false},
      {400, "InvalidDnsNameLabel", "", ErrorCode::kAzureRefused, false},
      {400, "SomeCodeNotSeen",
       "The DNS name label 'L' in container group 'g' is invalid. It can contain only lowercase letters, "
       "numbers and "
       "hyphens. The length must be between 5 and 63.",
       ErrorCode::kAzureRefused, false},
      {403, "CannotAccessStorageAccount", "", ErrorCode::kMountFailed, false},
      {409, "ContainerGroupTransitioning", "is still transitioning, please retry later", ErrorCode::kConflict,
       true},
      {409, "ShareBeingDeleted", "", ErrorCode::kConflict, true},
      {409, "DeletePending", "", ErrorCode::kConflict, true},
      {412, "LeaseIdMissing", "", ErrorCode::kConflict, false},
      {409, "DeleteShareWhenSnapshotLeased", "", ErrorCode::kConflict, false},
      {409, "ShareHasSnapshots", "", ErrorCode::kConflict, false},
      {409, "ServiceAssociationLinkNotReady", "", ErrorCode::kConflict, true},
      {409, "ResourceAlreadyExists", "", ErrorCode::kConflict, false},
      {409, "InvalidResourceLocation", "", ErrorCode::kConflict, false},
      {400, "InvalidContainerGroupUpdate", "delete it first", ErrorCode::kAzureRefused, false},
      {409, "ScopeLocked", "", ErrorCode::kAzureRefused, false},
  };
  for (const Row& row : rows) check(row);
}

TEST_CASE("errors: throttling, credentials, permissions, Azure's own failures") {
  const Row rows[] = {
      {429, "TooManyRequests", "", ErrorCode::kAzureThrottled, true},
      {429, "OperationNotAllowed", "", ErrorCode::kAzureThrottled, true},
      {429, "SubscriptionRequestsThrottled", "", ErrorCode::kAzureThrottled, true},
      {429, "", "", ErrorCode::kAzureThrottled, true},
      {503, "ServerBusy", "", ErrorCode::kAzureThrottled, true},
      {401, "InvalidAuthenticationToken", "", ErrorCode::kAzureCredentials, false},
      {401, "ExpiredAuthenticationToken", "", ErrorCode::kAzureCredentials, false},
      {401, "", "", ErrorCode::kAzureCredentials, false},
      {403, "AuthenticationFailed", "", ErrorCode::kAzureCredentials, false},
      {403, "AuthorizationFailed", "", ErrorCode::kAzureRefused, false},
      {403, "AuthorizationFailure", "", ErrorCode::kAzureRefused, false},
      {403, "KeyBasedAuthenticationNotPermitted", "", ErrorCode::kAzureRefused, false},
      {403, "RequestDisallowedByPolicy", "", ErrorCode::kAzureRefused, false},
      {403, "ReadOnlyDisabledSubscription", "", ErrorCode::kAzureRefused, false},
      {409, "MissingSubscriptionRegistration", "", ErrorCode::kAzureRefused, false},
      {400, "NoRegisteredProviderFound", "", ErrorCode::kAzureRefused, false},
      {400, "InvalidRequestContent", "", ErrorCode::kAzureRefused, false},
      {408, "", "", ErrorCode::kAzureUnavailable, true},
      {500, "InternalServerError", "", ErrorCode::kAzureUnavailable, true},
      {500, "OperationTimedOut", "", ErrorCode::kAzureUnavailable, true},
      {502, "", "", ErrorCode::kAzureUnavailable, true},
      {503, "ServiceUnavailable", "", ErrorCode::kAzureUnavailable, true},
      {504, "GatewayTimeout", "", ErrorCode::kAzureUnavailable, true},
      {0, "Failed", "did not reach a successful provisioning state after '00:30:00'", ErrorCode::kTimeout,
       false},
      {0, "Canceled", "", ErrorCode::kAzureRefused, false},
      {418, "Teapot", "", ErrorCode::kAzureRefused, false},
      // No code: garbled on its way, or not Azure's answer at all.
      {302, "", "", ErrorCode::kAzureUnavailable, true},
      {403, "", "", ErrorCode::kAzureUnavailable, true},
      {404, "", "", ErrorCode::kAzureUnavailable, true},
      {409, "", "", ErrorCode::kAzureUnavailable, true},
      // Not implemented, version not supported: the same again for ever.
      {501, "NotImplemented", "", ErrorCode::kAzureRefused, false},
      {505, "", "", ErrorCode::kAzureRefused, false},
  };
  for (const Row& row : rows) check(row);
}

TEST_CASE("errors: only the owner's own word is absence") {
  for (const char* code : {"ResourceNotFound", "resourcenotfound", "ShareNotFound"}) {
    CHECK(classify_failure({404, code, ""}).code == ErrorCode::kNotFound);
  }
  for (const char* code :
       {"NotFound", "ResourceGroupNotFound", "SubscriptionNotFound", "InvalidResourceType", "ParentNotFound",
        "ParentResourceNotFound", "AccountNotFound", "OperationNotFound"}) {
    CAPTURE(std::string(code));
    const Error error =
        classify_failure({404, code, "The Resource was not found. ResourceNotFound ShareNotFound"});
    CHECK(error.code == ErrorCode::kAzureRefused);
  }
  for (int status : {0, 200, 400, 401, 403, 409, 410, 429, 500, 502, 503, 504}) {
    CAPTURE(status);
    CHECK(classify_failure({status, "ResourceNotFound", "not found"}).code != ErrorCode::kNotFound);
    CHECK(classify_failure({status, "ShareNotFound", "not found"}).code != ErrorCode::kNotFound);
  }
}

TEST_CASE("errors: the message quotes Azure, bounded and printable, with a hint") {
  const Error error =
      classify_failure({409, "ServiceUnavailable", "line one\r\nline two\x1b[31m" + std::string(5000, 'x')});
  CHECK(error.message.find("409 ServiceUnavailable") != std::string::npos);
  CHECK(error.message.find("another region or size") != std::string::npos);
  CHECK(error.message.size() < 1000);
  for (char c : error.message) CHECK(static_cast<unsigned char>(c) >= 0x20);
}

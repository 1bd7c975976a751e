// What Azure Resource Manager refuses before any provider sees the request.
#include <algorithm>
#include <array>

#include "arm/actions.h"
#include "arm/resource_manager.h"
#include "core/strings.h"

namespace dev8agent::emulator {
namespace {

constexpr std::size_t kLongestBody = 4 * 1024 * 1024;

// The stable ones, newest first, as bicep-types-az lists them, and the preview that the Azure CLI 2.45 asks
// for.
constexpr std::array kContainerInstanceVersions = {
    "2026-07-01", "2025-09-01", "2023-05-01", "2022-10-01-preview", "2022-09-01",
    "2021-10-01", "2021-09-01", "2021-07-01", "2021-03-01",         "2020-11-01",
    "2019-12-01", "2018-10-01", "2018-09-01", "2018-06-01",         "2018-04-01"};
// Versions of Microsoft.Storage that clients in the field use.
constexpr std::array kStorageVersions = {"2026-06-01", "2026-04-01", "2025-08-01", "2025-06-01", "2025-01-01",
                                         "2024-01-01", "2023-05-01", "2023-04-01", "2023-01-01", "2022-09-01",
                                         "2022-05-01", "2021-09-01", "2021-08-01", "2021-06-01", "2021-04-01",
                                         "2021-02-01", "2021-01-01", "2019-06-01"};
// Versions of Microsoft.Resources that know tags as a resource.
constexpr std::array kResourcesVersions = {"2025-04-01", "2024-03-01", "2023-07-01", "2022-09-01",
                                           "2021-04-01", "2020-10-01", "2020-06-01", "2019-10-01"};
// Versions of the list of subscriptions.
constexpr std::array kSubscriptionsVersions = {"2022-12-01", "2021-01-01", "2020-01-01", "2019-11-01",
                                               "2019-06-01", "2018-06-01", "2016-06-01"};

ArmReply unauthorized(const std::string& tenant, const std::string& code, const std::string& message) {
  ArmReply reply = arm_error({401, code, message}, "gateway");
  const bool bare = code == "AuthenticationFailed";
  reply.authenticate = "Bearer authorization_uri=\"https://login.microsoftonline.com/" + tenant +
                       "\", error=\"" + (bare ? "invalid_request" : "invalid_token") +
                       "\", error_description=\"" + message + "\"";
  return reply;
}

template <std::size_t N>
bool known(const std::array<const char*, N>& versions, std::string_view version) {
  return std::find(versions.begin(), versions.end(), version) != versions.end();
}

template <class Texts>
std::string join(const Texts& texts) {
  std::string out;
  for (const auto& text : texts) out += (out.empty() ? "" : ", ") + std::string(text);
  return out;
}

}  // namespace

std::optional<ArmReply> ResourceManager::refuse(const ArmPath& path, const Exchange& exchange) const {
  if (auto reply = check_token(exchange)) return reply;
  const std::string_view version = exchange.url.parameter("api-version").value_or("");
  if (version.empty()) {
    return arm_error({400, "MissingApiVersionParameter",
                      "The api-version query parameter (?api-version=) is required for all requests."},
                     "gateway");
  }
  if (exchange.http.body.size() > kLongestBody) {
    return arm_error({413, "RequestEntityTooLarge", "The request body is larger than 4 MB."}, "gateway");
  }
  if (auto refusal = check_scope(path)) return arm_error(*refusal, "gateway");
  if (auto refusal = check_permission(path, exchange)) return arm_error(*refusal, "gateway");
  if (auto refusal = check_version(path, version)) return arm_error(*refusal, "gateway");
  if (auto refusal = check_registration(path)) return arm_error(*refusal, "gateway");
  return std::nullopt;
}

Refusal ResourceManager::check_permission(const ArmPath& path, const Exchange& exchange) const {
  const auto& denied = options_.denied_actions;
  const std::string action(action_of(arm_route(exchange.http.method, path).operation));
  const bool allowed =
      action.empty() || std::none_of(denied.begin(), denied.end(),
                                     [&](const std::string& one) { return same_name(one, action); });
  if (allowed) return std::nullopt;
  return ArmError{403, "AuthorizationFailed",
                  "The client '" + options_.client_id + "' with object id '" + options_.client_id +
                      "' does not have authorization to perform action '" + action + "' over scope '" +
                      exchange.url.path +
                      "' or the scope is invalid. If access was recently granted, please "
                      "refresh your credentials."};
}

Refusal ResourceManager::check_registration(const ArmPath& path) const {
  if (path.target == ArmTarget::kProvider || path.provider.empty() || registered(path.provider))
    return std::nullopt;
  return ArmError{409, "MissingSubscriptionRegistration",
                  "The subscription is not registered to use namespace '" + path.provider +
                      "'. See https://aka.ms/rps-not-found for how to register subscriptions."};
}

std::optional<ArmReply> ResourceManager::check_token(const Exchange& exchange) const {
  const std::string_view header = exchange.header("Authorization");
  const std::string& tenant = options_.tenant_id;
  if (header.empty()) {
    return unauthorized(tenant, "AuthenticationFailed",
                        "Authentication failed. The 'Authorization' header is missing.");
  }
  constexpr std::string_view kScheme = "Bearer ";
  if (!same_name(header.substr(0, kScheme.size()), kScheme)) {
    return unauthorized(
        tenant, "AuthenticationFailedInvalidHeader",
        "Authentication failed. The 'Authorization' header is provided in an invalid format.");
  }
  switch (tokens_.check(header.substr(kScheme.size()), TokenStore::Audience::kResourceManager,
                        exchange.moment.now)) {
    case TokenStore::Verdict::kValid:
      return std::nullopt;
    case TokenStore::Verdict::kExpired:
      return unauthorized(tenant, "ExpiredAuthenticationToken",
                          "The access token expiry UTC time is earlier than current UTC time.");
    case TokenStore::Verdict::kOtherAudience:
      return unauthorized(tenant, "InvalidAuthenticationTokenAudience",
                          "The access token has been obtained for the wrong audience or resource.");
    case TokenStore::Verdict::kUnknown:
      break;
  }
  return unauthorized(tenant, "InvalidAuthenticationToken", "The access token is invalid.");
}

Refusal ResourceManager::check_scope(const ArmPath& path) const {
  if (path.target == ArmTarget::kSubscriptions) return std::nullopt;
  if (path.subscription.empty()) {
    return ArmError{404, "InvalidResourceType", "The resource path is not known."};
  }
  if (!same_name(path.subscription, options_.subscription_id)) {
    return ArmError{404, "SubscriptionNotFound",
                    "The subscription '" + path.subscription + "' could not be found."};
  }
  const auto& names = options_.resource_groups;
  const bool there =
      path.resource_group.empty() || std::any_of(names.begin(), names.end(), [&](const std::string& name) {
        return same_name(name, path.resource_group);
      });
  if (!there) {
    return ArmError{404, "ResourceGroupNotFound",
                    "Resource group '" + path.resource_group + "' could not be found."};
  }
  const bool container_instance = same_name(path.provider, "Microsoft.ContainerInstance");
  const bool known_provider = container_instance || same_name(path.provider, "Microsoft.Storage") ||
                              path.target == ArmTarget::kGroupTags;
  if (!path.provider.empty() && !known_provider) {
    return ArmError{404, "InvalidResourceNamespace",
                    "The resource namespace '" + path.provider + "' is invalid."};
  }
  if (path.target == ArmTarget::kUnknown) {
    return ArmError{404, "InvalidResourceType",
                    "The resource type could not be found in the namespace '" + path.provider + "'."};
  }
  return std::nullopt;
}

Refusal ResourceManager::check_version(const ArmPath& path, std::string_view version) const {
  if (path.target == ArmTarget::kSubscriptions && !known(kSubscriptionsVersions, version)) {
    return ArmError{400, "InvalidApiVersionParameter",
                    "The api-version '" + std::string(version) +
                        "' is invalid. The supported versions are '" + join(kSubscriptionsVersions) + "'."};
  }
  const bool container_instance = same_name(path.provider, "Microsoft.ContainerInstance");
  const bool storage = same_name(path.provider, "Microsoft.Storage");
  const bool resources = path.target == ArmTarget::kGroupTags || path.target == ArmTarget::kProvider;
  const bool version_known = resources            ? known(kResourcesVersions, version)
                             : container_instance ? known(kContainerInstanceVersions, version)
                             : storage            ? known(kStorageVersions, version)
                                                  : true;
  const bool location_known = path.location.empty() || !groups_.location_named(path.location).empty();
  if (version_known && location_known) return std::nullopt;
  const std::string versions = resources ? join(kResourcesVersions)
                               : storage ? join(kStorageVersions)
                                         : join(kContainerInstanceVersions);
  return ArmError{400, "NoRegisteredProviderFound",
                  "No registered resource provider found for location '" +
                      (path.location.empty() ? options_.locations.front() : path.location) +
                      "' and API version '" + std::string(version) + "' for type '" + path.type +
                      "'. The supported api-versions are '" + versions + "'. The supported locations are '" +
                      join(options_.locations) + "'."};
}

}  // namespace dev8agent::emulator

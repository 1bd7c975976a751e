// The one list of variables and the options that they set, for reading, describing and checking alike.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/options.h"

namespace dev8agent::internal {

// Calls `visit(name, member)` for every variable that sets one member; members are std::string, Secret, bool,
// int, double or std::chrono::seconds. AZURE_REGIONS, the keys by region and AGENT_ACTIVITY_SECRET set more
// than that.
template <class Options, class Visitor>
void for_each_variable(Options& options, Visitor&& visit) {
  visit("AZURE_SUBSCRIPTION_ID", options.subscription_id);
  visit("AZURE_RESOURCE_GROUP", options.resource_group);
  visit("AZURE_STORAGE_ACCOUNT", options.storage_account);
  visit("AZURE_STORAGE_KEY", options.storage_key);
  visit("AZURE_DEFAULT_REGION", options.default_region);
  visit("CONTAINER_IMAGE", options.image);
  visit("CONTAINER_RESTART_POLICY", options.restart_policy);
  visit("CONTAINER_EXPOSE_SUPERVISOR", options.expose_supervisor);
  visit("REGISTRY_SERVER", options.registry.server);
  visit("REGISTRY_USERNAME", options.registry.username);
  visit("REGISTRY_PASSWORD", options.registry.password);
  visit("AGENT_BASE_URL", options.agent_base_url);
  visit("AZURE_RESOURCE_MANAGER_ENDPOINT", options.endpoints.resource_manager);
  visit("AZURE_FILE_ENDPOINT", options.endpoints.file);
  visit("AZURE_CA_FILE", options.endpoints.ca_file);
  visit("AZURE_ACI_API_VERSION", options.aci_api_version);
  visit("AZURE_AUTHORITY_HOST", options.identity.authority_host);
  visit("AZURE_IMDS_ENDPOINT", options.identity.imds_endpoint);
  visit("AZURE_TENANT_ID", options.identity.tenant_id);
  visit("AZURE_CLIENT_ID", options.identity.client_id);
  visit("AZURE_CLIENT_SECRET", options.identity.client_secret);
  visit("AZURE_CLIENT_CERTIFICATE_PATH", options.identity.client_certificate_path);
  visit("AZURE_CLIENT_CERTIFICATE_PASSWORD", options.identity.client_certificate_password);
  visit("AZURE_FEDERATED_TOKEN_FILE", options.identity.federated_token_file);
  visit("AZURE_TOKEN_CREDENTIALS", options.identity.selection);
  visit("IDENTITY_ENDPOINT", options.identity.identity_endpoint);
  visit("IDENTITY_HEADER", options.identity.identity_header);
  visit("AZURE_OPERATION_TIMEOUT_SECONDS", options.operation_timeout);
  visit("AZURE_ROLLBACK_TIMEOUT_SECONDS", options.rollback_timeout);
  visit("AZURE_POLLING_READS_PER_SECOND", options.polling.reads_per_second);
  visit("AZURE_POLLING_BURST", options.polling.burst);
}

// Everything that is wrong so far, by variable.
using FieldErrors = std::vector<FieldError>;

}  // namespace dev8agent::internal

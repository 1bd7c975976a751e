// The one list of variables and the options that they set. Reading, describing and checking use it, so a new
// variable is one line here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/options.h"

namespace dev8agent::internal {

// Calls `visit(name, member)` for every variable that sets one member. Members are std::string, Secret, bool,
// int, double, std::chrono::seconds, an enumeration of base/words.h or a list of std::string or
// VaultVariable, so `visit` is overloaded or a template. `Options` is AgentOptions, const or not. Variables
// that do more than that are not listed: AZURE_REGIONS, AZURE_STORAGE_KEY_<NAME>, AGENT_ACTIVITY_SECRET,
// AZURE_CONTAINER_REGISTRY and CONTAINER_IMAGE_NAME; read_variables.cpp reads them.
//
//   for_each_variable(*settings, [](const char* name, const auto& member) { print(name, member); });
//
// A name is also the field of the FieldError that reports a broken rule of the member. Defaults and ranges
// are those of dev8agent/options.h; docs/configuration.md has a row for each name. Of the names, the AZURE_
// and IDENTITY_ ones of the credentials are those of the Azure SDKs.
template <class Options, class Visitor>
void for_each_variable(Options& options, Visitor&& visit) {
  visit("AZURE_SUBSCRIPTION_ID", options.subscription_id);  // a GUID; required
  visit("AZURE_RESOURCE_GROUP", options.resource_group);
  visit("AZURE_STORAGE_ACCOUNT", options.storage_account);
  visit("AZURE_STORAGE_KEY", options.storage_key);        // base64; without it the key is fetched
  visit("AZURE_DEFAULT_REGION", options.default_region);  // of creates that name no region
  visit("CONTAINER_IMAGE", options.image);
  visit("WORKSPACE_IMAGES", options.images);  // with commas
  visit("CONTAINER_RESTART_POLICY", options.restart_policy);
  visit("WORKSPACE_LAYOUT", options.workspace_layout);
  visit("WORKSPACE_READY", options.workspace_ready);
  visit("WORKSPACE_TLS", options.workspace_tls.mode);
  visit("WORKSPACE_TLS_IMAGE", options.workspace_tls.image);
  visit("WORKSPACE_TLS_EMAIL", options.workspace_tls.email);
  visit("WORKSPACE_TLS_DIRECTORY", options.workspace_tls.directory);
  visit("WORKSPACE_TLS_CERTIFICATE", options.workspace_tls.certificate_file);
  visit("WORKSPACE_TLS_KEY", options.workspace_tls.key_file);
  visit("WORKSPACE_TLS_CERTIFICATE_URI", options.workspace_tls.certificate_uri);  // in the place of the files
  visit("WORKSPACE_TLS_KEY_URI", options.workspace_tls.key_uri);
  visit("WORKSPACE_HOST", options.workspace_tls.host_template);
  visit("WORKSPACE_SECRET_URIS", options.vault.variables);  // NAME=URI, with commas or line breaks
  visit("WORKSPACE_SECRET_IDENTITY", options.vault.identity);
  visit("AZURE_DNS_LABEL_SCOPE", options.dns_label_scope);
  visit("AZURE_SUBNET_ID", options.subnet_id);
  visit("CONTAINER_EXPOSE_SUPERVISOR", options.expose_supervisor);  // opens its port to the network
  visit("REGISTRY_SERVER", options.registry.server);
  visit("REGISTRY_USERNAME", options.registry.username);
  visit("REGISTRY_PASSWORD", options.registry.password);
  visit("REGISTRY_IDENTITY", options.registry.identity);  // in the place of the two above
  visit("AZURE_STORAGE_AUTH", options.storage_access.auth);
  visit("AZURE_MOUNT_AUTH", options.storage_access.mount);
  visit("AZURE_MOUNT_IDENTITY", options.storage_access.mount_identity);
  visit("AZURE_MOUNT_IDENTITY_CLIENT_ID", options.storage_access.mount_identity_client_id);
  visit("AZURE_STORAGE_SECRET_URI", options.storage_access.secret_uri);
  visit("AGENT_BASE_URL", options.agent_base_url);  // where a workspace reports its activity
  visit("AZURE_RESOURCE_MANAGER_ENDPOINT", options.endpoints.resource_manager);
  visit("AZURE_FILE_ENDPOINT", options.endpoints.file);  // with "{account}"
  visit("AZURE_CA_FILE", options.endpoints.ca_file);     // PEM; trusted besides the system's
  visit("AZURE_ACI_API_VERSION", options.aci_api_version);
  visit("AZURE_AUTHORITY_HOST", options.identity.authority_host);
  visit("AZURE_IMDS_ENDPOINT", options.identity.imds_endpoint);
  visit("AZURE_TENANT_ID", options.identity.tenant_id);
  visit("AZURE_CLIENT_ID", options.identity.client_id);
  visit("AZURE_CLIENT_SECRET", options.identity.client_secret);
  visit("AZURE_CLIENT_CERTIFICATE_PATH", options.identity.client_certificate_path);
  visit("AZURE_CLIENT_CERTIFICATE_PASSWORD", options.identity.client_certificate_password);
  visit("AZURE_FEDERATED_TOKEN_FILE", options.identity.federated_token_file);
  visit("AZURE_TOKEN_CREDENTIALS", options.identity.selection);  // which members of the default chain
  visit("IDENTITY_ENDPOINT", options.identity.identity_endpoint);
  visit("IDENTITY_HEADER", options.identity.identity_header);
  visit("AZURE_OPERATION_TIMEOUT_SECONDS", options.operation_timeout);
  visit("AZURE_ROLLBACK_TIMEOUT_SECONDS", options.rollback_timeout);
  visit("AZURE_POLLING_READS_PER_SECOND", options.polling.reads_per_second);
  visit("AZURE_POLLING_BURST", options.polling.burst);
  visit("IDLE_STOP_AFTER", options.idle_stop_after);  // "45m"
  visit("IDLE_STOP_LONGEST", options.idle_stop_longest);
  visit("AGENT_MAX_CPU_CORES", options.size_limits.cpu_cores);  // of one environment
  visit("AGENT_MAX_MEMORY_GB", options.size_limits.memory_gb);
  visit("AGENT_MAX_STORAGE_GB", options.size_limits.storage_gb);
}

// Every broken rule that was found so far. The functions of config/ append to it and go on, so that one start
// shows all mistakes.
using FieldErrors = std::vector<FieldError>;

}  // namespace dev8agent::internal

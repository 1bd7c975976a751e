// The one list of variables and the options that they set. Reading, describing and checking use it, so a new
// variable is one line here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/options.h"

namespace dev8agent::internal {

// Calls `visit(name, path, member)` for every variable that sets one member; `path` is how a program writes
// the member, such as "options.registry.server". Members are std::string, Secret, bool, int, double,
// std::chrono::seconds, an enumeration of base/words.h or a list of std::string or VaultVariable, so `visit`
// is overloaded or a template. `Options` is AgentOptions, const or not. Variables that do more than that are
// not listed: AZURE_REGIONS, AZURE_STORAGE_KEY_<NAME>, AGENT_ACTIVITY_SECRET, AZURE_CONTAINER_REGISTRY and
// CONTAINER_IMAGE_NAME; read_variables.cpp reads them.
//
// The rules of config/ name an option by its variable, as field and in the text; name_members() puts the
// paths there for programs that have used no variables. Defaults and ranges are those of dev8agent/options.h;
// docs/configuration.md has a row for each name. Of the names, the AZURE_ and IDENTITY_ ones of the
// credentials are those of the Azure SDKs.
template <class Options, class Visitor>
void for_each_option(Options& options, Visitor&& visit) {
#define DEV8_OPTION(name, member) visit(name, "options." #member, options.member)
  DEV8_OPTION("AZURE_SUBSCRIPTION_ID", subscription_id);  // a GUID; required
  DEV8_OPTION("AZURE_RESOURCE_GROUP", resource_group);
  DEV8_OPTION("AZURE_STORAGE_ACCOUNT", storage_account);
  DEV8_OPTION("AZURE_STORAGE_KEY", storage_key);        // base64; without it the key is fetched
  DEV8_OPTION("AZURE_DEFAULT_REGION", default_region);  // of creates that name no region
  DEV8_OPTION("CONTAINER_IMAGE", image);
  DEV8_OPTION("WORKSPACE_IMAGES", images);  // with commas
  DEV8_OPTION("CONTAINER_RESTART_POLICY", restart_policy);
  DEV8_OPTION("WORKSPACE_LAYOUT", workspace_layout);
  DEV8_OPTION("WORKSPACE_READY", workspace_ready);
  DEV8_OPTION("WORKSPACE_TLS", workspace_tls.mode);
  DEV8_OPTION("WORKSPACE_TLS_IMAGE", workspace_tls.image);
  DEV8_OPTION("WORKSPACE_TLS_EMAIL", workspace_tls.email);
  DEV8_OPTION("WORKSPACE_TLS_DIRECTORY", workspace_tls.directory);
  DEV8_OPTION("WORKSPACE_TLS_CERTIFICATE", workspace_tls.certificate_file);
  DEV8_OPTION("WORKSPACE_TLS_KEY", workspace_tls.key_file);
  DEV8_OPTION("WORKSPACE_TLS_CERTIFICATE_URI", workspace_tls.certificate_uri);  // in the place of the files
  DEV8_OPTION("WORKSPACE_TLS_KEY_URI", workspace_tls.key_uri);
  DEV8_OPTION("WORKSPACE_HOST", workspace_tls.host_template);
  DEV8_OPTION("WORKSPACE_SECRET_URIS", vault.variables);  // NAME=URI, with commas or line breaks
  DEV8_OPTION("WORKSPACE_SECRET_IDENTITY", vault.identity);
  DEV8_OPTION("AZURE_DNS_LABEL_SCOPE", dns_label_scope);
  DEV8_OPTION("AZURE_SUBNET_ID", subnet_id);
  DEV8_OPTION("CONTAINER_EXPOSE_SUPERVISOR", expose_supervisor);  // opens its port to the network
  DEV8_OPTION("REGISTRY_SERVER", registry.server);
  DEV8_OPTION("REGISTRY_USERNAME", registry.username);
  DEV8_OPTION("REGISTRY_PASSWORD", registry.password);
  DEV8_OPTION("REGISTRY_IDENTITY", registry.identity);  // in the place of the two above
  DEV8_OPTION("AZURE_STORAGE_AUTH", storage_access.auth);
  DEV8_OPTION("AZURE_MOUNT_AUTH", storage_access.mount);
  DEV8_OPTION("AZURE_MOUNT_IDENTITY", storage_access.mount_identity);
  DEV8_OPTION("AZURE_MOUNT_IDENTITY_CLIENT_ID", storage_access.mount_identity_client_id);
  DEV8_OPTION("AZURE_STORAGE_SECRET_URI", storage_access.secret_uri);
  DEV8_OPTION("AGENT_BASE_URL", agent_base_url);  // where a workspace reports its activity
  DEV8_OPTION("AZURE_RESOURCE_MANAGER_ENDPOINT", endpoints.resource_manager);
  DEV8_OPTION("AZURE_FILE_ENDPOINT", endpoints.file);  // with "{account}"
  DEV8_OPTION("AZURE_CA_FILE", endpoints.ca_file);     // PEM; trusted besides the system's
  DEV8_OPTION("AZURE_ACI_API_VERSION", aci_api_version);
  DEV8_OPTION("AZURE_AUTHORITY_HOST", identity.authority_host);
  DEV8_OPTION("AZURE_IMDS_ENDPOINT", identity.imds_endpoint);
  DEV8_OPTION("AZURE_TENANT_ID", identity.tenant_id);
  DEV8_OPTION("AZURE_CLIENT_ID", identity.client_id);
  DEV8_OPTION("AZURE_CLIENT_SECRET", identity.client_secret);
  DEV8_OPTION("AZURE_CLIENT_CERTIFICATE_PATH", identity.client_certificate_path);
  DEV8_OPTION("AZURE_CLIENT_CERTIFICATE_PASSWORD", identity.client_certificate_password);
  DEV8_OPTION("AZURE_FEDERATED_TOKEN_FILE", identity.federated_token_file);
  DEV8_OPTION("AZURE_TOKEN_CREDENTIALS", identity.selection);  // which members of the default chain
  DEV8_OPTION("IDENTITY_ENDPOINT", identity.identity_endpoint);
  DEV8_OPTION("IDENTITY_HEADER", identity.identity_header);
  DEV8_OPTION("AZURE_OPERATION_TIMEOUT_SECONDS", operation_timeout);
  DEV8_OPTION("AZURE_ROLLBACK_TIMEOUT_SECONDS", rollback_timeout);
  DEV8_OPTION("AZURE_POLLING_READS_PER_SECOND", polling.reads_per_second);
  DEV8_OPTION("AZURE_POLLING_BURST", polling.burst);
  DEV8_OPTION("IDLE_STOP_AFTER", idle_stop_after);  // "45m"
  DEV8_OPTION("IDLE_STOP_LONGEST", idle_stop_longest);
  DEV8_OPTION("AGENT_MAX_CPU_CORES", size_limits.cpu_cores);  // of one environment
  DEV8_OPTION("AGENT_MAX_MEMORY_GB", size_limits.memory_gb);
  DEV8_OPTION("AGENT_MAX_STORAGE_GB", size_limits.storage_gb);
#undef DEV8_OPTION
}

// The same without the paths.
//
//   for_each_variable(*settings, [](const char* name, const auto& member) { print(name, member); });
template <class Options, class Visitor>
void for_each_variable(Options& options, Visitor&& visit) {
  for_each_option(options, [&](const char* name, const char*, auto& member) { visit(name, member); });
}

// Every broken rule that was found so far. The functions of config/ append to it and go on, so that one start
// shows all mistakes.
using FieldErrors = std::vector<FieldError>;

}  // namespace dev8agent::internal

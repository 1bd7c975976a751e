// The rules behind group_spec and connection_urls.
#include "plan/group_spec.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/secret_fields.h"
#include "base/text.h"
#include "plan/names.h"
#include "plan/tls_sidecar.h"
#include "plan/tool_variables.h"
#include "plan/vault_secrets.h"

namespace dev8agent::internal::plan {
namespace {

// In tenths, as Azure counts.
double less(int size, double part) {
  return std::round((size - part) * 10) / 10;
}

// Behind a TLS container the web port is closed to the network.
std::vector<int> ports(const AgentSettings& settings) {
  std::vector<int> result = {kWebPort, kSshPort};
  if (wants_tls(settings)) result.erase(result.begin());
  if (settings->expose_supervisor) result.push_back(kSupervisorPort);
  return result;
}

// What the maker and the operator have named.
std::set<std::string, std::less<>> given_names(const Facts& facts, const EnvironmentSecrets& secrets,
                                               const AgentSettings& settings) {
  std::set<std::string, std::less<>> names;
  for (const auto& [name, value] : facts.environment_variables) names.insert(name);
  for (const auto& [name, value] : secrets.variables) names.insert(name);
  for (const VaultVariable& one : settings->vault.variables) names.insert(one.name);
  return names;
}

// Both families of names: the image reads the short ones, the supervisor the long ones.
std::vector<std::pair<std::string, std::string>> plain_variables(const Facts& facts,
                                                                 const EnvironmentSecrets& secrets,
                                                                 const AgentSettings& settings) {
  std::vector<std::pair<std::string, std::string>> variables = {
      {"WORKSPACE_ID", facts.id},       {"ENVIRONMENT_ID", facts.id},
      {"USER_ID", facts.user_id},       {"WORKSPACE_DIR", std::string(kWorkDirectory)},
      {"AGENT_ENABLED", "true"},        {"SUPERVISOR_AGENT_ENABLED", "true"},
      {"MONITOR_INTERVAL", "30s"},      {"SUPERVISOR_MONITOR_INTERVAL", "30s"},
      {"CODE_SERVER_AUTH", "password"},
  };
  if (!settings->agent_base_url.empty()) {
    variables.emplace_back("AGENT_BASE_URL", settings->agent_base_url);
    variables.emplace_back("SUPERVISOR_AGENT_BASE_URL", settings->agent_base_url);
  }
  if (facts.git_repository) variables.emplace_back("DEV8_GIT_REPOSITORY", *facts.git_repository);
  for (auto& variable : tool_variables(facts.id, given_names(facts, secrets, settings)))
    variables.push_back(std::move(variable));
  for (const auto& variable : facts.environment_variables) {
    // Azure takes a name once. An environment from before may have one that is the operator's now.
    if (!secrets.variables.contains(variable.first) && !is_vault_variable(settings, variable.first))
      variables.push_back(variable);
  }
  return variables;
}

std::vector<std::pair<std::string, Secret>> secure_variables(const EnvironmentSecrets& secrets,
                                                             Secret activity_token) {
  std::vector<std::pair<std::string, Secret>> variables;
  for_each_secret(secrets, [&](const SecretField& field, const Secret& secret) {
    if (!secret.empty()) variables.emplace_back(field.variable, secret.copy());
  });
  if (!activity_token.empty()) variables.emplace_back("SUPERVISOR_AGENT_API_KEY", std::move(activity_token));
  return variables;
}

// ARM ids have no case.
void add_identity(const std::string& id, ContainerGroupSpec& spec) {
  const bool known = std::any_of(spec.identities.begin(), spec.identities.end(),
                                 [&](const std::string& one) { return equal_ignoring_case(one, id); });
  if (!id.empty() && !known) spec.identities.push_back(id);
}

// What stands in the place of keys and passwords.
void set_identities(const AgentSettings& settings, ContainerGroupSpec& spec) {
  const StorageAccessOptions& access = settings->storage_access;
  const std::string& registry = settings->registry.identity;
  if (access.mount == MountAuth::kIdentity) spec.mount_identity_client_id = access.mount_identity_client_id;
  if (!registry.empty()) {
    spec.registry_server = settings->registry.server;
    spec.registry_identity = registry;
  }
  add_identity(access.mount_identity, spec);
  add_identity(registry, spec);
  add_identity(settings->vault.identity, spec);
}

std::string web_host(const std::string& host, std::string_view id, const AgentSettings& settings) {
  constexpr std::string_view kPlaceholder = "{id}";
  std::string name = settings->workspace_tls.host_template;
  const auto at = name.find(kPlaceholder);
  return at == name.npos ? host : name.replace(at, kPlaceholder.size(), id);
}

}  // namespace

ContainerGroupSpec group_spec(const Facts& facts, Labels tags, const EnvironmentSecrets& secrets,
                              Secret activity_token, Secret storage_key, const RegionOptions& region,
                              const AgentSettings& settings) {
  const ResourceNames names = names_of(facts.id);
  ContainerGroupSpec spec;
  spec.name = names.container_group;
  spec.location = region.location;
  spec.zone = facts.zone.value_or("");
  spec.tags = std::move(tags);
  spec.container_name = kContainerName;
  spec.image = facts.image.value_or(settings->image);
  if (!settings->registry.username.empty()) {
    spec.registry_server = settings->registry.server;
    spec.registry_username = settings->registry.username;
    spec.registry_password = settings->registry.password.copy();
  }
  spec.restart_policy = to_string(settings->restart_policy);
  spec.cpu = wants_tls(settings) ? less(facts.cpu_cores, kTlsCpu) : facts.cpu_cores;
  spec.memory_gb = wants_tls(settings) ? less(facts.memory_gb, kTlsMemoryGb) : facts.memory_gb;
  spec.ports = ports(settings);
  spec.subnet_id = settings->subnet_id;
  if (spec.subnet_id.empty()) {  // Azure names no private addresses
    spec.dns_label = names.dns_label;
    const DnsLabelScope scope = settings->dns_label_scope;
    if (scope != DnsLabelScope::kUnsecure) spec.dns_label_scope = to_string(scope);
  }
  if (wants_tls(settings))
    spec.tls = tls_sidecar(names.dns_label, region.location, names.certificate_share, settings);
  spec.mount_path = mount_path_of(facts.layout);
  spec.share_name = names.file_share;
  spec.storage_account = region.storage_account;
  spec.storage_key = std::move(storage_key);
  set_identities(settings, spec);
  spec.variables = plain_variables(facts, secrets, settings);
  spec.secure_variables = secure_variables(secrets, std::move(activity_token));
  add_vault_secrets(settings, spec);
  return spec;
}

ConnectionUrls connection_urls(const ContainerGroup& group, std::string_view id,
                               const AgentSettings& settings) {
  ConnectionUrls urls;
  const std::string& host = group.fqdn.empty() ? group.private_ip : group.fqdn;
  if (host.empty()) return urls;
  const std::string ssh_authority = "dev8@" + host + ":" + std::to_string(kSshPort);
  urls.ssh_url = "ssh://" + ssh_authority;
  urls.vscode_web_url = has_tls_sidecar(group) ? "https://" + web_host(host, id, settings) + "/"
                                               : "http://" + host + ":" + std::to_string(kWebPort);
  urls.vscode_desktop_url = "vscode://vscode-remote/ssh-remote+" + ssh_authority;
  urls.vscode_desktop_url += kWorkDirectory;
  if (settings->expose_supervisor)
    urls.supervisor_url = "http://" + host + ":" + std::to_string(kSupervisorPort);
  return urls;
}

}  // namespace dev8agent::internal::plan

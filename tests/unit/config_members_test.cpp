// finalize() for programs that fill AgentOptions themselves: what is wrong is named by its member; after
// options_from_variables() by its variable.
#include <doctest/doctest.h>

#include <functional>
#include <set>

#include "config/option_names.h"

using namespace dev8agent;
using namespace dev8agent::internal;

namespace {

AgentOptions valid_options() {
  AgentOptions options;
  options.subscription_id = "33333333-3333-4333-8333-333333333333";
  options.resource_group = "dev8";
  options.storage_account = "dev8files";
  return options;
}

constexpr const char* kIdentity =
    "/subscriptions/33333333-3333-4333-8333-333333333333/resourceGroups/r/providers/"
    "Microsoft.ManagedIdentity/userAssignedIdentities/mount";
constexpr const char* kSecret = "https://team.vault.azure.net/secrets/files";

struct Mistake {
  std::function<void(AgentOptions&)> make;
  const char* member;    // without "options."; where more is wrong, the others follow with blanks between
  const char* variable;  // the same as the variables
};

void two_regions(AgentOptions& options) {
  options.regions.resize(2);
  options.regions[0].name = "eastus";
  options.regions[1].name = "westeurope";
  options.regions[1].storage_account = "filesweu";
}

// clang-format off
const Mistake kMistakes[] = {
    {[](AgentOptions& o) { o.subscription_id.clear(); }, "subscription_id", "AZURE_SUBSCRIPTION_ID"},
    {[](AgentOptions& o) { o.subscription_id = "prod"; }, "subscription_id", "AZURE_SUBSCRIPTION_ID"},
    {[](AgentOptions& o) { o.resource_group = "a."; }, "resource_group", "AZURE_RESOURCE_GROUP"},
    {[](AgentOptions& o) { o.resource_group.clear(); }, "resource_group", "AZURE_RESOURCE_GROUP"},
    {[](AgentOptions& o) { o.storage_account = "A"; }, "storage_account", "AZURE_STORAGE_ACCOUNT"},
    {[](AgentOptions& o) { o.storage_account.clear(); }, "storage_account", "AZURE_STORAGE_ACCOUNT"},
    {[](AgentOptions& o) { o.storage_key = Secret("not base64"); }, "storage_key", "AZURE_STORAGE_KEY"},
    {[](AgentOptions& o) { two_regions(o); o.default_region = "mars"; }, "default_region", "AZURE_DEFAULT_REGION"},
    {[](AgentOptions& o) { two_regions(o); o.regions[0].name = "auto"; o.regions[0].location = "eastus"; },
     "regions[0].name", "AZURE_REGIONS"},
    {[](AgentOptions& o) { two_regions(o); o.regions[1].location = "west/europe"; }, "regions[1].location", "AZURE_REGIONS"},
    {[](AgentOptions& o) { two_regions(o); o.regions[1].resource_group = "rg."; }, "regions[1].resource_group", "AZURE_REGIONS"},
    {[](AgentOptions& o) { two_regions(o); o.regions[1].storage_account = "Files"; }, "regions[1].storage_account", "AZURE_REGIONS"},
    {[](AgentOptions& o) { two_regions(o); o.regions[1].storage_key = Secret("not base64"); },
     "regions[1].storage_key", "AZURE_STORAGE_KEY_WESTEUROPE"},
    {[](AgentOptions& o) { two_regions(o); o.regions[1].name = "East US"; }, "regions[1].name", "AZURE_REGIONS"},
    {[](AgentOptions& o) { two_regions(o); o.regions[1].location = "eastus"; }, "regions[1]", "AZURE_REGIONS"},
    {[](AgentOptions& o) { two_regions(o); for (auto& region : o.regions) region.enabled = false; }, "regions", "AZURE_REGIONS"},
    {[](AgentOptions& o) { o.image = "not an image"; }, "image", "CONTAINER_IMAGE"},
    {[](AgentOptions& o) { o.images = {"not an image"}; }, "images", "WORKSPACE_IMAGES"},
    {[](AgentOptions& o) { o.restart_policy = static_cast<RestartPolicy>(9); }, "restart_policy", "CONTAINER_RESTART_POLICY"},
    {[](AgentOptions& o) { o.workspace_layout = static_cast<WorkspaceLayout>(9); }, "workspace_layout", "WORKSPACE_LAYOUT"},
    {[](AgentOptions& o) { o.workspace_ready = static_cast<WorkspaceReady>(9); }, "workspace_ready", "WORKSPACE_READY"},
    {[](AgentOptions& o) { o.dns_label_scope = static_cast<DnsLabelScope>(9); }, "dns_label_scope", "AZURE_DNS_LABEL_SCOPE"},
    {[](AgentOptions& o) { o.storage_access.auth = static_cast<StorageAuth>(9); }, "storage_access.auth", "AZURE_STORAGE_AUTH"},
    {[](AgentOptions& o) { o.storage_access.mount = static_cast<MountAuth>(9); }, "storage_access.mount", "AZURE_MOUNT_AUTH"},
    {[](AgentOptions& o) { o.workspace_tls.mode = static_cast<WorkspaceTlsMode>(9); }, "workspace_tls.mode", "WORKSPACE_TLS"},
    {[](AgentOptions& o) { o.workspace_tls.mode = WorkspaceTlsMode::kAcme;
       o.subnet_id = "/subscriptions/33333333-3333-4333-8333-333333333333/resourceGroups/r/providers/"
                     "Microsoft.Network/virtualNetworks/v/subnets/s"; }, "workspace_tls.mode", "WORKSPACE_TLS"},
    {[](AgentOptions& o) { o.workspace_tls.image = "not an image"; }, "workspace_tls.image", "WORKSPACE_TLS_IMAGE"},
    {[](AgentOptions& o) { o.workspace_tls.email = "me@example.com"; }, "workspace_tls.email", "WORKSPACE_TLS_EMAIL"},
    {[](AgentOptions& o) { o.workspace_tls.directory = "internal"; }, "workspace_tls.directory", "WORKSPACE_TLS_DIRECTORY"},
    {[](AgentOptions& o) { o.workspace_tls.certificate_file = "a"; }, "workspace_tls.certificate_file", "WORKSPACE_TLS_CERTIFICATE"},
    {[](AgentOptions& o) { o.workspace_tls.key_file = "a"; }, "workspace_tls.key_file", "WORKSPACE_TLS_KEY"},
    {[](AgentOptions& o) { o.workspace_tls.certificate_uri = kSecret; o.vault.identity = kIdentity; },
     "workspace_tls.certificate_uri", "WORKSPACE_TLS_CERTIFICATE_URI"},
    {[](AgentOptions& o) { o.workspace_tls.key_uri = kSecret; o.vault.identity = kIdentity; },
     "workspace_tls.key_uri", "WORKSPACE_TLS_KEY_URI"},
    {[](AgentOptions& o) { o.workspace_tls.host_template = "{id}.example.com"; }, "workspace_tls.host_template", "WORKSPACE_HOST"},
    {[](AgentOptions& o) { o.vault.identity = kIdentity; }, "vault.identity", "WORKSPACE_SECRET_IDENTITY"},
    {[](AgentOptions& o) { o.vault = {{{"NAME", "no URI"}}, kIdentity}; }, "vault.variables", "WORKSPACE_SECRET_URIS"},
    {[](AgentOptions& o) { o.vault = {{{"NAME", kSecret}}, kIdentity}; o.aci_api_version = "2024-05-01-preview"; },
     "aci_api_version", "AZURE_ACI_API_VERSION"},
    {[](AgentOptions& o) { o.subnet_id = "subnet"; }, "subnet_id", "AZURE_SUBNET_ID"},
    {[](AgentOptions& o) { o.registry.server = "https://index.docker.io"; }, "registry.server", "REGISTRY_SERVER"},
    {[](AgentOptions& o) { o.registry.username = "puller"; }, "registry.password", "REGISTRY_PASSWORD"},
    {[](AgentOptions& o) { o.registry.password = Secret("x"); }, "registry.username", "REGISTRY_USERNAME"},
    {[](AgentOptions& o) { o.registry.identity = kIdentity; }, "registry.identity", "REGISTRY_IDENTITY"},
    {[](AgentOptions& o) { o.storage_access.mount_identity = kIdentity; }, "storage_access.mount_identity", "AZURE_MOUNT_IDENTITY"},
    {[](AgentOptions& o) { o.storage_access.mount_identity_client_id = "x"; },
     "storage_access.mount_identity_client_id", "AZURE_MOUNT_IDENTITY_CLIENT_ID"},
    {[](AgentOptions& o) { o.storage_access.secret_uri = kSecret; }, "storage_access.secret_uri", "AZURE_STORAGE_SECRET_URI"},
    {[](AgentOptions& o) { o.agent_base_url = "agent"; }, "agent_base_url", "AGENT_BASE_URL"},
    {[](AgentOptions& o) { o.activity_keys.emplace_back(); }, "activity_keys", "AGENT_ACTIVITY_SECRET"},
    {[](AgentOptions& o) { o.endpoints.resource_manager = "http://arm.example.com"; },
     "endpoints.resource_manager", "AZURE_RESOURCE_MANAGER_ENDPOINT"},
    {[](AgentOptions& o) { o.endpoints.file = "https://files.example.com"; }, "endpoints.file", "AZURE_FILE_ENDPOINT"},
    {[](AgentOptions& o) { o.endpoints.ca_file = "/nonexistent/ca.pem"; }, "endpoints.ca_file", "AZURE_CA_FILE"},
    {[](AgentOptions& o) { o.aci_api_version = "newest"; }, "aci_api_version", "AZURE_ACI_API_VERSION"},
    {[](AgentOptions& o) { o.identity.authority_host = "login"; }, "identity.authority_host", "AZURE_AUTHORITY_HOST"},
    {[](AgentOptions& o) { o.identity.imds_endpoint = "http://10.0.0.1"; }, "identity.imds_endpoint", "AZURE_IMDS_ENDPOINT"},
    {[](AgentOptions& o) { o.identity.identity_endpoint = "http://10.0.0.1"; }, "identity.identity_endpoint", "IDENTITY_ENDPOINT"},
    {[](AgentOptions& o) { o.identity.identity_header = Secret("a\nb"); }, "identity.identity_header", "IDENTITY_HEADER"},
    {[](AgentOptions& o) { o.identity.tenant_id = "a/b"; }, "identity.tenant_id", "AZURE_TENANT_ID"},
    {[](AgentOptions& o) { o.identity.client_id = "a b"; }, "identity.client_id", "AZURE_CLIENT_ID"},
    {[](AgentOptions& o) { o.identity.selection = "broker"; }, "identity.selection", "AZURE_TOKEN_CREDENTIALS"},
    {[](AgentOptions& o) { o.operation_timeout = {}; }, "operation_timeout", "AZURE_OPERATION_TIMEOUT_SECONDS"},
    {[](AgentOptions& o) { o.rollback_timeout = {}; }, "rollback_timeout", "AZURE_ROLLBACK_TIMEOUT_SECONDS"},
    {[](AgentOptions& o) { o.polling.reads_per_second = 0; }, "polling.reads_per_second", "AZURE_POLLING_READS_PER_SECOND"},
    {[](AgentOptions& o) { o.polling.burst = 0; }, "polling.burst", "AZURE_POLLING_BURST"},
    {[](AgentOptions& o) { o.idle_stop_after = std::chrono::seconds(9); }, "idle_stop_after", "IDLE_STOP_AFTER"},
    {[](AgentOptions& o) { o.idle_stop_longest = std::chrono::hours(8); }, "idle_stop_longest", "IDLE_STOP_LONGEST"},
    {[](AgentOptions& o) { o.size_limits.cpu_cores = 0; }, "size_limits.cpu_cores", "AGENT_MAX_CPU_CORES"},
    {[](AgentOptions& o) { o.size_limits.memory_gb = 17; }, "size_limits.memory_gb", "AGENT_MAX_MEMORY_GB"},
    {[](AgentOptions& o) { o.size_limits.storage_gb = 9; }, "size_limits.storage_gb", "AGENT_MAX_STORAGE_GB"},
};
// clang-format on

// Of these finalize() takes any value; what is wrong with it shows when it is used.
const std::set<std::string_view> kWithoutRule = {
    "CONTAINER_EXPOSE_SUPERVISOR", "AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH",
    "AZURE_CLIENT_CERTIFICATE_PASSWORD", "AZURE_FEDERATED_TOKEN_FILE"};

// The only error of the options with this mistake.
FieldError error_of(const Mistake& mistake, OptionNames names) {
  AgentOptions options = valid_options();
  options.names_in_errors = names;
  mistake.make(options);
  const auto settings = finalize(std::move(options));
  REQUIRE_FALSE(settings.ok());
  REQUIRE(settings.error().fields.size() == 1);
  return settings.error().fields.front();
}

bool has_variable(std::string_view text) {
  bool found = false;
  const AgentOptions options;
  for_each_variable(options,
                    [&](const char* name, const auto&) { found = found || text.find(name) != text.npos; });
  return found || text.find("AZURE_") != text.npos || text.find("AGENT_") != text.npos;
}

}  // namespace

TEST_CASE(
    "members: each mistake of a program is told by its member, and by its variable to whoever set that") {
  for (const Mistake& mistake : kMistakes) {
    CAPTURE(std::string(mistake.member));
    const FieldError by_member = error_of(mistake, OptionNames::kMembers);
    CHECK(by_member.field == "options." + std::string(mistake.member));
    CHECK_FALSE(has_variable(by_member.message));
    const FieldError by_variable = error_of(mistake, OptionNames::kVariables);
    CHECK(by_variable.field == mistake.variable);
    CHECK(by_variable.message.find("options.") == std::string::npos);
  }
}

TEST_CASE("members: every option has a mistake above, or takes any value") {
  std::set<std::string_view> with_mistake;
  for (const Mistake& mistake : kMistakes) with_mistake.insert(mistake.variable);
  const AgentOptions options;
  for_each_option(options, [&](const char* name, const char* path, const auto&) {
    CAPTURE(std::string(name));
    CHECK(with_mistake.count(name) + kWithoutRule.count(name) == 1);
    CHECK(member_of(name) == path);
  });
}

TEST_CASE("members: texts name members, too") {
  FieldErrors errors = {
      {"AZURE_MOUNT_IDENTITY", "is used with AZURE_MOUNT_AUTH=identity or keyvault only"},
      {"AZURE_RESOURCE_GROUP", "is required (or one for each region of AZURE_REGIONS)"},
      {"options.retry.max_delay", "must be in UPPER_CASE, not ÄZURE_TENANT_ID_"},
      {"AZURE_CA_FILE", "/a/AZURE_REGIONS/WORKSPACE_TLS.pem and AZURE_REGIONS-1 cannot be read"},
      {"AZURE_REGIONS", "see AZURE_REGIONS."}};
  name_members(errors);
  CHECK(errors ==
        FieldErrors{{"options.storage_access.mount_identity",
                     "is used with options.storage_access.mount=identity or keyvault only"},
                    {"options.resource_group", "is required (or one for each region of options.regions)"},
                    {"options.retry.max_delay", "must be in UPPER_CASE, not ÄZURE_TENANT_ID_"},
                    {"options.endpoints.ca_file",
                     "/a/AZURE_REGIONS/WORKSPACE_TLS.pem and AZURE_REGIONS-1 cannot be read"},
                    {"options.regions", "see options.regions."}});
  CHECK(member_of("PATH").empty());
}

TEST_CASE("members: options without a variable go by their member always") {
  for (const OptionNames names : {OptionNames::kMembers, OptionNames::kVariables}) {
    const Mistake retry = {[](AgentOptions& o) { o.retry.max_delay = std::chrono::seconds(0); }, "", ""};
    CHECK(error_of(retry, names).field == "options.retry.max_delay");
    const Mistake budget = {[](AgentOptions& o) { o.retry.budget_capacity = 0; }, "", ""};
    CHECK(error_of(budget, names).field == "options.retry.budget_capacity");
    const Mistake id = {[](AgentOptions& o) { o.application_id = "a b"; }, "", ""};
    CHECK(error_of(id, names).field == "options.application_id");
  }
}

TEST_CASE("members: the text of a certificate is named where a program has set it") {
  AgentOptions options = valid_options();
  options.workspace_tls.mode = WorkspaceTlsMode::kCertificate;
  options.workspace_tls.host_template = "{id}.example.com";
  options.workspace_tls.certificate = "none";
  options.workspace_tls.key = Secret("none");
  const auto settings = finalize(std::move(options));
  REQUIRE_FALSE(settings.ok());
  CHECK(settings.error().fields ==
        FieldErrors{{"options.workspace_tls.certificate", "must be a PEM certificate"},
                    {"options.workspace_tls.key", "must be a PEM private key without password"}});
}

TEST_CASE("members: options from variables keep the names of variables") {
  auto options = options_from_variables({{"AZURE_SUBSCRIPTION_ID", "prod"}});
  REQUIRE(options.ok());
  const auto settings = finalize(std::move(*options));
  REQUIRE_FALSE(settings.ok());
  CHECK(settings.error().fields.front().field == "AZURE_SUBSCRIPTION_ID");
}

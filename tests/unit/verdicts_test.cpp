// What the answers to a diagnosis mean, and the table of permissions.
#include "plan/verdicts.h"

#include <doctest/doctest.h>

#include "dev8agent/failure_guide.h"
#include "json/parse.h"
#include "plan/named_hosts.h"
#include "plan/permissions.h"
#include "support/keyless.h"
#include "support/plan_samples.h"
#include "support/source_file.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::internal::plan;
using namespace dev8agent::test;

namespace {

Error azure_error(int status, std::string code, ErrorCode kind = ErrorCode::kAzureRefused) {
  Error error = make_error(kind, "Azure answered");
  error.azure_status = status;
  error.azure_code = std::move(code);
  return error;
}

std::vector<std::string> actions_of(const AgentSettings& settings) {
  std::vector<std::string> actions;
  for (const Permission& permission : needed_permissions(settings)) actions.emplace_back(permission.action);
  return actions;
}

std::vector<std::string> actions_in(const char* file, const char* list = "Actions") {
  const auto role = json::parse(source_file(std::string("examples/deploy/") + file));
  REQUIRE(role.ok());
  std::vector<std::string> actions;
  for (const json::Value& action : role->find(list)->array()) actions.emplace_back(action.string());
  return actions;
}

bool has(const std::vector<std::string>& list, std::string_view item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

}  // namespace

TEST_CASE("diagnosis: the permissions are those of the roles that are documented") {
  const AgentSettings keys = sample_settings();
  // And one that the diagnosis tries as it looks at soft delete.
  std::vector<std::string> needed = actions_of(keys);
  needed.emplace_back(retention_action());
  CHECK(needed == actions_in("role.json"));
  const AgentSettings keyless = sample_settings([](AgentOptions& options) {
    options.storage_access.auth = StorageAuth::kEntra;
    options.storage_access.mount = MountAuth::kIdentity;
    options.storage_access.mount_identity =
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i";
    options.storage_access.mount_identity_client_id = "44444444-4444-4444-8444-444444444444";
  });
  const std::vector<std::string> documented = actions_in("role-keyless.json");
  for (const std::string& action : actions_of(keyless)) {
    CAPTURE(action);
    CHECK(has(documented, action));
  }
  const SharePermissions shares = share_permissions();
  for (const std::string_view action :
       {retention_action(), shares.read, shares.write, shares.remove, shares.restore}) {
    CAPTURE(action);
    CHECK(has(documented, action));
  }
  // These, and one that no request can try: to give a group an identity.
  CHECK(documented.size() == actions_of(keyless).size() + 6);
  const AgentSettings own_keys = sample_settings([](AgentOptions& options) {
    for (RegionOptions& region : options.regions) region.storage_key = Secret("a2V5");
  });
  CHECK_FALSE(has(actions_of(own_keys), "Microsoft.Storage/storageAccounts/listKeys/action"));
}

TEST_CASE("diagnosis: a permission is tried where nothing can change") {
  const Place place{"group one", "eastus", "account", "dev8-doctor-1"};
  for (const Permission& permission : needed_permissions(sample_settings())) {
    CAPTURE(permission.action);
    const std::string path = path_of(permission, place);
    if (permission.scope == Scope::kResourceGroup) {
      CHECK(path.starts_with(
          "/resourceGroups/group%20one/providers/Microsoft.ContainerInstance/containerGroups/"
          "dev8-doctor-1"));
    } else {
      const bool asks = permission.method == "GET" || path.ends_with("/storageAccounts/account/listKeys");
      CHECK(asks);
    }
    // Without a location no group can be made.
    if (permission.method == "PUT") CHECK(permission.body == "{}");
  }
}

TEST_CASE("diagnosis: what the answer to a try tells of the permission") {
  const struct {
    Status outcome;
    Verdict verdict;
    const char* code;
  } kRows[] = {
      {Done{}, Verdict::kPassed, ""},
      {azure_error(404, "ResourceNotFound", ErrorCode::kNotFound), Verdict::kPassed, ""},
      {azure_error(400, "LocationRequired"), Verdict::kPassed, ""},
      {azure_error(409, "ContainerGroupTransitioning", ErrorCode::kConflict), Verdict::kPassed, ""},
      {azure_error(403, "AuthorizationFailed"), Verdict::kFailed, "DEV8-AZURE-PERMISSION"},
      {azure_error(403, "LinkedAuthorizationFailed"), Verdict::kFailed, "DEV8-AZURE-PERMISSION"},
      {azure_error(403, "AuthorizationPermissionMismatch"), Verdict::kFailed, "DEV8-AZURE-PERMISSION"},
      {azure_error(403, "AuthorizationFailure"), Verdict::kFailed, "DEV8-AZURE-BLOCKED"},  // a firewall
      {azure_error(403, "ReadOnlyDisabledSubscription"), Verdict::kFailed, "DEV8-AZURE-BLOCKED"},
      {azure_error(403, "RequestDisallowedByPolicy"), Verdict::kFailed, "DEV8-AZURE-BLOCKED"},
      {azure_error(409, "ScopeLocked"), Verdict::kFailed, "DEV8-AZURE-BLOCKED"},
      {azure_error(404, "ResourceGroupNotFound"), Verdict::kUnknown, "DEV8-NOT-CHECKED"},
      {azure_error(404, "SubscriptionNotFound"), Verdict::kUnknown, "DEV8-NOT-CHECKED"},
      {azure_error(409, "MissingSubscriptionRegistration"), Verdict::kUnknown, "DEV8-NOT-CHECKED"},
      {azure_error(503, "", ErrorCode::kAzureUnavailable), Verdict::kUnknown, "DEV8-NOT-CHECKED"},
      {azure_error(429, "TooManyRequests", ErrorCode::kAzureThrottled), Verdict::kUnknown,
       "DEV8-NOT-CHECKED"},
      // From a proxy.
      {azure_error(404, "", ErrorCode::kAzureUnavailable), Verdict::kUnknown, "DEV8-NOT-CHECKED"},
      {azure_error(403, "", ErrorCode::kAzureUnavailable), Verdict::kUnknown, "DEV8-NOT-CHECKED"},
      {make_error(ErrorCode::kAzureUnavailable, "no connection"), Verdict::kUnknown, "DEV8-NOT-CHECKED"},
  };
  for (const auto& row : kRows) {
    CAPTURE(row.code);
    if (!row.outcome.ok()) CAPTURE(row.outcome.error().azure_code);
    std::vector<std::string> missing;
    const auto checks =
        judge_actions("permissions:g", {{"a/read", Done{}, false}, {"b/write", row.outcome, false}}, missing);
    REQUIRE(checks.size() == 1);
    CHECK(checks.front().verdict == row.verdict);
    CHECK(checks.front().code == row.code);
    CHECK(missing.size() == (checks.front().code == "DEV8-AZURE-PERMISSION" ? 1 : 0));
    if (row.verdict != Verdict::kPassed) CHECK(checks.front().detail.find("b/write") != std::string::npos);
  }
}

TEST_CASE("diagnosis: an action without which operations work is a warning, and still missing") {
  std::vector<std::string> missing;
  const auto checks = judge_actions("permissions:subscription",
                                    {{"a", azure_error(403, "AuthorizationFailed"), true}}, missing);
  REQUIRE(checks.size() == 1);
  CHECK(checks.front().verdict == Verdict::kWarning);
  CHECK(missing.size() == 1);
  int optional = 0;
  for (const Permission& permission : needed_permissions(sample_settings())) optional += permission.optional;
  CHECK(optional == 4);
}

TEST_CASE("diagnosis: what no request can try is named") {
  CHECK(untried_actions(sample_settings()).empty());
  CHECK_FALSE(judge_untried({}));
  const AgentSettings settings = sample_settings([](AgentOptions& options) {
    options.registry.server = "acme.azurecr.io";
    options.registry.identity =
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i";
  });
  const auto check = judge_untried(untried_actions(settings));
  REQUIRE(check);
  CHECK(check->verdict == Verdict::kUnknown);
  CHECK(check->detail.find("userAssignedIdentities/assign/action") != std::string::npos);
  // With a token, the data actions of the role that is documented.
  const AgentSettings keyless =
      sample_settings([](AgentOptions& options) { options.storage_access.auth = StorageAuth::kEntra; });
  std::vector<std::string> untried;
  for (const std::string_view action : untried_actions(keyless)) untried.emplace_back(action);
  CHECK(untried == actions_in("role-keyless.json", "DataActions"));
}

TEST_CASE("diagnosis: an identity that reads a vault has to be assigned, too") {
  const AgentSettings settings =
      sample_settings([](AgentOptions& options) { options.vault = vault_variables(); });
  CHECK(untried_actions(settings) ==
        std::vector<std::string_view>{"Microsoft.ManagedIdentity/userAssignedIdentities/assign/action"});
}

TEST_CASE("diagnosis: actions that could not be tried are one check, those that are missing one each") {
  const Status unknown = make_error(ErrorCode::kAzureUnavailable, "no connection");
  const Status missing = azure_error(403, "AuthorizationFailed");
  std::vector<std::string> lacking;
  const auto checks = judge_actions("permissions:g",
                                    {{"a", unknown, false},
                                     {"b", missing, false},
                                     {"c", unknown, false},
                                     {"d", missing, false},
                                     {"e", Done{}, false}},
                                    lacking);
  REQUIRE(checks.size() == 3);
  CHECK(checks[0].detail == "b is missing.");
  CHECK(checks[1].detail == "d is missing.");
  CHECK(checks[2].detail == "a and 1 more: no connection");
  CHECK(lacking == std::vector<std::string>{"b", "d"});
}

TEST_CASE("diagnosis: an account suits the settings, or not, or cannot be read") {
  const Result<StorageAccountSettings> unread = azure_error(403, "AuthorizationFailed");
  const struct {
    const char *auth, *mount;
    Result<StorageAccountSettings> seen;
    const char* code;
  } kRows[] = {
      {"key", "key", StorageAccountSettings{true, false}, ""},
      {"key", "key", StorageAccountSettings{false, true}, "DEV8-STORAGE-KEYS-FORBIDDEN"},
      {"entra", "key", StorageAccountSettings{false, true}, "DEV8-STORAGE-KEYS-FORBIDDEN"},
      {"entra", "keyvault", StorageAccountSettings{false, true}, "DEV8-STORAGE-KEYS-FORBIDDEN"},
      {"key", "identity", StorageAccountSettings{false, true}, "DEV8-STORAGE-KEYS-FORBIDDEN"},
      {"entra", "identity", StorageAccountSettings{false, true}, ""},
      {"entra", "identity", StorageAccountSettings{true, false}, "DEV8-STORAGE-SMB-OAUTH-OFF"},
      {"key", "key", unread, "DEV8-NOT-CHECKED"},
  };
  for (const auto& row : kRows) {
    CAPTURE(row.auth);
    CAPTURE(row.mount);
    StorageAccessOptions access;
    access.auth = parse_storage_auth(row.auth).value();
    access.mount = parse_mount_auth(row.mount).value();
    const DiagnosisCheck check = judge_account("acct", row.seen, access);
    CHECK(check.code == row.code);
    CHECK((check.verdict == Verdict::kPassed) == check.code.empty());
    CHECK((check.verdict == Verdict::kUnknown) == !row.seen.ok());
  }
  std::vector<std::string> missing;
  CHECK(judge_retention("acct", ShareRetention{7}, missing).detail.find("7 days") != std::string::npos);
  CHECK(judge_retention("acct", ShareRetention{}, missing).code == "DEV8-STORAGE-NO-SOFT-DELETE");
  CHECK(judge_retention("acct", azure_error(404, "ResourceNotFound"), missing).verdict == Verdict::kUnknown);
  CHECK(missing.empty());
  const DiagnosisCheck lacking = judge_retention("acct", azure_error(403, "AuthorizationFailed"), missing);
  CHECK(lacking.verdict == Verdict::kWarning);
  CHECK(lacking.code == "DEV8-AZURE-PERMISSION");
  CHECK(missing == std::vector<std::string>{std::string(retention_action())});
}

TEST_CASE("diagnosis: providers, quota and health") {
  CHECK(judge_provider("P", std::string("registered")).verdict == Verdict::kPassed);
  CHECK(judge_provider("P", std::string("Registering")).verdict == Verdict::kWarning);
  CHECK(judge_provider("P", std::string("NotRegistered")).verdict == Verdict::kFailed);
  CHECK(judge_provider("P", std::string("NotRegistered")).code == "DEV8-AZURE-PROVIDER");
  CHECK(judge_provider("P", std::string()).verdict == Verdict::kUnknown);
  CHECK(judge_provider("P", azure_error(403, "AuthorizationFailed")).verdict == Verdict::kUnknown);
  Region region;
  region.name = "eastus";
  CHECK(judge_quota(region).verdict == Verdict::kUnknown);
  region.status = RegionStatus::kFull;
  CHECK(judge_quota(region).code == "DEV8-REGION-FULL");
  region.status = RegionStatus::kAvailable;
  region.cores = QuotaUsage{3, 10};
  CHECK(judge_quota(region).detail == "cores 3 of 10");
  CHECK(judge_health({"storage:eastus", true, "", {}, ""}).verdict == Verdict::kPassed);
  CHECK(judge_health({"storage:eastus", true, "late", {}, "DEV8-CLOCK-SKEW"}).verdict == Verdict::kWarning);
  CHECK(judge_health({"storage:eastus", false, "no", ErrorCode::kAzureRefused, "DEV8-AZURE-PERMISSION"})
            .verdict == Verdict::kFailed);
}

TEST_CASE("diagnosis: the sizes of environments are compared with the region's largest container group") {
  const struct {
    std::optional<double> cores, memory;
    Verdict verdict;
    const char* detail;
  } kRows[] = {
      {31, 240, Verdict::kPassed, "container groups of up to 31 cores and 240 GB"},
      {4, 16, Verdict::kPassed, "container groups of up to 4 cores and 16 GB"},
      {4, 15.5, Verdict::kWarning,
       "Its largest container group has 4 cores and 15.5 GB; environments may ask for up to 4 cores and 16 "
       "GB."},
      {2, 240, Verdict::kWarning,
       "Its largest container group has 2 cores and 240 GB; environments may ask for up to 4 cores and 16 "
       "GB."},
      {1, 2, Verdict::kWarning,
       "Its largest container group has 1 cores and 2 GB; environments may ask for up to 4 cores and 16 GB."},
      {4, 1.5, Verdict::kFailed,
       "Its largest container group has 4 cores and 1.5 GB; environments may ask for up to 4 cores and 16 "
       "GB."},
      {std::nullopt, 16, Verdict::kUnknown, "Azure does not tell its largest container group."},
      {4, std::nullopt, Verdict::kUnknown, "Azure does not tell its largest container group."},
  };
  for (const auto& row : kRows) {
    CAPTURE(row.detail);
    Region region;
    region.name = "eastus";
    region.max_cpu_cores = row.cores, region.max_memory_gb = row.memory;
    const DiagnosisCheck check = judge_sizes(region, {});
    CHECK(check.subject == "sizes:eastus");
    CHECK(check.verdict == row.verdict);
    CHECK(check.detail == row.detail);
    CHECK(check.code == (row.verdict == Verdict::kPassed    ? ""
                         : row.verdict == Verdict::kUnknown ? "DEV8-NOT-CHECKED"
                                                            : "DEV8-REGION-SMALL"));
  }
}

TEST_CASE("diagnosis: of sizes only those count that the agent allows") {
  Region region;
  region.name = "eastus";
  region.max_cpu_cores = 2, region.max_memory_gb = 8;
  CHECK(judge_sizes(region, {}).verdict == Verdict::kWarning);
  CHECK(judge_sizes(region, {.cpu_cores = 2, .memory_gb = 8}).verdict == Verdict::kPassed);
  const DiagnosisCheck check = judge_sizes(region, {.cpu_cores = 3, .memory_gb = 8});
  CHECK(check.verdict == Verdict::kWarning);
  CHECK(check.detail ==
        "Its largest container group has 2 cores and 8 GB; environments may ask for up to 3 cores and 8 GB.");
}

TEST_CASE("diagnosis: a name that cannot be resolved is told with its owner") {
  const AgentSettings settings = sample_settings([](AgentOptions& options) {
    options.regions[1].storage_account = "dev8west";
    options.identity.authority_host = "https://login.example.com/";
  });
  const struct {
    const char *host, *finding, *owner;
  } kRows[] = {
      {"management.azure.com", "DEV8-DNS", " (the management endpoint)"},
      {"eastus.management.azure.com", "DEV8-DNS", " (the management endpoint)"},
      {"login.example.com", "DEV8-DNS", " (the authority)"},
      {"dev8files.file.core.windows.net", "DEV8-STORAGE-ACCOUNT-NAME", " (the storage account dev8files)"},
      {"dev8west.file.core.windows.net", "DEV8-STORAGE-ACCOUNT-NAME", " (the storage account dev8west)"},
      {"another.file.core.windows.net", "DEV8-DNS", ""},
      {"notmanagement.azure.com", "DEV8-DNS", ""},
  };
  for (const auto& row : kRows) {
    CAPTURE(row.host);
    for (const ErrorCode code : {ErrorCode::kAzureUnavailable, ErrorCode::kAzureCredentials}) {
      Error error = make_error(code, "no such name");
      error.unresolved_host = row.host;
      error.lasting = true;
      CHECK(connection_finding(error, settings) == row.finding);
      CHECK(connection_detail(error, settings) == "no such name" + std::string(row.owner));
      CHECK(finding_of(error) == "DEV8-DNS");
      CHECK(remedy_of(error) == advice_for("DEV8-DNS").remedy);
      CHECK(remedy_of(error).find("AZURE_STORAGE_ACCOUNT") != std::string_view::npos);
    }
  }
  // The host of all accounts.
  const AgentSettings one_host = sample_settings(
      [](AgentOptions& options) { options.endpoints.file = "https://files.example.com/{account}"; });
  Error unknown = make_error(ErrorCode::kAzureUnavailable, "no such name");
  unknown.unresolved_host = "files.example.com";
  unknown.lasting = true;
  CHECK(connection_finding(unknown, one_host) == "DEV8-DNS");
  // No resolver has answered: of the account nothing is known.
  Error silent = make_error(ErrorCode::kTimeout, "not resolved in time");
  silent.unresolved_host = "dev8files.file.core.windows.net";
  CHECK(connection_finding(silent, settings) == "DEV8-DNS");
  CHECK(connection_detail(silent, settings) == "not resolved in time (the storage account dev8files)");
  const Error refused = make_error(ErrorCode::kAzureUnavailable, "connection refused");
  CHECK(connection_finding(refused, settings) == "DEV8-AZURE-UNREACHABLE");
  CHECK(connection_detail(refused, settings) == "connection refused");
}

TEST_CASE("diagnosis: an error of Azure is one of the findings") {
  const struct {
    Error error;
    const char* finding;
  } kRows[] = {
      {azure_error(0, "", ErrorCode::kAzureCredentials), "DEV8-AZURE-CREDENTIALS"},
      {azure_error(503, "", ErrorCode::kAzureUnavailable), "DEV8-AZURE-UNREACHABLE"},
      {azure_error(0, "", ErrorCode::kTimeout), "DEV8-AZURE-UNREACHABLE"},
      {azure_error(0, ""), "DEV8-AZURE-CERTIFICATE"},  // refused here, not by Azure
      {azure_error(403, "AuthorizationFailed"), "DEV8-AZURE-PERMISSION"},
      {azure_error(429, "", ErrorCode::kAzureThrottled), "DEV8-AZURE-THROTTLED"},
      {azure_error(409, "MissingSubscriptionRegistration"), "DEV8-AZURE-PROVIDER"},
      {azure_error(404, "SubscriptionNotFound"), "DEV8-AZURE-NOT-FOUND"},
      {azure_error(404, "ResourceGroupNotFound"), "DEV8-AZURE-NOT-FOUND"},
      {azure_error(404, "ResourceNotFound"), "DEV8-AZURE-NOT-FOUND"},
      {azure_error(403, "KeyBasedAuthenticationNotPermitted"), "DEV8-STORAGE-KEYS-FORBIDDEN"},
      {azure_error(409, "TotalSharesCountExceedsAccountLimit", ErrorCode::kQuotaExceeded),
       "DEV8-STORAGE-FULL"},
      {azure_error(409, "scopelocked"), "DEV8-AZURE-BLOCKED"},
      {azure_error(403, "ReadOnlyDisabledSubscription"), "DEV8-AZURE-BLOCKED"},
      {azure_error(403, "RequestDisallowedByPolicy"), "DEV8-AZURE-BLOCKED"},
  };
  for (const auto& row : kRows) {
    CAPTURE(row.finding);
    CHECK(finding_of(row.error) == row.finding);
    CHECK(advice_for(finding_of(row.error)).code == row.finding);
  }
}

TEST_CASE("diagnosis: the registry of an image, and where it answers") {
  const struct {
    const char *image, *registry, *url;
  } kRows[] = {
      {"nginx", "docker.io", "https://registry-1.docker.io/v2/"},
      {"team/image:1.0", "docker.io", "https://registry-1.docker.io/v2/"},
      {"index.docker.io/team/image", "docker.io", "https://registry-1.docker.io/v2/"},
      {"acme.azurecr.io/dev:1@sha256:00", "acme.azurecr.io", "https://acme.azurecr.io/v2/"},
      {"ACME.azurecr.io/dev", "acme.azurecr.io", "https://acme.azurecr.io/v2/"},
      {"localhost/dev", "localhost", "http://localhost/v2/"},
      {"127.0.0.1:5000/dev:2", "127.0.0.1:5000", "http://127.0.0.1:5000/v2/"},
      {"image:latest", "docker.io", "https://registry-1.docker.io/v2/"},
  };
  for (const auto& row : kRows) {
    CAPTURE(row.image);
    CHECK(registry_of(row.image) == row.registry);
    CHECK(registry_url(row.registry) == row.url);
  }
  CHECK(judge_registry("r", 200).verdict == Verdict::kPassed);
  CHECK(judge_registry("r", 401).verdict == Verdict::kPassed);
  CHECK(judge_registry("r", 404).code == "DEV8-REGISTRY-UNREACHABLE");
  CHECK(judge_registry("r", make_error(ErrorCode::kAzureUnavailable, "no such host")).detail ==
        "no such host");
}

TEST_CASE("diagnosis: credentials for a registry that no image comes from are a warning") {
  const auto check = [](const char* server, const char* image, const char* other) {
    return judge_registry_credentials(sample_settings([&](AgentOptions& options) {
      options.registry.server = server;
      options.registry.username = "user";
      options.registry.password = Secret("password");
      options.image = image;
      options.images = {other};
    }));
  };
  CHECK_FALSE(check("index.docker.io", "team/a", "acme.azurecr.io/b"));
  CHECK_FALSE(check("acme.azurecr.io", "team/a", "acme.azurecr.io/b"));
  const AgentSettings with_tls = sample_settings([](AgentOptions& options) {
    options.workspace_tls.mode = WorkspaceTlsMode::kAcme;
    options.image = "acme.azurecr.io/dev";
    options.registry.username = "user";
    options.registry.password = Secret("password");
  });
  CHECK_FALSE(judge_registry_credentials(with_tls));  // Caddy's image comes from Docker Hub
  const auto other = check("other.azurecr.io", "team/a", "acme.azurecr.io/b");
  REQUIRE(other);
  CHECK(other->code == "DEV8-REGISTRY-OTHER");
  CHECK_FALSE(judge_registry_credentials(sample_settings()));
}

TEST_CASE("diagnosis: the role has what is missing, sorted and once") {
  CHECK(role_definition({}, "s") == "");
  const auto role = json::parse(role_definition({"b/write", "a/read", "b/write"}, "s-1"));
  REQUIRE(role.ok());
  const json::Value::Array& actions = role->find("Actions")->array();
  REQUIRE(actions.size() == 2);
  CHECK(actions[0].string() == "a/read");
  CHECK(actions[1].string() == "b/write");
  CHECK(role->find("AssignableScopes")->array()[0].string() == "/subscriptions/s-1");
}

TEST_CASE("diagnosis: only what failed makes it unhealthy, and every code has its advice") {
  Diagnosis diagnosis;
  std::vector<std::string> missing;
  diagnosis.checks = {passed("a"), judge_retention("acct", ShareRetention{}, missing),
                      not_checked("b", make_error(ErrorCode::kTimeout, "late"))};
  CHECK(diagnosis.healthy());
  diagnosis.checks.push_back(failed("c", azure_error(403, "AuthorizationFailed")));
  CHECK_FALSE(diagnosis.healthy());
  for (const DiagnosisCheck& check : diagnosis.checks) {
    if (!check.code.empty()) CHECK(advice_for(check.code).code == check.code);
  }
}

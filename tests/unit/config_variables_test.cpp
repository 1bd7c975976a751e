// options_from_variables() and finalize(): every variable, every rule, every mistake at once.
#include <doctest/doctest.h>

#include "support/temp_directory.h"
#include "support/test_certificate.h"
#include "support/test_variables.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

TEST_CASE("the defaults") {
  const auto settings = settings_of(variables());
  REQUIRE(settings.ok());
  const AgentOptions& options = **settings;
  CHECK(options.image == "vaibhavsing/dev8-workspace:latest");
  CHECK(options.registry.server == "index.docker.io");
  CHECK(options.restart_policy == RestartPolicy::kOnFailure);
  CHECK(options.endpoints.resource_manager == "https://management.azure.com");
  CHECK(options.endpoints.file == "https://{account}.file.core.windows.net");
  CHECK(options.identity.authority_host == "https://login.microsoftonline.com");
  CHECK(options.identity.imds_endpoint == "http://169.254.169.254");
  CHECK(options.aci_api_version == "2025-09-01");
  CHECK(options.operation_timeout == std::chrono::seconds(2100));
  CHECK(options.credential != nullptr);
  CHECK(options.random_bytes(5).size() == 5);
  CHECK(options.transport == nullptr);
  CHECK(options.scheduler == nullptr);
  CHECK(options.activity_keys.empty());
}

TEST_CASE("variables reach their options") {
  const TempDirectory directory;
  const std::string ca_file = directory.write("ca.pem", TestCertificate().certificate_pem());
  const auto settings = settings_of(variables({{"CONTAINER_IMAGE", " registry.example.com/team/image:1 "},
                                               {"CONTAINER_RESTART_POLICY", "Always"},
                                               {"CONTAINER_EXPOSE_SUPERVISOR", "true"},
                                               {"WORKSPACE_LAYOUT", "workspace"},
                                               {"WORKSPACE_READY", "http"},
                                               {"REGISTRY_SERVER", "registry.example.com"},
                                               {"REGISTRY_USERNAME", "puller"},
                                               {"REGISTRY_PASSWORD", " spaces stay "},
                                               {"AGENT_BASE_URL", "http://agent.example.com/"},
                                               {"AGENT_ACTIVITY_SECRET", "an activity secret of 32 letters"},
                                               {"AZURE_TENANT_ID", "contoso.onmicrosoft.com"},
                                               {"AZURE_CLIENT_ID", "22222222-2222-4222-8222-222222222222"},
                                               {"AZURE_CLIENT_SECRET", "client"},
                                               {"AZURE_CLIENT_CERTIFICATE_PATH", "cert.pem"},
                                               {"AZURE_CLIENT_CERTIFICATE_PASSWORD", "pass"},
                                               {"AZURE_FEDERATED_TOKEN_FILE", "token"},
                                               {"AZURE_TOKEN_CREDENTIALS", "Prod"},
                                               {"IDENTITY_ENDPOINT", "http://169.254.130.2:8081/msi/token"},
                                               {"IDENTITY_HEADER", "header"},
                                               {"AZURE_CA_FILE", ca_file},
                                               {"AZURE_ACI_API_VERSION", "2024-05-01-preview"},
                                               {"AZURE_OPERATION_TIMEOUT_SECONDS", "600"},
                                               {"AZURE_ROLLBACK_TIMEOUT_SECONDS", "60"},
                                               {"AZURE_POLLING_READS_PER_SECOND", "0.5"},
                                               {"AZURE_POLLING_BURST", "7"},
                                               {"DATABASE_URL", "ignored"}}));
  REQUIRE(settings.ok());
  const AgentOptions& options = **settings;
  CHECK(options.image == "registry.example.com/team/image:1");
  CHECK(options.restart_policy == RestartPolicy::kAlways);
  CHECK(options.expose_supervisor);
  CHECK(options.workspace_layout == WorkspaceLayout::kWorkspace);
  CHECK(options.workspace_ready == WorkspaceReady::kHttp);
  CHECK(options.registry.server == "registry.example.com");
  CHECK(options.registry.username == "puller");
  CHECK(options.registry.password.reveal() == " spaces stay ");
  CHECK(options.agent_base_url == "http://agent.example.com");
  REQUIRE(options.activity_keys.size() == 1);
  CHECK(options.activity_keys[0].reveal() == "an activity secret of 32 letters");
  CHECK(options.identity.tenant_id == "contoso.onmicrosoft.com");
  CHECK(options.identity.client_secret.reveal() == "client");
  CHECK(options.identity.client_certificate_path == "cert.pem");
  CHECK(options.identity.client_certificate_password.reveal() == "pass");
  CHECK(options.identity.federated_token_file == "token");
  CHECK(options.identity.selection == "Prod");
  CHECK(options.identity.identity_endpoint == "http://169.254.130.2:8081/msi/token");
  CHECK(options.identity.identity_header.reveal() == "header");
  CHECK(options.endpoints.ca_file == ca_file);
  CHECK(options.aci_api_version == "2024-05-01-preview");
  CHECK(options.operation_timeout == std::chrono::seconds(600));
  CHECK(options.rollback_timeout == std::chrono::seconds(60));
  CHECK(options.polling.reads_per_second == 0.5);
  CHECK(options.polling.burst == 7);
}

TEST_CASE("the image of a registry") {
  struct Row {
    Variables more;
    std::string image;
    std::string server;
  };
  const Row rows[] = {
      {{{"AZURE_CONTAINER_REGISTRY", "Team"}}, "team.azurecr.io/dev8-workspace:latest", "team.azurecr.io"},
      {{{"AZURE_CONTAINER_REGISTRY", "r.example.com:5000"}, {"CONTAINER_IMAGE_NAME", "a/b:2"}},
       "r.example.com:5000/a/b:2",
       "r.example.com:5000"},
      {{{"AZURE_CONTAINER_REGISTRY", "team"}, {"REGISTRY_SERVER", "other.example.com"}},
       "team.azurecr.io/dev8-workspace:latest",
       "other.example.com"},
      {{{"AZURE_CONTAINER_REGISTRY", "team"}, {"CONTAINER_IMAGE", "x/y:1"}}, "x/y:1", "index.docker.io"},
  };
  for (const Row& row : rows) {
    const auto settings = settings_of(variables(row.more));
    REQUIRE(settings.ok());
    CHECK((*settings)->image == row.image);
    CHECK((*settings)->registry.server == row.server);
  }
}

TEST_CASE("a malformed value is an error that names its variable") {
  const std::pair<const char*, const char*> rows[] = {
      {"AZURE_SUBSCRIPTION_ID", ""},
      {"AZURE_SUBSCRIPTION_ID", "prod"},
      {"AZURE_TENANT_ID", "a/b"},
      {"AZURE_CLIENT_ID", "a b"},
      {"AZURE_RESOURCE_MANAGER_ENDPOINT", "http://arm.example.com"},
      {"AZURE_AUTHORITY_HOST", "login.microsoftonline.us"},
      {"AZURE_FILE_ENDPOINT", "http://{account}.file.example.com"},
      {"AZURE_FILE_ENDPOINT", "https://files.example.com"},
      {"AZURE_FILE_ENDPOINT", "https://other.file.core.windows.net"},
      {"AZURE_FILE_ENDPOINT", "https://{account}.{account}.example.com"},
      {"AZURE_IMDS_ENDPOINT", "http://10.0.0.1"},
      {"IDENTITY_ENDPOINT", "http://10.0.0.1"},
      {"IDENTITY_HEADER", "a\nb"},
      {"AZURE_ACI_API_VERSION", "newest"},
      {"AZURE_TOKEN_CREDENTIALS", "broker"},
      {"AGENT_BASE_URL", "agent.example.com"},
      {"CONTAINER_IMAGE", "not an image"},
      {"CONTAINER_IMAGE_NAME", "image:1"},
      {"AZURE_CA_FILE", "/nonexistent/ca.pem"},
      {"AZURE_CA_FILE", "/"},
      {"AZURE_CA_FILE", __FILE__},
      {"CONTAINER_RESTART_POLICY", "Never"},
      {"CONTAINER_EXPOSE_SUPERVISOR", "yes"},
      {"WORKSPACE_LAYOUT", "Home"},
      {"WORKSPACE_READY", "yes"},
      {"AZURE_CONTAINER_REGISTRY", "https://team.azurecr.io"},
      {"REGISTRY_SERVER", "https://index.docker.io"},
      {"REGISTRY_PASSWORD", ""},
      {"AZURE_OPERATION_TIMEOUT_SECONDS", "5m"},
      {"AZURE_OPERATION_TIMEOUT_SECONDS", "0"},
      {"AZURE_OPERATION_TIMEOUT_SECONDS", "100000"},
      {"AZURE_ROLLBACK_TIMEOUT_SECONDS", "-1"},
      {"AZURE_POLLING_READS_PER_SECOND", "0"},
      {"AZURE_POLLING_READS_PER_SECOND", "26"},
      {"AZURE_POLLING_READS_PER_SECOND", "3/s"},
      {"AZURE_POLLING_READS_PER_SECOND", "nan"},
      {"AZURE_POLLING_BURST", "2.5"},
      {"AZURE_POLLING_BURST", "0"},
      {"AZURE_POLLING_BURST", "99999999999"},
      {"IDLE_STOP_AFTER", "soon"},
      {"IDLE_STOP_AFTER", "1d"},
      {"IDLE_STOP_AFTER", "m"},
      {"IDLE_STOP_AFTER", "-1h"},
      {"IDLE_STOP_AFTER", "9s"},
      {"IDLE_STOP_AFTER", "9000h"},
      {"IDLE_STOP_AFTER", "99999999999999999h"},
      {"IDLE_STOP_LONGEST", "8h"},  // needs IDLE_STOP_AFTER
      {"AZURE_STORAGE_AUTH", "Key"},
      {"AZURE_MOUNT_AUTH", "vault"},
      {"WORKSPACE_TLS", "yes"},
      {"AZURE_DNS_LABEL_SCOPE", "unsecure"},
      {"AGENT_MAX_CPU_CORES", "0"},
      {"AGENT_MAX_CPU_CORES", "5"},
      {"AGENT_MAX_CPU_CORES", "1.5"},
      {"AGENT_MAX_MEMORY_GB", "1"},
      {"AGENT_MAX_MEMORY_GB", "17"},
      {"AGENT_MAX_STORAGE_GB", "9"},
      {"AGENT_MAX_STORAGE_GB", "101"},
  };
  for (const auto& [name, value] : rows) {
    INFO(name << "=" << value);
    Variables input = variables({{name, value}});
    if (std::string_view(name) == "REGISTRY_PASSWORD") input["REGISTRY_USERNAME"] = "puller";
    CHECK(wrong_fields(input) == std::string(name) + " ");
  }
  for (const char* longest : {"59s", "9m", "9000h"}) {
    CAPTURE(longest);
    CHECK(wrong_fields(variables({{"IDLE_STOP_AFTER", "10m"}, {"IDLE_STOP_LONGEST", longest}})) ==
          "IDLE_STOP_LONGEST ");
  }
  CHECK(wrong_fields(variables({{"REGISTRY_PASSWORD", "x"}})) == "REGISTRY_USERNAME ");
  CHECK(wrong_fields(variables({{"AZURE_CONTAINER_REGISTRY", "team"}, {"CONTAINER_IMAGE_NAME", "a b"}})) ==
        "CONTAINER_IMAGE_NAME ");
}

TEST_CASE("a word that is none is told with the words, and what depends on it is not judged") {
  const auto rule = [](const Variables& more) {
    const auto settings = settings_of(variables(more));
    if (settings.ok() || settings.error().fields.size() != 1) return std::string("not one error");
    return settings.error().fields.front().message;
  };
  CHECK(rule({{"CONTAINER_RESTART_POLICY", "Never"}}) == "must be OnFailure or Always");
  CHECK(rule({{"AZURE_STORAGE_AUTH", "keys"}}) == "must be key, entra, arm or auto");
  CHECK(rule({{"AZURE_MOUNT_AUTH", "identty"}, {"AZURE_MOUNT_IDENTITY", "any"}}) ==
        "must be key, identity or keyvault");
  CHECK(rule({{"WORKSPACE_TLS", "certificates"}, {"WORKSPACE_HOST", "{id}.example.com"}}) ==
        "must be none, acme or certificate");
}

TEST_CASE("limits of sizes: their defaults, their variables, and the rule by its name") {
  const auto usual = settings_of(variables());
  REQUIRE(usual.ok());
  const SizeLimits& all = (*usual)->size_limits;
  CHECK(all.cpu_cores == 4);
  CHECK(all.memory_gb == 16);
  CHECK(all.storage_gb == 100);
  const auto small = settings_of(variables(
      {{"AGENT_MAX_CPU_CORES", "1"}, {"AGENT_MAX_MEMORY_GB", "2"}, {"AGENT_MAX_STORAGE_GB", "10"}}));
  REQUIRE(small.ok());
  CHECK((*small)->size_limits.cpu_cores == 1);
  CHECK((*small)->size_limits.memory_gb == 2);
  CHECK((*small)->size_limits.storage_gb == 10);
  const auto wrong = settings_of(variables({{"AGENT_MAX_MEMORY_GB", "64"}}));
  REQUIRE_FALSE(wrong.ok());
  CHECK(wrong.error().fields ==
        std::vector<FieldError>{{"AGENT_MAX_MEMORY_GB", "must be an integer between 2 and 16"}});
}

TEST_CASE("the default's own image name needs no registry") {
  const auto settings = settings_of(variables({{"CONTAINER_IMAGE_NAME", "dev8-workspace:latest"}}));
  REQUIRE(settings.ok());
  CHECK((*settings)->image == "vaibhavsing/dev8-workspace:latest");
}

TEST_CASE("all mistakes are reported at once, without their values") {
  const Variables input = {
      {"AZURE_REGIONS", "canary:canary:canary"}, {"AZURE_STORAGE_KEY", "canary!"},
      {"CONTAINER_EXPOSE_SUPERVISOR", "canary"}, {"AZURE_ROLLBACK_TIMEOUT_SECONDS", "canary"},
      {"AZURE_AUTHORITY_HOST", "canary"},        {"AZURE_TOKEN_CREDENTIALS", "canary"}};
  const auto settings = settings_of(input);
  REQUIRE_FALSE(settings.ok());
  CHECK(settings.error().code == ErrorCode::kInvalidRequest);
  CHECK(settings.error().message.find("canary") == std::string::npos);
  CHECK(wrong_fields(input) ==
        "CONTAINER_EXPOSE_SUPERVISOR AZURE_ROLLBACK_TIMEOUT_SECONDS AZURE_REGIONS AZURE_SUBSCRIPTION_ID "
        "AZURE_STORAGE_KEY AZURE_RESOURCE_GROUP AZURE_STORAGE_ACCOUNT AZURE_AUTHORITY_HOST "
        "AZURE_TOKEN_CREDENTIALS ");
}

TEST_CASE("a secret loses the line break at its end, and no other control character gets in") {
  for (const char* name : {"AZURE_STORAGE_KEY", "REGISTRY_PASSWORD", "AZURE_CLIENT_SECRET",
                           "AZURE_CLIENT_CERTIFICATE_PASSWORD", "IDENTITY_HEADER", "AGENT_ACTIVITY_SECRET"}) {
    CAPTURE(std::string(name));
    auto variables = test::variables();
    variables["REGISTRY_USERNAME"] = "puller";
    variables["REGISTRY_PASSWORD"] = "password";
    const std::string value(64, 'a');
    variables[name] = value + "\r\n";
    const auto options = options_from_variables(variables);
    REQUIRE(options.ok());
    std::vector<std::string> secrets = {std::string(options->storage_key.reveal()),
                                        std::string(options->registry.password.reveal()),
                                        std::string(options->identity.client_secret.reveal()),
                                        std::string(options->identity.client_certificate_password.reveal()),
                                        std::string(options->identity.identity_header.reveal())};
    for (const Secret& key : options->activity_keys) secrets.emplace_back(key.reveal());
    CHECK(std::count(secrets.begin(), secrets.end(), value) == 1);
    for (const char* wrong : {"two\nlines-of-canary", "\ttab-canary", "bell-canary\a"}) {
      variables[name] = wrong;
      const auto refused = options_from_variables(variables);
      REQUIRE_FALSE(refused.ok());
      CHECK(refused.error().message.find(name) != std::string::npos);
      CHECK(refused.error().message.find("canary") == std::string::npos);
    }
  }
}

TEST_CASE("a short activity secret is refused") {
  auto variables = test::variables();
  variables["AGENT_ACTIVITY_SECRET"] = std::string(31, 'a');
  const auto refused = options_from_variables(variables);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().message.find("AGENT_ACTIVITY_SECRET must have at least 32 characters") !=
        std::string::npos);
}

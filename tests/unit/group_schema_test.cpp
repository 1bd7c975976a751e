// The body that creates a container group, against Microsoft's description of api-version 2026-07-01.
#include <doctest/doctest.h>

#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <string>

#include "azure/container_group_json.h"
#include "json/parse.h"
#include "plan/group_spec.h"
#include "support/json_schema.h"
#include "support/keyless.h"
#include "support/plan_samples.h"
#include "support/tls_options.h"
#include "support/world.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using json::Value;

namespace {

Value data(const std::string& name) {
  std::ifstream file(std::string(DEV8AGENT_SOURCE_DIR "/tests/data/") + name);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  auto parsed = json::parse(text);
  REQUIRE(parsed.ok());
  return *parsed;
}

const test::JsonSchema& schema() {
  static const test::JsonSchema schema(*data("container-group-schema.json").find("definitions"));
  return schema;
}

std::vector<std::string> errors(const Value& body) {
  return schema().errors("ContainerGroup", body);
}

// Everything that may be sent is sent, or as little as can be.
std::string group_body(bool everything) {
  const AgentSettings settings = test::sample_settings([&](AgentOptions& options) {
    options.agent_base_url.clear();
    if (!everything) return;
    options.agent_base_url = "https://agent.example.com";
    options.registry.username = "puller";
    options.registry.password = test::secret("pull");
    options.restart_policy = RestartPolicy::kAlways;
    options.expose_supervisor = true;
  });
  EnvironmentSecrets secrets;
  secrets.code_server_password = test::secret("password");
  if (everything) {
    for (Secret* each :
         {&secrets.github_token, &secrets.git_user_name, &secrets.git_user_email, &secrets.ssh_public_key,
          &secrets.anthropic_api_key, &secrets.openai_api_key, &secrets.gemini_api_key}) {
      *each = test::secret("value");
    }
  }
  return azure::write_container_group(
      plan::group_spec(test::sample_facts(), plan::to_tags(test::sample_facts(), "token"), secrets,
                       everything ? test::secret("token") : Secret(), test::secret("a2V5"),
                       *settings.region("eastus"), settings));
}

Value parsed_body(bool everything) {
  auto parsed = json::parse(group_body(everything));
  REQUIRE(parsed.ok());
  return *parsed;
}

Value& properties(Value& body) {
  return body["properties"];
}
Value& container(Value& body) {
  return properties(body)["containers"].mutable_array()[0]["properties"];
}

}  // namespace

TEST_CASE("the body that is sent is what Microsoft describes") {
  for (bool everything : {false, true}) {
    CAPTURE(everything);
    const auto found = errors(parsed_body(everything));
    CHECK_MESSAGE(found.empty(), (found.empty() ? "" : found.front()));
  }
}

TEST_CASE("the bodies without keys and passwords are, too") {
  for (const char* mount : {"identity", "keyvault"}) {
    CAPTURE(mount);
    const AgentSettings settings = test::sample_settings([&](AgentOptions& options) {
      options.storage_access = test::access_by("entra", mount);
      options.registry.server = "team.azurecr.io";
      options.registry.identity = test::kMountIdentity;
      options.regions.resize(1);
      options.subnet_id = test::kSubnet;
    });
    EnvironmentSecrets secrets;
    secrets.code_server_password = test::secret("password");
    const auto body = json::parse(azure::write_container_group(
        plan::group_spec(test::sample_facts(), plan::to_tags(test::sample_facts(), "token"), secrets,
                         Secret(), Secret(), *settings.region("eastus"), settings)));
    REQUIRE(body.ok());
    const auto found = errors(*body);
    CHECK_MESSAGE(found.empty(), (found.empty() ? "" : found.front()));
    const Value& file = *body->find_path({"properties", "volumes"})->array().front().find("azureFile");
    CHECK(file.find("storageAccountKey") == nullptr);
    CHECK((file.find("userAssignedIdentityClientId") != nullptr) == (std::string(mount) == "identity"));
    CHECK((file.find("storageAccountKeyReference") != nullptr) == (std::string(mount) == "keyvault"));
    CHECK(body->string_at({"properties", "ipAddress", "type"}) == "Private");
    CHECK(body->find_path({"properties", "ipAddress", "dnsNameLabel"}) == nullptr);
    CHECK(body->find_path({"properties", "subnetIds"})->array().front().string_at({"id"}) == test::kSubnet);
    // One identity for both jobs is named once.
    CHECK(body->find_path({"identity", "userAssignedIdentities"})->object().size() == 1);
  }
}

TEST_CASE("the bodies with a container for TLS are, too") {
  for (const char* mode : {"acme", "certificate"}) {
    CAPTURE(mode);
    const AgentSettings settings = test::sample_settings([&](AgentOptions& options) {
      test::want_tls(options, mode);
      options.dns_label_scope = DnsLabelScope::kTenantReuse;
    });
    EnvironmentSecrets secrets;
    secrets.code_server_password = test::secret("password");
    const auto body = json::parse(azure::write_container_group(
        plan::group_spec(test::sample_facts(), plan::to_tags(test::sample_facts(), "token"), secrets,
                         Secret(), test::secret("a2V5"), *settings.region("eastus"), settings)));
    REQUIRE(body.ok());
    const auto found = errors(*body);
    CHECK_MESSAGE(found.empty(), (found.empty() ? "" : found.front()));
    CHECK(body->find_path({"properties", "containers"})->array().size() == 2);
    CHECK(body->string_at({"properties", "ipAddress", "autoGeneratedDomainNameLabelScope"}) == "TenantReuse");
  }
}

TEST_CASE("the bodies with secrets of a vault are, too, and name each by a reference that is there") {
  for (const char* mount : {"key", "keyvault"}) {
    CAPTURE(mount);
    const AgentSettings settings = test::sample_settings([&](AgentOptions& options) {
      options.storage_access = test::access_by("key", mount);
      options.regions.resize(1);
      options.vault = test::vault_variables();
      test::want_tls_from_vault(options);
    });
    EnvironmentSecrets secrets;
    secrets.code_server_password = test::secret("password");
    const auto body = json::parse(azure::write_container_group(
        plan::group_spec(test::sample_facts(), plan::to_tags(test::sample_facts(), "token"), secrets,
                         Secret(), test::secret("a2V5"), *settings.region("eastus"), settings)));
    REQUIRE(body.ok());
    const auto found = errors(*body);
    CHECK_MESSAGE(found.empty(), (found.empty() ? "" : found.front()));
    std::map<std::string, std::string> uris;
    for (const Value& one : body->find_path({"properties", "secretReferences"})->array()) {
      uris[std::string(one.string_at({"name"}))] = one.string_at({"secretReferenceUri"});
      CHECK(one.string_at({"identity"}) == test::kMountIdentity);
    }
    CHECK(uris.size() == (std::string(mount) == "keyvault" ? 5 : 4));
    std::map<std::string, std::string> variables;
    const Value& first = body->find_path({"properties", "containers"})->array().front();
    for (const Value& one : first.find_path({"properties", "environmentVariables"})->array()) {
      if (const Value* reference = one.find("secureValueReference"))
        variables[std::string(one.string_at({"name"}))] = uris.at(std::string(reference->string()));
    }
    CHECK(variables ==
          std::map<std::string, std::string>{{test::kVaultToken.name, test::kVaultToken.uri},
                                             {test::kVaultLicence.name, test::kVaultLicence.uri}});
    const Value& files = body->find_path({"properties", "volumes"})->array()[1];
    CHECK(uris.at(std::string(files.string_at({"secretReference", "certificate.pem"}))) ==
          test::kCertificateUri);
    CHECK(uris.at(std::string(files.string_at({"secretReference", "key.pem"}))) == test::kCertificateKeyUri);
    CHECK(files.find("secret")->object().size() == 1);  // the Caddyfile
    CHECK(body->find_path({"identity", "userAssignedIdentities"})->object().size() == 1);
  }
}

TEST_CASE("Microsoft's own example bodies are, too") {
  const Value examples = data("container-group-examples.json");
  REQUIRE(examples.find("bodies")->array().size() == 2);
  for (const Value& body : examples.find("bodies")->array()) {
    const auto found = errors(body);
    CHECK_MESSAGE(found.empty(), (found.empty() ? "" : found.front()));
  }
}

TEST_CASE("a broken body is not") {
  const auto broken = [](const std::string& error, const std::function<void(Value&)>& damage) {
    Value body = parsed_body(true);
    damage(body);
    const auto found = errors(body);
    REQUIRE_MESSAGE(found.size() == 1, error);
    CHECK(found.front() == "ContainerGroup" + error);
  };
  broken(".properties: is missing", [](Value& body) { body.erase("properties"); });
  broken(".locations: is not in the description", [](Value& body) { body["locations"] = "eastus"; });
  broken(".id: only answers have it", [](Value& body) { body["id"] = "/subscriptions"; });
  broken(".tags.name: must be of type string", [](Value& body) { body["tags"]["name"] = 7; });
  broken(".properties.containers: must be of type array",
         [](Value& body) { properties(body)["containers"] = json::object({}); });
  broken(".properties.containers: is missing", [](Value& body) { properties(body).erase("containers"); });
  broken(".properties.osType: is not one of the words allowed",
         [](Value& body) { properties(body)["osType"] = "Plan9"; });
  broken(".properties.restartPolicy: is not one of the words allowed",
         [](Value& body) { properties(body)["restartPolicy"] = "onfailure"; });
  broken(".properties.provisioningState: only answers have it",
         [](Value& body) { properties(body)["provisioningState"] = "Succeeded"; });
  broken(".properties.containers[0].name: is missing",
         [](Value& body) { properties(body)["containers"].mutable_array()[0].erase("name"); });
  broken(".properties.containers[0].properties.ports[0].port: must be of type integer",
         [](Value& body) { container(body)["ports"].mutable_array()[0]["port"] = "8080"; });
  broken(".properties.containers[0].properties.resources.requests.cpu: is missing",
         [](Value& body) { container(body)["resources"]["requests"].erase("cpu"); });
  broken(".properties.containers[0].properties.environmentVariables[0].secret: is not in the description",
         [](Value& body) { container(body)["environmentVariables"].mutable_array()[0]["secret"] = "x"; });
  broken(".properties.ipAddress.type: is not one of the words allowed",
         [](Value& body) { properties(body)["ipAddress"]["type"] = "public"; });
  broken(".properties.volumes[0].azureFile.shareName: is missing",
         [](Value& body) { properties(body)["volumes"].mutable_array()[0]["azureFile"].erase("shareName"); });
}

TEST_CASE("the emulator accepts the body") {
  test::World world;
  const std::string management = "https://management.azure.com";
  HttpRequest token;
  token.method = "POST";
  token.url = "https://login.microsoftonline.com/" + world.azure().options().tenant_id + "/oauth2/v2.0/token";
  token.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  token.body = "grant_type=client_credentials&client_id=" + world.azure().options().client_id +
               "&client_secret=" + world.azure().options().client_secret +
               "&scope=https%3A%2F%2Fmanagement.azure.com%2F.default";
  auto answer = json::parse(world.azure().handle(token).body);
  REQUIRE(answer.ok());
  for (bool everything : {false, true}) {
    HttpRequest put;
    put.method = "PUT";
    put.url = management + "/subscriptions/" + world.azure().options().subscription_id +
              "/resourceGroups/dev8-emulator/providers/Microsoft.ContainerInstance/containerGroups/" +
              (everything ? "aci-everything" : "aci-little") + "?api-version=2025-09-01";
    put.headers = {{"Authorization", "Bearer " + std::string(answer->string_at({"access_token"}))},
                   {"Content-Type", "application/json"}};
    put.body = group_body(everything);
    if (!everything) put.body.replace(put.body.find("ws-workspace-0001"), 17, "ws-workspace-0002");
    const HttpResponse response = world.azure().handle(put);
    CHECK_MESSAGE(response.status == 201, response.body);
  }
}

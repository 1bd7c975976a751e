// Secrets of Key Vault in groups: what is refused, what is shown, and what containers get.
#include "cloud.h"
#include "json/write.h"

using namespace emulator_test;

namespace {

const std::string kOne =
    "/subscriptions/33333333-3333-4333-8333-333333333333/resourceGroups/dev8-emulator/providers/"
    "Microsoft.ManagedIdentity/userAssignedIdentities/one";
const std::string kTwo = kOne.substr(0, kOne.size() - 3) + "two";  // reads no vaults
const std::string kUri = "https://vault.vault.azure.net/secrets/token";

EmulatorOptions with_vault() {
  EmulatorOptions options;
  options.identities = {{kOne, "44444444-4444-4444-8444-444444444444"},
                        {kTwo, "55555555-5555-4555-8555-555555555555", false}};
  options.vault_secrets = {{kUri, "canary-vault"}, {kUri + "/0123abcd", "canary-version"}};
  return options;
}

std::string reference(const std::string& name, const std::string& identity, const std::string& uri) {
  return R"({"name":")" + name + R"(","identity":")" + identity + R"(","secretReferenceUri":")" + uri +
         R"("})";
}

// The variable TOKEN and the file "word" are those of the vault, by the reference "token".
std::string vault_json() {
  std::string body = replaced(group_json(), R"({"name":"HIDDEN")",
                              R"({"name":"TOKEN","secureValueReference":"token"},{"name":"HIDDEN")");
  body = replaced(body, R"("osType")",
                  R"("volumes":[{"name":"files","secret":{"sent":"c2VudA=="},
                  "secretReference":{"word":"token"}}],"secretReferences":[)" +
                      reference("token", kOne, kUri) + R"(],"osType")");
  return replaced(
      body, R"("location")",
      R"("identity":{"type":"UserAssigned","userAssignedIdentities":{")" + kOne + R"(":{}}},"location")");
}

struct Broken {
  const char* rule;
  std::string from;
  std::string to;
  const char* code = "InvalidRequestContent";
};

const std::vector<Broken>& broken() {
  static const std::string kReferences = R"("secretReferences":[)";
  static const std::vector<Broken> kAll = {
      {"variable of no reference", R"("secureValueReference":"token")", R"("secureValueReference":"other")"},
      {"names of references have a case", R"("secureValueReference":"token")",
       R"("secureValueReference":"Token")"},
      {"file of no reference", R"({"word":"token"})", R"({"word":"other"})"},
      {"file that is no name", R"({"word":"token"})", R"({"word":1})"},
      {"no files", R"({"word":"token"})", "{}"},
      {"file below a directory", R"({"word":"token"})", R"({"a/word":"token"})"},
      {"file of both kinds", R"({"word":"token"})", R"({"sent":"token"})"},
      {"two values", R"("secureValueReference":"token")", R"("secureValueReference":"token","value":"x")",
       "InvalidContainerEnvironmentVariable"},
      {"two secret values", R"("secureValueReference":"token")",
       R"("secureValueReference":"token","secureValue":"x")", "InvalidContainerEnvironmentVariable"},
      {"no value", R"(,"secureValueReference":"token")", "", "InvalidContainerEnvironmentVariable"},
      {"identity of no group", kReferences, kReferences + reference("more", kTwo, kUri) + ","},
      {"name twice", kReferences, kReferences + reference("token", kOne, kUri) + ","},
      {"no name", R"({"name":"token","identity")", R"({"identity")"},
      {"no identity", R"("identity":")" + kOne + R"(","secretReferenceUri")", R"("secretReferenceUri")"},
      {"no URI", kUri, ""},
      {"URI of a key", kUri, "https://vault.vault.azure.net/keys/token"},
      {"URI without vault", kUri, "https:///secrets/token"},
      {"URI without TLS", kUri, "http://vault.vault.azure.net/secrets/token"},
      {"init container", R"("osType")",
       R"("initContainers":[{"name":"init","properties":{"image":"nginx","environmentVariables":[
       {"name":"A","secureValueReference":"other"}]}}],"osType")"},
      // Whose code Azure does not publish.
      {"secret that is not there", kUri, kUri + "-of-others", "InaccessibleSecretReference"},
      {"version that is not there", kUri, kUri + "/ffff", "InaccessibleSecretReference"},
  };
  return kAll;
}

}  // namespace

TEST_SUITE("secret references") {
  TEST_CASE("broken rules") {
    for (const Broken& one : broken()) {
      CAPTURE(one.rule);
      Cloud cloud(with_vault());
      const HttpResponse response = cloud.put("one", replaced(vault_json(), one.from, one.to));
      CHECK(response.status == 400);
      CHECK(code_of(response) == one.code);
      CHECK(cloud.emulator.groups().empty());
    }
  }

  TEST_CASE("API versions before 2025-09-01 know none of the members") {
    Cloud cloud(with_vault());
    const auto put = [&](const std::string& body, const std::string& version) {
      return cloud.arm("PUT", replaced(cloud.group("one"), "2025-09-01", version), body);
    };
    CHECK(put(vault_json(), "2023-05-01").status == 400);
    const std::string variable =
        replaced(group_json(), R"("value":"1")", R"("secureValueReference":"token")");
    CHECK(code_of(put(variable, "2023-05-01")) == "InvalidRequestContent");
    const std::string volume =
        replaced(group_json(), R"("osType")",
                 R"("volumes":[{"name":"files","secretReference":{"word":"token"}}],"osType")");
    CHECK(body_of(put(volume, "2023-05-01")).string_at({"error", "message"}).find("'secretReference'") !=
          std::string_view::npos);
    CHECK(put(vault_json(), "2026-07-01").status == 201);
  }

  TEST_CASE("references are shown, and what they lead to is not") {
    Cloud cloud(with_vault());
    const HttpResponse made = cloud.put("one", vault_json());
    REQUIRE(made.status == 201);
    cloud.clock->advance(31s);
    CHECK(cloud.state("one") == "Running");
    const std::string shown = cloud.arm("GET", cloud.group("one")).body;
    for (const std::string& text : {made.body, shown, cloud.emulator.state_json()})
      CHECK(text.find("canary") == std::string::npos);
    const Value properties = *cloud.get("one").find("properties");
    const Value& variables =
        *properties.find("containers")->array()[0].find_path({"properties", "environmentVariables"});
    CHECK(dev8agent::internal::json::write(variables.array()[1]) ==
          R"({"name":"TOKEN","secureValueReference":"token"})");
    CHECK(dev8agent::internal::json::write(variables.array()[2]) == R"({"name":"HIDDEN"})");
    const Value& volume = properties.find("volumes")->array()[0];
    CHECK(volume.string_at({"secretReference", "word"}) == "token");
    CHECK(volume.find("secret")->object().empty());
    CHECK(properties.find("secretReferences")->array()[0].string_at({"secretReferenceUri"}) == kUri);
    CHECK(cloud.emulator.groups()[0].secure_variables.at("TOKEN") == "canary-vault");
  }

  TEST_CASE("a version of a secret is another secret, and an identity is the same in any case") {
    Cloud cloud(with_vault());
    std::string body = replaced(vault_json(), kUri, kUri + "/0123abcd");
    body =
        replaced(body, R"("identity":")" + kOne, R"("identity":")" + replaced(kOne, "Assigned", "aSSigned"));
    REQUIRE(cloud.put("one", body).status == 201);
    CHECK(cloud.emulator.groups()[0].secure_variables.at("TOKEN") == "canary-version");
  }

  TEST_CASE("an identity without the role reads nothing: a variable, a file, and a key to mount with") {
    Cloud cloud(with_vault());
    std::string body = vault_json();
    for (int i = 0; i < 2; ++i) body = replaced(body, kOne, kTwo);
    CHECK(code_of(cloud.put("one", body)) == "InaccessibleSecretReference");
    CHECK(cloud.emulator.groups().empty());
    // A reference that nothing uses is not read.
    std::string unused = replaced(body, R"("secureValueReference":"token")", R"("value":"1")");
    unused = replaced(unused, R"(,
                  "secretReference":{"word":"token"})",
                      "");
    CHECK(cloud.put("one", unused).status == 201);
  }
}

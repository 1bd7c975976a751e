// Which secrets of a vault workspaces may get, and what is said of the others.
#include <doctest/doctest.h>

#include <map>

#include "support/keyless.h"
#include "support/test_variables.h"

using namespace dev8agent;
using namespace dev8agent::test;

namespace {

const std::string kUri = kVaultToken.uri;

// With an identity that reads them, unless `change` says otherwise.
Variables with_uris(const std::string& uris, const Variables& change = {}) {
  Variables some = {{"WORKSPACE_SECRET_URIS", uris}, {"WORKSPACE_SECRET_IDENTITY", kMountIdentity}};
  for (const auto& [name, value] : change) some[name] = value;
  return variables(some);
}

std::string wrong(const std::string& uris, const Variables& change = {}) {
  return wrong_fields(with_uris(uris, change));
}

// What is said of the one field that is wrong.
std::string rule(const std::string& uris, const Variables& change = {}) {
  const auto settings = settings_of(with_uris(uris, change));
  REQUIRE_FALSE(settings.ok());
  REQUIRE(settings.error().fields.size() == 1);
  return settings.error().fields[0].field + " " + settings.error().fields[0].message;
}

}  // namespace

TEST_CASE("vault: names and URIs, with commas or line breaks between them") {
  for (const std::string between : {",", "\n", " ,\n ", "\r\n"}) {
    CAPTURE(between);
    const std::string text =
        "TEAM_TOKEN=" + kVaultToken.uri + between + " LICENCE = " + kVaultLicence.uri + between;
    const auto settings = settings_of(with_uris(text));
    REQUIRE_MESSAGE(settings.ok(), settings.error().message);
    CHECK((*settings)->vault.variables == std::vector<VaultVariable>{kVaultToken, kVaultLicence});
    CHECK((*settings)->vault.identity == kMountIdentity);
    CHECK((*settings)->aci_api_version == "2025-09-01");
    const auto lines = describe(*settings);
    const auto again = settings_of(Variables(lines.begin(), lines.end()));
    REQUIRE(again.ok());
    CHECK((*again)->vault.variables == (*settings)->vault.variables);
  }
  CHECK(wrong_fields(variables()) == "");
  CHECK(wrong("_a1=" + kUri) == "");
  CHECK(wrong("a=" + kUri + ",A=" + kUri) == "");
  CHECK(wrong(std::string(63, 'A') + "=" + kUri) == "");
  CHECK(wrong("GITHUB_TOKEN=" + kUri + ",ANTHROPIC_API_KEY=" + kUri) == "");
}

TEST_CASE("vault: what does not fit is told by the variable and the rule, and without the value") {
  const std::string form =
      "WORKSPACE_SECRET_URIS must be NAME=https://VAULT/secrets/NAME with commas or line breaks between, "
      "where "
      "the first NAME has 1 to 63 characters A-Z a-z 0-9 _ without a digit first; entry ";
  CHECK(rule("1A=" + kUri) == form + "1 is not");
  CHECK(rule("A=" + kUri + ",canary secret") == form + "2 is not");
  CHECK(rule("=" + kUri) == form + "1 is not");
  CHECK(rule("canary_secret") == form + "1 is not");
  CHECK(rule("A=") == form + "1 is not");
  CHECK(rule(std::string(64, 'A') + "=" + kUri) == form + "1 is not");
  CHECK(rule("A=" + kUri + "\nA=" + kUri + "-2") ==
        "WORKSPACE_SECRET_URIS must not name a variable twice: A");
  for (const char* name : {"WORKSPACE_ID", "DEV8_X", "SUPERVISOR_AGENT_API_KEY", "CODE_SERVER_PASSWORD"}) {
    CHECK(rule(std::string(name) + "=" + kUri) ==
          "WORKSPACE_SECRET_URIS must not name a variable of the agent's own: " + std::string(name));
  }
  for (const char* uri :
       {"canary", "http://vault/secrets/a", "https://vault/keys/a", "https://vault/secrets/",
        "https:///secrets/a", "https://vault/secrets/a?b", "https://vault/secrets/a/",
        "https://vault/secrets/a/b/c", "https://vault/x/secrets/a", "https://user@vault/secrets/a",
        "https://vault/secrets/a_b"}) {
    CAPTURE(uri);
    CHECK(rule(std::string("A=") + uri) ==
          "WORKSPACE_SECRET_URIS must have https://VAULT/secrets/NAME or https://VAULT/secrets/NAME/VERSION "
          "for A");
  }
}

TEST_CASE("vault: an identity reads it, and only then is there one") {
  for (const char* id : {"", "workspaces", "/subscriptions/x/userAssignedIdentities/y"})
    CHECK(rule("A=" + kUri, {{"WORKSPACE_SECRET_IDENTITY", id}})
              .starts_with("WORKSPACE_SECRET_IDENTITY must be"));
  CHECK(rule("") ==
        "WORKSPACE_SECRET_IDENTITY is used with WORKSPACE_SECRET_URIS or WORKSPACE_TLS_CERTIFICATE_URI only");
  CHECK(rule("A=" + kUri, {{"AZURE_ACI_API_VERSION", "2023-05-01"}}) ==
        "AZURE_ACI_API_VERSION must be 2025-09-01 or newer with WORKSPACE_SECRET_URIS and "
        "WORKSPACE_TLS_CERTIFICATE_URI");
  CHECK(wrong("A=" + kUri, {{"AZURE_ACI_API_VERSION", "2026-07-01"}}) == "");
}

// Which settings of HTTPS for workspaces are accepted, and what is said of the others.
#include <doctest/doctest.h>

#include <fstream>

#include "support/keyless.h"
#include "support/temp_directory.h"
#include "support/test_variables.h"
#include "support/tls_options.h"

using namespace dev8agent;
using namespace dev8agent::test;

namespace {

std::string wrong(const Variables& some) {
  return wrong_fields(variables(some));
}

// What is said of the one field that is wrong.
std::string rule(const Variables& some) {
  const auto settings = settings_of(variables(some));
  REQUIRE_FALSE(settings.ok());
  REQUIRE(settings.error().fields.size() == 1);
  return settings.error().fields[0].message;
}

struct Files {
  std::string write(const std::string& name, const std::string& text) const {
    const std::string path = (directory.path() / name).string();
    std::ofstream(path) << text;
    return path;
  }
  Variables variables(const Variables& change = {}) const {
    Variables some = {{"WORKSPACE_TLS", "certificate"},
                      {"WORKSPACE_HOST", kHostTemplate},
                      {"WORKSPACE_TLS_CERTIFICATE", write("chain.pem", workspace_certificate().chain())},
                      {"WORKSPACE_TLS_KEY", write("key.pem", workspace_certificate().key())}};
    for (const auto& [name, value] : change) some[name] = value;
    return some;
  }
  TempDirectory directory;
};

}  // namespace

TEST_CASE("workspace tls: what a certificate authority needs") {
  CHECK(wrong({{"WORKSPACE_TLS", "acme"}}) == "");
  CHECK(wrong({{"WORKSPACE_TLS", "acme"},
               {"WORKSPACE_TLS_EMAIL", "ops@example.com"},
               {"WORKSPACE_TLS_IMAGE", "team.azurecr.io/caddy:2"},
               {"WORKSPACE_TLS_DIRECTORY", "https://acme.example.com/directory"},
               {"AZURE_DNS_LABEL_SCOPE", "TenantReuse"}}) == "");
  CHECK(wrong({{"WORKSPACE_TLS", "acme"}, {"WORKSPACE_TLS_DIRECTORY", "internal"}}) == "");
  CHECK(wrong({{"WORKSPACE_TLS", "yes"}}) == "WORKSPACE_TLS ");
  CHECK(wrong({{"WORKSPACE_TLS", "acme"}, {"WORKSPACE_TLS_IMAGE", "caddy caddy"}}) == "WORKSPACE_TLS_IMAGE ");
  CHECK(wrong({{"AZURE_DNS_LABEL_SCOPE", "tenant"}}) == "AZURE_DNS_LABEL_SCOPE ");
  for (const char* email :
       {"ops", "ops@example.com {", "ops@example.com\"", "a b@example.com", "{$HOME}@x"}) {
    CAPTURE(email);
    CHECK(wrong({{"WORKSPACE_TLS", "acme"}, {"WORKSPACE_TLS_EMAIL", email}}) == "WORKSPACE_TLS_EMAIL ");
  }
  for (const char* directory :
       {"letsencrypt", "http://acme.example.com/", "https://acme.example.com/{$HOME}"}) {
    CAPTURE(directory);
    CHECK(wrong({{"WORKSPACE_TLS", "acme"}, {"WORKSPACE_TLS_DIRECTORY", directory}}) ==
          "WORKSPACE_TLS_DIRECTORY ");
  }
  CHECK(wrong({{"WORKSPACE_TLS_EMAIL", "ops@example.com"}}) == "WORKSPACE_TLS_EMAIL ");
  CHECK(wrong({{"WORKSPACE_TLS_DIRECTORY", "internal"}}) == "WORKSPACE_TLS_DIRECTORY ");
  CHECK(wrong({{"WORKSPACE_TLS", "acme"}, {"AZURE_SUBNET_ID", kSubnet}}) == "WORKSPACE_TLS ");
  CHECK(wrong({{"WORKSPACE_TLS", "acme"},
               {"WORKSPACE_TLS_DIRECTORY", "internal"},
               {"AZURE_SUBNET_ID", kSubnet}}) == "");
}

TEST_CASE("workspace tls: an operator's certificate is read, and must be for the names and the key") {
  const Files files;
  const auto settings = settings_of(variables(files.variables()));
  REQUIRE_MESSAGE(settings.ok(), settings.error().message);
  CHECK((*settings)->workspace_tls.certificate == workspace_certificate().chain());
  CHECK((*settings)->workspace_tls.key.reveal() == workspace_certificate().key());

  const CertificateChain other("other");
  CHECK(rule(files.variables({{"WORKSPACE_TLS_KEY", files.write("other.pem", other.key())}})) ==
        "must be the key of WORKSPACE_TLS_CERTIFICATE");
  CHECK(rule(files.variables({{"WORKSPACE_HOST", "{id}.other.example.com"}})) ==
        "must be valid for the names of WORKSPACE_HOST, such as workspace-0001.other.example.com");
  CHECK(rule(files.variables({{"WORKSPACE_TLS_KEY", files.write("locked.pem", other.key("password"))}})) ==
        "must name a file with a PEM private key without password");
  CHECK(rule(files.variables({{"WORKSPACE_TLS_CERTIFICATE", files.write("empty.pem", "")}})) ==
        "must name a file with a PEM certificate");
  const std::string missing = (files.directory.path() / "missing.pem").string();
  CHECK(rule(files.variables({{"WORKSPACE_TLS_CERTIFICATE", missing}})) ==
        missing + " cannot be read: No such file or directory");
  CHECK(wrong(files.variables({{"WORKSPACE_TLS_KEY", ""}})) == "WORKSPACE_TLS_KEY ");
  CHECK(wrong(files.variables({{"WORKSPACE_TLS", "none"}})) ==
        "WORKSPACE_TLS_CERTIFICATE WORKSPACE_TLS_KEY WORKSPACE_HOST ");
}

TEST_CASE("workspace tls: a certificate in a vault takes the place of the files") {
  const auto with = [](const Variables& change) {
    Variables some = {{"WORKSPACE_TLS", "certificate"},
                      {"WORKSPACE_HOST", kHostTemplate},
                      {"WORKSPACE_TLS_CERTIFICATE_URI", kCertificateUri},
                      {"WORKSPACE_TLS_KEY_URI", kCertificateKeyUri},
                      {"WORKSPACE_SECRET_IDENTITY", kMountIdentity}};
    for (const auto& [name, value] : change) some[name] = value;
    return some;
  };
  CHECK(wrong(with({})) == "");
  CHECK(wrong(with({{"WORKSPACE_TLS_KEY_URI", kCertificateUri}})) == "");  // one secret may hold both
  CHECK(rule(with({{"WORKSPACE_TLS_KEY_URI", ""}})) ==
        "must be https://VAULT/secrets/NAME, with WORKSPACE_TLS_CERTIFICATE_URI");
  CHECK(wrong(with({{"WORKSPACE_TLS_KEY_URI", ""}})) == "WORKSPACE_TLS_KEY_URI ");
  CHECK(wrong(with({{"WORKSPACE_TLS_CERTIFICATE_URI", ""}})) == "WORKSPACE_TLS_CERTIFICATE_URI ");
  CHECK(wrong(with({{"WORKSPACE_TLS_CERTIFICATE_URI", "https://vault/keys/a"}})) ==
        "WORKSPACE_TLS_CERTIFICATE_URI ");
  CHECK(wrong(with({{"WORKSPACE_HOST", ""}})) == "WORKSPACE_HOST ");
  CHECK(wrong(with({{"WORKSPACE_SECRET_IDENTITY", ""}})) == "WORKSPACE_SECRET_IDENTITY ");
  CHECK(wrong(with({{"AZURE_ACI_API_VERSION", "2024-05-01-preview"}})) == "AZURE_ACI_API_VERSION ");
  CHECK(wrong(with({{"WORKSPACE_TLS", "acme"}})) ==
        "WORKSPACE_TLS_CERTIFICATE_URI WORKSPACE_TLS_KEY_URI WORKSPACE_HOST ");
  const Files files;
  CHECK(wrong(with({{"WORKSPACE_TLS_CERTIFICATE", files.variables().at("WORKSPACE_TLS_CERTIFICATE")}})) ==
        "WORKSPACE_TLS_CERTIFICATE ");
  CHECK(wrong(with({{"WORKSPACE_TLS_KEY", files.variables().at("WORKSPACE_TLS_KEY")}})) ==
        "WORKSPACE_TLS_KEY ");
}

TEST_CASE("workspace tls: the template of host names") {
  const Files files;
  for (const char* host :
       {"", "dev.example.com", "{id}", "{id}..example.com", "{ID}.example.com", "{id}.Example.com",
        "{id}-.example.com", "workspace-{id}.dev.example.com", "{id}.example.com:443",
        "https://{id}.dev.example.com", "{id}.{id}.dev.example.com"}) {
    CAPTURE(host);
    CHECK(wrong(files.variables({{"WORKSPACE_HOST", host}})) == "WORKSPACE_HOST ");
  }
}

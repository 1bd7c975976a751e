// The container that ends TLS in front of a workspace: what it is made of, and its Caddyfile.
#include "plan/tls_sidecar.h"

#include <doctest/doctest.h>

#include "plan/group_spec.h"
#include "support/plan_samples.h"
#include "support/tls_options.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::internal::plan;
using namespace dev8agent::test;

namespace {

ContainerGroupSpec spec_with(const AgentSettings& settings) {
  return group_spec(sample_facts(), {}, EnvironmentSecrets{}, {}, secret("k"), *settings.region("eastus"),
                    settings);
}

AgentSettings with_tls(const std::string& mode, const std::function<void(AgentOptions&)>& more = nullptr) {
  return sample_settings([&](AgentOptions& options) {
    want_tls(options, mode);
    if (more) more(options);
  });
}

std::string file_of(const TlsSidecarSpec& tls, const std::string& name) {
  for (const auto& [file, content] : tls.files) {
    if (file == name) return std::string(content.reveal());
  }
  return "";
}

std::string caddyfile_of(const AgentSettings& settings) {
  return file_of(*spec_with(settings).tls, "Caddyfile");
}

}  // namespace

TEST_CASE("tls: the container takes its sizes from the environment's and closes the web port") {
  const ContainerGroupSpec spec = spec_with(with_tls("acme"));
  CHECK(spec.cpu == 1.9);
  CHECK(spec.memory_gb == 3.8);
  CHECK(spec.ports == std::vector<int>{2222});
  REQUIRE(spec.tls.has_value());
  CHECK(spec.tls->cpu == 0.1);
  CHECK(spec.tls->memory_gb == 0.2);
  CHECK(spec.tls->ports == std::vector<int>{80, 443});
  CHECK(spec.tls->image.starts_with("caddy:2-alpine@sha256:"));
  CHECK(spec.tls->share_name == "tls-workspace-0001");
  CHECK(spec.tls->share_path == "/data");
  CHECK(spec.tls->files.size() == 1);
  CHECK_FALSE(spec_with(sample_settings()).tls.has_value());
}

TEST_CASE("tls: a certificate from a vault is at the same place as one from files") {
  const ContainerGroupSpec spec = spec_with(sample_settings(want_tls_from_vault));
  const ContainerGroupSpec sent = spec_with(with_tls("certificate"));
  CHECK(file_of(*spec.tls, "Caddyfile") == file_of(*sent.tls, "Caddyfile"));
  CHECK(spec.tls->files.size() == 1);
  CHECK(sent.tls->files.size() == 3);
  CHECK(sent.tls->file_references.empty());
  REQUIRE(spec.tls->file_references.size() == 2);
  for (const auto& [name, reference] : spec.tls->file_references)
    CHECK_FALSE(file_of(*sent.tls, name).empty());
  CHECK(spec.identities == std::vector<std::string>{kMountIdentity});
}

TEST_CASE("tls: with ACME the Caddyfile asks for this group's name alone") {
  const AgentSettings settings = with_tls("acme", [](AgentOptions& options) {
    options.workspace_tls.email = "ops@example.com";
    options.workspace_tls.directory = "https://acme.example.com/directory";
  });
  CHECK(caddyfile_of(settings) ==
        "{\n"
        "\tadmin off\n"
        "\tservers {\n"
        "\t\tprotocols h1 h2\n"
        "\t}\n"
        "\temail ops@example.com\n"
        "\tacme_ca https://acme.example.com/directory\n"
        "\ton_demand_tls {\n"
        "\t\task http://{$DEV8_ADDRESS:127.0.0.1}:20443/\n"
        "\t}\n"
        "}\n"
        "https:// {\n"
        "\tbind {$DEV8_ADDRESS:0.0.0.0}\n"
        "\ttls {\n"
        "\t\ton_demand\n"
        "\t}\n"
        "\treverse_proxy {$DEV8_ADDRESS:127.0.0.1}:8080\n"
        "}\n"
        "http://{$DEV8_ADDRESS:127.0.0.1}:20443 {\n"
        "\tbind {$DEV8_ADDRESS:127.0.0.1}\n"
        "\t@own vars_regexp {http.request.uri.query.domain} "
        "^ws-workspace-0001[.]eastus[.]azurecontainer[.](io|us|cn)$\n"
        "\trespond @own 200\n"
        "\trespond 403\n"
        "}\n");
  const std::string hashed = caddyfile_of(
      with_tls("acme", [](AgentOptions& options) { options.dns_label_scope = DnsLabelScope::kTenantReuse; }));
  CHECK(hashed.find("^ws-workspace-0001[.][a-z0-9]+[.]eastus[.]") != std::string::npos);
  CHECK(hashed.find("email") == std::string::npos);
  CHECK(hashed.find("acme_ca") == std::string::npos);
}

TEST_CASE("tls: an authority of the container's own is installed nowhere") {
  const std::string caddyfile = caddyfile_of(
      with_tls("acme", [](AgentOptions& options) { options.workspace_tls.directory = "internal"; }));
  CHECK(caddyfile.find("\tskip_install_trust\n") != std::string::npos);
  CHECK(caddyfile.find("\ttls internal {\n") != std::string::npos);
  CHECK(caddyfile.find("acme_ca") == std::string::npos);
}

TEST_CASE("tls: an operator's certificate is a secret file, and needs no share") {
  const ContainerGroupSpec spec = spec_with(with_tls("certificate"));
  REQUIRE(spec.tls.has_value());
  CHECK(spec.tls->share_name.empty());
  CHECK(file_of(*spec.tls, "certificate.pem") == workspace_certificate().chain());
  CHECK(file_of(*spec.tls, "key.pem") == workspace_certificate().key());
  const std::string caddyfile = file_of(*spec.tls, "Caddyfile");
  CHECK(
      caddyfile.find("\ttls {$CADDY_FILES:/etc/caddy}/certificate.pem {$CADDY_FILES:/etc/caddy}/key.pem\n") !=
      std::string::npos);
  CHECK(caddyfile.find("on_demand") == std::string::npos);
}

TEST_CASE("tls: the link of a group follows its containers, not the settings of today") {
  const AgentSettings own_name = with_tls("certificate");
  ContainerGroup group;
  group.fqdn = "f.example";
  CHECK(connection_urls(group, "workspace-0001", own_name).vscode_web_url == "http://f.example:8080");
  group.containers = {"vscode-server", "tls"};
  CHECK(connection_urls(group, "workspace-0001", sample_settings()).vscode_web_url == "https://f.example/");
  CHECK(connection_urls(group, "workspace-0001", with_tls("acme")).vscode_web_url == "https://f.example/");
  CHECK(connection_urls(group, "workspace-0001", own_name).vscode_web_url ==
        "https://workspace-0001.dev.example.com/");
  CHECK(connection_urls(group, "workspace-0001", own_name).ssh_url == "ssh://dev8@f.example:2222");
}

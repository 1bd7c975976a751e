// The Caddyfile, and the container around it.
#include "plan/tls_sidecar.h"

#include <algorithm>

#include "plan/group_spec.h"

namespace dev8agent::internal::plan {
namespace {

constexpr const char* kAskPort = "20443";

// Where the container listens and finds the workspace. DEV8_ADDRESS is set by the emulator's local workspaces
// alone, whose containers share the network of the whole machine.
constexpr const char* kListen = "{$DEV8_ADDRESS:0.0.0.0}";
constexpr const char* kLocalhost = "{$DEV8_ADDRESS:127.0.0.1}";

bool has_own_authority(const WorkspaceTlsOptions& tls) {
  return tls.directory == "internal";
}

std::string line(int depth, std::string_view text) {
  return std::string(static_cast<std::size_t>(depth), '\t') + std::string(text) + "\n";
}

// A name that Azure may give to this group, as a regular expression. With a scope other than Unsecure it has
// a hash in the middle, which is not known before. Nobody else's name may be asked for: each costs an order
// at the authority.
std::string names_of_group(const std::string& dns_label, const std::string& location,
                           const AgentSettings& settings) {
  if (has_own_authority(settings->workspace_tls)) return "^.+$";
  const bool hashed = settings->dns_label_scope != DnsLabelScope::kUnsecure;
  return "^" + dns_label + (hashed ? "[.][a-z0-9]+" : "") + "[.]" + location +
         "[.]azurecontainer[.](io|us|cn)$";
}

// Certificates are asked for when the first visitor names the host, because that name is Azure's choice. The
// second site answers whether the name may be asked for.
std::string global_options(const WorkspaceTlsOptions& tls) {
  std::string text = line(0, "{") + line(1, "admin off");
  text += line(1, "servers {") + line(2, "protocols h1 h2") + line(1, "}");  // ACI opens no UDP port here
  if (tls.mode == WorkspaceTlsMode::kAcme) {
    if (!tls.email.empty()) text += line(1, "email " + tls.email);
    if (has_own_authority(tls)) text += line(1, "skip_install_trust");
    if (!tls.directory.empty() && !has_own_authority(tls)) text += line(1, "acme_ca " + tls.directory);
    text += line(1, "on_demand_tls {") +
            line(2, std::string("ask http://") + kLocalhost + ":" + kAskPort + "/") + line(1, "}");
  }
  return text + line(0, "}");
}

std::string workspace_site(const WorkspaceTlsOptions& tls) {
  std::string text = line(0, "https:// {") + line(1, std::string("bind ") + kListen);
  if (tls.mode == WorkspaceTlsMode::kCertificate) {
    text += line(1, "tls {$CADDY_FILES:/etc/caddy}/certificate.pem {$CADDY_FILES:/etc/caddy}/key.pem");
  } else {
    text +=
        line(1, has_own_authority(tls) ? "tls internal {" : "tls {") + line(2, "on_demand") + line(1, "}");
  }
  return text + line(1, std::string("reverse_proxy ") + kLocalhost + ":" + std::to_string(kWebPort)) +
         line(0, "}");
}

std::string asking_site(const std::string& names) {
  return line(0, std::string("http://") + kLocalhost + ":" + kAskPort + " {") +
         line(1, std::string("bind ") + kLocalhost) +
         line(1, "@own vars_regexp {http.request.uri.query.domain} " + names) + line(1, "respond @own 200") +
         line(1, "respond 403") + line(0, "}");
}

}  // namespace

bool wants_tls(const AgentSettings& settings) {
  return settings->workspace_tls.mode != WorkspaceTlsMode::kNone;
}

bool keeps_certificates(const AgentSettings& settings) {
  return settings->workspace_tls.mode == WorkspaceTlsMode::kAcme;
}

TlsSidecarSpec tls_sidecar(const std::string& dns_label, const std::string& location,
                           const std::string& certificate_share, const AgentSettings& settings) {
  const WorkspaceTlsOptions& tls = settings->workspace_tls;
  TlsSidecarSpec sidecar;
  sidecar.container_name = kTlsContainerName;
  sidecar.image = tls.image;
  sidecar.cpu = kTlsCpu;
  sidecar.memory_gb = kTlsMemoryGb;
  sidecar.ports = {kHttpPort, kHttpsPort};
  sidecar.variables = {{"CADDY_FILES", "/etc/caddy"}, {"XDG_DATA_HOME", "/data"}};
  sidecar.files_path = "/etc/caddy";
  std::string caddyfile = global_options(tls) + workspace_site(tls);
  if (keeps_certificates(settings)) {
    caddyfile += asking_site(names_of_group(dns_label, location, settings));
    sidecar.share_name = certificate_share;
    sidecar.share_path = "/data";
  } else if (tls.certificate_uri.empty()) {
    sidecar.files.emplace_back(kCertificateFile, Secret(std::string_view(tls.certificate)));
    sidecar.files.emplace_back(kKeyFile, tls.key.copy());
  }
  sidecar.files.emplace_back("Caddyfile", Secret(std::move(caddyfile)));
  return sidecar;
}

bool has_tls_sidecar(const ContainerGroup& group) {
  return std::find(group.containers.begin(), group.containers.end(), kTlsContainerName) !=
         group.containers.end();
}

}  // namespace dev8agent::internal::plan

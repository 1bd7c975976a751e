// The container that ends TLS in front of a workspace, with WorkspaceTlsOptions: Caddy. All containers of a
// group share one network, so that it reaches the workspace at localhost. Pure.
//
// Sources: Microsoft Learn, "Enable automatic HTTPS with Caddy as a sidecar container", and Caddy's
// documentation of the Caddyfile, "On-Demand TLS" and "bind".
#pragma once

#include <string>

#include "dev8agent/options.h"
#include "model/container_group.h"

namespace dev8agent::internal::plan {

inline constexpr std::string_view kTlsContainerName = "tls";
inline constexpr int kHttpPort = 80;  // answered with a redirection, and used by the challenges of ACME
inline constexpr int kHttpsPort = 443;
// Of the environment's own sizes, so that quota and price are the same with and without it.
inline constexpr double kTlsCpu = 0.1;
inline constexpr double kTlsMemoryGb = 0.2;
inline constexpr int kCertificateShareGib = 1;
// Where the operator's certificate is, in PEM.
inline constexpr const char* kCertificateFile = "certificate.pem";
inline constexpr const char* kKeyFile = "key.pem";

// True when groups get the container.
bool wants_tls(const AgentSettings& settings);

// True when the container keeps what it gets from a certificate authority on a share of its own. Without it,
// each start would ask for a new certificate, and Let's Encrypt gives five a week for one name.
bool keeps_certificates(const AgentSettings& settings);

// The container, for the group with this DNS name label at this location. `settings` must ask for TLS. Files
// from a vault are not among those here (plan/vault_secrets.h).
TlsSidecarSpec tls_sidecar(const std::string& dns_label, const std::string& location,
                           const std::string& certificate_share, const AgentSettings& settings);

// True when the group has such a container: its links begin with https.
bool has_tls_sidecar(const ContainerGroup& group);

}  // namespace dev8agent::internal::plan

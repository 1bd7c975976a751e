// Settings of workspaces with HTTPS.
#pragma once

#include <string>

#include "dev8agent/options.h"
#include "support/certificate_chain.h"
#include "support/keyless.h"

namespace dev8agent::test {

inline const std::string kHostTemplate = "{id}.dev.example.com";

// A certificate for the names of that template; made once in a process.
inline const CertificateChain& workspace_certificate() {
  static const CertificateChain chain("workspaces", "DNS:*.dev.example.com");
  return chain;
}

// `mode` is a word of WORKSPACE_TLS; the options get all that it needs.
inline void want_tls(AgentOptions& options, const std::string& mode) {
  options.workspace_tls.mode = parse_workspace_tls_mode(mode).value();
  if (mode != "certificate") return;
  options.workspace_tls.certificate = workspace_certificate().chain();
  options.workspace_tls.key = Secret(workspace_certificate().key());
  options.workspace_tls.host_template = kHostTemplate;
}

// kCertificate, from the vault of support/keyless.h.
inline void want_tls_from_vault(AgentOptions& options) {
  options.workspace_tls.mode = WorkspaceTlsMode::kCertificate;
  options.workspace_tls.certificate_uri = kCertificateUri;
  options.workspace_tls.key_uri = kCertificateKeyUri;
  options.workspace_tls.host_template = kHostTemplate;
  options.vault.identity = kMountIdentity;
}

}  // namespace dev8agent::test

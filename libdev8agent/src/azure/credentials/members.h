// What the default chain must know of its members beyond TokenCredential: whether they can be tried at all.
#pragma once

#include <functional>
#include <string>

#include "dev8agent/credential.h"

namespace dev8agent::internal::azure {

// The settings that a credential lacks ("needs AZURE_TENANT_ID"), or nothing when it has all.
std::string client_secret_needs(const CredentialOptions& options);
std::string client_certificate_needs(const CredentialOptions& options);
std::string workload_identity_needs(const CredentialOptions& options);

// Whether App Service's or Container Apps' own identity endpoint is configured.
bool has_identity_endpoint(const CredentialOptions& options);

// Calls `done` with why no instance metadata service can be there, or with nothing when one answers within a
// second.
void probe_imds(const CredentialContext& context, const std::string& imds_endpoint,
                std::function<void(std::string)> done);

}  // namespace dev8agent::internal::azure

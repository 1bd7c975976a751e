// What the default chain must know of its members beyond TokenCredential: whether they can be tried at all.
// The chain is in default_chain.cpp; each function is defined beside its credential.
#pragma once

#include <functional>
#include <string>

#include "dev8agent/credential.h"

namespace dev8agent::internal::azure {

// The settings that a credential lacks, as words for an error ("needs AZURE_TENANT_ID and AZURE_CLIENT_ID").
// Empty when it has all: then the chain may try it.
std::string client_secret_needs(const CredentialOptions& options);
std::string client_certificate_needs(const CredentialOptions& options);
std::string workload_identity_needs(const CredentialOptions& options);

// True when App Service or Container Apps has given the process an identity endpoint (IDENTITY_ENDPOINT and
// IDENTITY_HEADER). It is used instead of the instance metadata service (IMDS).
bool has_identity_endpoint(const CredentialOptions& options);

// Asks whether the instance metadata service is there, with a request that Azure's own refuses at once. Calls
// `done` once on the loop thread: with nothing when it answers within a second, else with the reason why it
// cannot be there. Without this probe, a machine outside Azure would wait for a time-out in every search.
void probe_imds(const CredentialContext& context, const std::string& imds_endpoint,
                std::function<void(std::string)> done);

}  // namespace dev8agent::internal::azure

// Entra's token endpoint with the OAuth 2.0 client credentials grant: what the secret, the certificate and
// the federated credentials have in common. Source: Microsoft Learn, "OAuth 2.0 client credentials flow".
#pragma once

#include <memory>
#include <string>

#include "dev8agent/credential.h"

namespace dev8agent::internal::azure {

// How an application proves who it is.
struct Proof {
  enum Kind { kSecret, kAssertion } kind = kSecret;
  Secret value;
};

// "{authority}/{tenant}/oauth2/v2.0/token"
std::string token_endpoint(const CredentialOptions& options);

// Asks for a token. Errors carry Entra's AADSTS code and the first line of its description, without the
// proof.
void fetch_from_entra(const CredentialContext& context, const CredentialOptions& options,
                      const std::string& scope, Proof proof, TimePoint deadline,
                      TokenCredential::Completion completion);

}  // namespace dev8agent::internal::azure

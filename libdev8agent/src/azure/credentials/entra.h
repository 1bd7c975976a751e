// Requests to Entra's token endpoint with the OAuth 2.0 client credentials grant: what the secret, the
// certificate and the federated credentials have in common. Source: Microsoft Learn, "OAuth 2.0 client
// credentials flow". Loop thread only.
#pragma once

#include <memory>
#include <string>

#include "dev8agent/credential.h"

namespace dev8agent::internal::azure {

// How an application proves who it is: with its secret, or with an assertion, which is a signed JWT.
struct Proof {
  enum Kind { kSecret, kAssertion } kind = kSecret;
  Secret value;
};

// "{authority}/{tenant}/oauth2/v2.0/token". It is the audience of an assertion, too.
std::string token_endpoint(const CredentialOptions& options);

// Asks for a token for `scope`, once. `completion` is called as TokenCredential::fetch() promises. Errors are
// kAzureCredentials with Entra's AADSTS code, its trace id and the first line of its description, from which
// the proof is removed. They are retryable for 408, 429, 5xx and OAuth's "temporarily_unavailable".
//
//   Proof proof{Proof::kSecret, options.client_secret.copy()};
//   fetch_from_entra(context, options, scope, std::move(proof), deadline, std::move(completion));
void fetch_from_entra(const CredentialContext& context, const CredentialOptions& options,
                      const std::string& scope, Proof proof, TimePoint deadline,
                      TokenCredential::Completion completion);

}  // namespace dev8agent::internal::azure

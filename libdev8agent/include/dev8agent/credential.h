// TokenCredential: where bearer tokens for Azure come from, and the makers of the usual ones. Programs that
// use none of the usual ones derive their own and set AgentOptions::credential. The orchestrator caches
// tokens (one request at a time for each scope, refreshed ahead of expiry), so a credential only fetches.
// Each maker's rules follow Azure Identity's public behaviour. Making one does no I/O; any thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "dev8agent/export.h"
#include "dev8agent/result.h"
#include "dev8agent/scheduler.h"
#include "dev8agent/secret.h"
#include "dev8agent/transport.h"

namespace dev8agent {

// One bearer token.
struct AccessToken {
  Secret token{};
  WallTime expires_at{};
  WallTime refresh_at{};  // when Azure advises to renew; equal to expires_at when it gave no advice
};

// What a credential may use: the transport until the completion has been called or the orchestrator is
// destroyed; the scheduler also from its own timers.
struct CredentialContext {
  Transport& transport;
  Scheduler& scheduler;
  std::function<std::string(std::size_t)> random_bytes{};  // CSPRNG
};

class DEV8AGENT_EXPORT TokenCredential {
 public:
  using Completion = std::function<void(Result<AccessToken>)>;

  virtual ~TokenCredential() = default;
  // A short name for logs and health, such as "ClientSecret".
  virtual std::string_view name() const = 0;
  // Fetches a token for `scope` ("https://management.azure.com/.default") before `deadline`. Calls
  // `completion` once, on the loop thread, never from inside fetch(). kAzureCredentials: refused for good, or
  // (Error::retryable) for now. When the orchestrator, its transport or its scheduler is destroyed first, the
  // requests of this fetch are cancelled and the completion may stay uncalled. Must not block and must not
  // throw. Loop thread only.
  virtual void fetch(CredentialContext context, std::string scope, TimePoint deadline,
                     Completion completion) = 0;
};

// Settings of Azure's usual credential variables (AZURE_TENANT_ID and so on). Empty means not set.
struct DEV8AGENT_EXPORT CredentialOptions {
  std::string authority_host = "https://login.microsoftonline.com";
  std::string tenant_id{};
  std::string client_id{};
  Secret client_secret{};
  std::string client_certificate_path{};  // PEM with key and certificate
  Secret client_certificate_password{};
  std::string federated_token_file{};
  std::string imds_endpoint = "http://169.254.169.254";
  std::string identity_endpoint{};  // App Service and Container Apps
  Secret identity_header{};
  std::string selection{};  // AZURE_TOKEN_CREDENTIALS: "prod", "dev", one credential's name, or empty for all

  // A second copy, secrets included, made on purpose.
  CredentialOptions copy() const;
};

// An application's client secret (OAuth 2.0 client credentials).
DEV8AGENT_EXPORT std::shared_ptr<TokenCredential> make_client_secret_credential(
    const CredentialOptions& options);

// An application's certificate: each fetch reads the PEM file and signs an assertion with its RSA key.
DEV8AGENT_EXPORT std::shared_ptr<TokenCredential> make_client_certificate_credential(
    const CredentialOptions& options);

// A Kubernetes service account or another federated identity: each fetch reads the token file, which its
// owner renews.
DEV8AGENT_EXPORT std::shared_ptr<TokenCredential> make_workload_identity_credential(
    const CredentialOptions& options);

// The managed identity of the container or machine: App Service's endpoint where IDENTITY_ENDPOINT and
// IDENTITY_HEADER are given, else the instance metadata service. `client_id` names a user-assigned identity.
DEV8AGENT_EXPORT std::shared_ptr<TokenCredential> make_managed_identity_credential(
    const CredentialOptions& options);

// The account that `az login` signed in. `program` is looked up in PATH and runs without a shell, as a child
// of this process that ends with the fetch.
DEV8AGENT_EXPORT std::shared_ptr<TokenCredential> make_azure_cli_credential(std::string program = "az");

// A bearer token that the program already has; it is used until it is refused.
DEV8AGENT_EXPORT std::shared_ptr<TokenCredential> make_static_credential(Secret token);

// The first of Environment (secret, then certificate), WorkloadIdentity, ManagedIdentity and AzureCli that
// yields a token; it is kept from then on, and name() is its name. The order is that of the Azure SDK for
// C++. One that is not configured or not there is passed over; one that is refused ends the search with its
// error.
DEV8AGENT_EXPORT std::shared_ptr<TokenCredential> make_default_credential(const CredentialOptions& options);

// Whether CredentialOptions::selection may be `word`: "prod" (all but AzureCli), "dev" (AzureCli), or one
// name, with or without "Credential" at its end; case does not matter.
DEV8AGENT_EXPORT bool is_credential_selection(std::string_view word);

}  // namespace dev8agent

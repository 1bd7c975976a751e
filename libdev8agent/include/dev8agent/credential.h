// TokenCredential: where bearer tokens for Azure come from, and the makers of the usual ones. Programs that
// use none of the usual ones derive their own and set AgentOptions::credential. The orchestrator caches
// tokens (one request at a time for each scope, refreshed ahead of expiry), so a credential only fetches.
// Each maker's rules follow Azure Identity's public behaviour. Making one does no I/O; any thread.
//
//   options.credential = dev8agent::make_default_credential(options.identity);  // the default
//
// One of your own asks without blocking and answers later, here with the token that a broker returns:
//
//   class Broker final : public TokenCredential {
//    public:
//     std::string_view name() const override { return "Broker"; }
//     void fetch(CredentialContext context, std::string scope, TimePoint deadline,
//                Completion completion) override {
//       HttpRequest request{.method = "GET", .url = broker_url(scope), .deadline = deadline};
//       context.transport.send(std::move(request), [completion](Result<HttpResponse> answer) {
//         completion(answer.ok() ? read_token(answer->body) : Result<AccessToken>(answer.error()));
//       });
//     }
//   };
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
inline namespace DEV8AGENT_ABI {

// One bearer token.
struct AccessToken {
  Secret token{};         // what follows "Bearer "; must not be empty
  WallTime expires_at{};  // from then on it is not used; requests renew it 5 minutes ahead
  WallTime refresh_at{};  // when Azure advises to renew; equal to expires_at when it gave no advice
};

// What a credential may use: the transport until the completion has been called or the orchestrator is
// destroyed; the scheduler also from its own timers.
struct CredentialContext {
  Transport& transport;
  Scheduler& scheduler;
  std::function<std::string(std::size_t)> random_bytes{};  // CSPRNG
};

// One way to get tokens. Several orchestrators may share one if they share a scheduler, too.
class DEV8AGENT_EXPORT TokenCredential {
 public:
  using Completion = std::function<void(Result<AccessToken>)>;  // gets the outcome of a fetch

  virtual ~TokenCredential() = default;
  // A short name for logs and health, such as "ClientSecret". Any thread; valid while this object lives.
  virtual std::string_view name() const = 0;
  // Of a chain that has found a credential: why those before it are not used, as words for people. Empty
  // otherwise. Any thread.
  virtual std::string passed_over() const { return ""; }
  // Fetches a token for `scope` ("https://management.azure.com/.default") before `deadline`. Calls
  // `completion` once, on the loop thread, never from inside fetch(). kAzureCredentials: refused for good, or
  // for a while (Error::retryable). When the orchestrator, its transport or its scheduler is destroyed first,
  // the requests of this fetch are cancelled and the completion may stay uncalled. Must not block and must
  // not throw. Loop thread only.
  virtual void fetch(CredentialContext context, std::string scope, TimePoint deadline,
                     Completion completion) = 0;
};

// Settings of Azure's usual credential variables (AZURE_TENANT_ID and so on). Empty means not set.
struct DEV8AGENT_EXPORT CredentialOptions {
  std::string authority_host = "https://login.microsoftonline.com";
  std::string tenant_id{};  // a GUID or a domain name
  std::string client_id{};  // of the application, or of a user-assigned managed identity
  Secret client_secret{};
  std::string client_certificate_path{};  // PEM with key and certificate
  Secret client_certificate_password{};
  std::string federated_token_file{};                    // a JWT that its owner renews
  std::string imds_endpoint = "http://169.254.169.254";  // the instance metadata service
  std::string identity_endpoint{};                       // App Service and Container Apps
  Secret identity_header{};                              // goes with identity_endpoint
  std::string selection{};  // AZURE_TOKEN_CREDENTIALS: "prod", "dev", one credential's name, or empty for all

  // A second copy, secrets included, made on purpose.
  CredentialOptions copy() const;
};

// The makers copy what they need from `options`. What is missing there is not an error of the maker: each
// fetch ends with kAzureCredentials, whose message names the variable.

// An application's client secret (OAuth 2.0 client credentials; RFC 6749, 4.4). Needs tenant_id, client_id
// and client_secret.
DEV8AGENT_EXPORT std::shared_ptr<TokenCredential> make_client_secret_credential(
    const CredentialOptions& options);

// An application's certificate: each fetch reads the PEM file and signs an assertion with its RSA key, so
// that a renewed certificate needs no restart. Needs tenant_id, client_id and client_certificate_path.
DEV8AGENT_EXPORT std::shared_ptr<TokenCredential> make_client_certificate_credential(
    const CredentialOptions& options);

// A Kubernetes service account or another federated identity: each fetch reads the token file, which its
// owner renews. Needs tenant_id, client_id and federated_token_file. Source: Microsoft Learn, "Workload
// identity federation".
DEV8AGENT_EXPORT std::shared_ptr<TokenCredential> make_workload_identity_credential(
    const CredentialOptions& options);

// The managed identity of the container or machine: App Service's endpoint where IDENTITY_ENDPOINT and
// IDENTITY_HEADER are given, else the instance metadata service. `client_id` names a user-assigned identity;
// empty means the system-assigned one. Source: Microsoft Learn, "How to use managed identities on an Azure VM
// to acquire an access token".
DEV8AGENT_EXPORT std::shared_ptr<TokenCredential> make_managed_identity_credential(
    const CredentialOptions& options);

// The account that `az login` signed in, for developers. `program` is looked up in PATH and runs without a
// shell, as a child of this process that ends with the fetch, after 13 s at the latest.
DEV8AGENT_EXPORT std::shared_ptr<TokenCredential> make_azure_cli_credential(std::string program = "az");

// A bearer token that the program already has; it is used until it is refused, for every scope. For tests and
// the emulator.
DEV8AGENT_EXPORT std::shared_ptr<TokenCredential> make_static_credential(Secret token);

// Tokens that a function of the program brings: it gets the scope and returns a token. It may block, as each
// fetch calls it on a thread of its own, and several may run at once. It must not throw. After `deadline` its
// result is no longer waited for, and its thread goes on alone, so it must not refer to what ends before the
// process. The scheduler must tell the machine's time. name() is "Callback". Errors: those of the function;
// kAzureCredentials for an empty token or an empty function, and (Error::retryable) at the deadline;
// kInternal (retryable) when the system has no thread to spare. Azure Identity for C++, for example, fits in
// with Azure::Core::Credentials::TokenCredential::GetToken().
using TokenFunction = std::function<Result<AccessToken>(const std::string& scope, TimePoint deadline)>;
// A credential that calls `function`.
DEV8AGENT_EXPORT std::shared_ptr<TokenCredential> make_callback_credential(TokenFunction function);

// The first of Environment (secret, then certificate), WorkloadIdentity, ManagedIdentity and AzureCli that
// yields a token; it is kept from then on, and name() is its name. The order is that of the Azure SDK for
// C++. One that is not configured or not there is passed over; one that is refused ends the search with its
// error.
DEV8AGENT_EXPORT std::shared_ptr<TokenCredential> make_default_credential(const CredentialOptions& options);

// Whether CredentialOptions::selection may be `word`: "prod" (all but AzureCli), "dev" (AzureCli), or one
// name, with or without "Credential" at its end; case does not matter.
DEV8AGENT_EXPORT bool is_credential_selection(std::string_view word);

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent

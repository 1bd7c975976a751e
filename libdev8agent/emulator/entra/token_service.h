// Entra ID's token endpoint with its discovery documents, the AD FS of Azure Stack Hub, and the managed
// identity endpoint (IMDS) of a virtual machine or container. Sources: Learn on the client credentials flow,
// on AD FS and on managed identities, and what the MSAL libraries send and accept.
#pragma once

#include "core/http_exchange.h"
#include "dev8agent/emulator.h"
#include "entra/assertion.h"
#include "entra/token_store.h"

namespace dev8agent::emulator {

// One tenant with one application: EmulatorOptions::tenant_id and client_id. Not thread-safe: the
// emulator calls it under its mutex. It keeps references to `options` and `guids`, which must
// outlive it.
class Entra {
 public:
  Entra(const EmulatorOptions& options, GuidSource& guids) : options_(options), guids_(guids) {}

  // Requests to the authority (login.microsoftonline.com): "Token", "OpenIdConfiguration" and
  // "InstanceDiscovery". The two documents are what MSAL reads before its first token request. Below
  // /adfs a loopback server is an AD FS: MSAL asks no other host whether it may trust that one.
  static Route authority_route(const Exchange& exchange);
  // Answers such a request; 404 with an empty body for an unknown one.
  HttpResponse authority(const Exchange& exchange);
  // Requests to 169.254.169.254: "ManagedIdentityToken". The handler asks for the header "Metadata:
  // true", an api-version and a resource, and accepts the application's client id as a
  // user-assigned identity.
  static Route imds_route(const Exchange& exchange);
  HttpResponse imds(const Exchange& exchange);

  // What the rest of the emulator reads and a test changes: the tokens issued, whether every
  // credential and identity is refused, and how assertions are checked. The client id and audiences
  // of the rules are filled in for each request.
  TokenStore& tokens() { return tokens_; }
  void reject_credentials(bool rejected) { rejected_ = rejected; }
  AssertionRules& assertion_rules() { return rules_; }

 private:
  // POST /{tenant}/oauth2/v2.0/token, or /adfs/oauth2/token: client credentials with a secret or an
  // assertion. The scope must be a resource followed by "/.default".
  HttpResponse token(const Exchange& exchange);
  // Why the request gets no token, or nothing when it gets one.
  std::optional<EntraError> check_request(const Query& form, const Exchange& exchange) const;
  // Why the client in `form` is not the application, or nothing when it is.
  std::optional<EntraError> check_client(const Query& form, const Exchange& exchange) const;
  HttpResponse refuse(const EntraError& error, const Exchange& exchange);
  HttpResponse openid_configuration(const Exchange& exchange) const;
  HttpResponse instance_discovery(const Exchange& exchange) const;

  const EmulatorOptions& options_;
  GuidSource& guids_;
  TokenStore tokens_;
  AssertionRules rules_;
  bool rejected_ = false;  // reject_credentials() was called with true
};

// The error document of the token endpoint: JSON with the error, its description and number, the
// time, and `id` as trace and correlation id.
std::string entra_error_body(const EntraError& error, WallTime now, std::string_view id);

}  // namespace dev8agent::emulator

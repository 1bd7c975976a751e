// Entra ID's token endpoint with its discovery documents, and the managed identity endpoint of a host.
// Sources: Learn, and what the MSAL libraries send and accept.
#pragma once

#include "core/http_exchange.h"
#include "dev8agent/emulator.h"
#include "entra/assertion.h"
#include "entra/token_store.h"

namespace dev8agent::emulator {

class Entra {
 public:
  Entra(const EmulatorOptions& options, GuidSource& guids) : options_(options), guids_(guids) {}

  static Route authority_route(const Exchange& exchange);
  HttpResponse authority(const Exchange& exchange);
  static Route imds_route(const Exchange& exchange);
  HttpResponse imds(const Exchange& exchange);

  TokenStore& tokens() { return tokens_; }
  void reject_credentials(bool rejected) { rejected_ = rejected; }
  AssertionRules& assertion_rules() { return rules_; }

 private:
  HttpResponse token(const Exchange& exchange);
  std::optional<EntraError> check_client(const Query& form, const Exchange& exchange) const;
  HttpResponse refuse(const EntraError& error, const Exchange& exchange);
  HttpResponse openid_configuration(const Exchange& exchange) const;
  HttpResponse instance_discovery(const Exchange& exchange) const;

  const EmulatorOptions& options_;
  GuidSource& guids_;
  TokenStore tokens_;
  AssertionRules rules_;
  bool rejected_ = false;
};

// The error document of the token endpoint.
std::string entra_error_body(const EntraError& error, WallTime now, std::string_view id);

}  // namespace dev8agent::emulator

// A certificate with its private key, and the client assertions that it signs. Used by the client certificate
// credential. Pure functions on OpenSSL; any thread.
//
//   auto certificate = Certificate::parse(pem, options.client_certificate_password);
//   auto assertion = make_assertion(*certificate, {token_endpoint(options), client_id, uuid, now});
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "dev8agent/result.h"
#include "dev8agent/scheduler.h"
#include "dev8agent/secret.h"

namespace dev8agent::internal::azure {

// Copies share one key, which is freed with the last of them.
class Certificate {
 public:
  // Reads PEM text that holds an RSA key and the certificate of that key; other certificates, such as the
  // rest of the chain, are passed over. `password` decrypts the key; it is empty for a key that is not
  // encrypted. kAzureCredentials says what is missing. Never asks on the terminal.
  static Result<Certificate> parse(std::string_view pem, const Secret& password);

  // SHA-256 of the certificate's DER form, base64url. It is the JWT header x5t#S256, by which Entra finds the
  // certificate.
  const std::string& thumbprint() const { return thumbprint_; }
  // The signature of `data`: RSASSA-PSS with SHA-256 (PS256 of RFC 7518), raw bytes. Empty when OpenSSL
  // fails.
  std::string sign(std::string_view data) const;

 private:
  Certificate(std::shared_ptr<void> key, std::string thumbprint);
  std::shared_ptr<void> key_;  // EVP_PKEY; void keeps OpenSSL out of this header
  std::string thumbprint_;
};

// What an assertion states. Entra accepts each `id` once.
struct AssertionClaims {
  std::string audience;  // the token endpoint that the assertion is for
  std::string client_id;
  std::string id;  // the claim "jti", unique to each assertion
  WallTime now{};  // the assertion is valid from here
};

// The client assertion that Entra accepts in place of a secret: a JWT that is valid for ten minutes.
// kAzureCredentials: the key cannot sign. Source: Microsoft Learn, "Microsoft identity platform application
// authentication certificate credentials".
Result<Secret> make_assertion(const Certificate& certificate, const AssertionClaims& claims);

}  // namespace dev8agent::internal::azure

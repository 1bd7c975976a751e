// A certificate with its private key, and the assertions that it signs.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "dev8agent/result.h"
#include "dev8agent/scheduler.h"
#include "dev8agent/secret.h"

namespace dev8agent::internal::azure {

class Certificate {
 public:
  // Reads PEM text that holds an RSA key, encrypted with `password` or not, and the certificate of that key.
  static Result<Certificate> parse(std::string_view pem, const Secret& password);

  // SHA-256 of the certificate's DER form, base64url: JWT's x5t#S256.
  const std::string& thumbprint() const { return thumbprint_; }
  // RSASSA-PSS with SHA-256 (PS256 of RFC 7518), raw bytes; empty when OpenSSL fails.
  std::string sign(std::string_view data) const;

 private:
  Certificate(std::shared_ptr<void> key, std::string thumbprint);
  std::shared_ptr<void> key_;  // EVP_PKEY
  std::string thumbprint_;
};

struct AssertionClaims {
  std::string audience;
  std::string client_id;
  std::string id;  // unique to each assertion
  WallTime now{};
};

// The client assertion that Entra accepts in place of a secret, good for ten minutes. Source: Microsoft
// Learn, "Microsoft identity platform application authentication certificate credentials".
Result<Secret> make_assertion(const Certificate& certificate, const AssertionClaims& claims);

}  // namespace dev8agent::internal::azure

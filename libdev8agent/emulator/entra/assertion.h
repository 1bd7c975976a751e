// Client assertions: the JWTs with which an application proves itself in place of a secret.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/moment.h"

namespace dev8agent::emulator {

// An error of Entra ID: OAuth's word and Microsoft's number.
struct EntraError {
  int status = 401;
  std::string error = "invalid_client";
  int code = 0;
  std::string message;
};

// A public key that signs an application's assertions, with the thumbprints of its certificate.
class SigningKey {
 public:
  // PEM of a certificate or of a bare public key.
  static std::optional<SigningKey> read(std::string_view pem);

  bool has_thumbprints() const { return !sha1_.empty(); }
  bool matches(std::string_view x5t, std::string_view x5t_s256) const;
  // `algorithm` is RS256 or PS256.
  bool verify(std::string_view algorithm, std::string_view text, std::string_view signature) const;

 private:
  std::shared_ptr<void> key_;
  std::string sha1_;  // base64url
  std::string sha256_;
};

struct AssertionRules {
  std::string client_id;
  std::vector<std::string> audiences;  // the token endpoint by its public and its local URL
  std::optional<SigningKey> key;       // nothing: signatures are not checked
  std::optional<std::string> issuer;   // of federated credentials; nothing: any
  std::optional<std::string> subject;
};

// Why Entra ID refuses the assertion, or nothing when it accepts it.
std::optional<EntraError> check_assertion(std::string_view jwt, const AssertionRules& rules, WallTime now);

}  // namespace dev8agent::emulator

// Client assertions: the JWTs with which an application proves its identity instead of with a
// secret. Sources: RFC 7523, Learn on certificate credentials and on workload identity federation.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/moment.h"

namespace dev8agent::emulator {

// An error of Entra ID: OAuth's word (RFC 6749, 5.2) and Microsoft's number. The answer shows the
// number as "AADSTS7000215: Invalid client secret provided."; 0 leaves that prefix out.
struct EntraError {
  int status = 401;                      // of HTTP
  std::string error = "invalid_client";  // OAuth's word
  int code = 0;
  std::string message;
};

// A public key that signs an application's assertions. When it comes from a certificate, it also
// has the certificate's thumbprints, which an assertion must then name in its header. Copies share
// the key.
class SigningKey {
 public:
  // `pem` is a certificate or a bare public key; nothing when it is neither.
  static std::optional<SigningKey> read(std::string_view pem);

  // True when the key comes from a certificate.
  bool has_thumbprints() const { return !sha1_.empty(); }
  // Whether one of the header members "x5t" (SHA-1) and "x5t#S256" (SHA-256) names this
  // certificate. Both are base64url without padding.
  bool matches(std::string_view x5t, std::string_view x5t_s256) const;
  // Whether `signature` (raw bytes) is this key's over `text`, the first two parts of the JWT.
  // `algorithm` is the header's "alg", RS256 or PS256 (RFC 7518, 3.3 and 3.5); false for others and
  // for keys that are not RSA.
  bool verify(std::string_view algorithm, std::string_view text, std::string_view signature) const;

 private:
  std::shared_ptr<void> key_;  // OpenSSL's EVP_PKEY
  std::string sha1_;           // base64url
  std::string sha256_;
};

// What the application is registered with. An assertion whose issuer is the application itself must
// be signed with `key`. One of any other issuer is federated (workload identity): `issuer` and
// `subject` must match.
struct AssertionRules {
  std::string client_id;
  std::vector<std::string> audiences;  // the token endpoint by its public and its local URL
  std::optional<SigningKey> key;       // nothing: signatures are not checked
  std::optional<std::string> issuer;   // of federated credentials; nothing: any
  std::optional<std::string> subject;  // nothing: any, but not empty
};

// Why Entra ID refuses the assertion, or nothing when it accepts it. "exp" must not be past and
// "nbf" not ahead, with 5 minutes for clocks that differ. Signatures of federated assertions are
// never checked, because the keys of their issuers are not known here. The first rule that is
// broken decides the error:
// * AADSTS50027: no JWT, or one without issuer
// * AADSTS700021, 700023: the application's own, with another subject, or for another audience
// * AADSTS700212, 70021, 700213: federated, with an audience, issuer or subject that is not
//   registered
// * AADSTS700024: not valid at this time
// * AADSTS700027: signed with another certificate or key
std::optional<EntraError> check_assertion(std::string_view jwt, const AssertionRules& rules, WallTime now);

}  // namespace dev8agent::emulator

// A certificate authority that is made at run time, and a server certificate that it signs.
// EmulatorServer uses them for HTTPS on loopback; the client is given the authority as its only
// trusted CA.
#pragma once

#include <optional>
#include <string>

namespace dev8agent::emulator {

// All three are PEM. The key of the authority is thrown away: it signs this one certificate only.
struct LoopbackCertificate {
  std::string authority;  // PEM of the CA certificate
  std::string chain;      // PEM of the server certificate and the CA's
  std::string key;        // PEM of the server's private key
};

// A P-256 certificate for 127.0.0.1 and localhost, valid from one hour ago and for 30 days by the
// machine's clock. Nothing when OpenSSL cannot make it.
std::optional<LoopbackCertificate> make_loopback_certificate();

}  // namespace dev8agent::emulator

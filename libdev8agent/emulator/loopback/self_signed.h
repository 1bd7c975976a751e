// A certificate authority of the moment, and a server certificate for loopback that it signs.
#pragma once

#include <optional>
#include <string>

namespace dev8agent::emulator {

struct LoopbackCertificate {
  std::string authority;  // PEM of the CA certificate
  std::string chain;      // PEM of the server certificate and the CA's
  std::string key;        // PEM of the server's private key
};

// For 127.0.0.1 and localhost, good for 30 days; nothing when OpenSSL cannot make it.
std::optional<LoopbackCertificate> make_loopback_certificate();

}  // namespace dev8agent::emulator

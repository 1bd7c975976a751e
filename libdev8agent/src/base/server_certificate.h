// Looks at the certificate and key of a TLS server. Any thread.
#pragma once

#include <string>
#include <string_view>

#include "dev8agent/secret.h"

namespace dev8agent::internal {

// What is known of a pair; what could not be looked at is false.
struct ServerCertificate {
  bool is_certificate = false;  // the text begins with a PEM certificate, the server's own
  bool is_key = false;          // the other is a PEM private key without password
  bool fit = false;             // the key is the certificate's
  bool expired = false;
  bool serves_host = false;  // the certificate is valid for the host name, wildcards included
};

// `chain` and `key` are PEM texts; `host` is a name in lower case.
ServerCertificate look_at_certificate(std::string_view chain, const Secret& key, const std::string& host);

}  // namespace dev8agent::internal

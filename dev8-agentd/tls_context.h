// TlsContext: the server's side of TLS: its certificate and key, and the rules of every session. Immutable;
// any thread.
//
//   auto context = TlsContext::make(certificate_pem, key_pem);
//   if (context.ok()) session = TlsSession::make(**context, descriptor);
#pragma once

#include <openssl/types.h>

#include <chrono>
#include <memory>
#include <string_view>

#include "dev8agent/result.h"

namespace dev8agentd {

class TlsContext {
 public:
  // `certificate` is PEM text: the server's certificate, then those of its issuers as far as clients do not
  // have them. `key` is its private key, PEM without a password. kInvalidRequest names what is wrong with the
  // field AGENT_TLS_CERTIFICATE or AGENT_TLS_KEY; messages hold nothing of the texts.
  static dev8agent::Result<std::shared_ptr<const TlsContext>> make(std::string_view certificate,
                                                                   std::string_view key);

  // The end of the certificate's validity.
  std::chrono::system_clock::time_point expires() const { return expires_; }
  // For SSL_new(3), which keeps it alive.
  SSL_CTX* get() const { return context_.get(); }

 private:
  using Handle = std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)>;
  TlsContext(Handle context, std::chrono::system_clock::time_point expires)
      : context_(std::move(context)), expires_(expires) {}

  Handle context_;
  std::chrono::system_clock::time_point expires_;
};

}  // namespace dev8agentd

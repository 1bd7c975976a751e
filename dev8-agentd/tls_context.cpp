// Rules of TLS, certificate and key.
#include "tls_context.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <limits>
#include <string>
#include <utility>

namespace dev8agentd {
namespace {

using dev8agent::Error;

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

// Of TLS 1.2: forward secrecy and authenticated encryption only. TLS 1.3 has nothing else.
constexpr const char* kCiphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr unsigned char kProtocols[] = "\x08http/1.1";

Error wrong(const char* variable, const std::string& why) {
  return dev8agent::invalid_request({{variable, why}});
}
Error wrong_certificate(const std::string& why) {
  return wrong("AGENT_TLS_CERTIFICATE", why);
}
Error wrong_key(const std::string& why) {
  return wrong("AGENT_TLS_KEY", why);
}

// OpenSSL's words for what failed last, such as "ee key too small".
std::string last_failure() {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  return reason == nullptr ? "not usable" : reason;
}

Bio memory(std::string_view text) {
  if (text.size() > std::numeric_limits<int>::max()) text = {};
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free);
}

// Without it OpenSSL would ask for a password at the terminal.
int no_password(char*, int, int, void*) {
  return -1;
}

// A client that knows no protocol of ours is refused (RFC 7301, section 3.2).
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned offered_size, void*) {
  unsigned char* found = nullptr;
  const int result =
      SSL_select_next_proto(&found, size, kProtocols, sizeof(kProtocols) - 1, offered, offered_size);
  *chosen = found;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

bool set_rules(SSL_CTX* context) {
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_read_ahead(context, 1);
  // Sessions are resumed with tickets; nothing is kept for them.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 1);
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
  return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
         SSL_CTX_set_cipher_list(context, kCiphers) == 1;
}

std::chrono::system_clock::time_point end_of(const X509* certificate) {
  tm utc{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &utc) != 1) return {};
  return std::chrono::system_clock::from_time_t(timegm(&utc));
}

// Enters certificate and chain. The result is the certificate's end.
dev8agent::Result<std::chrono::system_clock::time_point> use_certificates(SSL_CTX* context,
                                                                          std::string_view pem) {
  const Bio bio = memory(pem);
  const Certificate own(PEM_read_bio_X509_AUX(bio.get(), nullptr, no_password, nullptr), X509_free);
  if (!own) return wrong_certificate("holds no certificate in PEM");
  if (SSL_CTX_use_certificate(context, own.get()) != 1) {
    return wrong_certificate("holds a certificate that cannot be used: " + last_failure());
  }
  while (X509* issuer = PEM_read_bio_X509(bio.get(), nullptr, no_password, nullptr)) {
    if (SSL_CTX_add0_chain_cert(context, issuer) == 1) continue;
    X509_free(issuer);
    return wrong_certificate("holds a chain that cannot be used: " + last_failure());
  }
  if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) {
    return wrong_certificate("holds a chain that is broken after the first certificate");
  }
  return end_of(own.get());
}

dev8agent::Status use_key(SSL_CTX* context, std::string_view pem) {
  const Bio bio = memory(pem);
  const Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr), EVP_PKEY_free);
  if (!key) return wrong_key("holds no private key in PEM, or one with a password");
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1) {
    return wrong_key("does not belong to the certificate of AGENT_TLS_CERTIFICATE");
  }
  return dev8agent::Done{};
}

}  // namespace

dev8agent::Result<std::shared_ptr<const TlsContext>> TlsContext::make(std::string_view certificate,
                                                                      std::string_view key) {
  ERR_clear_error();
  Handle context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (!context || !set_rules(context.get())) {
    return dev8agent::make_error(dev8agent::ErrorCode::kInternal,
                                 "OpenSSL has no TLS 1.2: " + last_failure());
  }
  const auto expires = use_certificates(context.get(), certificate);
  const auto used = expires.ok() ? use_key(context.get(), key) : dev8agent::Status(expires.error());
  ERR_clear_error();
  if (!used.ok()) return used.error();
  return std::shared_ptr<const TlsContext>(new TlsContext(std::move(context), *expires));
}

}  // namespace dev8agentd

// TlsClient: a TLS client of a port on this machine that sends and reads bytes as they are, for what HTTP
// clients do not show: versions, protocols, chains, ends.
#pragma once

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <string_view>

#include "support/raw_client.h"

// Blocking, without time limits. Not thread-safe. Example:
//
//   TlsClient client(port, {.trusted = chain.root()});
//   REQUIRE(client.agreed());
//   client.send("GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n");
//   CHECK(client.read_until("\r\n").starts_with("HTTP/1.1 200"));
class TlsClient {
 public:
  struct Options {
    int version = 0;          // TLS1_2_VERSION or another; 0: any
    std::string protocols{};  // of ALPN as on the wire, "\x08http/1.1"; empty: none
    std::string
        trusted{};  // PEM of the authority that the server must follow from; empty: any server will do
  };

  // Connects to 127.0.0.1:`port`, and tries to agree on TLS.
  explicit TlsClient(int port, const Options& options)
      : socket_(port), context_(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free), ssl_(nullptr, &SSL_free) {
    SSL_CTX_set_cipher_list(context_.get(), "ALL:@SECLEVEL=0");  // else OpenSSL itself refuses TLS 1.1
    SSL_CTX_set_min_proto_version(context_.get(), options.version);
    SSL_CTX_set_max_proto_version(context_.get(), options.version);
    if (!options.trusted.empty()) trust(options.trusted);
    ssl_.reset(SSL_new(context_.get()));
    const auto* protocols = reinterpret_cast<const unsigned char*>(options.protocols.data());
    if (!options.protocols.empty())
      SSL_set_alpn_protos(ssl_.get(), protocols, static_cast<unsigned>(options.protocols.size()));
    SSL_set_fd(ssl_.get(), socket_.descriptor());
    ERR_clear_error();
    agreed_ = SSL_connect(ssl_.get()) == 1;
    if (const char* reason = ERR_reason_error_string(ERR_peek_error())) failure_ = reason;
  }

  bool agreed() const { return agreed_; }
  // OpenSSL's words for why they did not agree.
  const std::string& failure() const { return failure_; }
  std::string version() const { return SSL_get_version(ssl_.get()); }
  // Of ALPN; empty: none was agreed on.
  std::string protocol() const {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl_.get(), &name, &size);
    return {reinterpret_cast<const char*>(name), size};
  }
  // The common name of the server's certificate.
  std::string server_name() const {
    char name[64] = "";
    X509* certificate = SSL_get0_peer_certificate(ssl_.get());
    if (certificate != nullptr)
      X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof(name));
    return name;
  }
  // How many certificates the server has sent.
  int chain_length() const { return sk_X509_num(SSL_get_peer_cert_chain(ssl_.get())); }

  bool send(std::string_view text) {
    return SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size())) == static_cast<int>(text.size());
  }
  // What comes up to and including `mark`, or until the end.
  std::string read_until(std::string_view mark) {
    std::string text;
    char c = 0;
    while (!text.ends_with(mark) && SSL_read(ssl_.get(), &c, 1) == 1) text += c;
    return text;
  }
  std::string read_all() { return read_until(std::string_view("\0never", 6)); }
  // After a read came to the end: the server said so (close_notify), and did not just cut the connection.
  bool ended_properly() const { return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0; }
  // Sends close_notify; reading goes on.
  void end_sending() { SSL_shutdown(ssl_.get()); }
  // The connection below TLS.
  const RawClient& socket() const { return socket_; }
  SSL* ssl() { return ssl_.get(); }

 private:
  void trust(const std::string& pem) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
    const std::unique_ptr<X509, decltype(&X509_free)> root(
        PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), &X509_free);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context_.get()), root.get());
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
  }

  RawClient socket_;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
  bool agreed_ = false;
  std::string failure_;
};

// The bytes with which a client begins a handshake, without what follows from the server's answer.
inline std::string client_hello() {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()),
                                                                  &SSL_CTX_free);
  const std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(context.get()), &SSL_free);
  SSL_set_bio(ssl.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_connect(ssl.get());
  char* data = nullptr;
  const long size = BIO_get_mem_data(SSL_get_wbio(ssl.get()), &data);
  return {data, static_cast<std::size_t>(size)};
}

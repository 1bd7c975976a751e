// Certificates for loopback: see self_signed.h.
#include "loopback/self_signed.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <memory>

namespace dev8agent::emulator {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Extension = std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)>;

constexpr long kHour = 3600;
constexpr long kLifetime = 30 * 24 * kHour;

Key make_key() {
  return Key(EVP_EC_gen("P-256"), EVP_PKEY_free);
}

std::string text_of(const Bio& bio) {
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<std::size_t>(length));
}

std::string pem(X509* certificate) {
  Bio bio(BIO_new(BIO_s_mem()), BIO_free);
  PEM_write_bio_X509(bio.get(), certificate);
  return text_of(bio);
}

std::string pem(EVP_PKEY* key) {
  Bio bio(BIO_new(BIO_s_mem()), BIO_free);
  PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return text_of(bio);
}

bool add_extension(X509* certificate, X509* issuer, int id, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  Extension extension(X509V3_EXT_conf_nid(nullptr, &context, id, value), X509_EXTENSION_free);
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

// A certificate for `key` without extensions and signature; `issuer` null: it issues itself.
Certificate make_certificate(const char* name, EVP_PKEY* key, X509* issuer) {
  Certificate certificate(X509_new(), X509_free);
  unsigned char serial[8] = {};
  if (RAND_bytes(serial, sizeof serial) != 1) return Certificate(nullptr, X509_free);
  serial[0] &= 0x7f;
  std::unique_ptr<BIGNUM, decltype(&BN_free)> number(BN_bin2bn(serial, sizeof serial, nullptr), BN_free);
  BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate.get()));
  X509_set_version(certificate.get(), X509_VERSION_3);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kHour);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kLifetime);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer ? issuer : certificate.get()));
  return certificate;
}

}  // namespace

std::optional<LoopbackCertificate> make_loopback_certificate() {
  Key authority_key = make_key();
  Key server_key = make_key();
  if (!authority_key || !server_key) return std::nullopt;
  Certificate authority = make_certificate("dev8agent emulator CA", authority_key.get(), nullptr);
  if (!authority) return std::nullopt;
  Certificate server = make_certificate("dev8agent emulator", server_key.get(), authority.get());
  if (!server) return std::nullopt;
  X509* const ca = authority.get();
  const bool made = add_extension(ca, ca, NID_basic_constraints, "critical,CA:TRUE") &&
                    add_extension(ca, ca, NID_key_usage, "critical,keyCertSign,cRLSign") &&
                    add_extension(ca, ca, NID_subject_key_identifier, "hash") &&
                    X509_sign(ca, authority_key.get(), EVP_sha256()) > 0 &&
                    add_extension(server.get(), ca, NID_basic_constraints, "critical,CA:FALSE") &&
                    add_extension(server.get(), ca, NID_key_usage, "critical,digitalSignature") &&
                    add_extension(server.get(), ca, NID_ext_key_usage, "serverAuth") &&
                    add_extension(server.get(), ca, NID_authority_key_identifier, "keyid") &&
                    add_extension(server.get(), ca, NID_subject_alt_name, "IP:127.0.0.1,DNS:localhost") &&
                    X509_sign(server.get(), authority_key.get(), EVP_sha256()) > 0;
  if (!made) return std::nullopt;
  return LoopbackCertificate{pem(ca), pem(server.get()) + pem(ca), pem(server_key.get())};
}

}  // namespace dev8agent::emulator

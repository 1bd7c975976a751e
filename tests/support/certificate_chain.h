// CertificateChain: a certificate for 127.0.0.1 and localhost, or for other names, issued by an intermediate
// authority of a root authority. Made when the test runs, so that no key lies in the tree. Failures of
// OpenSSL while making it are not handled.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>

namespace dev8agent::test {

// Not copyable. Each object has other keys; the certificates are valid for a day.
class CertificateChain {
 public:
  // `name` is the common name of the server's certificate, to tell two of them apart.
  // `hosts` is its subjectAltName, in the words of OpenSSL.
  explicit CertificateChain(const std::string& name = "server",
                            const std::string& hosts = "IP:127.0.0.1,DNS:localhost") {
    root_ = issue("root of " + name, root_key_.get(), nullptr, root_key_.get(), "");
    middle_ = issue("issuer of " + name, middle_key_.get(), root_.get(), root_key_.get(), "");
    server_ = issue(name, server_key_.get(), middle_.get(), middle_key_.get(), hosts);
  }

  // What a client trusts.
  std::string root() const { return pem(root_.get()); }
  // What a server shows: its own certificate, then the intermediate one.
  std::string chain() const { return pem(server_.get()) + pem(middle_.get()); }
  // The server's certificate alone.
  std::string certificate() const { return pem(server_.get()); }
  // The server's private key in PKCS #8. With a password it is encrypted.
  std::string key(std::string password = "") const {
    return text([&](BIO* bio) {
      PEM_write_bio_PrivateKey(bio, server_key_.get(), password.empty() ? nullptr : EVP_aes_256_cbc(),
                               nullptr, 0, nullptr, password.empty() ? nullptr : password.data());
    });
  }

 private:
  using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
  using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

  template <class Write>
  static std::string text(Write write) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), &BIO_free);
    write(bio.get());
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);  // `data` belongs to the BIO
    return {data, static_cast<std::size_t>(size)};
  }
  static std::string pem(X509* certificate) {
    return text([&](BIO* bio) { PEM_write_bio_X509(bio, certificate); });
  }
  static void extend(X509* certificate, int id, const char* value) {
    const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> extension(
        X509V3_EXT_conf_nid(nullptr, nullptr, id, value), &X509_EXTENSION_free);
    X509_add_ext(certificate, extension.get(), -1);
  }
  // Without an issuer it issues itself. Without hosts it is an authority.
  static Certificate issue(const std::string& name, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key,
                           const std::string& hosts) {
    const bool authority = hosts.empty();
    Certificate certificate(X509_new(), &X509_free);
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 86400);
    X509_set_pubkey(certificate.get(), key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer ? issuer : certificate.get()));
    extend(certificate.get(), NID_basic_constraints, authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
    if (!authority) extend(certificate.get(), NID_subject_alt_name, hosts.c_str());
    X509_sign(certificate.get(), issuer_key, EVP_sha256());
    return certificate;
  }
  static Key make_key() { return {EVP_EC_gen("P-256"), &EVP_PKEY_free}; }

  Key root_key_ = make_key();
  Key middle_key_ = make_key();
  Key server_key_ = make_key();
  Certificate root_{nullptr, &X509_free};
  Certificate middle_{nullptr, &X509_free};
  Certificate server_{nullptr, &X509_free};
};

}  // namespace dev8agent::test

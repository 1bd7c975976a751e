// TestCertificate: a key and a self-signed certificate, made when the test runs so that
// no key lies in the tree. Used by tests of certificate credentials and of the CA
// bundle; it also checks signatures, as the receiver of an assertion does. Failures of
// OpenSSL while making it are not handled.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <string_view>

namespace dev8agent::test {

// Not copyable. Each object has another key; the certificate has no subject and is
// valid for a day from now, by the machine's clock.
class TestCertificate {
 public:
  // RSA with 2048 bits, or else P-256. The library refuses the latter for client
  // assertions. It is faster to make, and good enough where only a certificate is
  // needed.
  explicit TestCertificate(bool rsa = true)
      : key_(rsa ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256"), &EVP_PKEY_free),
        certificate_(X509_new(), &X509_free) {
    ASN1_INTEGER_set(X509_get_serialNumber(certificate_.get()), 1);  // any serial number will do
    X509_gmtime_adj(X509_getm_notBefore(certificate_.get()), 0);     // valid from now
    X509_gmtime_adj(X509_getm_notAfter(certificate_.get()), 86400);  // for one day, in seconds
    X509_set_pubkey(certificate_.get(), key_.get());
    X509_sign(certificate_.get(), key_.get(), EVP_sha256());  // self-signed
  }

  // The private key in PKCS #8. With a password it is encrypted by AES-256-CBC.
  std::string key_pem(std::string password = "") const {
    return pem([&](BIO* bio) {
      PEM_write_bio_PrivateKey(bio, key_.get(), password.empty() ? nullptr : EVP_aes_256_cbc(), nullptr, 0,
                               nullptr, password.empty() ? nullptr : password.data());
    });
  }
  // The certificate alone, without the key.
  std::string certificate_pem() const {
    return pem([&](BIO* bio) { PEM_write_bio_X509(bio, certificate_.get()); });
  }
  // The 32 raw bytes of the digest over the certificate's DER form; "x5t#S256" is their
  // base64url form.
  std::string sha256_thumbprint() const {
    std::string digest(32, '\0');  // the size of SHA-256
    X509_digest(certificate_.get(), EVP_sha256(), reinterpret_cast<unsigned char*>(digest.data()), nullptr);
    return digest;
  }
  // Whether `signature` (raw bytes) is this key's over `data`: RSASSA-PSS with SHA-256
  // and a salt of the digest's size, as RFC 7518, 3.5 asks of PS256.
  bool verify(std::string_view data, std::string_view signature) const {
    // The context owns `padding`.
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    EVP_PKEY_CTX* padding = nullptr;
    return EVP_DigestVerifyInit(context.get(), &padding, EVP_sha256(), nullptr, key_.get()) == 1 &&
           EVP_PKEY_CTX_set_rsa_padding(padding, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(padding, RSA_PSS_SALTLEN_DIGEST) == 1 &&
           EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()),
                            signature.size(), reinterpret_cast<const unsigned char*>(data.data()),
                            data.size()) == 1;
  }

 private:
  // What `write` puts into a memory BIO, as text.
  template <class Write>
  static std::string pem(Write write) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), &BIO_free);  // grows in memory
    write(bio.get());
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);  // `data` belongs to the BIO
    return {data, static_cast<std::size_t>(size)};
  }

  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;  // owned; freed by OpenSSL
  std::unique_ptr<X509, decltype(&X509_free)> certificate_;
};

}  // namespace dev8agent::test

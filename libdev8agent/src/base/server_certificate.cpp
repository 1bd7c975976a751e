// PEM and X.509 with OpenSSL's libcrypto.
#include "base/server_certificate.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

namespace dev8agent::internal {
namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using X509Pointer = std::unique_ptr<X509, decltype(&X509_free)>;
using KeyPointer = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

Bio open(std::string_view pem) {
  return {BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free};
}

// OpenSSL would ask on the terminal without a callback.
int give_no_password(char*, int, int, void*) {
  return -1;
}

}  // namespace

ServerCertificate look_at_certificate(std::string_view chain, const Secret& key, const std::string& host) {
  const Bio public_part = open(chain);
  const Bio private_part = open(key.reveal());
  const X509Pointer certificate(PEM_read_bio_X509(public_part.get(), nullptr, nullptr, nullptr), &X509_free);
  const KeyPointer own_key(PEM_read_bio_PrivateKey(private_part.get(), nullptr, give_no_password, nullptr),
                           &EVP_PKEY_free);
  ServerCertificate seen;
  seen.is_certificate = certificate != nullptr;
  seen.is_key = own_key != nullptr;
  if (certificate) {
    seen.expired = X509_cmp_current_time(X509_get0_notAfter(certificate.get())) <= 0;
    seen.serves_host = X509_check_host(certificate.get(), host.c_str(), host.size(), 0, nullptr) == 1;
  }
  if (certificate && own_key) seen.fit = X509_check_private_key(certificate.get(), own_key.get()) == 1;
  ERR_clear_error();
  return seen;
}

}  // namespace dev8agent::internal

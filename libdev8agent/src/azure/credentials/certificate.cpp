// PEM reading and PS256 signing with OpenSSL's libcrypto.
#include "azure/credentials/certificate.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>

#include "azure/credentials/outcome.h"
#include "base/crypto.h"
#include "json/write.h"

namespace dev8agent::internal::azure {
namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using X509Pointer = std::unique_ptr<X509, decltype(&X509_free)>;

// OpenSSL would ask on the terminal without a callback.
int give_password(char* buffer, int size, int, void* secret) {
  const std::string_view password = static_cast<const Secret*>(secret)->reveal();
  if (password.empty() || password.size() > static_cast<std::size_t>(size)) return -1;
  std::copy(password.begin(), password.end(), buffer);
  return static_cast<int>(password.size());
}

Bio open(std::string_view pem) {
  return {BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free};
}

std::shared_ptr<EVP_PKEY> read_key(std::string_view pem, const Secret& password) {
  const Bio bio = open(pem);
  EVP_PKEY* key = PEM_read_bio_PrivateKey(bio.get(), nullptr, give_password, const_cast<Secret*>(&password));
  return {key, [](EVP_PKEY* owned) { EVP_PKEY_free(owned); }};
}

// The DER form of the certificate that belongs to `key`; the file may hold the rest of its chain as well.
std::string find_certificate(std::string_view pem, EVP_PKEY* key) {
  const Bio bio = open(pem);
  for (;;) {
    const X509Pointer certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), &X509_free);
    if (!certificate) return {};
    if (X509_check_private_key(certificate.get(), key) != 1) continue;
    const int size = i2d_X509(certificate.get(), nullptr);
    std::string der(static_cast<std::size_t>(std::max(size, 0)), '\0');
    auto* out = reinterpret_cast<unsigned char*>(der.data());
    i2d_X509(certificate.get(), &out);
    return der;
  }
}

}  // namespace

Certificate::Certificate(std::shared_ptr<void> key, std::string thumbprint)
    : key_(std::move(key)), thumbprint_(std::move(thumbprint)) {}

Result<Certificate> Certificate::parse(std::string_view pem, const Secret& password) {
  const auto key = read_key(pem, password);
  if (!key) {
    ERR_clear_error();
    return credential_error(
        "the file of AZURE_CLIENT_CERTIFICATE_PATH holds no private key in PEM form that " +
        std::string(password.empty() ? "is free of a password" : "AZURE_CLIENT_CERTIFICATE_PASSWORD opens"));
  }
  if (EVP_PKEY_base_id(key.get()) != EVP_PKEY_RSA) {
    return credential_error("the key of AZURE_CLIENT_CERTIFICATE_PATH is not an RSA key");
  }
  const std::string der = find_certificate(pem, key.get());
  ERR_clear_error();  // the end of the file counts as one
  if (der.empty()) {
    return credential_error("the file of AZURE_CLIENT_CERTIFICATE_PATH holds no certificate for its key");
  }
  return Certificate(key, base64url_encode(sha256(der)));
}

std::string Certificate::sign(std::string_view data) const {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  auto* key = static_cast<EVP_PKEY*>(key_.get());
  EVP_PKEY_CTX* padding = nullptr;  // owned by `context`
  std::size_t size = static_cast<std::size_t>(EVP_PKEY_size(key));
  std::string signature(size, '\0');
  const bool done = EVP_DigestSignInit(context.get(), &padding, EVP_sha256(), nullptr, key) == 1 &&
                    EVP_PKEY_CTX_set_rsa_padding(padding, RSA_PKCS1_PSS_PADDING) == 1 &&
                    EVP_PKEY_CTX_set_rsa_pss_saltlen(padding, RSA_PSS_SALTLEN_DIGEST) == 1 &&
                    EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                                   reinterpret_cast<const unsigned char*>(data.data()), data.size()) == 1;
  if (!done) {
    ERR_clear_error();
    return {};
  }
  signature.resize(size);
  return signature;
}

Result<Secret> make_assertion(const Certificate& certificate, const AssertionClaims& claims) {
  const std::int64_t now = std::chrono::floor<std::chrono::seconds>(claims.now.time_since_epoch()).count();
  const std::string header =
      json::write(json::object({{"typ", "JWT"}, {"alg", "PS256"}, {"x5t#S256", certificate.thumbprint()}}));
  const std::string body = json::write(json::object({{"aud", claims.audience},
                                                     {"iss", claims.client_id},
                                                     {"sub", claims.client_id},
                                                     {"jti", claims.id},
                                                     {"nbf", now},
                                                     {"exp", now + 600}}));
  std::string text = base64url_encode(header) + "." + base64url_encode(body);
  const std::string signature = certificate.sign(text);
  if (signature.empty())
    return credential_error("the key of AZURE_CLIENT_CERTIFICATE_PATH cannot sign with PS256");
  text += '.';
  text += base64url_encode(signature);
  return Secret(std::move(text));
}

}  // namespace dev8agent::internal::azure

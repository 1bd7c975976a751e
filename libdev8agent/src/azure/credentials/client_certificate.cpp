// make_client_certificate_credential().
#include <openssl/crypto.h>

#include "azure/credentials/certificate.h"
#include "azure/credentials/credential_file.h"
#include "azure/credentials/entra.h"
#include "azure/credentials/members.h"
#include "azure/credentials/outcome.h"
#include "base/crypto.h"

namespace dev8agent {

using namespace internal;
namespace {

// The assertion for one fetch. The file is read each time, so that a renewed certificate needs no restart.
Result<Secret> sign_assertion(const CredentialContext& context, const CredentialOptions& options) {
  if (auto missing = azure::client_certificate_needs(options); !missing.empty()) {
    return azure::credential_error("ClientCertificate " + missing);
  }
  auto pem = azure::read_credential_file(options.client_certificate_path, "AZURE_CLIENT_CERTIFICATE_PATH");
  if (!pem.ok()) return pem.error();
  auto certificate = azure::Certificate::parse(*pem, options.client_certificate_password);
  OPENSSL_cleanse(pem->data(), pem->size());
  if (!certificate.ok()) return certificate.error();
  const std::string id = make_uuid(context.random_bytes(16));
  return azure::make_assertion(
      *certificate, {azure::token_endpoint(options), options.client_id, id, context.scheduler.wall_now()});
}

class ClientCertificateCredential final : public TokenCredential {
 public:
  explicit ClientCertificateCredential(CredentialOptions options) : options_(std::move(options)) {}
  std::string_view name() const override { return "ClientCertificate"; }

  void fetch(CredentialContext context, std::string scope, TimePoint deadline,
             Completion completion) override {
    auto assertion = sign_assertion(context, options_);
    if (!assertion.ok()) return azure::fail(context, std::move(completion), assertion.error());
    azure::Proof proof{azure::Proof::kAssertion, std::move(*assertion)};
    azure::fetch_from_entra(context, options_, scope, std::move(proof), deadline, std::move(completion));
  }

 private:
  CredentialOptions options_;
};

}  // namespace

std::string azure::client_certificate_needs(const CredentialOptions& options) {
  return needs({{"AZURE_TENANT_ID", !options.tenant_id.empty()},
                {"AZURE_CLIENT_ID", !options.client_id.empty()},
                {"AZURE_CLIENT_CERTIFICATE_PATH", !options.client_certificate_path.empty()}});
}

inline namespace DEV8AGENT_ABI {

std::shared_ptr<TokenCredential> make_client_certificate_credential(const CredentialOptions& options) {
  return std::make_shared<ClientCertificateCredential>(options.copy());
}

}  // namespace DEV8AGENT_ABI

}  // namespace dev8agent

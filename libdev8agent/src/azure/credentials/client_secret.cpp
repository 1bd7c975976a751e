// make_client_secret_credential().
#include "azure/credentials/entra.h"
#include "azure/credentials/members.h"
#include "azure/credentials/outcome.h"

namespace dev8agent {

using namespace internal;
namespace {

class ClientSecretCredential final : public TokenCredential {
 public:
  explicit ClientSecretCredential(CredentialOptions options) : options_(std::move(options)) {}
  std::string_view name() const override { return "ClientSecret"; }

  void fetch(CredentialContext context, std::string scope, TimePoint deadline,
             Completion completion) override {
    if (auto missing = azure::client_secret_needs(options_); !missing.empty()) {
      return azure::fail(context, std::move(completion), azure::credential_error("ClientSecret " + missing));
    }
    azure::Proof proof{azure::Proof::kSecret, options_.client_secret.copy()};
    azure::fetch_from_entra(context, options_, scope, std::move(proof), deadline, std::move(completion));
  }

 private:
  CredentialOptions options_;
};

}  // namespace

std::string azure::client_secret_needs(const CredentialOptions& options) {
  return needs({{"AZURE_TENANT_ID", !options.tenant_id.empty()},
                {"AZURE_CLIENT_ID", !options.client_id.empty()},
                {"AZURE_CLIENT_SECRET", !options.client_secret.empty()}});
}

inline namespace DEV8AGENT_ABI {

std::shared_ptr<TokenCredential> make_client_secret_credential(const CredentialOptions& options) {
  return std::make_shared<ClientSecretCredential>(options.copy());
}

}  // namespace DEV8AGENT_ABI

}  // namespace dev8agent

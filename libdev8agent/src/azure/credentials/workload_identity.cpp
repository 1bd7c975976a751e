// make_workload_identity_credential(). Source: Microsoft Learn, "Workload identity federation" and the Azure
// SDKs.
#include "azure/credentials/credential_file.h"
#include "azure/credentials/entra.h"
#include "azure/credentials/members.h"
#include "azure/credentials/outcome.h"
#include "base/text.h"

namespace dev8agent {

using namespace internal;
namespace {

class WorkloadIdentityCredential final : public TokenCredential {
 public:
  explicit WorkloadIdentityCredential(CredentialOptions options) : options_(std::move(options)) {}
  std::string_view name() const override { return "WorkloadIdentity"; }

  void fetch(CredentialContext context, std::string scope, TimePoint deadline,
             Completion completion) override {
    if (auto missing = azure::workload_identity_needs(options_); !missing.empty()) {
      return azure::fail(context, std::move(completion),
                         azure::credential_error("WorkloadIdentity " + missing));
    }
    // Every time: the kubelet renews the file.
    auto token = azure::read_credential_file(options_.federated_token_file, "AZURE_FEDERATED_TOKEN_FILE");
    if (!token.ok()) return azure::fail(context, std::move(completion), token.error());
    azure::Proof proof{azure::Proof::kAssertion, Secret(trim(*token))};
    azure::fetch_from_entra(context, options_, scope, std::move(proof), deadline, std::move(completion));
  }

 private:
  CredentialOptions options_;
};

}  // namespace

std::string azure::workload_identity_needs(const CredentialOptions& options) {
  return needs({{"AZURE_TENANT_ID", !options.tenant_id.empty()},
                {"AZURE_CLIENT_ID", !options.client_id.empty()},
                {"AZURE_FEDERATED_TOKEN_FILE", !options.federated_token_file.empty()}});
}

inline namespace DEV8AGENT_ABI {

std::shared_ptr<TokenCredential> make_workload_identity_credential(const CredentialOptions& options) {
  return std::make_shared<WorkloadIdentityCredential>(options.copy());
}

}  // namespace DEV8AGENT_ABI

}  // namespace dev8agent

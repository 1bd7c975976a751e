// make_default_credential(): the chain of Azure's usual credentials. Source: Microsoft Learn, "Credential
// chains in the Azure Identity library", in the order of the Azure SDK for C++.
#include <atomic>
#include <mutex>
#include <vector>

#include "azure/credentials/members.h"
#include "azure/credentials/outcome.h"
#include "base/text.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

using namespace internal;
namespace {

using azure::credential_error;

// One credential of the chain.
struct Member {
  std::string_view name;
  std::string absent;  // why it cannot be tried, or nothing
  std::shared_ptr<TokenCredential> credential;
  bool probe = false;                              // look for the metadata service first
  bool (*is_unavailable)(const Error&) = nullptr;  // failures that mean "not here"; null: none does
};

struct Chain {
  std::vector<Member> members;
  std::string imds_endpoint;
  std::atomic<int> pinned{-1};  // the member that worked; name() may be called from any thread
  std::mutex mutex;
  std::string passed_over;  // guarded by mutex; why the members before it are not used
};

// One fetch that still looks for the member that works. Kept alive by the callbacks that it waits for.
class Search : public std::enable_shared_from_this<Search> {
 public:
  Search(std::shared_ptr<Chain> chain, CredentialContext context, std::string scope, TimePoint deadline,
         TokenCredential::Completion completion)
      : chain_(std::move(chain)),
        context_(std::move(context)),
        scope_(std::move(scope)),
        deadline_(deadline),
        completion_(std::move(completion)) {}

  // Tries the member at `index` and those behind it.
  void try_from(std::size_t index) {
    if (index == chain_->members.size())
      return azure::fail(context_, std::move(completion_), nothing_works());
    const Member& member = chain_->members[index];
    if (!member.absent.empty()) return pass_over(index, member.absent);
    if (!member.probe) return ask(index);
    azure::probe_imds(context_, chain_->imds_endpoint,
                      [self = shared_from_this(), index](std::string why_not) {
                        if (!why_not.empty()) return self->pass_over(index, why_not);
                        self->ask(index);
                      });
  }

 private:
  void pass_over(std::size_t index, const std::string& why) {
    reasons_ += (reasons_.empty() ? "" : "; ") + std::string(chain_->members[index].name) + " " + why;
    try_from(index + 1);
  }

  void ask(std::size_t index) {
    const Member& member = chain_->members[index];
    member.credential->fetch(context_, scope_, deadline_,
                             [self = shared_from_this(), index](Result<AccessToken> token) {
                               self->take(index, std::move(token));
                             });
  }

  void take(std::size_t index, Result<AccessToken> token) {
    const Member& member = chain_->members[index];
    if (token.ok()) {
      pin(index);
    } else if (member.is_unavailable != nullptr && member.is_unavailable(token.error())) {
      return pass_over(index, "is not available: " + token.error().message);
    }
    completion_(std::move(token));
  }

  void pin(std::size_t index) {
    const std::lock_guard lock(chain_->mutex);
    chain_->passed_over = reasons_;
    chain_->pinned = static_cast<int>(index);
  }

  Error nothing_works() const { return credential_error("no Azure credential works: " + reasons_); }

  std::shared_ptr<Chain> chain_;
  CredentialContext context_;
  std::string scope_;
  TimePoint deadline_;
  TokenCredential::Completion completion_;
  std::string reasons_;
};

class DefaultCredential final : public TokenCredential {
 public:
  explicit DefaultCredential(std::shared_ptr<Chain> chain) : chain_(std::move(chain)) {}

  std::string_view name() const override {
    const int pinned = chain_->pinned;
    return pinned < 0 ? "Default" : chain_->members[static_cast<std::size_t>(pinned)].name;
  }

  std::string passed_over() const override {
    const std::lock_guard lock(chain_->mutex);
    return chain_->passed_over;
  }

  void fetch(CredentialContext context, std::string scope, TimePoint deadline,
             Completion completion) override {
    if (const int pinned = chain_->pinned; pinned >= 0) {
      const Member& member = chain_->members[static_cast<std::size_t>(pinned)];
      return member.credential->fetch(context, std::move(scope), deadline, std::move(completion));
    }
    auto search =
        std::make_shared<Search>(chain_, context, std::move(scope), deadline, std::move(completion));
    search->try_from(0);
  }

 private:
  std::shared_ptr<Chain> chain_;
};

// The secret wins over the certificate when both are set.
Member environment(const CredentialOptions& options) {
  if (azure::client_secret_needs(options).empty())
    return {"Environment", "", make_client_secret_credential(options)};
  if (azure::client_certificate_needs(options).empty()) {
    return {"Environment", "", make_client_certificate_credential(options)};
  }
  const bool proof = !options.client_secret.empty() || !options.client_certificate_path.empty();
  return {"Environment",
          azure::needs({{"AZURE_TENANT_ID", !options.tenant_id.empty()},
                        {"AZURE_CLIENT_ID", !options.client_id.empty()},
                        {"AZURE_CLIENT_SECRET or AZURE_CLIENT_CERTIFICATE_PATH", proof}}),
          nullptr};
}

// 400 is the metadata service's word for a machine without this identity.
bool has_no_identity(const Error& error) {
  return error.azure_status == 400;
}
bool any_failure(const Error&) {
  return true;
}

Member managed_identity(const CredentialOptions& options) {
  Member member{"ManagedIdentity", "", make_managed_identity_credential(options)};
  if (azure::has_identity_endpoint(options)) return member;
  member.probe = true;
  member.is_unavailable = has_no_identity;
  return member;
}

std::vector<Member> all_members(const CredentialOptions& options) {
  std::vector<Member> members;
  members.push_back(environment(options));
  members.push_back({"WorkloadIdentity", azure::workload_identity_needs(options),
                     make_workload_identity_credential(options)});
  members.push_back(managed_identity(options));
  members.push_back({"AzureCli", "", make_azure_cli_credential(), false, any_failure});
  return members;
}

// The selection in the form of Member::name in lower case.
std::string selected(std::string_view selection) {
  constexpr std::string_view kSuffix = "credential";
  std::string word = to_lower(selection);
  if (word.size() > kSuffix.size() && word.ends_with(kSuffix)) word.resize(word.size() - kSuffix.size());
  return word;
}

std::vector<Member> select(std::vector<Member> members, const std::string& word) {
  if (word.empty()) return members;
  std::vector<Member> chosen;
  for (Member& member : members) {
    const bool developer = member.name == "AzureCli";
    const bool by_name = to_lower(member.name) == word;
    if (by_name) {
      member.probe = false;  // asked for by name, it is taken to be there
      member.is_unavailable = nullptr;
    }
    if (by_name || (word == "prod" && !developer) || (word == "dev" && developer))
      chosen.push_back(std::move(member));
  }
  return chosen;
}

}  // namespace

bool is_credential_selection(std::string_view word) {
  return !select(all_members(CredentialOptions()), selected(word)).empty() && !word.empty();
}

std::shared_ptr<TokenCredential> make_default_credential(const CredentialOptions& options) {
  auto chain = std::make_shared<Chain>();
  chain->members = select(all_members(options), selected(options.selection));
  if (chain->members.empty()) {
    chain->members.push_back({"Default", "is not what AZURE_TOKEN_CREDENTIALS asks for", nullptr});
  }
  chain->imds_endpoint = options.imds_endpoint;
  return std::make_shared<DefaultCredential>(std::move(chain));
}

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent

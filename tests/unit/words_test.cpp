// The words of the options that are enumerations: each there and back, and no others.
#include "base/words.h"

#include <doctest/doctest.h>

using namespace dev8agent;
using namespace dev8agent::internal;

namespace {

template <class Enum>
void check_words(std::initializer_list<std::pair<Enum, std::string_view>> all,
                 std::optional<Enum> (*parse)(std::string_view)) {
  for (const auto& [value, word] : all) {
    CAPTURE(word);
    CHECK(to_string(value) == word);
    CHECK(parse(word) == value);
  }
  CHECK(all.size() == Words<Enum>::kList.size());
  for (const std::string_view other : {"", " ", "KEY", "azures", "Home", "onFailure"})
    CHECK_FALSE(parse(other).has_value());
}

}  // namespace

TEST_CASE("words: every enumerator there and back, and no other text") {
  check_words<CloudProvider>(
      {{CloudProvider::kAzure, "AZURE"}, {CloudProvider::kAws, "AWS"}, {CloudProvider::kGcp, "GCP"}},
      parse_cloud_provider);
  check_words<RestartPolicy>({{RestartPolicy::kOnFailure, "OnFailure"}, {RestartPolicy::kAlways, "Always"}},
                             parse_restart_policy);
  check_words<WorkspaceLayout>({{WorkspaceLayout::kHome, "home"}, {WorkspaceLayout::kWorkspace, "workspace"}},
                               parse_workspace_layout);
  check_words<WorkspaceReady>({{WorkspaceReady::kAzure, "azure"}, {WorkspaceReady::kHttp, "http"}},
                              parse_workspace_ready);
  check_words<StorageAuth>({{StorageAuth::kKey, "key"},
                            {StorageAuth::kEntra, "entra"},
                            {StorageAuth::kArm, "arm"},
                            {StorageAuth::kAuto, "auto"}},
                           parse_storage_auth);
  check_words<MountAuth>(
      {{MountAuth::kKey, "key"}, {MountAuth::kIdentity, "identity"}, {MountAuth::kKeyVault, "keyvault"}},
      parse_mount_auth);
  check_words<WorkspaceTlsMode>({{WorkspaceTlsMode::kNone, "none"},
                                 {WorkspaceTlsMode::kAcme, "acme"},
                                 {WorkspaceTlsMode::kCertificate, "certificate"}},
                                parse_workspace_tls_mode);
  check_words<DnsLabelScope>({{DnsLabelScope::kUnsecure, "Unsecure"},
                              {DnsLabelScope::kTenantReuse, "TenantReuse"},
                              {DnsLabelScope::kSubscriptionReuse, "SubscriptionReuse"},
                              {DnsLabelScope::kResourceGroupReuse, "ResourceGroupReuse"},
                              {DnsLabelScope::kNoreuse, "Noreuse"}},
                             parse_dns_label_scope);
}

TEST_CASE("words: the rule names all of them") {
  CHECK(word_rule<RestartPolicy>() == "must be OnFailure or Always");
  CHECK(word_rule<CloudProvider>() == "must be AZURE, AWS or GCP");
}

TEST_CASE("words: a number that is no enumerator has no word, and settings with it are refused") {
  for (const int number : {2, 7, -1}) {
    CAPTURE(number);
    const auto policy = static_cast<RestartPolicy>(number);
    CHECK(to_string(policy).empty());
    AgentOptions options;
    options.restart_policy = policy;
    const auto settings = finalize(std::move(options));
    REQUIRE_FALSE(settings.ok());
    const std::vector<FieldError>& broken = settings.error().fields;
    const FieldError expected{"options.restart_policy", "must be OnFailure or Always"};
    CHECK(std::count(broken.begin(), broken.end(), expected) == 1);
  }
}

// finalize(): defaults, normal forms, and every rule of the configuration.
#include <algorithm>
#include <type_traits>

#include "base/ca_bundle.h"
#include "base/crypto.h"
#include "base/spec_fields.h"
#include "base/text.h"
#include "base/words.h"
#include "config/checks.h"
#include "config/clouds.h"
#include "config/endpoint.h"
#include "config/option_names.h"
#include "config/region_rules.h"
#include "config/storage_access.h"
#include "config/variables.h"
#include "config/vault_rules.h"
#include "config/workspace_tls.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

using namespace internal;
namespace {

constexpr std::string_view kPlaceholder = "{account}";

class Checker {
 public:
  explicit Checker(FieldErrors& errors) : errors_(errors) {}

  void require(bool holds, std::string_view variable, std::string_view rule) {
    if (!holds) errors_.push_back({std::string(variable), std::string(rule)});
  }
  // The rule of a value that may be left out.
  void optional(std::string_view text, bool (*is_valid)(std::string_view), std::string_view variable,
                std::string_view rule) {
    require(text.empty() || is_valid(text), variable, rule);
  }
  bool endpoint(std::string& url, PlainHttp plain, std::string_view variable) {
    const bool valid = normalise_endpoint(url, plain);
    require(valid, variable, endpoint_rule(plain));
    return valid;
  }

 private:
  FieldErrors& errors_;
};

void check_account(Checker& check, const AgentOptions& options) {
  check.require(is_guid(options.subscription_id), "AZURE_SUBSCRIPTION_ID",
                options.subscription_id.empty() ? "is required" : "must be a GUID");
  check.optional(options.resource_group, is_resource_group, "AZURE_RESOURCE_GROUP",
                 "must have 1 to 90 letters, digits and -_.() and not end in '.'");
  check.optional(options.storage_account, is_storage_account, "AZURE_STORAGE_ACCOUNT",
                 "must have 3 to 24 lower-case letters and digits");
  const auto key = base64_decode(options.storage_key.reveal());
  check.require(key && key->empty() == options.storage_key.empty(), "AZURE_STORAGE_KEY", "must be base64");
  check.require(is_api_version(options.aci_api_version), "AZURE_ACI_API_VERSION",
                "must be an API version such as 2025-09-01");
}

void check_container(Checker& check, AgentOptions& options) {
  check.require(is_image(options.image), "CONTAINER_IMAGE",
                "must be an image reference such as registry.example.com/team/image:tag");
  check.require(std::all_of(options.images.begin(), options.images.end(),
                            [](const std::string& image) { return is_image(image) && image.size() <= 256; }),
                "WORKSPACE_IMAGES",
                "must be image references of at most 256 characters, separated by commas");
  const RegistryOptions& registry = options.registry;
  check.require(is_registry_server(registry.server), "REGISTRY_SERVER", "must be a host name");
  check.optional(registry.username, is_printable_word, "REGISTRY_USERNAME",
                 "must consist of visible ASCII characters");
  check.require(registry.username.empty() || !registry.password.empty(), "REGISTRY_PASSWORD",
                "is required with REGISTRY_USERNAME");
  check.require(!registry.username.empty() || registry.password.empty(), "REGISTRY_USERNAME",
                "is required with REGISTRY_PASSWORD");
  if (!options.agent_base_url.empty())
    check.endpoint(options.agent_base_url, PlainHttp::kAnyHost, "AGENT_BASE_URL");
  for (const Secret& key : options.activity_keys) {
    check.require(!key.empty(), "AGENT_ACTIVITY_SECRET", "must not be empty");
  }
}

void check_identity(Checker& check, CredentialOptions& identity) {
  check.endpoint(identity.authority_host, PlainHttp::kLoopback, "AZURE_AUTHORITY_HOST");
  check.endpoint(identity.imds_endpoint, PlainHttp::kLoopbackOrLinkLocal, "AZURE_IMDS_ENDPOINT");
  if (!identity.identity_endpoint.empty()) {
    check.endpoint(identity.identity_endpoint, PlainHttp::kLoopbackOrLinkLocal, "IDENTITY_ENDPOINT");
  }
  check.optional(identity.identity_header.reveal(), is_printable_word, "IDENTITY_HEADER",
                 "must consist of visible ASCII characters");
  check.optional(identity.tenant_id, is_tenant, "AZURE_TENANT_ID", "must be a GUID or a domain name");
  check.optional(identity.client_id, is_printable_word, "AZURE_CLIENT_ID",
                 "must consist of visible ASCII characters");
  check.optional(
      identity.selection, is_credential_selection, "AZURE_TOKEN_CREDENTIALS",
      "must be prod, dev, EnvironmentCredential, WorkloadIdentityCredential, ManagedIdentityCredential or "
      "AzureCliCredential");
}

void check_subnet(Checker& check, const AgentOptions& options) {
  check.optional(options.subnet_id, is_subnet_id, "AZURE_SUBNET_ID", "must be the ARM id of a subnet");
  const bool one_location = enabled_regions_share(options.regions, &RegionOptions::location);
  check.require(options.subnet_id.empty() || one_location, "AZURE_SUBNET_ID",
                "is in one region of Azure, and the enabled regions are in several");
}

bool serves(std::string_view endpoint, const RegionOptions& region) {
  return !region.enabled || endpoint.find(kPlaceholder) != endpoint.npos ||
         host_of(endpoint).starts_with(region.storage_account + ".");
}

void check_file_endpoint(Checker& check, AgentOptions& options) {
  // Checked with a stand-in for the account, which is put back afterwards.
  constexpr std::string_view kStandIn = "dev8account0placeholder0";
  std::string url = options.endpoints.file;
  const auto at = url.find(kPlaceholder);
  if (at != url.npos) url.replace(at, kPlaceholder.size(), kStandIn);
  if (!check.endpoint(url, PlainHttp::kLoopback, "AZURE_FILE_ENDPOINT")) return;
  if (at != url.npos) url.replace(at, kStandIn.size(), kPlaceholder);
  options.endpoints.file = url;
  check.require(std::all_of(options.regions.begin(), options.regions.end(),
                            [&](const RegionOptions& region) { return serves(url, region); }),
                "AZURE_FILE_ENDPOINT",
                "must contain {account}, or begin with the storage account of every region");
}

// A sovereign authority brings its own ARM and file endpoints, unless others are configured.
void follow_cloud(AgentOptions& options) {
  const Cloud* cloud = cloud_of(host_of(options.identity.authority_host));
  if (cloud == nullptr) return;
  EndpointOptions& endpoints = options.endpoints;
  if (endpoints.resource_manager == public_cloud().resource_manager)
    endpoints.resource_manager = cloud->resource_manager;
  if (endpoints.file == public_cloud().file) endpoints.file = cloud->file;
}

void check_ca_file(Checker& check, const std::string& path) {
  if (path.empty()) return;
  const auto bundle = read_ca_bundle(path);
  if (!bundle.ok()) check.require(false, "AZURE_CA_FILE", bundle.error().message);
}

void check_application_id(Checker& check, const std::string& id) {
  constexpr std::size_t kLongest = 24;
  const bool plain = std::all_of(id.begin(), id.end(), [](char c) {
    return is_lower_alnum(c) || (c >= 'A' && c <= 'Z') ||
           std::string_view("-_./").find(c) != std::string_view::npos;
  });
  check.require(plain && id.size() <= kLongest, "options.application_id",
                "must have at most 24 letters, digits and -_./");
}

// Limits that no request could keep, or that allow more than any request may ask for, are mistakes.
void check_size_limits(Checker& check, const SizeLimits& limits) {
  const auto within = [&](int limit, Range range, std::string_view variable) {
    check.require(
        limit >= range.low && limit <= range.high, variable,
        "must be an integer between " + std::to_string(range.low) + " and " + std::to_string(range.high));
  };
  within(limits.cpu_cores, kCpuCores, "AGENT_MAX_CPU_CORES");
  within(limits.memory_gb, kMemoryGb, "AGENT_MAX_MEMORY_GB");
  within(limits.storage_gb, kStorageGb, "AGENT_MAX_STORAGE_GB");
}

void check_limits(Checker& check, const AgentOptions& options) {
  constexpr std::chrono::seconds kDay{86400};
  auto sane = [&](std::chrono::seconds span) { return span.count() >= 1 && span <= kDay; };
  check.require(sane(options.operation_timeout), "AZURE_OPERATION_TIMEOUT_SECONDS", "must be 1 to 86400");
  check.require(sane(options.rollback_timeout), "AZURE_ROLLBACK_TIMEOUT_SECONDS", "must be 1 to 86400");
  constexpr std::chrono::seconds kShortestIdle{10};
  constexpr std::chrono::seconds kYear{366 * 86400};
  const std::chrono::seconds idle = options.idle_stop_after;
  check.require(idle.count() == 0 || (idle >= kShortestIdle && idle <= kYear), "IDLE_STOP_AFTER",
                "must be 0, which means never, or 10 seconds to a year");
  const std::chrono::seconds longest = options.idle_stop_longest;
  const bool fits = longest >= std::max(idle, std::chrono::seconds(60)) && longest <= kYear;
  check.require(longest.count() == 0 || (idle.count() > 0 && fits), "IDLE_STOP_LONGEST",
                "must be 0, or a minute to a year and not less than IDLE_STOP_AFTER, which it needs");
  const RetryOptions& retry = options.retry;
  check.require(retry.base_delay.count() >= 0 && retry.max_delay >= retry.base_delay,
                "options.retry.max_delay",
                "must not be less than options.retry.base_delay, and neither negative");
  check.require(retry.budget_capacity >= 1 && retry.budget_refill_per_second >= 1,
                "options.retry.budget_capacity",
                "and options.retry.budget_refill_per_second must be at least 1");
  const PollingOptions& polling = options.polling;
  check.require(polling.reads_per_second >= 0.1 && polling.reads_per_second <= 25,
                "AZURE_POLLING_READS_PER_SECOND", "must be between 0.1 and 25");
  check.require(polling.burst >= 1 && polling.burst <= 250, "AZURE_POLLING_BURST",
                "must be between 1 and 250");
}

// A program may have cast a number to an enumeration.
void check_words(const AgentOptions& options, FieldErrors& errors) {
  for_each_variable(options, [&](const char* name, const auto& member) {
    using Member = std::decay_t<decltype(member)>;
    if constexpr (std::is_enum_v<Member>) {
      if (word_of(member).empty()) errors.push_back({name, word_rule<Member>()});
    }
  });
}

}  // namespace

Result<AgentSettings> finalize(AgentOptions options) {
  FieldErrors errors;
  Checker check(errors);
  check_words(options, errors);
  complete_regions(options);
  choose_api_version(options);
  check_account(check, options);
  check_regions(options, errors);
  check_storage_access(options, errors);
  complete_workspace_tls(options, errors);
  check_vault(options, errors);
  check_subnet(check, options);
  check_container(check, options);
  check_identity(check, options.identity);
  check.endpoint(options.endpoints.resource_manager, PlainHttp::kLoopback, "AZURE_RESOURCE_MANAGER_ENDPOINT");
  check_file_endpoint(check, options);
  check_ca_file(check, options.endpoints.ca_file);
  follow_cloud(options);
  check_limits(check, options);
  check_size_limits(check, options.size_limits);
  check_application_id(check, options.application_id);
  if (options.names_in_errors == OptionNames::kMembers) name_members(errors);
  if (!errors.empty()) return invalid_request(std::move(errors));
  if (!options.random_bytes) options.random_bytes = random_bytes;
  if (options.operation_secret.empty()) options.operation_secret = Secret(random_bytes(32));
  if (!options.credential) options.credential = make_default_credential(options.identity);
  return AgentSettings(std::make_shared<const AgentOptions>(std::move(options)));
}

const RegionOptions* AgentSettings::region(std::string_view name) const {
  const std::string wanted = normalise_region(name);
  for (const RegionOptions& region : options_->regions) {
    if (region.enabled && region.name == wanted) return &region;
  }
  return nullptr;
}

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent

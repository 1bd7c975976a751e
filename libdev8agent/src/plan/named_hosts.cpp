// Whose host it is.
#include "plan/named_hosts.h"

#include "base/origin.h"
#include "dev8agent/failure_guide.h"

namespace dev8agent::internal::plan {
namespace {

constexpr std::string_view kPlaceholder = "{account}";

bool is_host_of(std::string_view host, const std::string& url) {
  const auto origin = origin_of(url);
  return origin && origin->host == host;
}

// Azure Resource Manager may name hosts of its regions: "eastus.management.azure.com".
bool is_below(std::string_view host, const std::string& url) {
  const auto origin = origin_of(url);
  return origin && host.ends_with("." + origin->host);
}

// The account of the settings that `host` belongs to; empty when it is another's, or the host of all
// accounts.
std::string account_of(std::string_view host, const AgentSettings& settings) {
  const std::string& endpoint = settings->endpoints.file;
  const std::size_t path = endpoint.find('/', endpoint.find("://") + 3);
  if (endpoint.find(kPlaceholder) > path) return "";
  for (const RegionOptions& region : settings->regions) {
    std::string url = settings->endpoints.file;
    if (const auto at = url.find(kPlaceholder); at != url.npos)
      url.replace(at, kPlaceholder.size(), region.storage_account);
    if (is_host_of(host, url)) return region.storage_account;
  }
  return "";
}

std::string owner_of(std::string_view host, const AgentSettings& settings) {
  const std::string& manager = settings->endpoints.resource_manager;
  if (is_host_of(host, manager) || is_below(host, manager)) return "the management endpoint";
  if (is_host_of(host, settings->identity.authority_host)) return "the authority";
  const std::string account = account_of(host, settings);
  return account.empty() ? "" : "the storage account " + account;
}

}  // namespace

std::string_view connection_finding(const Error& error, const AgentSettings& settings) {
  const std::string& host = error.unresolved_host;
  // Where no resolver has answered, nothing is known of the name.
  const bool is_unknown_name = !host.empty() && error.lasting;
  if (is_unknown_name && !account_of(host, settings).empty()) return "DEV8-STORAGE-ACCOUNT-NAME";
  return finding_of(error);
}

std::string connection_detail(const Error& error, const AgentSettings& settings) {
  const std::string owner = error.unresolved_host.empty() ? "" : owner_of(error.unresolved_host, settings);
  return owner.empty() ? error.message : error.message + " (" + owner + ")";
}

}  // namespace dev8agent::internal::plan

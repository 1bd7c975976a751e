// The verdicts of a diagnosis.
#include "plan/verdicts.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/spec_fields.h"
#include "base/text.h"
#include "dev8agent/failure_guide.h"
#include "plan/permissions.h"
#include "plan/tls_sidecar.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPassed:
      return "passed";
    case Verdict::kWarning:
      return "warning";
    case Verdict::kFailed:
      return "failed";
    case Verdict::kUnknown:
      break;
  }
  return "unknown";
}

bool Diagnosis::healthy() const {
  return std::none_of(checks.begin(), checks.end(),
                      [](const DiagnosisCheck& check) { return check.verdict == Verdict::kFailed; });
}

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent

namespace dev8agent::internal::plan {
namespace {

constexpr const char* kNotChecked = "DEV8-NOT-CHECKED";
constexpr std::string_view kDockerHub = "docker.io";

DiagnosisCheck found(std::string subject, Verdict verdict, std::string_view code, std::string detail) {
  return {std::move(subject), verdict, std::string(code), std::move(detail)};
}

std::string used(const char* name, const std::optional<QuotaUsage>& usage) {
  if (!usage) return "";
  return std::string(name) + " " + std::to_string(usage->current) + " of " + std::to_string(usage->limit);
}

// "4 cores and 16 GB"; Azure counts in tenths.
std::string in_words(double cpu_cores, double memory_gb) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%g cores and %g GB", cpu_cores, memory_gb);
  return text.data();
}

std::string allowed(std::size_t actions) {
  return actions == 1 ? "1 action is allowed" : std::to_string(actions) + " actions are allowed";
}

std::string canonical(std::string_view registry) {
  constexpr std::array<std::string_view, 3> kNames = {"index.docker.io", "registry-1.docker.io",
                                                      "registry.hub.docker.com"};
  const std::string name = to_lower(registry);
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end() ? std::string(kDockerHub) : name;
}

bool on_this_machine(std::string_view registry) {
  return is_loopback_host(registry.substr(0, registry.find(':')));
}

}  // namespace

DiagnosisCheck passed(std::string subject, std::string detail) {
  return found(std::move(subject), Verdict::kPassed, "", std::move(detail));
}

DiagnosisCheck failed(std::string subject, const Error& error) {
  return found(std::move(subject), Verdict::kFailed, finding_of(error), error.message);
}

DiagnosisCheck not_checked(std::string subject, const Error& error) {
  return found(std::move(subject), Verdict::kUnknown, kNotChecked, error.message);
}

DiagnosisCheck judge_health(const HealthCheck& check) {
  if (check.healthy && check.finding.empty()) return passed(check.name);
  const Verdict verdict = check.healthy ? Verdict::kWarning : Verdict::kFailed;
  return found(check.name, verdict, check.finding, check.message);
}

DiagnosisCheck judge_provider(const std::string& provider, const Result<std::string>& registration) {
  const std::string subject = "provider:" + provider;
  if (!registration.ok()) return not_checked(subject, registration.error());
  if (equal_ignoring_case(*registration, "Registered")) return passed(subject);
  if (registration->empty())
    return found(subject, Verdict::kUnknown, kNotChecked, "Azure does not tell its registration.");
  const bool soon = equal_ignoring_case(*registration, "Registering");
  return found(subject, soon ? Verdict::kWarning : Verdict::kFailed, "DEV8-AZURE-PROVIDER",
               "Its registration is " + printable(*registration, 100) + ".");
}

std::vector<DiagnosisCheck> judge_actions(const std::string& subject, const std::vector<TriedAction>& tried,
                                          std::vector<std::string>& missing) {
  std::vector<DiagnosisCheck> checks;
  std::vector<const TriedAction*> unknown;
  for (const TriedAction& one : tried) {
    if (one.outcome.ok()) continue;
    const Error& error = one.outcome.error();
    const std::string action(one.action);
    switch (told_by(error)) {
      case Told::kAllowed:
        break;
      case Told::kLacking:
        missing.push_back(action);
        checks.push_back(found(subject, one.optional ? Verdict::kWarning : Verdict::kFailed,
                               "DEV8-AZURE-PERMISSION", action + " is missing."));
        break;
      case Told::kBlocked:
        checks.push_back(
            found(subject, Verdict::kFailed, "DEV8-AZURE-BLOCKED", action + ": " + error.message));
        break;
      case Told::kNothing:
        unknown.push_back(&one);
    }
  }
  if (!unknown.empty()) {  // mostly all for the same reason
    checks.push_back(not_checked(subject, unknown.front()->outcome.error()));
    const std::string more = unknown.size() > 1 ? " and " + std::to_string(unknown.size() - 1) + " more" : "";
    checks.back().detail = std::string(unknown.front()->action) + more + ": " + checks.back().detail;
  }
  if (checks.empty()) checks.push_back(passed(subject, allowed(tried.size())));
  return checks;
}

DiagnosisCheck judge_account(const std::string& account, const Result<StorageAccountSettings>& seen,
                             const StorageAccessOptions& access) {
  const std::string subject = "account:" + account;
  if (!seen.ok()) return not_checked(subject, seen.error());
  // A vault holds a key, too.
  const bool uses_keys = access.auth == StorageAuth::kKey || access.mount != MountAuth::kIdentity;
  if (uses_keys && !seen->allows_keys) {
    return found(subject, Verdict::kFailed, "DEV8-STORAGE-KEYS-FORBIDDEN",
                 "The account allows no access with its keys, and the settings have AZURE_STORAGE_AUTH=" +
                     std::string(to_string(access.auth)) +
                     " and AZURE_MOUNT_AUTH=" + std::string(to_string(access.mount)) + ".");
  }
  if (access.mount == MountAuth::kIdentity && !seen->has_smb_oauth) {
    return found(subject, Verdict::kFailed, "DEV8-STORAGE-SMB-OAUTH-OFF",
                 "isSmbOAuthEnabled is not true, and the settings have AZURE_MOUNT_AUTH=identity.");
  }
  return passed(subject, seen->allows_keys ? "keys are allowed" : "keys are forbidden, and not used");
}

DiagnosisCheck judge_retention(const std::string& account, const Result<ShareRetention>& seen,
                               std::vector<std::string>& missing) {
  const std::string subject = "soft-delete:" + account;
  if (!seen.ok() && told_by(seen.error()) == Told::kLacking) {
    const std::string action(retention_action());
    missing.push_back(action);
    return found(subject, Verdict::kWarning, "DEV8-AZURE-PERMISSION",
                 action + " is missing: a delete that wants its files to be restorable is refused.");
  }
  if (!seen.ok()) return not_checked(subject, seen.error());
  if (!seen->days) {
    return found(subject, Verdict::kWarning, "DEV8-STORAGE-NO-SOFT-DELETE",
                 "The files of a deleted environment are gone for good.");
  }
  return passed(subject, "deleted files are kept for " + std::to_string(*seen->days) + " days");
}

DiagnosisCheck judge_quota(const Region& region) {
  const std::string subject = "quota:" + region.name;
  if (region.status == RegionStatus::kFull)
    return found(subject, Verdict::kWarning, "DEV8-REGION-FULL", region.detail);
  if (region.status != RegionStatus::kAvailable)
    return found(subject, Verdict::kUnknown, kNotChecked, region.detail);
  std::string detail = used("container groups", region.container_groups);
  const std::string cores = used("cores", region.cores);
  if (!cores.empty()) detail += (detail.empty() ? "" : ", ") + cores;
  return passed(subject, std::move(detail));
}

DiagnosisCheck judge_sizes(const Region& region, const SizeLimits& limits) {
  const std::string subject = "sizes:" + region.name;
  if (!region.max_cpu_cores || !region.max_memory_gb)
    return found(subject, Verdict::kUnknown, kNotChecked, "Azure does not tell its largest container group.");
  const std::string largest = in_words(*region.max_cpu_cores, *region.max_memory_gb);
  const auto holds = [&](int cpu, int gb) {
    return *region.max_cpu_cores >= cpu && *region.max_memory_gb >= gb;
  };
  if (holds(limits.cpu_cores, limits.memory_gb))
    return passed(subject, "container groups of up to " + largest);
  const bool some = holds(kCpuCores.low, kMemoryGb.low);
  return found(subject, some ? Verdict::kWarning : Verdict::kFailed, "DEV8-REGION-SMALL",
               "Its largest container group has " + largest + "; environments may ask for up to " +
                   in_words(limits.cpu_cores, limits.memory_gb) + ".");
}

std::optional<DiagnosisCheck> judge_untried(const std::vector<std::string_view>& actions) {
  if (actions.empty()) return std::nullopt;
  std::string list;
  for (const std::string_view action : actions) list += (list.empty() ? "" : ", ") + std::string(action);
  return found("permissions:untried", Verdict::kUnknown, kNotChecked,
               "No request can try these without a deployment: " + list + ".");
}

std::vector<std::string> images_of(const AgentSettings& settings) {
  std::vector<std::string> images = {settings->image};
  images.insert(images.end(), settings->images.begin(), settings->images.end());
  if (wants_tls(settings)) images.push_back(settings->workspace_tls.image);
  return images;
}

std::string_view host_in(std::string_view image) {
  const auto slash = image.find('/');
  const std::string_view first = image.substr(0, slash == image.npos ? 0 : slash);
  return first.find_first_of(".:") != first.npos || first == "localhost" ? first : "";
}

std::string registry_of(std::string_view image) {
  const std::string_view host = host_in(image);
  return host.empty() ? std::string(kDockerHub) : canonical(host);
}

std::string registry_url(const std::string& registry) {
  if (registry == kDockerHub) return "https://registry-1.docker.io/v2/";
  return (on_this_machine(registry) ? "http://" : "https://") + registry + "/v2/";
}

DiagnosisCheck judge_registry(const std::string& registry, const Result<int>& status) {
  const std::string subject = "registry:" + registry;
  if (status.ok() && (*status == 200 || *status == 401)) return passed(subject);
  const std::string why =
      status.ok() ? "It answers with status " + std::to_string(*status) + "." : status.error().message;
  return found(subject, Verdict::kWarning, "DEV8-REGISTRY-UNREACHABLE", why);
}

std::optional<DiagnosisCheck> judge_registry_credentials(const AgentSettings& settings) {
  const RegistryOptions& registry = settings->registry;
  if (registry.username.empty() && registry.identity.empty()) return std::nullopt;
  const std::string server = canonical(registry.server);
  const std::vector<std::string> images = images_of(settings);
  const bool used = std::any_of(images.begin(), images.end(),
                                [&](const std::string& image) { return registry_of(image) == server; });
  if (used) return std::nullopt;
  return found("registry:" + server, Verdict::kWarning, "DEV8-REGISTRY-OTHER",
               "The settings have credentials for " + server + ", and the image " + settings->image +
                   " comes from " + registry_of(settings->image) + ".");
}

}  // namespace dev8agent::internal::plan

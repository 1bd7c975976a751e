// What the answers to a diagnosis mean. Pure.
//
//   checks.push_back(judge_provider("Microsoft.Storage", co_await inventory.registration(call,
//   "Microsoft.Storage")));
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/diagnosis.h"
#include "dev8agent/options.h"
#include "dev8agent/orchestrator.h"
#include "dev8agent/region.h"
#include "dev8agent/result.h"
#include "model/storage_account.h"

namespace dev8agent::internal::plan {

// What works, with a remark or none.
DiagnosisCheck passed(std::string subject, std::string detail = "");
// What operations need and do not get.
DiagnosisCheck failed(std::string subject, const Error& error);
// What could not be found out.
DiagnosisCheck not_checked(std::string subject, const Error& error);

DiagnosisCheck judge_health(const HealthCheck& check);
// `registration` is the registrationState. "Registered" passes; "Registering" is a warning, because resources
// can be made meanwhile (Microsoft Learn, "Azure resource providers and types").
DiagnosisCheck judge_provider(const std::string& provider, const Result<std::string>& registration);

// An action of Azure's roles, and how a request that needs it ended.
struct TriedAction {
  std::string_view action;
  Status outcome = Done{};
  bool optional = false;  // Permission::optional
};
// One check where all are allowed; else one for each that is missing or blocked, and one for those about
// which nothing is known. `subject` is where they are needed. Adds what is missing to `missing`.
std::vector<DiagnosisCheck> judge_actions(const std::string& subject, const std::vector<TriedAction>& tried,
                                          std::vector<std::string>& missing);

// Whether the account allows what the settings say.
DiagnosisCheck judge_account(const std::string& account, const Result<StorageAccountSettings>& seen,
                             const StorageAccessOptions& access);
// Adds the action that it needs to `missing`, if the roles lack it.
DiagnosisCheck judge_retention(const std::string& account, const Result<ShareRetention>& seen,
                               std::vector<std::string>& missing);
DiagnosisCheck judge_quota(const Region& region);
// Whether the largest environment that the settings allow, and the smallest one, fit into the largest
// container group of the region.
DiagnosisCheck judge_sizes(const Region& region, const SizeLimits& limits);

// Actions that nobody has tried: one check that names them; nothing without any.
std::optional<DiagnosisCheck> judge_untried(const std::vector<std::string_view>& actions);

// The images that container groups pull with these settings.
std::vector<std::string> images_of(const AgentSettings& settings);
// The first part of an image's name when it is a host: when it has a dot, a colon, or is "localhost". Else
// empty. Source: Docker's reference grammar (distribution/reference).
std::string_view host_in(std::string_view image);
// The registry of an image: its host, or else Docker Hub.
std::string registry_of(std::string_view image);
// Where it answers by the OCI distribution specification ("end-1"): HTTPS, but HTTP on this machine.
std::string registry_url(const std::string& registry);
// `status` is that of the answer: a registry answers 200 or, because nobody has logged in, 401.
DiagnosisCheck judge_registry(const std::string& registry, const Result<int>& status);
// A warning when the settings have credentials for a registry that none of the images comes from.
std::optional<DiagnosisCheck> judge_registry_credentials(const AgentSettings& settings);

}  // namespace dev8agent::internal::plan

// The questions of a diagnosis.
#include "orchestrator/doctor.h"

#include <algorithm>
#include <set>

#include "base/crypto.h"

namespace dev8agent::internal {
namespace {

constexpr std::chrono::seconds kPatience{15};  // with one question, and the repeats of a read
constexpr std::size_t kProbeBytes = 8;
constexpr int kProbeGib = 1;
constexpr std::string_view kNoVersion = "01D64EB9886F00C4";  // of no deleted share

Status status_of(const auto& result) {
  return result.ok() ? Status(Done{}) : Status(result.error());
}

CallPtr uncancelled(const CallPtr& call) {
  auto own = std::make_shared<Call>();
  own->scheduler = call->scheduler;
  own->deadline = call->now() + kPatience;
  own->names = call->names;
  return own;
}

// Unless Azure has refused it.
bool may_have_been_made(const Error& error) {
  return error.request_sent || error.code == ErrorCode::kTimeout;
}

std::set<std::string> registries_of(const AgentSettings& settings) {
  std::set<std::string> registries;
  for (const std::string& image : plan::images_of(settings)) registries.insert(plan::registry_of(image));
  return registries;
}

}  // namespace

Doctor::Doctor(const AgentSettings& settings, AzureServices& azure, RegionQuotas& quotas)
    : settings_(settings),
      azure_(azure),
      quotas_(quotas),
      inventory_(azure.arm()),
      images_(azure.wire()),
      probe_("dev8-doctor-" + hex_encode(settings->random_bytes(kProbeBytes))) {}

Task<Diagnosis> Doctor::examine(CallPtr call, DiagnoseRequest request, HealthReport health) {
  Diagnosis diagnosis;
  for (const HealthCheck& check : health.checks) diagnosis.checks.push_back(plan::judge_health(check));
  DiagnosisCheck& credentials = diagnosis.checks.front();
  const bool has_token = credentials.verdict != Verdict::kFailed;
  if (has_token) {
    credentials.detail = "a token by " + std::string(settings_->credential->name());
    const std::string others = settings_->credential->passed_over();
    if (!others.empty()) credentials.detail += "; passed over: " + others;
  }
  std::vector<Task<Checks>> questions;
  if (has_token) questions = questions_of_azure(call, request);
  if (request.ask_registries) {
    for (const std::string& registry : registries_of(settings_))
      questions.push_back(ask_registry(question_of(call, kPatience), registry));
  }
  auto answers = co_await when_all(std::move(questions));
  for (Checks& checks : answers)
    for (DiagnosisCheck& check : checks) diagnosis.checks.push_back(std::move(check));
  auto untried = plan::judge_untried(plan::untried_actions(settings_));
  if (has_token && untried) diagnosis.checks.push_back(std::move(*untried));
  if (auto other = plan::judge_registry_credentials(settings_)) diagnosis.checks.push_back(std::move(*other));
  std::sort(missing_.begin(), missing_.end());
  missing_.erase(std::unique(missing_.begin(), missing_.end()), missing_.end());
  diagnosis.missing_actions = missing_;
  diagnosis.missing_role = plan::role_definition(missing_, settings_->subscription_id);
  co_return diagnosis;
}

// Regions may share a resource group, a storage account or a location.
std::vector<Task<Doctor::Checks>> Doctor::questions_of_azure(const CallPtr& call,
                                                             const DiagnoseRequest& request) {
  std::vector<Task<Checks>> questions;
  const auto ask = [&](Task<Checks> question) { questions.push_back(std::move(question)); };
  ask(ask_provider(question_of(call, kPatience), "Microsoft.ContainerInstance"));
  ask(ask_provider(question_of(call, kPatience), "Microsoft.Storage"));
  std::set<std::string> groups, accounts;
  bool first = true;
  for (const auto& [name, region] : azure_.regions()) {
    const RegionOptions& options = region->options;
    const plan::Place place{options.resource_group, options.location, options.storage_account, probe_};
    if (first)
      ask(try_actions(question_of(call, kPatience), plan::Scope::kSubscription, place,
                      "permissions:subscription"));
    first = false;
    if (groups.insert(options.resource_group).second)
      ask(try_actions(question_of(call, kPatience), plan::Scope::kResourceGroup, place,
                      "permissions:" + options.resource_group));
    if (accounts.insert(options.storage_account).second) {
      if (options.storage_key.empty())
        ask(try_actions(question_of(call, kPatience), plan::Scope::kStorageAccount, place,
                        "permissions:" + options.storage_account));
      if (settings_->storage_access.auth != StorageAuth::kKey)
        ask(try_share_actions(question_of(call, kPatience), region.get()));
      ask(ask_account(question_of(call, kPatience), &options));
      if (request.probe_share) ask(probe_share(question_of(call, kPatience), region.get()));
    }
    ask(ask_quota(question_of(call, kPatience), &options));
  }
  return questions;
}

Task<Doctor::Checks> Doctor::ask_provider(CallPtr call, std::string provider) {
  auto registration = co_await inventory_.registration(call, provider);
  Checks checks = {plan::judge_provider(provider, registration)};
  co_return checks;
}

Task<plan::TriedAction> Doctor::try_action(CallPtr call, plan::Permission permission, plan::Place place) {
  std::string version(permission.api_version.empty() ? settings_->aci_api_version : permission.api_version);
  auto outcome =
      co_await inventory_.attempt(call, std::string(permission.method), plan::path_of(permission, place),
                                  std::move(version), std::string(permission.body));
  co_return plan::TriedAction{permission.action, outcome, permission.optional};
}

Task<Doctor::Checks> Doctor::try_actions(CallPtr call, plan::Scope scope, plan::Place place,
                                         std::string subject) {
  std::vector<Task<plan::TriedAction>> tries;
  for (const plan::Permission& permission : plan::needed_permissions(settings_)) {
    if (permission.scope == scope) tries.push_back(try_action(call, permission, place));
  }
  auto tried = co_await when_all(std::move(tries));
  Checks checks;
  if (!tried.empty()) checks = plan::judge_actions(subject, tried, missing_);
  co_return checks;
}

Task<Doctor::Checks> Doctor::try_share_actions(CallPtr call, RegionServices* region) {
  const plan::SharePermissions actions = plan::share_permissions();
  auto read = co_await region->shares.get(call, probe_);
  auto written = co_await region->shares.set_metadata(call, probe_, {});
  auto removed = co_await region->shares.remove(call, probe_, azure::Snapshots::kKeep);
  auto restored = co_await region->shares.restore(call, probe_, std::string(kNoVersion));
  std::vector<plan::TriedAction> tried;
  tried.push_back({actions.read, status_of(read)});
  tried.push_back({actions.write, written});
  tried.push_back({actions.remove, removed});
  tried.push_back({actions.restore, restored});
  co_return plan::judge_actions("permissions:" + region->options.storage_account, tried, missing_);
}

Task<Doctor::Checks> Doctor::ask_account(CallPtr call, const RegionOptions* region) {
  auto settings = co_await inventory_.account(call, region->resource_group, region->storage_account);
  auto retention = co_await inventory_.retention(call, region->resource_group, region->storage_account);
  Checks checks;
  checks.push_back(plan::judge_account(region->storage_account, settings, settings_->storage_access));
  checks.push_back(plan::judge_retention(region->storage_account, retention, missing_));
  co_return checks;
}

// Not ended by a cancellation: a share that Azure makes late would stay. Removed even if Azure may only have
// made it.
Task<Doctor::Checks> Doctor::probe_share(CallPtr call, RegionServices* region) {
  const std::string subject = "share:" + region->options.storage_account;
  FileShare share;
  share.name = probe_ + "-new";  // not that of try_share_actions
  share.quota_gib = kProbeGib;
  auto made = co_await region->shares.create(uncancelled(call), share);
  Status removed = Done{};
  if (made.ok() || may_have_been_made(made.error()))
    removed = co_await region->shares.remove(uncancelled(call), share.name, azure::Snapshots::kKeep);
  const bool stays = !removed.ok() && removed.error().code != ErrorCode::kNotFound;
  Checks checks = {made.ok() ? plan::passed(subject, "a share was made and deleted")
                             : plan::failed(subject, made.error())};
  if (stays) {
    checks.front() = plan::failed(subject, removed.error());
    checks.front().detail = "The share " + share.name + " may have stayed: " + removed.error().message;
  }
  co_return checks;
}

Task<Doctor::Checks> Doctor::ask_quota(CallPtr call, const RegionOptions* region) {
  auto described = co_await quotas_.describe(call, *region);
  Checks checks = {plan::judge_quota(described), plan::judge_sizes(described, settings_->size_limits)};
  co_return checks;
}

Task<Doctor::Checks> Doctor::ask_registry(CallPtr call, std::string registry) {
  HttpRequest request;
  request.method = "GET";
  request.url = plan::registry_url(registry);
  request.deadline = call->deadline;
  request.label = "registry.ask";
  auto response = co_await azure_.wire().send(call, std::move(request));
  const auto status = response.ok() ? Result<int>(response->status) : Result<int>(response.error());
  Checks checks = {plan::judge_registry(registry, status)};
  // Of a registry that does not answer, that is told once.
  if (checks.front().verdict != Verdict::kPassed) co_return checks;
  std::vector<Task<DiagnosisCheck>> questions;
  for (plan::WantedImage& image : plan::wanted_images(settings_, registry))
    questions.push_back(ask_image(question_of(call, kPatience), std::move(image)));
  auto images = co_await when_all(std::move(questions));
  for (DiagnosisCheck& image : images) checks.push_back(std::move(image));
  co_return checks;
}

Task<DiagnosisCheck> Doctor::ask_image(CallPtr call, plan::WantedImage image) {
  if (image.has_credentials) co_return plan::image_not_asked(image);
  auto status = co_await images_.manifest(call, plan::manifest_url(image.name));
  co_return plan::judge_image(image, status);
}

}  // namespace dev8agent::internal

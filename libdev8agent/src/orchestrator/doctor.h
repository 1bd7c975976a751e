// Doctor: tries what the agent uses in Azure, and gathers what it finds. What an answer means is decided in
// plan/verdicts.h. Loop thread only.
//
//   Doctor doctor(settings, azure, quotas);
//   Diagnosis diagnosis = co_await doctor.examine(call, request, std::move(health));
#pragma once

#include <string>
#include <vector>

#include "azure/image_registry.h"
#include "azure/inventory.h"
#include "dev8agent/diagnosis.h"
#include "dev8agent/orchestrator.h"
#include "orchestrator/azure_services.h"
#include "orchestrator/region_quotas.h"
#include "plan/images.h"
#include "plan/permissions.h"
#include "plan/verdicts.h"

namespace dev8agent::internal {

// One examination. The arguments must outlive it.
class Doctor {
 public:
  Doctor(const AgentSettings& settings, AzureServices& azure, RegionQuotas& quotas);

  // `health` is a report of Flows::check_health(): of Azure nothing more is asked where it says that there is
  // no token. Never fails: what Azure refuses or does not answer within 15 s is a check.
  Task<Diagnosis> examine(CallPtr call, DiagnoseRequest request, HealthReport health);

 private:
  using Checks = std::vector<DiagnosisCheck>;

  Task<Checks> ask_provider(CallPtr call, std::string provider);
  Task<plan::TriedAction> try_action(CallPtr call, plan::Permission permission, plan::Place place);
  // The actions of `scope` at `place`, side by side. `subject` names the place.
  Task<Checks> try_actions(CallPtr call, plan::Scope scope, plan::Place place, std::string subject);
  // Those on shares, without account keys.
  Task<Checks> try_share_actions(CallPtr call, RegionServices* region);
  Task<Checks> ask_account(CallPtr call, const RegionOptions* region);
  Task<Checks> probe_share(CallPtr call, RegionServices* region);
  Task<Checks> ask_quota(CallPtr call, const RegionOptions* region);
  // And for the images that come from it.
  Task<Checks> ask_registry(CallPtr call, std::string registry);
  Task<DiagnosisCheck> ask_image(CallPtr call, plan::WantedImage image);
  // All that a token is needed for.
  std::vector<Task<Checks>> questions_of_azure(const CallPtr& call, const DiagnoseRequest& request);

  const AgentSettings& settings_;
  AzureServices& azure_;
  RegionQuotas& quotas_;
  azure::Inventory inventory_;
  azure::ImageRegistry images_;
  std::string probe_;  // a name that nothing in Azure has
  std::vector<std::string> missing_;
};

}  // namespace dev8agent::internal

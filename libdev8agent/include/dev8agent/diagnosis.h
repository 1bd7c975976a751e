// Diagnosis: what keeps the agent from its work, or may do so, found by trying everything that it uses in
// Azure. Plain values; any thread.
//
//   auto diagnosis = orchestrator.diagnose().get();
//   if (!diagnosis.ok()) return fail(diagnosis.error());
//   for (const dev8agent::DiagnosisCheck& check : diagnosis->checks) {
//     if (check.verdict == dev8agent::Verdict::kFailed) std::puts(check.detail.c_str());
//   }
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/export.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

// kFailed: operations will fail. kWarning: they work, or some of them; something is not as it should be.
// kUnknown: it could not be found out.
enum class Verdict { kPassed, kWarning, kFailed, kUnknown };

// The lower-case word, such as "passed".
DEV8AGENT_EXPORT std::string_view to_string(Verdict verdict);

// How far the trying goes.
struct DiagnoseRequest {
  // Asks each registry whether it has the images, from this machine and without credentials.
  bool ask_registries = true;
  // Makes a share "dev8-doctor-..." in each storage account and deletes it: only that shows whether the
  // account takes new shares. With soft delete the account keeps it for the retention time.
  // A cancellation waits for it, at most 30 s.
  bool probe_share = false;
};

// One thing that was tried.
struct DiagnosisCheck {
  // "credentials", "provider:<namespace>", "permissions:<resource group>", "permissions:subscription",
  // "permissions:untried", "permissions:<storage account>", "azure:<region>", "storage:<region>",
  // "account:<storage account>", "soft-delete:<storage account>", "share:<storage account>",
  // "quota:<region>", "sizes:<region>", "registry:<host>", "image:<image>"
  std::string subject{};
  Verdict verdict = Verdict::kUnknown;
  // The finding of the failure guide (dev8agent/failure_guide.h), "DEV8-..."; empty when it passed.
  std::string code{};
  std::string detail{};  // what was seen; no secret
};

// What was found.
struct DEV8AGENT_EXPORT Diagnosis {
  std::vector<DiagnosisCheck> checks{};  // without a token, "credentials" is the only one of Azure
  // The actions of Azure's roles that Azure refused, each once: "Microsoft.ContainerInstance/..."
  std::vector<std::string> missing_actions{};
  // A role definition, as JSON for `az role definition create`, with these actions and no others. Empty when
  // none is missing.
  std::string missing_role{};
  // True when nothing failed. Warnings and what is unknown do not count.
  bool healthy() const;
};

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent

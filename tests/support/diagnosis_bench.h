// For tests of diagnose(): asks an agent, and finds a check in what it says. Thread of the world.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "support/two_regions.h"

namespace dev8agent::test {

inline const DiagnoseRequest kQuiet{.ask_registries = false};

inline Diagnosis diagnose(World& world, EnvironmentOrchestrator& agent, DiagnoseRequest request = kQuiet) {
  auto operation = agent.diagnose(request);
  const auto& diagnosis = world.finish(operation);
  REQUIRE_MESSAGE(diagnosis.ok(), diagnosis.error().message);
  return *diagnosis;
}

// The check of `subject`, which must be there.
inline const DiagnosisCheck& check_of(const Diagnosis& diagnosis, const std::string& subject) {
  const auto found = std::find_if(diagnosis.checks.begin(), diagnosis.checks.end(),
                                  [&](const DiagnosisCheck& check) { return check.subject == subject; });
  REQUIRE_MESSAGE(found != diagnosis.checks.end(), subject);
  return *found;
}

inline emulator::EmulatorOptions with_soft_delete(emulator::EmulatorOptions options = two_accounts()) {
  for (emulator::StorageAccount& account : options.storage_accounts) account.retention_days = 7;
  return options;
}

}  // namespace dev8agent::test

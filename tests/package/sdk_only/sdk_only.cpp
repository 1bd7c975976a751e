// A program with the SDK alone: reads its configuration from the environment, which holds none here. Exits 0
// when the library names what is missing.
#include <dev8agent/orchestrator.h>

#include <iostream>

int main() {
  const auto orchestrator = dev8agent::EnvironmentOrchestrator::from_environment();
  if (orchestrator.ok()) return 1;
  std::cout << orchestrator.error() << "\n";
  return orchestrator.error().code == dev8agent::ErrorCode::kInvalidRequest ? 0 : 1;
}

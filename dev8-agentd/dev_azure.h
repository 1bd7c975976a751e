// The Azure of --dev: an emulator inside the process, reached over loopback HTTP like the real one.
#pragma once

#include <memory>

#include "dev8agent/emulator.h"
#include "dev8agent/options.h"
#include "settings.h"

namespace dev8agentd {

class DevAzure {
 public:
  static dev8agent::Result<std::unique_ptr<DevAzure>> start(const Settings& settings);

  // Replaces every AZURE_* variable by those that lead to this emulator.
  void configure(dev8agent::Variables& variables) const;
  // The loop thread that the emulator's clock lives on; the orchestrator shares it.
  const std::shared_ptr<dev8agent::Scheduler>& scheduler() const { return scheduler_; }

 private:
  DevAzure(dev8agent::emulator::EmulatorOptions options, std::shared_ptr<dev8agent::Scheduler> scheduler);

  std::shared_ptr<dev8agent::Scheduler> scheduler_;
  dev8agent::emulator::Emulator emulator_;
  std::unique_ptr<dev8agent::emulator::EmulatorServer> server_;
};

}  // namespace dev8agentd

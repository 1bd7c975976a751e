// The Azure of --dev: an emulator inside the process, reached over loopback HTTP like the real one. So
// everything can be tried out without an account, and nothing is kept after the end. Used by Daemon::make().
#pragma once

#include <memory>
#include <optional>

#include "command_line.h"
#include "dev8agent/emulator.h"
#include "dev8agent/log.h"
#include "dev8agent/options.h"
#include "dev_workspaces.h"
#include "settings.h"

namespace dev8agentd {

// The daemon owns it and destroys it after the orchestrator that uses it.
//
//   auto azure = DevAzure::start(settings);
//   (*azure)->configure(variables);
class DevAzure {
 public:
  // Starts the emulator, and its HTTP server on loopback. AGENT_DEV_PROVISIONING_MS and AGENT_DEV_START_MS
  // say how long its creates and starts take; a deleted share is gone at once. With --workspaces its
  // containers run (dev_workspaces.h). AGENT_DEV_FAULTS names a file with what happens to requests. Fails
  // when the system has no descriptor, thread or port to spare, when that file cannot be used, or when a flag
  // or AGENT_DEV_IMAGES does not fit this machine.
  static dev8agent::Result<std::unique_ptr<DevAzure>> start(const Settings& settings,
                                                            const CommandLine& flags);

  // Replaces every AZURE_* variable by those that lead to this emulator, with its own credentials, identities
  // and regions. So a real account of the surroundings is never touched. AZURE_STORAGE_AUTH and
  // AZURE_MOUNT_AUTH stay: the emulator has an identity and a vault for each of their modes.
  void configure(dev8agent::Variables& variables) const;
  // Tells containers that run where the agent is, unless AGENT_BASE_URL says so. For containers that are
  // started later.
  void set_agent_url(const std::string& url) const;
  // What there is, as JSON (Emulator::state_json()). Any thread.
  std::string state_json() const { return emulator_.state_json(); }
  // With --workspaces, the log's record that says so: as whom containers run, and which images there are.
  std::optional<dev8agent::LogRecord> workspaces_record() const;
  // The loop thread that the emulator's clock runs on. The orchestrator shares it: one thread does both.
  const std::shared_ptr<dev8agent::Scheduler>& scheduler() const { return scheduler_; }

 private:
  DevAzure(dev8agent::emulator::EmulatorOptions options, std::shared_ptr<dev8agent::Scheduler> scheduler,
           DevWorkspaces workspaces);

  // In the order of their making: the server uses the emulator, and both run on the scheduler.
  std::shared_ptr<dev8agent::Scheduler> scheduler_;
  dev8agent::emulator::Emulator emulator_;
  std::unique_ptr<dev8agent::emulator::EmulatorServer> server_;
  DevWorkspaces workspaces_;
};

}  // namespace dev8agentd

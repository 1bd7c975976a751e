// Fault enumeration: one run of an operation with one fault at one outbound call, then the same request
// again.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "support/world.h"

namespace dev8agent::test {

using namespace internal;

// How an operation ended, comparable between runs.
struct Outcome {
  bool finished = false;  // false: the process crashed first
  bool ok = false;
  std::string reason;  // of a failure
  std::string message;
  std::string operation;  // its id, for an operation that has one
  std::string text() const { return !finished ? "crashed" : ok ? "ok" : reason; }
};

// Drives one request to its end, or until `crashed` says that the process is gone.
using Act = std::function<Outcome(World&, std::unique_ptr<EnvironmentOrchestrator>&,
                                  const std::function<bool()>& crashed)>;

// What must be there at the end, in the emulator's own eyes.
struct Expected {
  bool group = false;
  bool share = false;
  std::string state;        // instanceView.state of the group
  int deployments = 0;      // of the group, since it exists; 0: not looked at
  bool same_share = false;  // the share that was there before is there still
  bool same_group = false;
  std::string location = "eastus";
  bool same_facts = false;  // share and group store the same facts as before
};

struct Scenario {
  std::string name;
  std::function<void(World&, EnvironmentOrchestrator&)> prepare;
  Act act;
  Expected expected;
  std::string result = "ok";  // of the fault-free run
  std::string repeat = "ok";  // of a repeat after it
  bool deletes = false;       // the operation may remove the share
  // How deployments in eastus turn out once the preparations are over.
  emulator::Deployment eastus = emulator::Deployment::kWorks;
  // Containers come up before they fail. When the process that created them has died, they and their files
  // are kept, because another caller may have been given the environment.
  bool runs_first = false;
};

struct FaultKind {
  std::string name;
  emulator::Fault fault;
  enum Crash { kNoCrash, kBefore, kAfter } crash = kNoCrash;
  // Reads that lag: the fault meets this call, when it is a read of the group, and all such reads for a
  // while.
  std::chrono::seconds lasts{0};
  bool lags = false;
  // What others did before the operation is older than the lag, so that reads lag behind its own writes
  // alone. Otherwise an answer may be as old as the lag: then only what must never happen is checked, and the
  // repeat.
  bool settled = true;
};

std::vector<Scenario> scenarios();
std::vector<Scenario> failing_scenarios();  // Azure does not bring up what they ask for
AgentTweaks cell_regions();                 // eastus and westeurope, each with its account
std::vector<FaultKind> fault_kinds();

// One cell of the table, and what came of it.
struct Cell {
  std::string scenario;
  std::string fault;
  int call = 0;
  std::string operation;  // what was asked of Azure there
  Outcome first;
  Outcome repeat;
  std::vector<std::string> violations;  // empty: every invariant held
};

// How many outbound calls the fault-free run makes, and that it ends as expected.
int fault_free_calls(const Scenario& scenario, std::vector<std::string>& violations);
Cell run_cell(const Scenario& scenario, const FaultKind& kind, int call);
// One crash, and what another process answers about the operation: at once, every minute, and for good when
// its time is over; then the same request again.
Cell run_operation_cell(const Scenario& scenario, const FaultKind& kind, int call);

// Runs every fault at every call of every scenario and checks that all invariants hold; answers how many
// cells that were. DEV8_PRINT_CELLS=1 prints them; with a scenario's name, it alone is run, and printed.
int run_table(const std::vector<Scenario>& scenarios);
// Kills the process at every call of every scenario and checks the other process's answers.
int run_operation_table(const std::vector<Scenario>& scenarios);

extern const std::string kCellId;

}  // namespace dev8agent::test

// Fault enumeration: one run of an operation with one fault at one outbound call, then
// the same request again. Scenarios times calls times faults make the table; each
// combination is a cell. It shows that no single fault loses files, leaves something
// behind or makes an agent report what is not so.
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
  std::string reason;     // of a failure
  std::string message;    // of a failure, for people
  std::string operation;  // its id, for an operation that has one
  std::string text() const { return !finished ? "crashed" : ok ? "ok" : reason; }
};

// Sends one request to the agent and drives the world until it ends, or until `crashed`
// says that the process is gone.
using Act = std::function<Outcome(World&, std::unique_ptr<EnvironmentOrchestrator>&,
                                  const std::function<bool()>& crashed)>;

// What must be there at the end, as the emulator itself sees it. The members same_*
// compare with the state before the operation.
struct Expected {
  bool group = false;
  bool share = false;
  std::string state;        // instanceView.state of the group
  int deployments = 0;      // of the group, since it exists; 0: not looked at
  bool same_share = false;  // the share that was there before is there still
  bool same_group = false;  // the group that was there before is there still
  std::string location = "eastus";
  bool same_facts = false;    // share and group store the same facts as before
  bool certificates = false;  // the container has a share for them
  bool kept = false;          // a delete has kept the share, with a snapshot; never is it gone before
};

// One operation from one state that it may meet. fault_scenarios.cpp lists them.
struct Scenario {
  std::string name;  // unique; DEV8_PRINT_CELLS takes it
  // Brings the world into the state before the operation. Null: nothing is there.
  std::function<void(World&, EnvironmentOrchestrator&)> prepare;
  Act act;                    // the operation
  Expected expected;          // at the end of the fault-free run, and after the repeat of a cell
  std::string result = "ok";  // of the fault-free run
  std::string repeat = "ok";  // of a repeat after it
  bool deletes = false;       // the operation may remove the share
  // How deployments in eastus turn out once the preparations are over.
  emulator::Deployment eastus = emulator::Deployment::kWorks;
  // Containers come up before they fail. When the process that created them has died, they and their files
  // are kept, because another caller may have been given the environment.
  bool runs_first = false;
  std::chrono::seconds idle_stop_after{0};  // of its agents
  bool waits_for_ide = false;               // its agents do, with AgentOptions::workspace_ready
  bool soft_delete = false;                 // its storage accounts keep deleted shares
  std::string keyless{};            // storage accounts forbid keys, and agents make shares in this way
  bool put_changes_shares = false;  // EmulatorOptions::update_shares_by_put
  bool certificates = false;        // its agents deploy containers with a share for certificates ...
  bool certificates_before = true;  // ... and so did the agent that prepared
};

// One row of faults: what the call meets, and whether the process ends with it.
struct FaultKind {
  std::string name;
  emulator::Fault fault;  // of the one call
  // Whether the process ends at this call, and whether Azure still carries out what it
  // sent.
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

// The scenarios in which Azure brings up what is asked for.
std::vector<Scenario> scenarios();
// The scenarios in which it does not: no capacity, a failing mount or image, a crash.
std::vector<Scenario> failing_scenarios();
// Those of activity and the idle stop, which the agent does by itself.
std::vector<Scenario> idle_scenarios();
// Those in which a create or start waits until the workspace answers.
std::vector<Scenario> ready_scenarios();
// Those in which shares are made with a token and mounted as an identity.
std::vector<Scenario> keyless_scenarios();
// Those of deleted files that come back.
std::vector<Scenario> restore_scenarios();
// Those of deletes that keep the files with a snapshot, and what is left then; on each way to the shares.
std::vector<Scenario> kept_scenarios();
// Those in which containers have a share for certificates.
std::vector<Scenario> certificate_scenarios();
// The agent of every cell: eastus and westeurope, each with its account, and few reads.
AgentTweaks cell_regions(const Scenario& scenario = {});
// All faults: lagging reads, lost and silent connections, error answers, damaged
// answers, and crashes.
std::vector<FaultKind> fault_kinds();

// One cell of the table, and what came of it.
struct Cell {
  std::string scenario;
  std::string fault;
  int call = 0;                         // which outbound call met the fault, from 0
  std::string operation;                // what was asked of Azure there
  Outcome first;                        // of the operation that met the fault
  Outcome repeat;                       // of the same request, sent again without fault
  std::vector<std::string> violations;  // empty: every invariant held
};

// Runs the scenario without fault and returns how many outbound calls it makes. Appends
// to `violations` when it or its repeat does not end as expected.
int fault_free_calls(const Scenario& scenario, std::vector<std::string>& violations);
// Runs one cell in a world of its own. The caller must see what it would have seen
// without the fault: one passing fault is ridden out (see FaultKind::settled for the
// exception). After a crash the repeat is made by a new agent.
Cell run_cell(const Scenario& scenario, const FaultKind& kind, int call);
// One crash, and what another process answers about the operation: at once, every minute, and for good when
// its time is over; then the same request again.
Cell run_operation_cell(const Scenario& scenario, const FaultKind& kind, int call);

// Runs every fault at every call of every scenario and reports each violation as a
// failed check; returns how many cells that were. DEV8_PRINT_CELLS=1 prints them; with
// a scenario's name, it alone is run, and printed.
int run_table(const std::vector<Scenario>& scenarios);
// Kills the process at every call of every scenario and checks what another process
// answers about the operation. Scenarios whose operation has no id (get, list) are left
// out. Returns the number of cells.
int run_operation_table(const std::vector<Scenario>& scenarios);

// The id of the one environment in every cell.
extern const std::string kCellId;

}  // namespace dev8agent::test

// Seeded simulation: many callers, several replicas of the agent, random faults,
// crashes, capacity, keys and clocks, with the promises of the library checked after
// every event. The same seed gives the same run, so a failure is repeated with its
// seed: `dev8-simulate --seed N`.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "support/idle_users.h"
#include "support/world.h"

namespace dev8agent::test {

using namespace internal;

// The size of one run.
struct SimulationOptions {
  int operations = 60;    // how many are issued at random; the end adds two for each id
  int replicas = 3;       // agents that share the emulated Azure and know nothing of each other
  int ids = 6;            // environments; few, so that operations meet each other
  bool restarts = false;  // containers are restarted, too
  bool kept = false;      // deletes may keep the files with a snapshot, and files are restored
  bool idle = false;      // workspaces are used, and stopped when they are not
  bool trace = false;     // print operations and requests as they happen
};

// One run. It goes in steps: one piece of work of the virtual clock, then a look at the
// emulator's state.
//
//   RandomWorld world(seed, {});
//   for (const std::string& broken : world.run()) FAIL_CHECK("seed " << seed << ", " << broken);
class RandomWorld {
 public:
  // The seed also decides how Azure behaves (how long it takes, its lag) and how the
  // world differs from an orderly one (Weather).
  RandomWorld(std::uint64_t seed, SimulationOptions options);
  ~RandomWorld();

  // Issues all operations, then calms the world and checks that every id can be created
  // and deleted. Returns the broken promises, none when all held. Stops soon after the
  // first. Call it once.
  std::vector<std::string> run();
  // How many operations were issued, and the number of the current step.
  std::uint64_t operations() const { return issued_; }
  std::uint64_t events() const { return event_; }

 private:
  enum class Kind { kCreate, kStart, kStop, kDelete, kRead, kRestart, kRestore };
  // One operation of a caller, and what the caller was told. `begun` and `ended` count
  // steps (event_).
  struct Op {
    Kind kind = Kind::kRead;
    std::string id;
    int replica = 0;                 // index of the agent that was asked
    bool force = false;              // of a delete: also when the container runs
    bool snapshot = false;           // of a delete: it keeps the files
    bool kept = false;               // it has said that it did
    bool last = false;               // one of those that must succeed at the end
    bool cancelled_at_once = false;  // before the loop has begun it
    std::uint64_t begun = 0;         // the step when it was issued
    std::uint64_t ended = 0;         // 0: in flight
    TimePoint ended_at{};            // the same end on the virtual clock
    bool ok = false;                 // whether it succeeded
    bool changed = false;            // of a create: EnvironmentOutcome::changed
    std::string password;            // of code-server, as told to the caller of a create
    std::string region;              // where the environment is, as told
    WallTime created_at{};           // when it was made, as told
    std::string reason;              // the error's machine word
    std::string message;
    bool from_nothing = false;     // nothing of the id was there when it began
    std::function<void()> cancel;  // of creates and starts: the caller hangs up
  };
  using OpPtr = std::shared_ptr<Op>;
  // What the last look showed of an id in one location. 0 and empty: nothing is there.
  struct Seen {
    std::uint64_t share = 0;  // its incarnation
    std::uint64_t group = 0;  // its incarnation
    int deployments = 0;
    bool running = false;  // it runs and has not crashed
    std::string owner_of_share;
    std::string owner_of_group;
  };
  // How this world differs from an orderly one. Chosen once for a run.
  struct Weather {
    bool slow_net = false;                     // some requests and answers arrive late (SlowNet)
    bool cancels = false;                      // callers hang up
    bool owners = false;                       // several owners ask for the same ids
    int lagging_reads = 0;                     // percent of the reads of container groups that show the past
    std::vector<std::chrono::seconds> clocks;  // by replica: how far it is ahead
  };

  // Random choices. All come from one generator, in an order that the run itself
  // decides.
  std::uint64_t pick(std::uint64_t below) { return random_() % below; }
  bool chance(int percent) { return static_cast<int>(pick(100)) < percent; }
  std::string any_id() {
    return "simulated-" + std::to_string(pick(static_cast<std::uint64_t>(options_.ids)));
  }

  // Actions on the world. issue() gives `op` to its replica and notes its outcome.
  // disturb() makes one thing worse (an outage, no capacity, new keys, forgotten
  // operations); calm() mends faults and capacity. crash() destroys a replica in the
  // middle of its work and starts another in its place.
  void issue_random();
  void issue(OpPtr op);
  void disturb();
  void calm();
  void crash(int replica);
  // Runs one piece of work and looks; false when nothing is left to do or a promise is
  // broken.
  bool step();
  // What must hold at every moment: files that a caller was told of are removed by a
  // delete only, a running container is not restarted, and container and files have the
  // same owner.
  void look();
  // Notes the end of an operation and checks what its caller was told.
  void finished(const OpPtr& op);
  // The checks of one outcome. They are made only when no other operation on the id can
  // have interfered.
  void check_claim(const Op& op);
  // Whether `op` acted in or after the step `since`, or may still act: what a process
  // sent before its end may arrive after it.
  bool may_act(const Op& op, std::uint64_t since);
  // An operation of this kind may act on `id` now.
  bool in_flight(const std::string& id, Kind kind);
  // A delete that removes files may act on `id` now.
  bool removal_in_flight(const std::string& id);
  // Another operation that writes may have acted on the same id since `op` began.
  bool overlapped(const Op& op);
  // The end of a run: everything in flight ends, each id is created and deleted once
  // more, and nothing is left.
  void settle();
  // The virtual clock, for the trace.
  double seconds();
  void trace(std::string_view what, const Op& op);
  // Notes a broken promise with the current step; at most 20.
  void violation(std::string what);
  // An agent with the clock and network of this replica.
  AgentTweaks tweaks(int replica);
  std::unique_ptr<EnvironmentOrchestrator> new_replica(int replica);
  // A random caller of those who wait for a create or start hangs up.
  void cancel_any();
  // A container or a share of the id exists, in any region.
  bool is_there(const std::string& id) const;
  // A create that failed leaves nothing where nothing was, unless its message says so.
  void check_nothing_left(const Op& op);
  // What a process has left that ended while a delete of others did: shares of certificates alone, as
  // orphans.
  void sweep_certificates();
  // Goes on for so long.
  void run_for(std::chrono::seconds span);
  // One step of the users of workspaces.
  void look_at_users();
  // Nobody uses anything any more: everything is stopped in time.
  void settle_idle();
  // Issues `op` and runs until it ends.
  void finish(const OpPtr& op);

  SimulationOptions options_;
  std::mt19937_64 random_;  // seeded once; the agents' random bytes come from World
  World world_;
  bool waits_for_ide_;  // creates and starts end when the workspace answers
  bool has_tls_;        // containers keep certificates on a share of their own
  StorageAuth storage_auth_;
  std::vector<std::shared_ptr<Transport>> networks_;  // what a process has sent arrives after its end, too
  std::vector<std::unique_ptr<EnvironmentOrchestrator>> replicas_;
  std::vector<OpPtr> ops_;  // those that may still act, or overlap one that may
  std::uint64_t issued_ = 0;
  std::uint64_t event_ = 1;  // the current step; 0 stands for "never"
  Weather weather_;
  int fault_percent_ = 0;                          // how many requests meet a random fault
  std::unique_ptr<IdleUsers> users_;               // with SimulationOptions::idle
  std::map<std::string, Seen> seen_;               // by storage account and id
  std::map<std::string, std::uint64_t> promised_;  // the share that a caller was last told of, by id
  std::vector<std::string> violations_;
};

}  // namespace dev8agent::test

// Seeded simulation: many callers, several replicas of the agent, random faults, crashes, capacity, keys and
// clocks, with the promises of the library checked after every event. The same seed gives the same run.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "support/world.h"

namespace dev8agent::test {

using namespace internal;

struct SimulationOptions {
  int operations = 60;
  int replicas = 3;
  int ids = 6;
  bool trace = false;  // print operations and requests as they happen
};

class RandomWorld {
 public:
  RandomWorld(std::uint64_t seed, SimulationOptions options);
  ~RandomWorld();

  // Runs everything; answers the broken promises, none when all held.
  std::vector<std::string> run();
  std::uint64_t operations() const { return issued_; }
  std::uint64_t events() const { return event_; }

 private:
  enum class Kind { kCreate, kStart, kStop, kDelete, kRead };
  struct Op {
    Kind kind = Kind::kRead;
    std::string id;
    int replica = 0;
    bool force = false;
    bool last = false;               // one of those that must succeed at the end
    bool cancelled_at_once = false;  // before the loop has begun it
    std::uint64_t begun = 0;
    std::uint64_t ended = 0;  // 0: in flight
    TimePoint ended_at{};
    bool ok = false;
    bool changed = false;
    std::string password;
    std::string region;     // where the environment is, as told
    WallTime created_at{};  // when it was made, as told
    std::string reason;
    std::string message;
    bool from_nothing = false;  // nothing of the id was there when it began
    std::function<void()> cancel;
  };
  using OpPtr = std::shared_ptr<Op>;
  // What the last look showed of an id in one location.
  struct Seen {
    std::uint64_t share = 0;
    std::uint64_t group = 0;
    int deployments = 0;
    bool running = false;
    std::string owner_of_share;
    std::string owner_of_group;
  };
  // How this world differs from an orderly one.
  struct Weather {
    bool slow_net = false;
    bool cancels = false;
    bool owners = false;                       // several owners ask for the same ids
    int lagging_reads = 0;                     // percent of the reads of container groups that show the past
    std::vector<std::chrono::seconds> clocks;  // by replica: how far it is ahead
  };

  std::uint64_t pick(std::uint64_t below) { return random_() % below; }
  bool chance(int percent) { return static_cast<int>(pick(100)) < percent; }
  std::string any_id() {
    return "simulated-" + std::to_string(pick(static_cast<std::uint64_t>(options_.ids)));
  }

  void issue_random();
  void issue(OpPtr op);
  void disturb();
  void calm();
  void crash(int replica);
  bool step();
  void look();
  void finished(const OpPtr& op);
  void check_claim(const Op& op);
  bool may_act(const Op& op, std::uint64_t since);
  bool in_flight(const std::string& id, Kind kind);
  bool overlapped(const Op& op);
  void settle();
  double seconds();
  void trace(std::string_view what, const Op& op);
  void violation(std::string what);
  AgentTweaks tweaks(int replica);
  std::unique_ptr<EnvironmentOrchestrator> new_replica(int replica);
  void cancel_any();
  bool is_there(const std::string& id) const;
  void check_nothing_left(const Op& op);
  void finish(const OpPtr& op);

  SimulationOptions options_;
  std::mt19937_64 random_;
  World world_;
  std::vector<std::shared_ptr<Transport>> networks_;  // what a process has sent arrives after its end, too
  std::vector<std::unique_ptr<EnvironmentOrchestrator>> replicas_;
  std::vector<OpPtr> ops_;
  std::uint64_t issued_ = 0;
  std::uint64_t event_ = 1;
  Weather weather_;
  int fault_percent_ = 0;
  std::map<std::string, Seen> seen_;               // by location and id
  std::map<std::string, std::uint64_t> promised_;  // the share that a caller was last told of, by id
  std::vector<std::string> violations_;
};

}  // namespace dev8agent::test

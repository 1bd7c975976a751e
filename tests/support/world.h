// A whole world in one thread: virtual time, an emulated Azure, and agents
// (EnvironmentOrchestrator) on it. The base of all tests of operations from end to end.
// Minutes of Azure's time take milliseconds.
#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "dev8agent/emulator.h"
#include "dev8agent/orchestrator.h"

namespace dev8agent::test {

// How the settings of an agent in the world differ from the usual ones. Example:
//
//   World world;
//   auto agent = world.agent({.regions = {"eastus", "westeurope"}});
//   CHECK(world.finish(agent->create(create_request("dev-1"))).ok());
struct AgentTweaks {
  std::vector<std::string> regions = {"eastus"};
  std::map<std::string, std::string> locations;        // by region; a region without one has its own name
  std::map<std::string, std::string> resource_groups;  // by region; else Azure's first
  std::string default_region = "eastus";               // also one of `regions`
  std::string storage_key;                             // empty: listKeys
  RetryOptions retry;                                  // as in AgentOptions
  Logger logger;                                       // null: no logs
  // Called last, with the finished options: what it sets stands.
  std::function<void(AgentOptions&)> adjust;
  // Puts a transport of the test between the agent and Azure (Tap, SlowNet). Null:
  // nothing is there.
  std::function<std::shared_ptr<Transport>(std::shared_ptr<Transport>)> wrap_transport;
};

// Several agents may share one world, as replicas of a daemon share one Azure. Destroy
// them before the world. Nothing happens between two calls of the test: time passes
// only in finish() and in the clock's functions.
class World {
 public:
  // Without storage accounts in `options` there is one. `seed` decides all random bytes
  // of the agents.
  explicit World(emulator::EmulatorOptions options = {}, std::uint64_t seed = 1);
  ~World();

  // The emulated Azure, to set scenarios and faults and to look behind the API.
  emulator::Emulator& azure() const { return *azure_; }
  emulator::VirtualScheduler& clock() { return *scheduler_; }
  std::shared_ptr<emulator::VirtualScheduler> scheduler() { return scheduler_; }

  // Valid settings for an agent of this world, with its scheduler, transport and
  // credential. With several storage accounts the first region has the first, and so
  // on. Fails the test case when `tweaks` make them invalid.
  AgentSettings settings(AgentTweaks tweaks = {});
  // A new agent with those settings. Destroying it is the end of its process, as far as
  // Azure can tell.
  std::unique_ptr<EnvironmentOrchestrator> agent(AgentTweaks tweaks = {});

  // Drives the world until the operation is done, and returns its result, which lives
  // as long as the operation. Fails the test case when all work ends before.
  template <class T>
  const Result<T>& finish(const Operation<T>& operation) {
    const bool done = clock().run_until([&] { return operation.done(); });
    REQUIRE(done);
    return operation.get();
  }

  // The operations that Azure saw, without tokens and keys, in order.
  std::vector<std::string> azure_calls() const;
  // How many of them were `operation`.
  int count(const std::string& operation) const;

  // The environment's container group ("aci-" and the id) and share ("fs-" and the id)
  // as they are now, in any region. Without a name when there is none. A share that is
  // being deleted does not count.
  emulator::GroupView group(const std::string& id) const;
  emulator::ShareView share(const std::string& id) const;
  bool has_group(const std::string& id) const;
  bool has_share(const std::string& id) const;

 private:
  std::shared_ptr<emulator::VirtualScheduler> scheduler_;
  std::unique_ptr<emulator::Emulator> azure_;
  std::shared_ptr<std::uint64_t> random_state_;  // shared by all agents: each takes the next bytes
};

// An agent that reads a group it waits for once in `span` (40 ms to 10 s), so that
// things happen between its reads.
AgentTweaks seldom_polling(std::chrono::milliseconds span);

// A well-formed create of `id` in eastus: 2 vCPU, 4 GB of memory, 20 GB of storage,
// owner "user-1".
CreateRequest create_request(std::string id);

}  // namespace dev8agent::test

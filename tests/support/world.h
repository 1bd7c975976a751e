// A whole world in one thread: virtual time, an emulated Azure, and orchestrators on it.
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

// What the settings of an orchestrator in the world may differ in.
struct AgentTweaks {
  std::vector<std::string> regions = {"eastus"};
  std::map<std::string, std::string> locations;        // by region; a region without one has its own name
  std::map<std::string, std::string> resource_groups;  // by region; else Azure's first
  std::string default_region = "eastus";
  std::string storage_key;  // empty: listKeys
  RetryOptions retry;
  Logger logger;
  std::function<void(AgentOptions&)> adjust;  // the last word on the options
  // What stands between the agent and Azure; nothing without it.
  std::function<std::shared_ptr<Transport>(std::shared_ptr<Transport>)> wrap_transport;
};

class World {
 public:
  explicit World(emulator::EmulatorOptions options = {}, std::uint64_t seed = 1);
  ~World();

  emulator::Emulator& azure() const { return *azure_; }
  emulator::VirtualScheduler& clock() { return *scheduler_; }
  std::shared_ptr<emulator::VirtualScheduler> scheduler() { return scheduler_; }

  AgentSettings settings(AgentTweaks tweaks = {});
  std::unique_ptr<EnvironmentOrchestrator> agent(AgentTweaks tweaks = {});

  // Drives the world until the operation is done.
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

  emulator::GroupView group(const std::string& id) const;
  emulator::ShareView share(const std::string& id) const;
  bool has_group(const std::string& id) const;
  bool has_share(const std::string& id) const;

 private:
  std::shared_ptr<emulator::VirtualScheduler> scheduler_;
  std::unique_ptr<emulator::Emulator> azure_;
  std::shared_ptr<std::uint64_t> random_state_;
};

// A well-formed create of `id`.
// An agent that reads a group it waits for once in `span`, so that things happen between its reads.
AgentTweaks seldom_polling(std::chrono::milliseconds span);

CreateRequest create_request(std::string id);

}  // namespace dev8agent::test

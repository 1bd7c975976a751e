// Two regions with an account each, and what a dead process has left in the first of them.
#pragma once

#include <memory>
#include <string>

#include "support/world.h"

namespace dev8agent::test {

using namespace internal;

inline emulator::EmulatorOptions two_accounts() {
  emulator::EmulatorOptions options;
  const std::string east = std::string(84, 'A') + "AQ==";
  const std::string west = std::string(84, 'B') + "AQ==";
  options.storage_accounts = {{"dev8east", "dev8-emulator", east, east},
                              {"dev8west", "dev8-emulator", west, west}};
  return options;
}

inline AgentTweaks both_regions() {
  AgentTweaks tweaks;
  tweaks.regions = {"eastus", "westeurope"};
  return tweaks;
}

inline CreateRequest create_in(const std::string& id, const std::string& region) {
  CreateRequest request = create_request(id);
  request.cloud_region = region;
  return request;
}

// Begins `request` in a process that dies once `when` holds.
inline void die_creating(World& world, CreateRequest request, AgentTweaks tweaks,
                         const std::function<bool()>& when) {
  auto victim = world.agent(std::move(tweaks));
  auto operation = victim->create(std::move(request));
  REQUIRE(world.clock().run_until([&] { return when() || operation.done(); }));
  REQUIRE_FALSE(operation.done());
}

inline int shares_kept(const World& world) {
  int kept = 0;
  for (const auto& share : world.azure().shares()) kept += share.being_deleted ? 0 : 1;
  return kept;
}

}  // namespace dev8agent::test

// Two regions with an account each, and what a dead process has left in the first of
// them. For tests of the choice between regions and of unfinished creates.
#pragma once

#include <memory>
#include <string>

#include "support/world.h"

namespace dev8agent::test {

using namespace internal;

// An Azure with the accounts "dev8east" and "dev8west". Their keys are base64 of 64
// bytes, as Azure's are.
inline emulator::EmulatorOptions two_accounts() {
  emulator::EmulatorOptions options;
  const std::string east = std::string(84, 'A') + "AQ==";
  const std::string west = std::string(84, 'B') + "AQ==";
  // Both are in the emulator's first resource group. The two keys of an account are the
  // same.
  options.storage_accounts = {{"dev8east", "dev8-emulator", east, east},
                              {"dev8west", "dev8-emulator", west, west}};
  return options;
}

// An agent of both regions: eastus has the first account, westeurope the second
// (World::settings).
inline AgentTweaks both_regions() {
  // The first of these is the default region, too (AgentTweaks::default_region).
  AgentTweaks tweaks;
  tweaks.regions = {"eastus", "westeurope"};
  return tweaks;
}

// A create in this region; "auto" lets the library choose one.
inline CreateRequest create_in(const std::string& id, const std::string& region) {
  CreateRequest request = create_request(id);
  request.cloud_region = region;
  return request;
}

// Begins `request` in a process that dies once `when` holds: its agent is destroyed in
// the middle of the create. Fails the test case when the create ends before. Example, a
// share without a container:
//
//   die_creating(world, create_request(id), both_regions(), [&] { return world.has_share(id); });
inline void die_creating(World& world, CreateRequest request, AgentTweaks tweaks,
                         const std::function<bool()>& when) {
  // Destroyed on return: that is the end of the process. What it has sent stays.
  auto victim = world.agent(std::move(tweaks));
  auto operation = victim->create(std::move(request));
  // The world goes on only until then: what the victim has in flight may still arrive
  // later, when the test runs the clock again.
  REQUIRE(world.clock().run_until([&] { return when() || operation.done(); }));
  REQUIRE_FALSE(operation.done());  // it died in the middle
}

// The shares of all accounts, without those that are being deleted.
inline int shares_kept(const World& world) {
  int kept = 0;
  for (const auto& share : world.azure().shares()) kept += share.being_deleted ? 0 : 1;
  return kept;
}

}  // namespace dev8agent::test

// What the tests of the idle stop share: agents with a window, and environments that somebody uses or nobody.
#pragma once

#include <doctest/doctest.h>

#include <chrono>
#include <string>

#include "base/time_format.h"
#include "support/world.h"

namespace dev8agent::test::idle {

inline const std::string kId = "workspace-0001";
inline const std::string kOther = "workspace-0002";

inline AgentTweaks with_window(std::chrono::seconds window) {
  AgentTweaks tweaks;
  tweaks.adjust = [window](AgentOptions& options) { options.idle_stop_after = window; };
  return tweaks;
}

inline void create(World& world, EnvironmentOrchestrator& agent, const std::string& id) {
  auto operation = agent.create(create_request(id));
  const auto& created = world.finish(operation);
  REQUIRE_MESSAGE(created.ok(), created.error().message);
}

// Somebody is connected now.
inline void use(World& world, EnvironmentOrchestrator& agent, const std::string& id) {
  ActivityReport report;
  report.environment_id = id;
  report.snapshot.active_ide_connections = 1;
  auto operation = agent.report_activity(report);
  REQUIRE(world.finish(operation).ok());
}

inline bool runs(const World& world, const std::string& id) {
  return world.group(id).state == "Running";
}

inline std::string rfc3339(WallTime time) {
  return internal::format_rfc3339(time);
}

// How long it takes from now until the container is stopped.
inline std::chrono::seconds until_stopped(World& world, const std::string& id) {
  const auto begun = world.clock().now();
  REQUIRE(world.clock().run_until([&] { return world.group(id).state == "Stopped"; }));
  return std::chrono::duration_cast<std::chrono::seconds>(world.clock().now() - begun);
}

}  // namespace dev8agent::test::idle

// An environment and a watch of its events that keeps all that it is told. The base of the tests of events
// from end to end:
//
//   auto told = watch(*agent);
//   world.clock().advance(std::chrono::minutes(1));
//   CHECK(told->has("RUNNING"));
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "support/world.h"

namespace dev8agent::test {

inline const std::string kWatchedId = "workspace-0001";

inline void create_watched(World& world, EnvironmentOrchestrator& agent) {
  auto operation = agent.create(create_request(kWatchedId));
  const auto& created = world.finish(operation);
  REQUIRE_MESSAGE(created.ok(), created.error().message);
}

inline void remove_watched(World& world, EnvironmentOrchestrator& agent) {
  auto operation = agent.remove({kWatchedId, "", true});
  const auto& removed = world.finish(operation);
  REQUIRE_MESSAGE(removed.ok(), removed.error().message);
}

// A watch with all that it has told.
struct Told {
  std::vector<EventPage> pages;
  std::vector<std::string> names;  // of each event when it was told first
  std::set<std::string> ids;
  int pages_without_news = 0;
  std::optional<Operation<Done>> operation;

  void add(const EventPage& page) {
    const std::size_t known = ids.size();
    for (const EnvironmentEvent& event : page.events) {
      if (ids.insert(event.id).second) names.push_back(event.name);
    }
    pages_without_news += !pages.empty() && ids.size() == known;
    pages.push_back(page);
  }
  bool has(const std::string& name) const {
    return std::find(names.begin(), names.end(), name) != names.end();
  }
};

inline std::shared_ptr<Told> watch(EnvironmentOrchestrator& agent) {
  auto told = std::make_shared<Told>();
  told->operation =
      agent.watch_events({kWatchedId, ""}, [told = told.get()](const EventPage& page) { told->add(page); });
  return told;
}

// The reads of one environment that Azure has seen.
inline int reads(const World& world) {
  return world.count("ContainerGroups_Get") + world.count("ContainerGroups_ListByResourceGroup") +
         world.count("Share_GetProperties");
}

}  // namespace dev8agent::test

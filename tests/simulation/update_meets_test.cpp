// Updates that meet other calls through another agent, at each of their requests: nothing that a caller was
// told is lost, and nothing is made again that was deleted.
#include <doctest/doctest.h>

#include <algorithm>

#include "plan/facts.h"
#include "support/tap.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

namespace {

const std::string kMetId = "workspace-0001";

// A request of an agent that is held back.
struct Held {
  int left = 0;  // requests before it
  std::string label{};
  std::function<void()> release{};
};

// An agent whose request number `*held->left` waits until it is released.
std::unique_ptr<EnvironmentOrchestrator> holding(World& world, std::shared_ptr<Held> held) {
  return world.agent(tapped(
      world,
      [held](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
        if (held->left-- != 0) return false;
        held->label = request.label;
        held->release = [&tap, request, done] {
          tap.pass_later(std::chrono::milliseconds(0), request, done);
        };
        return true;
      },
      seldom_polling(std::chrono::seconds(5))));
}

void make_stopped_one(World& world) {
  auto agent = world.agent();
  auto created = agent->create(create_request(kMetId));
  REQUIRE(world.finish(created).ok());
  auto stopped = agent->stop({kMetId, ""});
  REQUIRE(world.finish(stopped).ok());
}

void make_running_one(World& world) {
  auto agent = world.agent();
  auto created = agent->create(create_request(kMetId));
  REQUIRE(world.finish(created).ok());
}

// Runs `first` and, while its request number `hold` waits, `second`, then `check`. As often as `first` has
// requests; how often that was.
int meet_everywhere(const std::function<void(World&)>& prepare,
                    const std::function<std::function<bool()>(EnvironmentOrchestrator&)>& first,
                    const std::function<std::function<bool()>(EnvironmentOrchestrator&)>& second,
                    const std::function<void(World&, const std::string& held)>& check) {
  for (int hold = 0; hold < 100; ++hold) {
    CAPTURE(hold);
    World world;
    prepare(world);
    const auto held = std::make_shared<Held>();
    held->left = hold;
    auto held_back = holding(world, held);
    auto other = world.agent();
    const auto first_done = first(*held_back);
    world.clock().run_until([&] { return held->release || first_done(); });
    if (!held->release) return hold;
    const auto second_done = second(*other);
    REQUIRE(world.clock().run_until(second_done));
    held->release();
    REQUIRE(world.clock().run_until(first_done));
    CAPTURE(held->label);
    check(world, held->label);
  }
  return 100;
}

template <class T>
std::function<bool()> ends(Operation<T> operation, std::vector<std::string> allowed = {"ok"}) {
  return [operation, allowed] {
    if (!operation.done()) return false;
    const std::string word =
        operation.get().ok() ? "ok" : std::string(to_string(operation.get().error().code));
    CHECK_MESSAGE(std::find(allowed.begin(), allowed.end(), word) != allowed.end(),
                  word << (operation.get().ok() ? "" : ": " + operation.get().error().message));
    return true;
  };
}

plan::Facts of_group(const World& world) {
  return plan::from_tags(world.group(kMetId).tags);
}
plan::Facts of_share(const World& world) {
  return plan::from_metadata(world.share(kMetId).metadata);
}

std::function<bool()> begin_update(EnvironmentOrchestrator& agent) {
  return ends(agent.update({.id = kMetId, .name = "Renamed", .labels = {{"team", "blue"}}}));
}
std::function<bool()> begin_bigger(EnvironmentOrchestrator& agent) {
  return ends(agent.start({.id = kMetId, .changes = {.cpu_cores = 4, .base_image = "python"}}));
}

void check_both_are_there(World& world, const std::string&) {
  for (const plan::Facts& told : {of_group(world), of_share(world)}) {
    CHECK(told.name == "Renamed");
    CHECK(told.labels == NamedTexts{{"team", "blue"}});
    CHECK(told.cpu_cores == 4);
    CHECK(told.base_image == "python");
  }
  CHECK(world.group(kMetId).state == "Running");
  CHECK(world.group(kMetId).cpu == 4);
}

}  // namespace

TEST_CASE("update: a delete at any of its requests, and nothing is made again") {
  const int requests = meet_everywhere(
      make_running_one,
      [](EnvironmentOrchestrator& agent) {
        return ends(agent.update({.id = kMetId, .name = "Renamed"}), {"ok", "NOT_FOUND", "CONFLICT"});
      },
      [](EnvironmentOrchestrator& agent) {
        return ends(agent.remove({kMetId, "", true}));
      },
      [](World& world, const std::string&) {
        CHECK_FALSE(world.has_group(kMetId));
        CHECK_FALSE(world.has_share(kMetId));
        CHECK(world.count("ContainerGroups_CreateOrUpdate") == 1);
      });
  CHECK(requests >= 6);  // token, key, group, share, metadata, tags, share
}

TEST_CASE("update: a start with another size at any of its requests, and both are there") {
  CHECK(meet_everywhere(make_stopped_one, begin_update, begin_bigger, check_both_are_there) >= 6);
}

// A write of metadata has no condition: the start's own may replace the update's before anybody reads them.
TEST_CASE("update: at any request of a start with another size, and both are there") {
  const int requests = meet_everywhere(make_stopped_one, begin_bigger, begin_update,
                                       [](World& world, const std::string& held) {
                                         if (held != "shares.setMetadata")
                                           return check_both_are_there(world, held);
                                         for (const plan::Facts& told : {of_group(world), of_share(world)})
                                           CHECK(told.base_image == "python");
                                         CHECK(world.group(kMetId).cpu == 4);
                                       });
  CHECK(requests >= 8);
}

TEST_CASE("update: another one at any of its requests, and both are there") {
  const int requests = meet_everywhere(
      make_running_one, begin_update,
      [](EnvironmentOrchestrator& agent) {
        return ends(agent.update({.id = kMetId, .labels = {{"stage", "test"}}, .idle_stop_minutes = 0}));
      },
      [](World& world, const std::string&) {
        for (const plan::Facts& told : {of_group(world), of_share(world)}) {
          CHECK(told.name == "Renamed");
          CHECK(told.labels == NamedTexts{{"team", "blue"}, {"stage", "test"}});
          CHECK(told.idle_stop_minutes == 0);
        }
      });
  CHECK(requests >= 6);
}

// A create tells other labels than the update from then on. Before its container is there, the update is
// refused.
TEST_CASE("update: of labels at any request of the create, and both stay") {
  auto updated = std::make_shared<bool>(false);
  int updates = 0;
  const int requests =
      meet_everywhere([](World&) {},
                      [](EnvironmentOrchestrator& agent) {
                        CreateRequest request = create_request(kMetId);
                        request.spec.labels = {{"team", "red"}};
                        return ends(agent.create(std::move(request)));
                      },
                      [updated](EnvironmentOrchestrator& agent) {
                        auto operation = agent.update({.id = kMetId, .labels = {{"team", "blue"}}});
                        const auto done = ends(operation, {"ok", "NOT_FOUND", "CONFLICT"});
                        return std::function<bool()>([updated, operation, done] {
                          const bool ended = done();
                          if (ended) *updated = operation.get().ok();
                          return ended;
                        });
                      },
                      [updated, &updates](World& world, const std::string&) {
                        updates += *updated ? 1 : 0;
                        for (const plan::Facts& told : {of_group(world), of_share(world)})
                          CHECK(told.labels == NamedTexts{{"team", *updated ? "blue" : "red"}});
                        CHECK(world.group(kMetId).state == "Running");
                      });
  CHECK(requests >= 6);
  CHECK(updates >= 1);
}

TEST_CASE("update: tags that a policy changes end it after few writes, and it says so") {
  World world;
  make_running_one(world);
  auto merges = std::make_shared<int>(0);
  auto agent = world.agent(tapped(world, [&world, merges](Tap&, const HttpRequest& request,
                                                          const Transport::Completion& done) {
    if (request.label != "tags.merge") return false;
    ++*merges;
    std::string tags;
    for (const auto& [name, value] : world.group(kMetId).tags)
      tags += (tags.empty() ? "\"" : ",\"") + name + "\":\"" + (name == "name" ? "By policy" : value) + "\"";
    HttpResponse answer;
    answer.status = 200;
    answer.body = "{\"properties\":{\"tags\":{" + tags + "}}}";
    world.clock().post([done, answer] { done(answer); });
    return true;
  }));
  auto update = agent->update({.id = kMetId, .name = "Renamed"});
  const auto& ended = world.finish(update);
  REQUIRE_FALSE(ended.ok());
  CHECK(ended.error().code == ErrorCode::kConflict);
  CHECK(ended.error().message.find("policy") != std::string::npos);
  CHECK(*merges == 4);
}

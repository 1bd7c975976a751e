// What the maker of an environment chooses beyond its sizes: image, variables, repository, labels. It reaches
// the container, is kept over stop, start and the loss of the container, and a repeat asks for the same.
#include <doctest/doctest.h>

#include "support/tap.h"
#include "support/world.h"

using namespace dev8agent;
using namespace dev8agent::test;
using emulator::Deployment;

namespace {

const std::string kId = "workspace-0001";

AgentTweaks with_images() {
  AgentTweaks tweaks;
  tweaks.adjust = [](AgentOptions& options) { options.images = {"team/b", "team/c"}; };
  return tweaks;
}

CreateRequest shaped() {
  CreateRequest request = create_request(kId);
  request.spec.image = "team/b";
  request.spec.environment_variables = {{"A", "1"}, {"B", "x y"}};
  request.spec.git_repository = "https://example.com/a.git";
  request.spec.labels = {{"team", "blue"}};
  request.spec.zone = "2";
  return request;
}

Environment create(World& world, EnvironmentOrchestrator& agent, CreateRequest request = shaped()) {
  auto operation = agent.create(std::move(request));
  const auto& created = world.finish(operation);
  REQUIRE_MESSAGE(created.ok(), created.error().message);
  return created->environment;
}

void stop(World& world, EnvironmentOrchestrator& agent) {
  auto operation = agent.stop({kId, ""});
  REQUIRE(world.finish(operation).ok());
}

Result<EnvironmentOutcome> start(World& world, EnvironmentOrchestrator& agent, SpecChanges changes = {}) {
  auto operation = agent.start({.id = kId, .changes = std::move(changes)});
  const auto& started = world.finish(operation);
  return started.ok() ? Result(started->copy()) : Result<EnvironmentOutcome>(started.error());
}

Environment get(World& world, EnvironmentOrchestrator& agent) {
  auto operation = agent.get({kId, ""});
  const auto& found = world.finish(operation);
  REQUIRE(found.ok());
  return *found;
}

void check_shape(const Environment& environment) {
  CHECK(environment.image == "team/b");
  CHECK(environment.environment_variables == shaped().spec.environment_variables);
  CHECK(environment.git_repository == shaped().spec.git_repository);
  CHECK(environment.labels == shaped().spec.labels);
  CHECK(environment.zone == "2");
}

void check_container(World& world) {
  const auto group = world.group(kId);
  CHECK(group.image == "team/b");
  CHECK(group.variables.at("A") == "1");
  CHECK(group.variables.at("B") == "x y");
  CHECK(group.variables.at("DEV8_GIT_REPOSITORY") == "https://example.com/a.git");
  CHECK(group.tags.at("label.team") == "blue");
}

// Another process has died between the two deletions.
void lose_container(World& world) {
  auto victim = world.agent(with_images());
  auto half = victim->remove({kId, "", true});
  REQUIRE(world.clock().run_until([&] { return world.count("ContainerGroups_Delete") == 1; }));
  victim.reset();
  REQUIRE(world.has_share(kId));
  REQUIRE_FALSE(world.has_group(kId));
}

}  // namespace

TEST_CASE("shape: what a create asks for is in the container, shown, and kept when the container is lost") {
  World world;
  auto agent = world.agent(with_images());
  check_shape(create(world, *agent));
  check_container(world);
  check_shape(get(world, *agent));
  stop(world, *agent);
  REQUIRE(start(world, *agent).ok());
  check_container(world);
  CHECK(world.group(kId).deployments == 2);

  stop(world, *agent);
  SpecChanges bigger;
  bigger.cpu_cores = 4;
  REQUIRE(start(world, *agent, bigger).ok());  // another container
  check_container(world);
  check_shape(get(world, *agent));

  lose_container(world);
  world.clock().advance(std::chrono::minutes(2));
  check_shape(get(world, *agent));
  REQUIRE(start(world, *agent).ok());
  check_container(world);
}

TEST_CASE("shape: a repeated create has the same shape, whatever agent it comes through, or is a conflict") {
  World world;
  auto agent = world.agent(with_images());
  create(world, *agent);
  world.clock().advance(std::chrono::minutes(5));
  auto other = world.agent(with_images());
  check_shape(create(world, *other));
  const auto differs = [&](const std::function<void(CreateRequest&)>& change) {
    CreateRequest request = shaped();
    change(request);
    auto operation = other->create(std::move(request));
    const auto& outcome = world.finish(operation);
    REQUIRE_FALSE(outcome.ok());
    CHECK(outcome.error().code == ErrorCode::kConflict);
    return outcome.error().message;
  };
  const auto names = [](const std::string& message, const char* field) {
    return message.find(std::string("another ") + field + ";") != std::string::npos;
  };
  CHECK(names(differs([](CreateRequest& r) { r.spec.image = "team/c"; }), "image"));
  CHECK(names(differs([](CreateRequest& r) { r.spec.image.reset(); }), "image"));
  CHECK(names(differs([](CreateRequest& r) { r.spec.environment_variables["A"] = "2"; }),
              "environmentVariables"));
  CHECK(
      names(differs([](CreateRequest& r) { r.spec.environment_variables.clear(); }), "environmentVariables"));
  CHECK(names(differs([](CreateRequest& r) { r.spec.git_repository.reset(); }), "gitRepository"));
  CHECK(names(differs([](CreateRequest& r) { r.spec.labels["team"] = "red"; }), "labels"));
  CHECK(names(differs([](CreateRequest& r) { r.spec.zone = "1"; }), "zone"));
  CHECK(names(differs([](CreateRequest& r) { r.spec.zone.reset(); }), "zone"));
  // Secrets are not compared.
  CreateRequest secret = shaped();
  secret.secrets.variables.emplace("C", Secret("canary"));
  check_shape(create(world, *other, std::move(secret)));
  CHECK(world.group(kId).deployments == 1);
}

TEST_CASE("shape: naming the agent's own image is the same as naming none") {
  World world;
  auto agent = world.agent(with_images());
  CreateRequest named = create_request(kId);
  named.spec.image = world.settings()->image;
  CHECK(create(world, *agent, std::move(named)).image == world.settings()->image);
  create(world, *agent, create_request(kId));
  CHECK_FALSE(world.group(kId).tags.contains("image"));
  stop(world, *agent);
  SpecChanges changes;
  changes.image = "team/c";
  const auto other = start(world, *agent, changes);
  REQUIRE(other.ok());
  CHECK(other->environment.image == "team/c");
  CHECK(world.group(kId).image == "team/c");
  // Back to the agent's own, which may have changed meanwhile.
  stop(world, *agent);
  AgentTweaks newer;
  newer.adjust = [](AgentOptions& options) { options.image = "team/new"; };
  auto next = world.agent(newer);
  changes.image = "team/new";
  const auto back = start(world, *next, changes);
  REQUIRE(back.ok());
  CHECK(back->environment.image == "team/new");
  CHECK_FALSE(world.group(kId).tags.contains("image"));
}

TEST_CASE("shape: an image that the operator does not offer is not deployed again, whoever wrote it") {
  World world;
  auto agent = world.agent(with_images());
  create(world, *agent);
  stop(world, *agent);
  auto without = world.agent();
  REQUIRE(start(world, *without).ok());  // Azure starts the container that there is
  stop(world, *without);
  SpecChanges bigger;
  bigger.cpu_cores = 4;
  const int writes = world.count("Share_SetMetadata") + world.count("ContainerGroups_CreateOrUpdate");
  const auto refused = start(world, *without, bigger);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::kInvalidRequest);
  REQUIRE(refused.error().fields.size() == 1);
  CHECK(refused.error().fields.front().field == "image");
  CHECK(world.count("Share_SetMetadata") + world.count("ContainerGroups_CreateOrUpdate") == writes);
  bigger.image = world.settings()->image;
  const auto started = start(world, *without, bigger);
  REQUIRE(started.ok());
  CHECK(started->environment.image == world.settings()->image);
}

TEST_CASE("shape: a foreign tag 'image' is neither shown nor in the way") {
  World world;
  AgentTweaks with_policy =
      tapped(world, [](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
        if (request.label != "containerGroups.put" || request.method != "PUT") return false;
        HttpRequest changed = request;
        const std::string kTags = R"("tags":{)";
        const auto at = changed.body.find(kTags);
        if (at == changed.body.npos) return false;
        changed.body.insert(at + kTags.size(), R"("image":"corporate-template-7",)");
        tap.pass_later(std::chrono::milliseconds(1), std::move(changed), done);
        return true;
      });
  auto maker = world.agent(std::move(with_policy));
  CreateRequest plain = shaped();
  plain.spec.image.reset();
  create(world, *maker, std::move(plain));
  REQUIRE(world.group(kId).tags.at("image") == "corporate-template-7");
  auto agent = world.agent(with_images());
  CHECK(get(world, *agent).image == world.settings()->image);
  stop(world, *agent);
  SpecChanges bigger;
  bigger.cpu_cores = 4;
  const auto started = start(world, *agent, bigger);
  REQUIRE(started.ok());
  CHECK(started->environment.image == world.settings()->image);
}

TEST_CASE("shape: a start in another zone deploys the container anew, as Azure moves no group") {
  World world;
  auto agent = world.agent(with_images());
  create(world, *agent);
  SpecChanges changes;
  changes.zone = "3";
  const auto running = start(world, *agent, changes);
  REQUIRE_FALSE(running.ok());
  CHECK(running.error().code == ErrorCode::kConflict);
  stop(world, *agent);
  const auto moved = start(world, *agent, changes);
  REQUIRE_MESSAGE(moved.ok(), moved.error().message);
  CHECK(moved->environment.zone == "3");
  CHECK(world.count("ContainerGroups_Delete") == 1);
  CHECK(world.group(kId).image == "team/b");
  auto other = world.agent(with_images());
  CHECK(get(world, *other).zone == "3");
}

TEST_CASE("shape: a region without zones refuses one, and nothing is left") {
  emulator::EmulatorOptions options;
  options.locations_without_zones = {"East US"};
  World world(options);
  auto agent = world.agent(with_images());
  auto operation = agent->create(shaped());
  const auto& refused = world.finish(operation);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::kAzureRefused);
  CHECK(refused.error().azure_code == "ResourceTypeNotSupportAvailabilityZones");
  CHECK_FALSE(world.has_share(kId));
  CHECK_FALSE(world.has_group(kId));
  CreateRequest regional = shaped();
  regional.spec.zone.reset();
  CHECK_FALSE(create(world, *agent, std::move(regional)).zone.has_value());
}

TEST_CASE("shape: labels alone are written without a new container, and taken away") {
  World world;
  auto agent = world.agent(with_images());
  create(world, *agent);
  stop(world, *agent);
  SpecChanges changes;
  changes.labels = NamedTexts{{"stage", "test"}};
  const auto started = start(world, *agent, changes);
  REQUIRE(started.ok());
  CHECK(started->environment.labels == *changes.labels);
  CHECK(world.count("ContainerGroups_CreateOrUpdate") == 1);
  CHECK(world.group(kId).variables.at("A") == "1");
  auto other = world.agent(with_images());
  CHECK(get(world, *other).labels == *changes.labels);
  CHECK(get(world, *other).environment_variables == shaped().spec.environment_variables);
  const auto again = start(world, *agent, changes);
  REQUIRE(again.ok());
  CHECK_FALSE(again->changed);
  changes.labels = NamedTexts{};
  const auto running = start(world, *agent, changes);
  REQUIRE_FALSE(running.ok());
  CHECK(running.error().code == ErrorCode::kConflict);
}

TEST_CASE(
    "shape: a start that died after it stored other variables is repeated to its end, and by no other "
    "start") {
  SpecChanges changes;
  changes.environment_variables = NamedTexts{{"A", "2"}};
  for (const bool repeats : {true, false}) {
    CAPTURE(repeats);
    World world;
    auto agent = world.agent(with_images());
    create(world, *agent);
    stop(world, *agent);
    world.clock().advance(std::chrono::minutes(2));
    const int stored = world.count("Share_SetMetadata");
    auto victim = world.agent(with_images());
    StartRequest request{.id = kId, .changes = changes};
    auto lost = victim->start(std::move(request));
    REQUIRE(world.clock().run_until([&] { return world.count("Share_SetMetadata") > stored; }));
    REQUIRE_FALSE(lost.done());
    victim.reset();
    REQUIRE(world.group(kId).variables.at("A") == "1");
    const auto started = start(world, *agent, repeats ? changes : SpecChanges{});
    REQUIRE_MESSAGE(started.ok(), started.error().message);
    CHECK(world.group(kId).variables.at("A") == (repeats ? "2" : "1"));
    CHECK(world.group(kId).deployments == 2);
  }
}

namespace {

// A start with these changes whose process dies when it has stored them, and has not deployed their
// container.
void die_when_stored(World& world, SpecChanges changes) {
  const int stored = world.count("Share_SetMetadata");
  auto victim = world.agent(with_images());
  auto lost = victim->start({.id = kId, .changes = std::move(changes)});
  REQUIRE(world.clock().run_until([&] { return world.count("Share_SetMetadata") > stored; }));
  REQUIRE_FALSE(lost.done());
}

}  // namespace

TEST_CASE("shape: a start that died after it stored image and zone is repeated to its end") {
  SpecChanges changes;
  changes.image = "team/c";
  SpecChanges zone;
  zone.zone = "1";
  for (const SpecChanges& one : {changes, zone}) {
    World world;
    auto agent = world.agent(with_images());
    create(world, *agent, create_request(kId));
    stop(world, *agent);
    world.clock().advance(std::chrono::minutes(2));
    die_when_stored(world, one);
    REQUIRE(world.group(kId).deployments == 1);
    const auto started = start(world, *agent, one);
    REQUIRE_MESSAGE(started.ok(), started.error().message);
    CHECK(started->environment.image == (one.image ? "team/c" : world.settings()->image));
    CHECK(started->environment.zone == one.zone);
    CHECK(world.count("ContainerGroups_CreateOrUpdate") == 2 + (one.zone ? 1 : 0));
  }
}

TEST_CASE("shape: what a start that died has stored does not keep another one writing tags") {
  World world;
  auto agent = world.agent(with_images());
  create(world, *agent, create_request(kId));
  stop(world, *agent);
  world.clock().advance(std::chrono::minutes(2));
  SpecChanges stored;
  stored.image = "team/c";
  die_when_stored(world, stored);
  const int written = world.count("Tags_UpdateAtScope");
  SpecChanges labels;
  labels.labels = NamedTexts{{"stage", "test"}};
  const auto started = start(world, *agent, labels);
  REQUIRE_MESSAGE(started.ok(), started.error().message);
  CHECK(started->environment.labels == *labels.labels);
  CHECK(world.count("Tags_UpdateAtScope") == written + 1);
}

TEST_CASE("shape: a start that fails puts labels and variables back") {
  World world;
  auto agent = world.agent(with_images());
  create(world, *agent);
  stop(world, *agent);
  for (const bool new_container : {true, false}) {
    CAPTURE(new_container);
    world.clock().advance(std::chrono::minutes(2));
    world.azure().set_location("", Deployment::kNoCapacitySync);
    SpecChanges changes;
    changes.labels = NamedTexts{{"team", "red"}};
    if (new_container) changes.environment_variables = NamedTexts{};
    const auto failed = start(world, *agent, changes);
    REQUIRE_FALSE(failed.ok());
    check_shape(get(world, *agent));
    CHECK(world.group(kId).tags.at("label.team") == "blue");
  }
}

TEST_CASE("shape: a list shows those with every label that is asked for") {
  World world;
  auto agent = world.agent();
  for (int i = 1; i <= 3; ++i) {
    CreateRequest request = create_request("workspace-000" + std::to_string(i));
    request.spec.labels["team"] = i == 1 ? "red" : "blue";
    if (i == 3) request.spec.labels["stage"] = "test";
    create(world, *agent, std::move(request));
  }
  const auto listed = [&](NamedTexts labels) {
    auto operation = agent->list({.labels = std::move(labels)});
    const auto& page = world.finish(operation);
    REQUIRE(page.ok());
    return page->total;
  };
  CHECK(listed({}) == 3);
  CHECK(listed({{"team", "blue"}}) == 2);
  CHECK(listed({{"TEAM", "blue"}}) == 2);
  CHECK(listed({{"team", "blue"}, {"stage", "test"}}) == 1);
  CHECK(listed({{"team", "Blue"}}) == 0);
  CHECK(listed({{"stage", ""}}) == 0);
}

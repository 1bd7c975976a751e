// Refusals that pass, and what a refused change leaves: delays are kept, facts set back, answers say what to
// do.
#include <doctest/doctest.h>

#include <algorithm>

#include "support/tap.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;
using emulator::Deployment;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

const std::string kId = "workspace-0001";

StartRequest start_request() {
  StartRequest request;
  request.id = kId;
  return request;
}

void create_and_stop(World& world, EnvironmentOrchestrator& agent) {
  auto created = agent.create(create_request(kId));
  REQUIRE(world.finish(created).ok());
  auto stopped = agent.stop({kId, ""});
  REQUIRE(world.finish(stopped).ok());
}

// When each request with this label was sent.
Tap::Hook note_times(World& world, std::string label, std::shared_ptr<std::vector<TimePoint>> times) {
  return [&world, label = std::move(label), times](Tap&, const HttpRequest& request,
                                                   const Transport::Completion&) {
    if (request.label == label) times->push_back(world.clock().now());
    return false;
  };
}

}  // namespace

TEST_CASE("a busy registry is asked again, slowly and a few times") {
  for (bool recovers : {true, false}) {
    CAPTURE(recovers);
    World world;
    auto times = std::make_shared<std::vector<TimePoint>>();
    auto agent = world.agent(tapped(world, note_times(world, "containerGroups.put", times)));
    world.azure().set_location("eastus", Deployment::kImageRateLimited);
    auto operation = agent->create(create_request(kId));
    if (recovers) {
      REQUIRE(world.clock().run_until([&] { return times->size() == 2; }));
      world.clock().advance(seconds(1));
      world.azure().set_location("eastus", Deployment::kWorks);
    }
    const auto& result = world.finish(operation);
    CHECK(result.ok() == recovers);
    CHECK(times->size() == (recovers ? 3 : 4));
    for (std::size_t i = 1; i < times->size(); ++i) CHECK((*times)[i] - (*times)[i - 1] >= seconds(30));
    if (!recovers) CHECK(result.error().code == ErrorCode::kImagePullFailed);
    CHECK(world.has_share(kId) == recovers);
  }
}

TEST_CASE("a start with other sizes that Azure refuses leaves the facts and the quota as they were") {
  for (Deployment refusal : {Deployment::kNoCapacitySync, Deployment::kPolicyRefused}) {
    World world;
    auto agent = world.agent();
    create_and_stop(world, *agent);
    const auto before = world.share(kId);
    world.azure().set_location("eastus", refusal);
    StartRequest bigger = start_request();
    bigger.changes.cpu_cores = 4;
    bigger.changes.storage_gb = 50;
    bigger.changes.name = "Bigger";
    auto start = agent->start(std::move(bigger));
    REQUIRE_FALSE(world.finish(start).ok());
    CHECK(world.count("Share_SetProperties") == 2);
    CHECK(world.share(kId).quota_gib == before.quota_gib);
    CHECK(world.share(kId).metadata == before.metadata);
    CHECK(world.group(kId).tags["cpuCores"] == "2");
    CHECK(world.group(kId).state == "Stopped");
  }
}

TEST_CASE("a start under another name that Azure refuses leaves the name as it was") {
  World world;
  auto agent = world.agent();
  create_and_stop(world, *agent);
  world.azure().set_location("eastus", Deployment::kNoCapacitySync);
  StartRequest renamed = start_request();
  renamed.changes.name = "Another name";
  auto start = agent->start(std::move(renamed));
  REQUIRE_FALSE(world.finish(start).ok());
  CHECK(world.count("Tags_UpdateAtScope") == 2);
  auto get = agent->get({kId, ""});
  CHECK(world.finish(get)->name == "My workspace");
  CHECK(world.group(kId).tags["name"] == "My workspace");
}

TEST_CASE("a start of a container whose key was rotated away says how to make it anew, and that works") {
  World world;
  auto agent = world.agent();
  create_and_stop(world, *agent);
  const auto share = world.share(kId);
  world.azure().rotate_storage_key("dev8account",
                                   std::string(84, 'C') + "AQ==", std::string(84, 'D') + "AQ==");
  auto plain = agent->start(start_request());
  const auto& failed = world.finish(plain);
  REQUIRE_FALSE(failed.ok());
  CHECK(failed.error().code == ErrorCode::kMountFailed);
  CHECK_MESSAGE(failed.error().message.find("start it with its secrets") != std::string::npos,
                failed.error().message);
  StartRequest with_secrets = start_request();
  with_secrets.secrets.github_token = Secret("token");
  auto anew = agent->start(std::move(with_secrets));
  const auto& started = world.finish(anew);
  REQUIRE_MESSAGE(started.ok(), started.error().message);
  CHECK(world.share(kId).incarnation == share.incarnation);
}

TEST_CASE("while a start is under way, an old failure is not its status") {
  World world;
  auto agent = world.agent();
  create_and_stop(world, *agent);
  world.azure().set_location("eastus", Deployment::kNoCapacityAsync);
  auto failing = agent->start(start_request());
  REQUIRE_FALSE(world.finish(failing).ok());
  world.azure().set_location("eastus", Deployment::kWorks);
  auto start = agent->start(start_request());
  bool ended = false;
  start.on_done([&](const auto&) { ended = true; });
  std::vector<std::string> told;
  while (!ended) {
    REQUIRE(told.size() < 100);
    auto get = agent->get({kId, ""});
    told.emplace_back(to_string(world.finish(get)->status));
    world.clock().advance(milliseconds(700));
  }
  CHECK(start.get().ok());
  CHECK(std::count(told.begin(), told.end(), "STARTING") > 10);
  CHECK(std::count(told.begin(), told.end(), "ERROR") == 0);
}

TEST_CASE("what Azure asks to wait after it accepted a PUT or a start is waited") {
  World world;
  auto times = std::make_shared<std::vector<TimePoint>>();
  auto accepted = std::make_shared<std::vector<TimePoint>>();
  auto agent =
      world.agent(tapped(world, [&](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
        const bool read = request.label == "containerGroups.get";
        if (read && !accepted->empty()) times->push_back(world.clock().now());
        if (request.label != "containerGroups.put" && request.label != "containerGroups.start") return false;
        tap.pass_later(milliseconds(0), request, [&world, accepted, done](Result<HttpResponse> answer) {
          answer->headers.push_back({"Retry-After", "11"});
          accepted->push_back(world.clock().now());
          done(std::move(answer));
        });
        return true;
      }));
  create_and_stop(world, *agent);
  REQUIRE(accepted->size() == 1);
  CHECK(times->front() - accepted->back() >= seconds(11));
  auto start = agent->start(start_request());
  REQUIRE(world.finish(start).ok());
  REQUIRE(accepted->size() == 2);
  const auto next = std::upper_bound(times->begin(), times->end(), accepted->back());
  CHECK(*next - accepted->back() >= seconds(11));
}

TEST_CASE("a PUT that says Retry-After: 0 does not lead to a hot loop of reads") {
  World world;
  auto times = std::make_shared<std::vector<TimePoint>>();
  auto agent =
      world.agent(tapped(world, [&](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
        if (request.label == "containerGroups.get") times->push_back(world.clock().now());
        if (request.label != "containerGroups.put") return false;
        tap.pass_later(milliseconds(0), request, [done](Result<HttpResponse> answer) {
          answer->headers.push_back({"Retry-After", "0"});
          done(std::move(answer));
        });
        return true;
      }));
  auto operation = agent->create(create_request(kId));
  REQUIRE(world.finish(operation).ok());
  REQUIRE(times->size() > 10);
  // The burst of the read budget comes first, its rate follows.
  const std::size_t burst = 26;
  for (std::size_t i = burst; i < times->size(); ++i)
    CHECK((*times)[i] - (*times)[i - 1] >= milliseconds(333));
}

TEST_CASE("a share that is being deleted is asked for again after half a minute, not sooner") {
  emulator::EmulatorOptions options;
  options.share_deletion_time = seconds(45);
  World world(options);
  auto times = std::make_shared<std::vector<TimePoint>>();
  auto agent = world.agent(tapped(world, note_times(world, "shares.create", times)));
  auto created = agent->create(create_request(kId));
  REQUIRE(world.finish(created).ok());
  auto removed = agent->remove({kId, "", true});
  REQUIRE(world.finish(removed).ok());
  times->clear();
  auto again = agent->create(create_request(kId));
  REQUIRE(world.finish(again).ok());
  REQUIRE(times->size() == 3);
  for (std::size_t i = 1; i < times->size(); ++i) CHECK((*times)[i] - (*times)[i - 1] >= seconds(30));
}

TEST_CASE("a share that Azure will not delete keeps the delete from success, however often it is asked") {
  struct Row {
    int status;
    const char* code;
  };
  for (const Row& row : {Row{403, "AuthorizationFailure"}, Row{409, "ShareHasSnapshots"},
                         Row{409, "DeleteShareWhenSnapshotLeased"}, Row{412, "LeaseIdMissing"}}) {
    CAPTURE(row.code);
    World world;
    auto agent = world.agent();
    create_and_stop(world, *agent);
    world.azure().set_fault_script([&row](const HttpRequest& request, std::uint64_t) -> emulator::Fault {
      if (request.label != "shares.delete") return {};
      return {emulator::Fault::kStatus, row.status, row.code, ""};
    });
    for (int attempt = 0; attempt < 2; ++attempt) {
      auto removed = agent->remove({kId, "", true});
      const auto& kept = world.finish(removed);
      REQUIRE_FALSE(kept.ok());
      CHECK(kept.error().code != ErrorCode::kNotFound);
      CHECK(kept.error().azure_code == row.code);
    }
    CHECK_FALSE(world.has_group(kId));
    CHECK(world.has_share(kId));
    world.azure().set_fault_script(nullptr);
    auto removed = agent->remove({kId, "", false});
    CHECK(world.finish(removed).ok());
    CHECK_FALSE(world.has_share(kId));
  }
}

TEST_CASE("a stop that Azure accepts and does not carry out is no success") {
  World world;
  auto agent = world.agent();
  auto create = agent->create(create_request(kId));
  REQUIRE(world.finish(create).ok());
  world.azure().set_fault_script([](const HttpRequest& request, std::uint64_t) -> emulator::Fault {
    if (request.label != "containerGroups.stop") return {};
    return {emulator::Fault::kStatus, 204, "", ""};
  });
  auto stop = agent->stop({kId, ""});
  CHECK_FALSE(world.finish(stop).ok());
  CHECK(world.group(kId).state == "Running");
}

TEST_CASE("a start from a share alone that fails takes its container away again and keeps the files") {
  for (Deployment deployment : {Deployment::kNoCapacityAsync, Deployment::kMountFails, Deployment::kCrashLoop,
                                Deployment::kImagePullBackOff}) {
    CAPTURE(static_cast<int>(deployment));
    World world;
    auto agent = world.agent();
    create_and_stop(world, *agent);
    const auto share = world.share(kId);
    // The container is deleted by hand: a delete that dies after its first half.
    auto by_hand = world.agent();
    auto removed = by_hand->remove({kId, "", true});
    REQUIRE(world.clock().run_until([&] { return world.count("ContainerGroups_Delete") == 1; }));
    by_hand.reset();
    REQUIRE(world.share(kId).incarnation == share.incarnation);
    world.azure().set_location("eastus", deployment);
    auto start = agent->start(start_request());
    REQUIRE_FALSE(world.finish(start).ok());
    CHECK_FALSE(world.has_group(kId));
    CHECK(world.share(kId).incarnation == share.incarnation);
    world.azure().set_location("eastus", Deployment::kWorks);
    auto again = agent->start(start_request());
    CHECK(world.finish(again).ok());
  }
}

TEST_CASE(
    "joined callers each have their own time: the hasty one is told, the patient one gets its environment") {
  for (bool hasty_first : {true, false}) {
    CAPTURE(hasty_first);
    emulator::EmulatorOptions azure;
    azure.provisioning_time = seconds(90);
    World world(azure);
    auto agent = world.agent();
    CallOptions hasty;
    hasty.timeout = seconds(20);
    const CallOptions patient;
    auto first = agent->create(create_request(kId), hasty_first ? hasty : patient);
    auto second = agent->create(create_request(kId), hasty_first ? patient : hasty);
    const TimePoint begun = world.clock().now();
    const auto& late = world.finish(hasty_first ? first : second);
    REQUIRE_FALSE(late.ok());
    CHECK(late.error().code == ErrorCode::kTimeout);
    CHECK(world.clock().now() - begun <= seconds(21));
    const auto& made = world.finish(hasty_first ? second : first);
    REQUIRE_MESSAGE(made.ok(), made.error().message);
    CHECK(made->changed);
    CHECK(world.count("ContainerGroups_CreateOrUpdate") == 1);
    CHECK(world.group(kId).secure_variables["CODE_SERVER_PASSWORD"] == made->code_server_password.reveal());
  }
}

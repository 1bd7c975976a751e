// Logs from end to end: pages of them, and a log that is followed across restarts, stops and outages.
#include <doctest/doctest.h>

#include <optional>

#include "support/tap.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;
using emulator::Fault;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

const std::string kId = "workspace-0001";
const std::string kGroup = "aci-" + kId;

void create(World& world, EnvironmentOrchestrator& agent) {
  auto operation = agent.create(create_request(kId));
  const auto& created = world.finish(operation);
  REQUIRE_MESSAGE(created.ok(), created.error().message);
}

LogsRequest request_of(int tail = 200) {
  LogsRequest request;
  request.id = kId;
  request.tail = tail;
  return request;
}

std::string numbered(int first, int last) {
  std::string lines;
  for (int i = first; i <= last; ++i) lines += "line " + std::to_string(i) + "\n";
  return lines;
}

// Of a read of the log: "ok", or the error's word.
std::string outcome(World& world, EnvironmentOrchestrator& agent, LogsRequest request = request_of()) {
  auto operation = agent.logs(std::move(request));
  const auto& result = world.finish(operation);
  return result.ok() ? "ok" : std::string(to_string(result.error().code));
}

struct Followed {
  std::string text;
  std::optional<Operation<Done>> operation;
};

std::shared_ptr<Followed> follow(EnvironmentOrchestrator& agent, LogsRequest request = request_of()) {
  auto followed = std::make_shared<Followed>();
  followed->operation = agent.follow_logs(
      std::move(request), [followed = followed.get()](std::string_view text) { followed->text += text; });
  return followed;
}

}  // namespace

TEST_CASE("logs: the last lines, masked, with and without their times") {
  World world;
  auto agent = world.agent();
  create(world, *agent);
  REQUIRE(world.azure().write_log(kGroup, numbered(1, 500) + "password=canary\n"));
  auto operation = agent->logs(request_of(2));
  const auto& page = world.finish(operation);
  REQUIRE_MESSAGE(page.ok(), page.error().message);
  CHECK(page->content == "line 500\npassword=***\n");
  CHECK(page->truncated);
  CHECK(page->container == "vscode-server");
  LogsRequest stamped = request_of(1);
  stamped.timestamps = true;
  stamped.container = page->container;
  auto second = agent->logs(stamped);
  CHECK(world.finish(second)->content.ends_with("Z password=***\n"));
  auto all = agent->logs(request_of(10000));
  const auto& whole = world.finish(all);
  CHECK_FALSE(whole->truncated);
  CHECK(whole->content.starts_with("emulator: started"));
}

TEST_CASE("logs: why there are none") {
  World world;
  auto agent = world.agent();
  CHECK(outcome(world, *agent) == "NOT_FOUND");
  LogsRequest broken = request_of(0);
  CHECK(outcome(world, *agent, broken) == "INVALID_REQUEST");
  auto created = agent->create(create_request(kId));
  world.clock().advance(seconds(1));
  CHECK(outcome(world, *agent) == "CONFLICT");
  world.clock().advance(seconds(10));
  CHECK(outcome(world, *agent) == "CONFLICT");
  REQUIRE(world.finish(created).ok());
  CHECK(outcome(world, *agent) == "ok");
  LogsRequest other = request_of();
  other.container = "sidecar";
  CHECK(outcome(world, *agent, other) == "NOT_FOUND");
  auto stopped = agent->stop({kId, ""});
  REQUIRE(world.finish(stopped).ok());
  CHECK(outcome(world, *agent) == "ok");
  auto removed = agent->remove({kId, "", true});
  REQUIRE(world.finish(removed).ok());
  CHECK(outcome(world, *agent) == "NOT_FOUND");
}

TEST_CASE("logs: no container yet is told at once, an outage is waited out") {
  World world;
  auto agent = world.agent();
  auto created = agent->create(create_request(kId));
  world.clock().advance(seconds(10));
  const int before = world.count("Containers_ListLogs");
  CHECK(outcome(world, *agent) == "CONFLICT");
  CHECK(world.count("Containers_ListLogs") == before + 1);
  REQUIRE(world.finish(created).ok());
  auto left = std::make_shared<int>(2);
  world.azure().set_fault_script([left](const HttpRequest& request, std::uint64_t) {
    const bool fails = request.label == "containers.logs" && (*left)-- > 0;
    return fails ? Fault{Fault::kStatus, 503, "ServerBusy"} : Fault{};
  });
  CHECK(outcome(world, *agent) == "ok");
}

TEST_CASE("follow: the last lines, then whole lines as they are added") {
  World world;
  auto agent = world.agent();
  create(world, *agent);
  world.azure().write_log(kGroup, numbered(1, 1000));
  auto followed = follow(*agent, request_of(3));
  world.clock().advance(seconds(5));
  CHECK(followed->text == numbered(998, 1000));
  world.azure().write_log(kGroup, "line 1001\nline 1002\nline");
  world.clock().advance(seconds(5));
  CHECK(followed->text == numbered(998, 1002));
  world.azure().write_log(kGroup, " 1003\n");
  world.clock().advance(seconds(5));
  CHECK(followed->text == numbered(998, 1003));
  world.azure().write_log(kGroup, numbered(1004, 5000));  // more than one read shows
  world.clock().advance(seconds(5));
  CHECK(followed->text == numbered(998, 5000));
  world.azure().write_log(kGroup, numbered(5001, 13000) + "token=canary\n");
  world.clock().advance(seconds(5));
  CHECK(followed->text == numbered(998, 13000) + "token=***\n");
  CHECK_FALSE(followed->operation->done());
  followed->operation->cancel();
  CHECK(world.finish(*followed->operation).error().code == ErrorCode::kCancelled);
  const int before = world.count("Containers_ListLogs");
  world.clock().advance(minutes(1));
  CHECK(world.count("Containers_ListLogs") == before);
}

TEST_CASE("follow: it goes on across a restart of the container") {
  World world;
  auto agent = world.agent();
  auto other = world.agent();
  create(world, *agent);
  auto followed = follow(*agent);
  world.clock().advance(seconds(5));
  const std::string first = followed->text;
  auto restarted = other->restart({kId, ""});
  REQUIRE(world.finish(restarted).ok());
  world.azure().write_log(kGroup, "of the second run\n");
  world.clock().advance(seconds(10));
  CHECK_FALSE(followed->operation->done());
  CHECK(followed->text == first + first + "of the second run\n");
}

TEST_CASE("follow: it ends when the container is stopped, after its last lines") {
  World world;
  auto agent = world.agent();
  auto other = world.agent();
  create(world, *agent);
  auto followed = follow(*agent);
  world.clock().advance(seconds(5));
  world.azure().write_log(kGroup, "the last line\nwithout an end");
  auto stopped = other->stop({kId, ""});
  REQUIRE(world.finish(stopped).ok());
  CHECK(world.finish(*followed->operation).ok());
  CHECK(followed->text.ends_with("the last line\nwithout an end\n"));
  auto again = follow(*agent);
  CHECK(world.finish(*again->operation).ok());
  CHECK(again->text.ends_with("the last line\nwithout an end\n"));
}

TEST_CASE("follow: it ends when the environment is deleted, and begins only where there is a log") {
  World world;
  auto agent = world.agent();
  auto other = world.agent();
  auto nothing = follow(*agent);
  CHECK(world.finish(*nothing->operation).error().code == ErrorCode::kNotFound);
  auto created = other->create(create_request(kId));
  world.clock().advance(seconds(10));
  auto early = follow(*agent);
  CHECK(world.finish(*early->operation).error().code == ErrorCode::kConflict);
  REQUIRE(world.finish(created).ok());
  auto followed = follow(*agent);
  world.clock().advance(seconds(5));
  auto removed = other->remove({kId, "", true});
  REQUIRE(world.finish(removed).ok());
  CHECK(world.finish(*followed->operation).ok());
  CHECK_FALSE(followed->text.empty());
}

TEST_CASE("follow: an outage delays it, and no line is lost or told twice") {
  for (const auto& fault :
       {Fault{Fault::kStatus, 429, "TooManyRequests", "30"}, Fault{Fault::kStatus, 503, "ServerBusy"},
        Fault{Fault::kRefuseConnection, 0, ""}, Fault{Fault::kTruncatedBody, 0, ""}}) {
    CAPTURE(static_cast<int>(fault.kind));
    World world;
    auto agent = world.agent();
    create(world, *agent);
    world.azure().write_log(kGroup, numbered(1, 10));
    auto followed = follow(*agent, request_of(10));
    world.clock().advance(seconds(5));
    auto failing = std::make_shared<bool>(true);
    world.azure().set_fault_script(
        [failing, fault](const HttpRequest&, std::uint64_t) { return *failing ? fault : Fault{}; });
    for (int i = 11; i <= 20; ++i) {
      world.azure().write_log(kGroup, numbered(i, i));
      world.clock().advance(seconds(30));
    }
    CHECK_FALSE(followed->operation->done());
    *failing = false;
    world.clock().advance(minutes(3));
    CHECK_FALSE(followed->operation->done());
    CHECK(followed->text == numbered(1, 20));
  }
}

TEST_CASE("follow: fifty readers for an hour stay within the budget") {
  constexpr int kHour = 3600;
  World world;
  auto agent = world.agent();
  create(world, *agent);
  std::vector<std::shared_ptr<Followed>> readers;
  for (int i = 0; i < 50; ++i) readers.push_back(follow(*agent));
  world.clock().advance(minutes(1));
  const auto count = [&] { return world.count("Containers_ListLogs") + world.count("ContainerGroups_Get"); };
  const int before = count();
  world.clock().advance(seconds(kHour));
  MESSAGE("50 readers: " << count() - before << " reads in an hour");
  CHECK(count() - before <= kHour + 10);
  for (const auto& reader : readers) CHECK_FALSE(reader->operation->done());
  world.azure().write_log(kGroup, "late\n");
  world.clock().advance(minutes(3));
  for (const auto& reader : readers) CHECK(reader->text.ends_with("late\n"));
}

TEST_CASE("follow: its orchestrator may be destroyed") {
  World world;
  auto agent = world.agent();
  create(world, *agent);
  auto followed = follow(*agent);
  world.clock().advance(seconds(5));
  agent.reset();
  CHECK(followed->operation->done());
  CHECK_FALSE(followed->operation->get().ok());
  world.clock().advance(minutes(1));
}

TEST_CASE("follow: one read that lags is no end") {
  for (const std::string label : {"containers.logs", "containerGroups.get"}) {
    CAPTURE(label);
    World world;
    auto agent = world.agent();
    create(world, *agent);
    auto left = std::make_shared<int>(0);
    auto misled = world.agent(
        tapped(world, [left, label](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
          if (request.label != label || *left == 0) return false;
          --*left;
          tap.answer(done, 404, "ResourceNotFound");
          return true;
        }));
    auto followed = follow(*misled);
    world.clock().advance(seconds(5));
    *left = 1;
    world.clock().advance(seconds(10));
    CHECK(*left == 0);
    CHECK_FALSE(followed->operation->done());
    world.azure().write_log(kGroup, "more\n");
    world.clock().advance(seconds(10));
    CHECK(followed->text.ends_with("more\n"));
  }
}

TEST_CASE("follow: a private key that comes in parts, and one that begins before the lines shown") {
  World world;
  auto agent = world.agent();
  create(world, *agent);
  const std::string line = "MIIEcanary0123456789abcdefghijklmnop\n";
  world.azure().write_log(kGroup, "-----BEGIN PRIVATE KEY-----\n" + line + line);
  auto followed = follow(*agent, request_of(1));
  world.clock().advance(seconds(5));
  CHECK(followed->text == "***\n");
  world.azure().write_log(kGroup, line + "-----END PRIVATE KEY-----\nup\n");
  world.clock().advance(seconds(5));
  CHECK(followed->text == "***\n***\n***\nup\n");
}

TEST_CASE("logs: a log that Azure no longer has, and one that is not there yet") {
  World world;
  auto agent = world.agent();
  create(world, *agent);
  auto none =
      world.agent(tapped(world, [](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
        if (request.label != "containers.logs") return false;
        tap.answer(done, 404, "ContainerLogNotAvailable");
        return true;
      }));
  auto early = none->logs(request_of());
  const auto& refused = world.finish(early);
  CHECK(refused.error().code == ErrorCode::kConflict);
  CHECK(refused.error().retryable);
  CHECK(refused.error().message.find("has not started") != std::string::npos);
  auto stopped = agent->stop({kId, ""});
  REQUIRE(world.finish(stopped).ok());
  auto late = none->logs(request_of());
  const auto& gone = world.finish(late);
  CHECK(gone.error().code == ErrorCode::kConflict);
  CHECK_FALSE(gone.error().retryable);
  CHECK(gone.error().message.find("is stopped") != std::string::npos);
}

TEST_CASE("follow: neither group nor log for a while, as while Azure moves a container") {
  World world;
  auto agent = world.agent();
  create(world, *agent);
  auto hidden = std::make_shared<bool>(false);
  auto misled = world.agent(
      tapped(world, [hidden](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
        if (!*hidden) return false;
        if (request.label == "containerGroups.get") tap.answer(done, 404, "ResourceNotFound");
        if (request.label == "containers.logs") tap.answer(done, 404, "ContainerLogNotAvailable");
        return request.label == "containerGroups.get" || request.label == "containers.logs";
      }));
  auto followed = follow(*misled);
  world.clock().advance(seconds(5));
  *hidden = true;
  world.clock().advance(minutes(1));
  *hidden = false;
  CHECK_FALSE(followed->operation->done());
  world.azure().write_log(kGroup, "back\n");
  world.clock().advance(seconds(10));
  CHECK(followed->text.ends_with("back\n"));
}

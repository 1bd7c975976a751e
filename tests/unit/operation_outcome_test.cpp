// What the state of an environment says about an operation of another process.
#include "plan/operation_outcome.h"

#include <doctest/doctest.h>

#include <optional>

#include "support/plan_samples.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::internal::plan;
using namespace dev8agent::test;
using std::chrono::minutes;
using std::chrono::seconds;
using Kind = OperationKind;

namespace {

constexpr seconds kLimit{2400};
constexpr seconds kEarly{5};
constexpr seconds kSettled{90};
constexpr seconds kLate{2401};

// One look, `age` after the operation was asked for.
struct Look {
  Kind kind;
  std::chrono::milliseconds age;
  std::optional<ContainerGroup> group{};
  bool share = true;
  std::string region = "eastus";
  OperationAim aim{};
  bool container_gone = false;
  bool all_gone = false;
  bool must_answer = false;
  std::optional<WallTime> made_at{};  // when the environment was made; nothing: as the sample
  bool in_two_places = false;
};

OperationVerdict verdict(const Look& look) {
  OperationSight sight;
  sight.now = kSampleNow;
  sight.token = kOwnToken;
  sight.container_gone = look.container_gone;
  sight.all_gone = look.all_gone;
  sight.must_answer = look.must_answer;
  sight.in_two_places = look.in_two_places;
  if (look.group) sight.seen.group = see_group(*look.group);
  if (look.share) sight.seen.share = see_share(sample_share());
  if (look.share && look.made_at) sight.seen.share->facts.created_at = *look.made_at;
  const OperationId id{look.kind, kSampleId, look.region, kSampleNow - look.age, look.aim, "1"};
  return verdict_on(id, sight, kLimit);
}

std::string word(const Look& look) {
  return std::string(to_string(verdict(look).status));
}

ContainerGroup own(ContainerGroup group) {
  return with_token(std::move(group), kOwnToken);
}

// The container came up so long ago and was stopped so long ago.
ContainerGroup ran(seconds from, seconds until) {
  ContainerGroup group = stopped_group();
  group.container_started_at = kSampleNow - from;
  group.container_finished_at = kSampleNow - until;
  return group;
}

ContainerEvent event(std::string name, seconds ago, int count = 1) {
  ContainerEvent made;
  made.name = std::move(name);
  made.type = "Normal";
  made.count = count;
  made.first_at = kSampleNow - ago;
  made.last_at = made.first_at;
  return made;
}

// It was started so long ago, or deployed, and runs since.
ContainerGroup started(seconds ago) {
  ContainerGroup group = running_group();
  group.container_started_at = kSampleNow - ago;
  group.events = {event("Pulling", ago + seconds(10)), event("Started", ago)};
  return group;
}

}  // namespace

TEST_CASE("verdict: the operation's own container that runs is a success at once") {
  for (const Kind kind : {Kind::kCreate, Kind::kStart}) {
    CHECK(word({kind, kEarly, own(running_group())}) == "SUCCEEDED");
    CHECK(word({kind, kLate, own(running_group())}) == "SUCCEEDED");
    CHECK(word({kind, kEarly, own(running_group()), false}) == "RUNNING");
  }
  OperationAim secrets;
  secrets.asks_more = true;
  CHECK(word({Kind::kStart, kEarly, own(running_group()), true, "eastus", secrets}) == "SUCCEEDED");
}

TEST_CASE("verdict: what runs without its token counts when reads no longer show the past") {
  for (const Kind kind : {Kind::kCreate, Kind::kStart}) {
    CHECK(word({kind, kEarly, running_group()}) == "RUNNING");
    CHECK(word({kind, kSettled, running_group()}) == "SUCCEEDED");
  }
}

TEST_CASE("verdict: another shape or new secrets are never taken for a success") {
  OperationAim bigger;
  bigger.cpu_cores = 4;
  OperationAim owner;
  owner.owner = "0000000000000000";
  OperationAim secrets;
  secrets.asks_more = true;
  for (const OperationAim& aim : {bigger, owner, secrets}) {
    for (const Kind kind : {Kind::kCreate, Kind::kStart}) {
      CHECK(word({kind, kSettled, running_group(), true, "eastus", aim}) == "RUNNING");
      CHECK(word({kind, kLate, running_group(), true, "eastus", aim}) == "INTERRUPTED");
    }
  }
}

TEST_CASE("verdict: the operation's own container that failed is a failure, with its reason") {
  const OperationVerdict failed = verdict({Kind::kCreate, kEarly, own(crashing_group())});
  CHECK(failed.status == OperationStatus::kFailed);
  REQUIRE(failed.error);
  CHECK(failed.error->code == ErrorCode::kContainerFailed);
  CHECK(word({Kind::kStart, kEarly, own(failed_group())}) == "FAILED");
  CHECK(word({Kind::kCreate, kEarly, crashing_group()}) == "RUNNING");
  // Another region may follow.
  CHECK(word({Kind::kCreate, kEarly, own(failed_group()), true, "auto"}) == "RUNNING");
  CHECK(word({Kind::kCreate, kLate, own(failed_group()), true, "auto"}) == "INTERRUPTED");
}

TEST_CASE("verdict: a failure event from before the operation is not its failure") {
  ContainerGroup group = own(pending_group());
  group.events.push_back(
      failure_event("Failed", ErrorCode::kImagePullFailed, kSampleNow - std::chrono::hours(1)));
  CHECK(word({Kind::kStart, kEarly, group}) == "RUNNING");
  group.events.back().last_at = kSampleNow;
  CHECK(word({Kind::kStart, kEarly, group}) == "FAILED");
}

TEST_CASE(
    "verdict: a failure of the operation's first second counts, though Azure dates it to the whole second") {
  ContainerGroup group = own(pending_group());
  group.events.push_back(failure_event("Failed", ErrorCode::kCapacityUnavailable, kSampleNow - kEarly));
  const auto within_that_second = kEarly - std::chrono::milliseconds(3);
  const OperationVerdict failed = verdict({Kind::kStart, within_that_second, group});
  REQUIRE(failed.error);
  CHECK(failed.error->code == ErrorCode::kCapacityUnavailable);
}

TEST_CASE("verdict: a create takes a stopped environment as it is, a start does not") {
  CHECK(word({Kind::kCreate, kEarly, stopped_group()}) == "RUNNING");
  CHECK(word({Kind::kCreate, kSettled, stopped_group()}) == "SUCCEEDED");
  CHECK(word({Kind::kStart, kSettled, stopped_group()}) == "RUNNING");
  CHECK(word({Kind::kStart, kLate, stopped_group()}) == "INTERRUPTED");
}

TEST_CASE("verdict: a start whose container ran, and was stopped a minute ago, has succeeded") {
  constexpr seconds kAge{600};
  ContainerGroup group = stopped_group();
  group.container_started_at = kSampleNow - seconds(500);
  group.container_finished_at = kSampleNow - seconds(61);
  CHECK(word({Kind::kStart, kAge, group}) == "SUCCEEDED");
  CHECK(word({Kind::kStart, kAge, group, false}) == "RUNNING");
  OperationAim secrets;
  secrets.asks_more = true;
  CHECK(word({Kind::kStart, kAge, group, true, "eastus", secrets}) == "RUNNING");
  CHECK(word({Kind::kStart, kAge, own(group), true, "eastus", secrets}) == "SUCCEEDED");
  // A run from before the start, one that Azure does not date, one that crashed, one that was stopped just
  // now.
  CHECK(word({Kind::kStart, seconds(400), group}) == "RUNNING");
  CHECK(word({Kind::kStart, seconds(500), group}) == "RUNNING");
  CHECK(word({Kind::kStart, seconds(501), group}) == "SUCCEEDED");
  ContainerGroup crashed = group;
  crashed.container_restarts = 1;
  CHECK(word({Kind::kStart, kAge, crashed}) == "RUNNING");
  group.container_finished_at = kSampleNow - seconds(59);
  CHECK(word({Kind::kStart, kAge, group}) == "RUNNING");
  group.container_finished_at.reset();
  CHECK(word({Kind::kStart, kAge, group}) == "RUNNING");
}

TEST_CASE("verdict: whether a workspace answered that was stopped a minute ago, nothing shows") {
  constexpr seconds kAge{600};
  const auto look = [&](ContainerGroup group, bool secrets = false) {
    Look made{.kind = Kind::kStart, .age = kAge, .group = std::move(group), .must_answer = true};
    made.aim.asks_more = secrets;
    return made;
  };
  const OperationVerdict over = verdict(look(ran(seconds(500), seconds(61))));
  CHECK(over.status == OperationStatus::kInterrupted);
  CHECK(over.detail.find("does not show whether the workspace had answered") != std::string::npos);
  CHECK(over.since == kSampleNow - seconds(61));
  CHECK(word(look(own(ran(seconds(500), seconds(61))), true)) == "INTERRUPTED");
  CHECK(word(look(ran(seconds(500), seconds(61)), true)) == "RUNNING");
  CHECK(word(look(ran(seconds(500), seconds(59)))) == "RUNNING");  // it may start it again
  CHECK(word(look(ran(seconds(700), seconds(61)))) == "RUNNING");
  Look create = look(ran(seconds(500), seconds(61)));
  create.kind = Kind::kCreate;
  CHECK(word(create) == "SUCCEEDED");
}

TEST_CASE("verdict: a create whose own container was stopped has succeeded, whatever it asked for") {
  OperationAim image;
  image.asks_more = true;
  CHECK(word({Kind::kCreate, kEarly, own(stopped_group()), true, "eastus", image}) == "SUCCEEDED");
  CHECK(word({Kind::kCreate, kSettled, stopped_group(), true, "eastus", image}) == "RUNNING");
  CHECK(word({Kind::kCreate, kEarly, own(stopped_group()), false, "eastus", image}) == "RUNNING");
}

TEST_CASE("verdict: a stop has succeeded when its container was started anew later") {
  constexpr seconds kAge{600};
  CHECK(word({Kind::kStop, kAge, started(seconds(500))}) == "SUCCEEDED");
  // Clocks that differ by less than a minute make no order.
  CHECK(word({Kind::kStop, kAge, started(seconds(530))}) == "SUCCEEDED");
  CHECK(word({Kind::kStop, kAge, started(seconds(531))}) == "RUNNING");
  CHECK(word({Kind::kStop, kAge, started(seconds(700))}) == "RUNNING");
  ContainerGroup group = started(seconds(500));
  group.container_started_at = kSampleNow - seconds(541);
  CHECK(word({Kind::kStop, kAge, group}) == "RUNNING");
  group.container_started_at.reset();
  CHECK(word({Kind::kStop, kAge, group}) == "RUNNING");
  // Restarted in place, or by Azure after a crash: nobody stopped it.
  ContainerGroup restarted = started(seconds(500));
  restarted.events.back().count = 2;
  CHECK(word({Kind::kStop, kAge, restarted}) == "RUNNING");
  ContainerGroup killed = started(seconds(500));
  killed.events.push_back(event("Killing", seconds(510)));
  CHECK(word({Kind::kStop, kAge, killed}) == "RUNNING");
  ContainerGroup crashed = started(seconds(500));
  crashed.container_restarts = 1;
  CHECK(word({Kind::kStop, kAge, crashed}) == "RUNNING");
  // Azure does not tell how it came up.
  ContainerGroup untold = started(seconds(500));
  untold.events.pop_back();
  CHECK(word({Kind::kStop, kAge, untold}) == "RUNNING");
  ContainerGroup undated = started(seconds(500));
  undated.events.front().first_at.reset();
  undated.events.front().last_at.reset();
  CHECK(word({Kind::kStop, kAge, undated}) == "RUNNING");
  // Another environment of the same id, or one without files.
  Look made_anew{Kind::kStop, kAge, started(seconds(500))};
  made_anew.made_at = kSampleNow - kAge - seconds(59);
  CHECK(word(made_anew) == "RUNNING");
  made_anew.made_at = kSampleNow - kAge - seconds(60);
  CHECK(word(made_anew) == "SUCCEEDED");
  CHECK(word({Kind::kStop, kAge, started(seconds(500)), false}) == "RUNNING");
}

TEST_CASE("verdict: a delete has succeeded when the environment was made anew later") {
  constexpr seconds kAge{600};
  const auto look = [&](std::optional<ContainerGroup> group, seconds made) {
    Look later{Kind::kDelete, kAge, std::move(group)};
    later.made_at = kSampleNow - made;
    return later;
  };
  for (const auto& group :
       {std::optional<ContainerGroup>(), std::optional(pending_group()), std::optional(started(seconds(400))),
        std::optional(ran(seconds(400), seconds(70)))}) {
    CHECK(word(look(group, seconds(500))) == "SUCCEEDED");
    CHECK(word(look(group, seconds(540))) == "SUCCEEDED");
    CHECK(word(look(group, seconds(541))) == "RUNNING");  // the clocks may differ so much
    CHECK(word(look(group, seconds(7200))) == "RUNNING");
    Look twice = look(group, seconds(500));
    twice.in_two_places = true;  // what was to be deleted may be in the other region
    CHECK(word(twice) == "RUNNING");
  }
  CHECK(verdict(look(std::nullopt, seconds(500))).since == kSampleNow - seconds(500));
  // A delete that is under way would reach it within a minute.
  CHECK(word(look(std::nullopt, seconds(60))) == "SUCCEEDED");
  CHECK(word(look(std::nullopt, seconds(59))) == "RUNNING");
  // Its container is older: it was adopted.
  CHECK(word(look(started(seconds(501)), seconds(500))) == "RUNNING");
  ContainerGroup ended = ran(seconds(501), seconds(501));
  ended.container_started_at.reset();
  CHECK(word(look(ended, seconds(500))) == "RUNNING");
  Look without_files = look(started(seconds(400)), seconds(500));
  without_files.share = false;
  CHECK(word(without_files) == "RUNNING");
}

TEST_CASE("verdict: a start or stop of what is gone beyond doubt is not under way any more") {
  for (const Kind kind : {Kind::kStart, Kind::kStop}) {
    CHECK(word({kind, kEarly, std::nullopt, false, "eastus", {}, true, true}) == "RUNNING");
    CHECK(word({kind, kSettled, std::nullopt, false, "eastus", {}, true, true}) == "INTERRUPTED");
    CHECK(word({kind, kSettled, std::nullopt, false, "eastus", {}, true, false}) == "RUNNING");
  }
  // A create may have yet to begin.
  CHECK(word({Kind::kCreate, kSettled, std::nullopt, false, "eastus", {}, true, true}) == "RUNNING");
}

TEST_CASE("verdict: since when it is known") {
  const WallTime asked = kSampleNow - kLate;
  CHECK(verdict({Kind::kCreate, kLate}).since == asked + kLimit);
  const Look gone{Kind::kDelete, kSettled, std::nullopt, false, "eastus", {}, true, true};
  CHECK(verdict(gone).since == kSampleNow);
  CHECK(verdict({Kind::kStop, kEarly, std::nullopt, true, "eastus", {}, true}).since == kSampleNow);
  ContainerGroup stopped = stopped_group();
  stopped.container_finished_at = kSampleNow - seconds(80);
  CHECK(verdict({Kind::kStop, kSettled, stopped}).since == kSampleNow - seconds(80));
  CHECK(verdict({Kind::kStop, kSettled, stopped_group()}).since == WallTime{});
  CHECK(verdict({Kind::kCreate, kEarly, own(running_group())}).since == WallTime{});
  CHECK(verdict({Kind::kCreate, kEarly}).since == WallTime{});
}

TEST_CASE("verdict: nothing, or a share alone, decides nothing about a create or start") {
  for (const bool share : {false, true}) {
    for (const Kind kind : {Kind::kCreate, Kind::kStart}) {
      CHECK(word({kind, kSettled, std::nullopt, share}) == "RUNNING");
      CHECK(word({kind, kLate, std::nullopt, share}) == "INTERRUPTED");
    }
  }
}

TEST_CASE("verdict: a stop succeeded when the container is stopped, or is gone beyond doubt") {
  CHECK(word({Kind::kStop, kEarly, stopped_group()}) == "RUNNING");
  CHECK(word({Kind::kStop, kSettled, stopped_group()}) == "SUCCEEDED");
  CHECK(word({Kind::kStop, kSettled, running_group()}) == "RUNNING");
  CHECK(word({Kind::kStop, kLate, running_group()}) == "INTERRUPTED");
  CHECK(word({Kind::kStop, kSettled}) == "RUNNING");
  CHECK(word({Kind::kStop, kEarly, std::nullopt, true, "eastus", {}, true}) == "SUCCEEDED");
  CHECK(word({Kind::kStop, kEarly, std::nullopt, false, "eastus", {}, true, true}) == "RUNNING");
}

TEST_CASE("verdict: a delete succeeded when everything is gone beyond doubt") {
  CHECK(word({Kind::kDelete, kEarly, std::nullopt, false, "eastus", {}, true, true}) == "SUCCEEDED");
  CHECK(word({Kind::kDelete, kSettled, std::nullopt, false}) == "RUNNING");
  CHECK(word({Kind::kDelete, kSettled, std::nullopt, true}) == "RUNNING");
  CHECK(word({Kind::kDelete, kSettled, running_group()}) == "RUNNING");
  CHECK(word({Kind::kDelete, kLate, running_group()}) == "INTERRUPTED");
}

TEST_CASE("verdict: an interrupted operation names the remedy") {
  const OperationVerdict verdict_late = verdict({Kind::kCreate, kLate});
  CHECK(verdict_late.detail.find("repeat the request") != std::string::npos);
  REQUIRE(verdict_late.error);
  CHECK(verdict_late.error->retryable);
}

TEST_CASE("verdict: the stage follows from what is there") {
  CHECK(verdict({Kind::kCreate, kEarly, std::nullopt, false}).stage == Stage::kQueued);
  CHECK(verdict({Kind::kCreate, kEarly}).stage == Stage::kCreatingContainer);
  CHECK(verdict({Kind::kCreate, kEarly, pending_group()}).stage == Stage::kProvisioning);
  CHECK(verdict({Kind::kCreate, kEarly, deleting_group()}).stage == Stage::kRollingBack);
  CHECK(verdict({Kind::kStart, kEarly, stopped_group()}).stage == Stage::kStarting);
  CHECK(verdict({Kind::kStop, kEarly, running_group()}).stage == Stage::kStopping);
  CHECK(verdict({Kind::kDelete, kEarly, deleting_group()}).stage == Stage::kDeletingContainer);
  CHECK(verdict({Kind::kDelete, kEarly}).stage == Stage::kDeletingShare);
}

TEST_CASE("verdict: only where an absence would decide is it confirmed") {
  Observation nothing;
  Observation share;
  share.share = see_share(sample_share());
  Observation group = share;
  group.group = see_group(running_group());
  const auto asks = [](Kind kind, const Observation& seen, seconds age = kEarly) {
    OperationId id;
    id.kind = kind;
    id.environment_id = kSampleId;
    id.created_at = kSampleNow - age;
    return wants_absence_confirmed(id, seen, kSampleNow);
  };
  CHECK(asks(Kind::kStop, share));
  CHECK(asks(Kind::kDelete, nothing));
  for (const Kind kind : {Kind::kStart, Kind::kStop}) {
    CHECK_FALSE(asks(kind, nothing));
    CHECK(asks(kind, nothing, kSettled));
  }
  CHECK_FALSE(asks(Kind::kStart, share, kSettled));
  CHECK_FALSE(asks(Kind::kCreate, nothing, kSettled));
  CHECK_FALSE(asks(Kind::kDelete, share));
  CHECK_FALSE(asks(Kind::kCreate, nothing));
  for (const Kind kind : {Kind::kCreate, Kind::kStart, Kind::kStop, Kind::kDelete})
    CHECK_FALSE(asks(kind, group));
}

TEST_CASE("verdict: how long each kind may take") {
  const AgentSettings settings = sample_settings([](AgentOptions& options) {
    options.operation_timeout = seconds(100);
    options.rollback_timeout = seconds(10);
  });
  CHECK(operation_limit(Kind::kCreate, settings) == seconds(110));
  CHECK(operation_limit(Kind::kStart, settings) == seconds(110));
  CHECK(operation_limit(Kind::kStop, settings) == minutes(15));
  CHECK(operation_limit(Kind::kDelete, settings) == minutes(15));
}

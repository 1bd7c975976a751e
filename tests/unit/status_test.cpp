// The contract's status word for what Azure shows and what this process has in flight.
#include <doctest/doctest.h>

#include "plan/status.h"
#include "support/plan_samples.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::internal::plan;
using namespace dev8agent::test;

namespace {

EnvironmentStatus status(std::optional<ContainerGroup> group, bool share,
                         InFlight in_flight = InFlight::kNothing,
                         std::chrono::minutes age = std::chrono::minutes(120)) {
  Facts facts = sample_facts();
  facts.created_at = kSampleNow - age;
  Observation seen;
  if (group) {
    group->tags = to_tags(facts, kSampleToken);
    seen.group = see_group(std::move(*group));
  }
  if (share) {
    FileShare files = sample_share();
    files.metadata = to_metadata(facts, kSampleToken);
    seen.share = see_share(std::move(files));
  }
  return status_of(seen, in_flight, kSampleNow).status;
}

using Word = EnvironmentStatus;
constexpr std::chrono::minutes kYoung{1};

}  // namespace

TEST_CASE("status: what Azure shows, with nothing in flight") {
  CHECK(status(running_group(), true) == Word::kRunning);
  CHECK(status(stopped_group(), true) == Word::kStopped);
  CHECK(status(deleting_group(), true) == Word::kDeleting);
  CHECK(status(crashing_group(), true) == Word::kError);
  CHECK(status(failed_group(), true) == Word::kError);
  CHECK(status(ended_group(), true) == Word::kError);
  CHECK(status(pending_group(), true, InFlight::kNothing, kYoung) == Word::kCreating);
  CHECK(status(pending_group(), true) == Word::kStarting);
  CHECK(status(std::nullopt, true) == Word::kStopped);
  CHECK(status(std::nullopt, true, InFlight::kNothing, kYoung) == Word::kCreating);
}

TEST_CASE("status: a young share that no create holds is stopped, as after a restore") {
  Observation seen;
  Facts facts = sample_facts();
  facts.created_at = kSampleNow - kYoung;
  FileShare files = sample_share();
  files.metadata = to_metadata(facts, "");
  seen.share = see_share(std::move(files));
  CHECK(status_of(seen, InFlight::kNothing, kSampleNow).status == Word::kStopped);
  CHECK(status_of(seen, InFlight::kCreate, kSampleNow).status == Word::kCreating);
}

TEST_CASE("status: a group without its files is an error, and says so") {
  Observation seen;
  for (const auto& group : {running_group(), stopped_group()}) {
    seen.group = see_group(group);
    const StatusView view = status_of(seen, InFlight::kNothing, kSampleNow);
    CHECK(view.status == Word::kError);
    CHECK(view.detail == "the file share is missing");
  }
}

TEST_CASE("status: an operation of this process is in flight") {
  for (const auto& group : {std::optional(running_group()), std::optional(stopped_group()),
                            std::optional(failed_group()), std::optional<ContainerGroup>()}) {
    CHECK(status(group, true, InFlight::kDelete) == Word::kDeleting);
  }
  CHECK(status(std::nullopt, true, InFlight::kCreate) == Word::kCreating);
  CHECK(status(std::nullopt, true, InFlight::kStart) == Word::kStarting);
  CHECK(status(pending_group(), true, InFlight::kCreate) == Word::kCreating);
  CHECK(status(pending_group(), true, InFlight::kStart, kYoung) == Word::kStarting);
  CHECK(status(running_group(), true, InFlight::kStop) == Word::kStopping);
  CHECK(status(pending_group(), true, InFlight::kStop) == Word::kStopping);
  CHECK(status(stopped_group(), true, InFlight::kStart) == Word::kStarting);
  CHECK(status(stopped_group(), true, InFlight::kStop) == Word::kStopped);
  // Nothing has failed until the operation has ended.
  CHECK(status(failed_group(), true, InFlight::kStart) == Word::kStarting);
  CHECK(status(failed_group(), true, InFlight::kCreate) == Word::kCreating);
  CHECK(status(failed_group(), true, InFlight::kStop) == Word::kError);
}

TEST_CASE("status: the words of the contract, both ways") {
  const char* words[] = {"CREATING", "STARTING", "RUNNING", "STOPPING", "STOPPED", "ERROR", "DELETING"};
  for (std::size_t i = 0; i < 7; ++i) {
    CHECK(to_string(static_cast<Word>(i)) == words[i]);
    CHECK(parse_status(words[i]) == static_cast<Word>(i));
  }
  for (const char* wrong : {"", "running", "RUNNING ", "UNKNOWN"})
    CHECK_FALSE(parse_status(wrong).has_value());
}

TEST_CASE("status: a young container that was killed before is starting, not being created") {
  ContainerGroup group = pending_group();
  CHECK(status(group, true, InFlight::kNothing, kYoung) == Word::kCreating);
  ContainerEvent killing;
  killing.name = "Killing";
  group.events.push_back(killing);
  CHECK(status(group, true, InFlight::kNothing, kYoung) == Word::kStarting);
  CHECK(status(group, true, InFlight::kCreate, kYoung) == Word::kCreating);
}

TEST_CASE("status: what a list tells, which shows no instance view") {
  const auto listed = [](const char* provisioning_state) {
    ContainerGroup group = running_group();
    group.provisioning_state = provisioning_state;
    Observation seen;
    seen.group = see_group(std::move(group));
    return listed_as(seen);
  };
  CHECK(listed("Succeeded") == "deployed");
  CHECK(listed("succeeded") == "deployed");
  CHECK(listed("") == "deployed");
  CHECK(listed("Creating") == "changing");
  CHECK(listed("Failed") == "failed");
  CHECK(listed("Unhealthy") == "failed");
  CHECK(listed_as(Observation()) == "files");
}

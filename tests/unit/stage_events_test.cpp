// The stages of an operation as events: their order, their words, and Azure's clock.
#include <doctest/doctest.h>

#include "dev8agent/event.h"
#include "support/plan_samples.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

OperationRecord begun() {
  OperationId about;
  about.kind = OperationKind::kCreate;
  about.environment_id = kSampleId;
  about.created_at = kSampleNow;
  return begin_record("operation-one", about);
}

std::string names_of(const std::vector<EnvironmentEvent>& events) {
  std::string names;
  for (const EnvironmentEvent& event : events) names += event.name + " ";
  return names;
}

}  // namespace

TEST_CASE("stage events: the stages in their order, also within one millisecond") {
  OperationRecord record = begun();
  for (const Stage stage :
       {Stage::kLocating, Stage::kCreatingShare, Stage::kCreatingContainer, Stage::kProvisioning})
    note_progress(record, {stage, ""}, kSampleNow);
  const auto events = stage_events(record, milliseconds(0));
  CHECK(names_of(events) == "queued locating creating-share creating-container provisioning ");
  for (const EnvironmentEvent& event : events) {
    CHECK(event.type == EventType::kStage);
    CHECK(event.source == EventSource::kAgent);
    CHECK(event.environment_id == kSampleId);
    CHECK(event.message == "create");
    CHECK(event.time == kSampleNow);
  }
}

TEST_CASE("stage events: the last stage says how it ended") {
  OperationRecord good = begun();
  note_end(good, nullptr, std::nullopt, kSampleNow + seconds(3));
  CHECK(stage_events(good, milliseconds(0)).back().message == "create succeeded");
  OperationRecord bad = begun();
  const Error error = make_error(ErrorCode::kQuotaExceeded, "no cores\nare left" + std::string(5000, '.'));
  note_end(bad, &error, std::nullopt, kSampleNow + seconds(3));
  const auto events = stage_events(bad, milliseconds(0));
  CHECK(events.front().message == "create");
  CHECK(events.back().message.starts_with("create failed: QUOTA_EXCEEDED: no cores are left"));
  CHECK(events.back().message.size() <= 1003);
  OperationRecord cancelled = begun();
  const Error gone = make_error(ErrorCode::kCancelled, "cancelled");
  note_end(cancelled, &gone, std::nullopt, kSampleNow + seconds(3));
  CHECK(stage_events(cancelled, milliseconds(0)).back().message.starts_with("create cancelled: "));
}

TEST_CASE("stage events: an id stays when the operation goes on, and differs between operations") {
  OperationRecord record = begun();
  const std::string queued = stage_events(record, milliseconds(0))[0].id;
  note_progress(record, {Stage::kLocating, ""}, kSampleNow + seconds(1));
  const std::string locating = stage_events(record, milliseconds(0))[1].id;
  note_end(record, nullptr, std::nullopt, kSampleNow + seconds(2));
  const auto events = stage_events(record, milliseconds(0));
  CHECK(events[0].id == queued);
  CHECK(events[1].id == locating);
  OperationRecord other = begun();
  other.id = "operation-two";
  CHECK(stage_events(other, milliseconds(0))[0].id != queued);
}

TEST_CASE("stage events: times are Azure's") {
  const auto ahead = stage_events(begun(), seconds(90));
  CHECK(ahead[0].time == kSampleNow + seconds(90));
  const auto behind = stage_events(begun(), -seconds(90));
  CHECK(behind[0].time == kSampleNow - seconds(90));
  CHECK(comes_after(ahead[0].id, behind[0].id));
}

TEST_CASE("stage events: a record without stages has none") {
  OperationRecord record = begun();
  record.stages.clear();
  CHECK(stage_events(record, milliseconds(0)).empty());
}

TEST_CASE("stage events: many stages keep their order") {
  OperationRecord record = begun();
  record.stages.clear();
  std::string wanted;
  for (int i = 0; i < 40; ++i) {
    const Stage stage = i % 2 == 0 ? Stage::kCreatingShare : Stage::kCreatingContainer;
    record.stages.push_back({stage, kSampleNow + milliseconds(i), std::nullopt});
    wanted += std::string(to_string(stage)) + " ";
  }
  CHECK(names_of(stage_events(record, milliseconds(0))) == wanted);
}

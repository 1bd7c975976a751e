// What is an orphan, and what a sweep does next.
#include "plan/orphans.h"

#include <doctest/doctest.h>

#include "support/plan_samples.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::internal::plan;
using namespace dev8agent::test;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

constexpr std::chrono::seconds kLimit{2400};

std::string reason(const Situation& at, InFlight in_flight = InFlight::kNothing) {
  return orphan_reason(at.id, at.seen, in_flight, kLimit, at.seen.azure_now).value_or("none");
}

Situation released(std::optional<ContainerGroup> group, bool share = true) {
  Situation at = sample_situation(std::move(group), share);
  if (share) set_share_token(at, "");
  return at;
}

// The step, or the word of the error.
std::string word(const Decision& next) {
  if (!next.ok()) return std::string(to_string(next.error().code));
  switch (next->step) {
    case Step::kDone:
      return "done";
    case Step::kKeepFiles:
      return "keep files";
    case Step::kConfirmAbsence:
      return "confirm absence";
    case Step::kInspectShare:
      return "inspect share";
    case Step::kDeleteCertificateShare:
      return "delete certificate share";
    case Step::kDeleteGroup:
      return "delete group";
    case Step::kDeleteShare:
      return "delete share";
    default:
      return "another step";
  }
}

std::string step(const Situation& at, bool include_files = false) {
  return word(next_for_sweep(include_files, at));
}

std::string step_of_certificates(const Situation& at, bool include_files = false) {
  return word(next_for_certificates_sweep(include_files, at));
}

FileShare certificates() {
  FileShare share;
  share.name = "tls-" + kSampleId;
  share.metadata = {{"environment", kSampleId}};
  share.last_modified = kSampleNow - kLimit;
  return share;
}

std::string reason(const FileShare& share, const Situation& at, InFlight in_flight = InFlight::kNothing) {
  return certificates_orphan_reason(at.id, share, at.seen, in_flight, kLimit, kSampleNow).value_or("none");
}

}  // namespace

TEST_CASE("orphans: what belongs to a whole environment is none") {
  for (const ContainerGroup& group : {running_group(), stopped_group(), pending_group(), deleting_group()})
    CHECK(reason(released(group)) == "none");
  CHECK(reason(released(pending_group(), false)) == "none");
  CHECK(reason(released(deleting_group(), false)) == "none");
  CHECK(reason(sample_situation(std::nullopt, false)) == "none");
}

TEST_CASE("orphans: a share alone, a group alone, and a group that has failed") {
  CHECK(reason(released(std::nullopt)) == "file share without a container group");
  CHECK(reason(sample_situation(std::nullopt, true)) == "file share without a container group");
  for (const ContainerGroup& group : {running_group(), stopped_group(), crashing_group()})
    CHECK(reason(released(group, false)) == "container group without a file share");
  for (const ContainerGroup& group : {failed_group(), crashing_group(), ended_group()})
    CHECK(reason(released(group)).starts_with("container group that has failed: "));
}

TEST_CASE("orphans: what others have made is none, whatever its state") {
  CHECK(reason(released(foreign_group(), false)) == "none");
  ContainerGroup failed = failed_group();
  failed.tags["managed-by"] = "somebody-else";
  CHECK(reason(released(failed)) == "none");
  CHECK(step(released(failed)) == "CONFLICT");
}

TEST_CASE("orphans: what an operation is at is none, of this process or another one") {
  for (const InFlight kind : {InFlight::kCreate, InFlight::kStart, InFlight::kStop, InFlight::kDelete})
    CHECK(reason(released(std::nullopt), kind) == "none");
  for (const auto& group : {std::optional<ContainerGroup>(), std::optional(failed_group())}) {
    Situation at = sample_situation(group, true);
    for (const auto& [age, other] :
         {std::pair(minutes(39), true), {minutes(41), false}, {minutes(-10), true}}) {
      at.seen.share->facts.created_at = at.seen.azure_now - age;
      CHECK((reason(at) == "none") == other);
    }
  }
}

TEST_CASE("orphans: the last change of share and group, whichever is later") {
  Situation at = released(std::nullopt);
  CHECK(last_change(at.seen) == kSampleNow - hours(2));
  at.seen.share->state.last_modified = kSampleNow - minutes(30);
  CHECK(last_change(at.seen) == kSampleNow - minutes(30));
  ContainerGroup group = failed_group();
  group.events.push_back(failure_event("Failed", ErrorCode::kImagePullFailed, kSampleNow - minutes(20)));
  note_group(at.seen, group, kSampleTime);
  CHECK(last_change(at.seen) == kSampleNow - minutes(20));
  // It goes on failing: that is no change.
  group.events.push_back(failure_event("BackOff", ErrorCode::kImagePullFailed, kSampleNow));
  group.container_finished_at = kSampleNow;
  note_group(at.seen, group, kSampleTime);
  CHECK(last_change(at.seen) == kSampleNow - minutes(20));
  CHECK_FALSE(last_change(Observation{}));
}

TEST_CASE("sweep: a share alone goes when the group's absence is confirmed and it holds nothing") {
  Situation at = released(std::nullopt);
  CHECK(step(at) == "confirm absence");
  CHECK(step(at, true) == "confirm absence");
  confirm_absence(at);
  CHECK(step(at) == "inspect share");
  CHECK(step(at, true) == "delete share");
  at.seen.content = ShareContent::kEmpty;
  CHECK(step(at) == "delete share");
  at.seen.content = ShareContent::kHoldsFiles;
  CHECK(step(at) == "keep files");
  at.seen.content = ShareContent::kUnknown;
  CHECK(step(at) == "AZURE_UNAVAILABLE");
  at.seen.share.reset();
  CHECK(step(at) == "done");
}

TEST_CASE("sweep: kept files are an orphan of their own kind, and go only where files are included") {
  Situation at = released(std::nullopt);
  at.seen.share->kept_snapshot = "2026-01-14T10:00:00.0000000Z";
  CHECK(reason(at) == "kept by a delete with a snapshot");
  confirm_absence(at);
  at.seen.content = ShareContent::kEmpty;
  CHECK(step(at) == "keep files");
  CHECK(step(at, true) == "delete share");
  // A container uses them: the mark does not count.
  Situation used = released(running_group());
  used.seen.share->kept_snapshot = "2026-01-14T10:00:00.0000000Z";
  CHECK(reason(used) == "none");
}

TEST_CASE("sweep: a failed group goes with a share that holds nothing, and stays with one that does") {
  Situation at = released(failed_group());
  CHECK(step(at) == "inspect share");
  CHECK(step(at, true) == "delete group");
  at.seen.content = ShareContent::kHoldsFiles;
  CHECK(step(at) == "keep files");
  at.seen.content = ShareContent::kEmpty;
  CHECK(step(at) == "delete group");
  at.own.group_delete = Sent::kAccepted;
  CHECK(step(at) == "delete group");  // still shown
  note_group(at.seen, std::nullopt, kSampleTime);
  CHECK(step(at) == "delete share");
}

TEST_CASE("sweep: a group without a share goes, running or not") {
  for (const ContainerGroup& group : {running_group(), stopped_group(), failed_group()})
    CHECK(step(released(group, false)) == "delete group");
}

TEST_CASE("sweep: what is in use again is kept") {
  for (const ContainerGroup& group : {running_group(), stopped_group(), pending_group(), deleting_group()})
    CHECK(step(released(group)) == "CONFLICT");
  CHECK(step(released(pending_group(), false)) == "CONFLICT");
}

TEST_CASE(
    "orphans: certificates are one when nothing else is left of their environment, and nobody is at it") {
  const Situation gone = sample_situation(std::nullopt, false);
  CHECK(reason(certificates(), gone) == "share of certificates without a file share");
  for (const InFlight kind : {InFlight::kCreate, InFlight::kStart, InFlight::kStop, InFlight::kDelete})
    CHECK(reason(certificates(), gone, kind) == "none");
  CHECK(reason(certificates(), sample_situation(std::nullopt, true)) == "none");
  CHECK(reason(certificates(), sample_situation(failed_group(), false)) == "none");
  FileShare share = certificates();
  share.last_modified = kSampleNow - kLimit + std::chrono::seconds(1);
  CHECK(reason(share, gone) == "none");
  share.last_modified.reset();  // not known: it may have been made just now
  CHECK(reason(share, gone) == "none");
  share = certificates();
  for (const Labels& metadata : {Labels{}, Labels{{"environment", "workspace-0002"}}}) {
    share.metadata = metadata;  // of others
    CHECK(reason(share, gone) == "none");
  }
}

TEST_CASE("sweep: certificates go when the container's absence is confirmed and they hold nothing") {
  Situation at = sample_situation(std::nullopt, false);
  for (const bool files : {false, true}) CHECK(step_of_certificates(at, files) == "confirm absence");
  confirm_absence(at);
  CHECK(step_of_certificates(at) == "inspect share");
  CHECK(step_of_certificates(at, true) == "delete certificate share");
  at.seen.content = ShareContent::kEmpty;
  CHECK(step_of_certificates(at) == "delete certificate share");
  at.seen.content = ShareContent::kHoldsFiles;
  CHECK(step_of_certificates(at) == "keep files");
  at.seen.content = ShareContent::kUnknown;
  CHECK(step_of_certificates(at) == "AZURE_UNAVAILABLE");
  at.own.certificates_delete = Sent::kAccepted;
  CHECK(step_of_certificates(at) == "done");
  for (const auto& group : {std::optional<ContainerGroup>(), std::optional(pending_group())}) {
    for (const bool share : {group.has_value() ? false : true, true})
      CHECK(step_of_certificates(sample_situation(group, share)) == "CONFLICT");
  }
  CHECK(step_of_certificates(sample_situation(foreign_group(), false)) == "CONFLICT");
}

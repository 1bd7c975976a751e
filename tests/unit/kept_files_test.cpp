// Files that a delete has kept: the mark, and what is told of them.
#include "plan/kept_files.h"

#include <doctest/doctest.h>

#include "dev8agent/wire.h"
#include "support/plan_samples.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::internal::plan;
using namespace dev8agent::test;

namespace {

const std::string kSnapshot = "2026-01-15T10:00:00.0000000Z";

SeenShare marked_share() {
  FileShare share = sample_share();
  share.metadata = with_kept_snapshot(std::move(share.metadata), kSnapshot);
  return see_share(std::move(share));
}

}  // namespace

TEST_CASE("kept files: the mark is read as it was written, outlives other writes, and can be taken off") {
  const SeenShare share = marked_share();
  CHECK(share.kept_snapshot == kSnapshot);
  CHECK(share.facts == sample_facts());
  for (const char c : share.state.metadata.at("keptsnapshot")) CHECK((c > ' ' && c < 127 && c != ':'));
  const Labels rewritten = to_metadata(share.facts, "another token", share.state.metadata);
  CHECK(kept_snapshot_in(rewritten) == kSnapshot);
  const Labels later = with_kept_snapshot(rewritten, "2026-01-16T10:00:00.0000000Z");
  CHECK(kept_snapshot_in(later) == "2026-01-16T10:00:00.0000000Z");
  CHECK(kept_snapshot_in(with_kept_snapshot(later, "")).empty());
  CHECK(with_kept_snapshot(later, "").size() + 1 == later.size());
  CHECK(kept_snapshot_in({}).empty());
}

TEST_CASE("kept files: the mark counts where no container is") {
  Observation seen;
  CHECK_FALSE(is_kept(seen));
  seen.share = see_share(sample_share());
  CHECK_FALSE(is_kept(seen));
  seen.share = marked_share();
  CHECK(is_kept(seen));
  seen.group = see_group(stopped_group());
  CHECK_FALSE(is_kept(seen));
}

TEST_CASE("kept files: a mark beside a container goes before anybody is given the environment") {
  Situation at = sample_situation(running_group(), true);
  set_share_token(at, "");
  CHECK_FALSE(needs_release(at));
  at.seen.share->kept_snapshot = kSnapshot;
  CHECK(needs_release(at));
}

TEST_CASE("kept files: their place, how to get at them and how to remove them are told") {
  const KeptFiles kept = kept_files(kSampleId, "dev8files", marked_share());
  CHECK(kept.storage_account == "dev8files");
  CHECK(kept.file_share == "fs-workspace-0001");
  CHECK(kept.snapshot == kSnapshot);
  for (const char* part :
       {"file share fs-workspace-0001 of storage account dev8files", "Restore environment workspace-0001",
        "az storage file download-batch --account-name dev8files --source fs-workspace-0001 --snapshot "
        "2026-01-15T10:00:00.0000000Z",
        "cost storage", "a delete of the environment without a snapshot removes"}) {
    CAPTURE(part);
    CHECK(kept.advice.find(part) != std::string::npos);
  }
  const Error gone = not_found_but_kept(kSampleId, kept);
  CHECK(gone.code == ErrorCode::kNotFound);
  CHECK(gone.message == "environment workspace-0001 does not exist; " + kept.advice);
  const std::vector<FieldError> place = {
      {"storageAccount", "dev8files"}, {"fileShare", "fs-workspace-0001"}, {"snapshot", kSnapshot}};
  CHECK(gone.fields == place);
}

TEST_CASE("kept files: a deletion as JSON") {
  Deletion deletion;
  CHECK(to_json(deletion) == "{}");
  deletion.restorable_until = kSampleNow;
  CHECK(to_json(deletion) == R"({"restorableUntil":"2026-01-15T00:00:00.000Z"})");
  deletion.restorable_until.reset();
  deletion.kept = KeptFiles{"acct", "fs-x", kSnapshot, "words"};
  CHECK(to_json(deletion) == R"({"kept":{"storageAccount":"acct","fileShare":"fs-x","snapshot":")" +
                                 kSnapshot + R"(","advice":"words"}})");
}

// What a restore does next, for what is there.
#include <doctest/doctest.h>

#include "plan/decisions.h"
#include "support/plan_samples.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::internal::plan;
using namespace dev8agent::test;

namespace {

const std::string kSnapshot = "2026-01-14T10:00:00.0000000Z";

Situation with_deleted(std::optional<ContainerGroup> group, bool share) {
  Situation at = sample_situation(std::move(group), share);
  at.deleted = DeletedShare{sample_share(), "01D64EB9886F00C4", std::nullopt, 7};
  return at;
}

std::string next(const Situation& at) {
  return text_of(next_for_restore(at));
}

}  // namespace

TEST_CASE("restore: deleted files come back where nothing is, and are released") {
  Situation at = with_deleted(std::nullopt, false);
  CHECK(next(at) == "restore share");
  at.deleted.reset();
  CHECK(next(at) == "NOT_FOUND");
  at = with_deleted(std::nullopt, true);
  at.own.share_restore = Sent::kAccepted;
  CHECK(next(at) == (at.seen.share->token.empty() ? "done" : "release share"));
  set_share_token(at, "of-a-dead-create");
  CHECK(next(at) == "release share");
  set_share_token(at, "");
  CHECK(next(at) == "done");
  at.own.share_restore = Sent::kUnanswered;
  CHECK(next(at) == "done");
}

TEST_CASE("restore: the mark of kept files is taken off, whatever else was deleted under the id") {
  for (const bool deleted : {true, false}) {
    Situation at = with_deleted(std::nullopt, true);
    if (!deleted) at.deleted.reset();
    set_share_token(at, "");
    at.seen.share->kept_snapshot = kSnapshot;
    CHECK(next(at) == "restore share");
    at.own.share_restore = Sent::kUnanswered;
    CHECK(next(at) == "restore share");
    at.seen.share->kept_snapshot.clear();
    CHECK(next(at) == "done");
  }
  // It relies on what is seen, as every write does to what is there.
  Situation old = with_deleted(std::nullopt, true);
  old.seen.share->kept_snapshot = kSnapshot;
  old.now += kFreshFor + std::chrono::seconds(1);
  CHECK(text_of(on_fresh_observation(next_for_restore(old), old)) == "observe");
  old.seen.share.reset();
  CHECK(text_of(on_fresh_observation(next_for_restore(old), old)) == "restore share");
  // A container uses the files: the mark does not count.
  Situation used = with_deleted(running_group(), true);
  used.seen.share->kept_snapshot = kSnapshot;
  CHECK(next(used) == "CONFLICT");
}

TEST_CASE("restore: what is there stays as it is") {
  CHECK(next(with_deleted(std::nullopt, true)) == "CONFLICT");
  CHECK(next(with_deleted(running_group(), true)) == "CONFLICT");
  CHECK(next(with_deleted(running_group(), false)) == "CONFLICT");
  CHECK(next(with_deleted(foreign_group(), false)) == "CONFLICT");
  Situation refused = with_deleted(std::nullopt, true);
  refused.own.share_restore = Sent::kRejected;
  CHECK(next(refused) == "CONFLICT");
}

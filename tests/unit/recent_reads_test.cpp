// What reads have shown lately: which answers count, and for how long.
#include "orchestrator/recent_reads.h"

#include <doctest/doctest.h>

#include <string>

#include "plan/situation.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

const TimePoint kNow{seconds(100)};
const WallTime kStart{seconds(1'000'000)};

azure::GroupRead shown(TimePoint asked_at, WallTime started_at = kStart) {
  azure::GroupRead read;
  read.group.emplace();
  read.group->state = "Running";
  read.group->container_started_at = started_at;
  read.asked_at = asked_at;
  return read;
}

azure::ShareRead share_shown(TimePoint asked_at) {
  azure::ShareRead read;
  read.share.emplace();
  read.asked_at = asked_at;
  return read;
}

}  // namespace

TEST_CASE("recent reads: an answer counts for 3 s from its question") {
  RecentReads reads;
  CHECK_FALSE(reads.group("a", kNow));
  reads.note_group("a", shown(kNow), kNow + seconds(1));
  reads.note_share("a", share_shown(kNow), kNow + seconds(1));
  CHECK(reads.group("a", kNow + plan::kFreshFor));
  CHECK(reads.share("a", kNow + plan::kFreshFor));
  CHECK_FALSE(reads.group("a", kNow + plan::kFreshFor + milliseconds(1)));
  CHECK_FALSE(reads.share("a", kNow + plan::kFreshFor + milliseconds(1)));
  CHECK_FALSE(reads.group("b", kNow));
}

TEST_CASE("recent reads: the younger question counts, whichever answer comes last") {
  RecentReads reads;
  reads.note_group("a", {std::nullopt, kNow, {}}, kNow);
  reads.note_group("a", shown(kNow - milliseconds(1)), kNow);
  CHECK_FALSE(reads.group("a", kNow));
  reads.note_group("a", shown(kNow + milliseconds(1)), kNow + seconds(1));
  CHECK(reads.group("a", kNow + seconds(1)));
  azure::GroupRead in_list = shown(kNow + milliseconds(2));
  in_list.group->state.clear();
  reads.note_group("a", in_list, kNow + seconds(1));
  CHECK(reads.group("a", kNow + seconds(1))->group->state == "Running");
}

TEST_CASE("recent reads: a write ends what was asked before it, for its own resource") {
  RecentReads reads;
  reads.note_group("a", shown(kNow), kNow);
  reads.note_share("a", share_shown(kNow), kNow);
  reads.note_group_write("a", kNow + milliseconds(10));
  CHECK_FALSE(reads.group("a", kNow + milliseconds(10)));
  CHECK(reads.share("a", kNow + milliseconds(10)));
  reads.note_group("a", shown(kNow + milliseconds(5)), kNow + milliseconds(20));  // asked before the write
  CHECK_FALSE(reads.group("a", kNow + milliseconds(20)));
  reads.note_share_write("a", kNow + milliseconds(20));
  reads.note_share("a", share_shown(kNow + milliseconds(15)), kNow + milliseconds(30));
  CHECK_FALSE(reads.share("a", kNow + milliseconds(30)));
}

TEST_CASE("recent reads: many environments at once make it forget answers, and take no older ones") {
  RecentReads reads;
  for (int i = 0; i < 1000; ++i) reads.note_group_write("busy/" + std::to_string(i), kNow);
  for (int i = 0; i < 1000; ++i)
    reads.note_group("busy/" + std::to_string(i), shown(kNow - milliseconds(1)), kNow);
  for (int i = 0; i < 1000; ++i) CHECK_FALSE(reads.group("busy/" + std::to_string(i), kNow));
  reads.note_group("last", shown(kNow + milliseconds(1)), kNow + milliseconds(1));
  CHECK(reads.group("last", kNow + milliseconds(1)));
}

TEST_CASE("recent reads: an older start does not replace a newer one while that is remembered") {
  RecentReads reads;
  CHECK_FALSE(reads.latest_run("a", kNow));
  reads.note_group("a", shown(kNow), kNow);
  reads.note_group("a", shown(kNow + seconds(1), kStart - seconds(5)), kNow + seconds(1));
  CHECK(reads.latest_run("a", kNow + plan::kVisibleAfter) == kStart);
  CHECK_FALSE(reads.latest_run("a", kNow + plan::kVisibleAfter + milliseconds(1)));
  reads.note_group("a", shown(kNow + seconds(2), kStart + seconds(5)), kNow + seconds(2));
  CHECK(reads.latest_run("a", kNow + seconds(2)) == kStart + seconds(5));
  const TimePoint later = kNow + 2 * plan::kVisibleAfter;
  reads.note_group("a", shown(later), later);  // nothing is remembered by then
  CHECK(reads.latest_run("a", later) == kStart);
}

TEST_CASE("recent reads: starts survive any number of other containers") {
  RecentReads reads;
  for (int i = 0; i < 1000; ++i) reads.note_group("old/" + std::to_string(i), shown(kNow), kNow);
  const TimePoint later = kNow + plan::kVisibleAfter + seconds(1);
  for (int i = 0; i < 1000; ++i) reads.note_group("new/" + std::to_string(i), shown(later), later);
  for (int i = 0; i < 1000; ++i) {
    CHECK_FALSE(reads.latest_run("old/" + std::to_string(i), later));
    CHECK(reads.latest_run("new/" + std::to_string(i), later) == kStart);
  }
}

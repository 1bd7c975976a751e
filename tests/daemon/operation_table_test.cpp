// The table of operations: what it keeps, who is told of a change, and the password that is told once.
#include "operation_table.h"

#include <doctest/doctest.h>

#include <chrono>
#include <thread>

using dev8agent::begin_record;
using dev8agent::Error;
using dev8agent::ErrorCode;
using dev8agent::make_error;
using dev8agent::OperationId;
using dev8agent::OperationKind;
using dev8agent::OperationStatus;
using dev8agent::Secret;
using dev8agent::Stage;
using dev8agentd::OperationTable;
using namespace std::chrono_literals;

namespace {

const dev8agent::WallTime kNow{1'000'000s};

dev8agent::OperationRecord record_of(const std::string& id, OperationKind kind) {
  OperationId about;
  about.kind = kind;
  about.environment_id = "env-" + id;
  about.cloud_region = "eastus";
  about.created_at = kNow;
  return begin_record(id, about);
}

void begin(OperationTable& table, const std::string& id) {
  table.begin(record_of(id, OperationKind::kCreate));
}

void succeed(OperationTable& table, const std::string& id, const char* password = "") {
  table.end(id, nullptr, dev8agent::Environment{}, Secret(password), kNow + 1s);
}

}  // namespace

TEST_CASE("operation table: what begins is found and listed, newest first") {
  OperationTable table;
  begin(table, "b");
  begin(table, "a");
  begin(table, "c");
  CHECK(table.find("a")->record.status == OperationStatus::kRunning);
  CHECK_FALSE(table.find("d"));
  const auto all = table.list({}).records;
  REQUIRE(all.size() == 3);
  CHECK(all[0].id == "c");
  CHECK(all[2].id == "b");
  table.forget("a");
  CHECK(table.list({}).records.size() == 2);
}

TEST_CASE(
    "operation table: a create needs the process until its container is deployed, and in its roll-back") {
  OperationTable table;
  const auto is_handed_over = [&] { return table.wait_until_handed_over(OperationTable::Clock::now()); };
  CHECK(is_handed_over());
  begin(table, "a");
  CHECK_FALSE(is_handed_over());
  for (const Stage stage : {Stage::kLocating, Stage::kCreatingShare, Stage::kCreatingContainer}) {
    table.note_progress("a", {stage, ""}, kNow);
    CHECK_FALSE(is_handed_over());
  }
  table.note_progress("a", {Stage::kProvisioning, ""}, kNow);
  CHECK(is_handed_over());
  // It has to make room first, and deploys again then.
  table.note_progress("a", {Stage::kCreatingContainer, "an earlier container is being deleted"}, kNow);
  CHECK_FALSE(is_handed_over());
  table.note_progress("a", {Stage::kProvisioning, ""}, kNow);
  CHECK(is_handed_over());
  table.note_progress("a", {Stage::kRollingBack, ""}, kNow);
  CHECK_FALSE(is_handed_over());
  table.note_progress("a", {Stage::kWaitingForIde, ""}, kNow);
  CHECK(is_handed_over());
  begin(table, "b");
  begin(table, "c");
  succeed(table, "a");
  table.forget("b");
  CHECK_FALSE(is_handed_over());
  succeed(table, "c");
  CHECK(is_handed_over());
}

TEST_CASE("operation table: a stop needs the process to its end, and who waits for that is woken") {
  OperationTable table;
  table.begin(record_of("a", OperationKind::kStop));
  table.note_progress("a", {Stage::kStopping, ""}, kNow);
  CHECK_FALSE(table.wait_until_handed_over(OperationTable::Clock::now()));
  std::thread ends([&] { succeed(table, "a"); });
  CHECK(table.wait_until_handed_over(OperationTable::Clock::now() + 1h));
  ends.join();
}

TEST_CASE("operation table: the oldest of too many ended ones go, the running ones stay") {
  OperationTable table({.ended = 2, .kept = 1h});
  for (const char* id : {"a", "b", "c", "d"}) begin(table, id);
  for (const char* id : {"b", "c", "d"}) succeed(table, id);
  CHECK(table.find("a"));
  CHECK_FALSE(table.find("b"));
  CHECK(table.find("c"));
  CHECK(table.find("d"));
}

TEST_CASE("operation table: long errors take the place of many short records") {
  OperationTable table({.bytes = 10'000});
  for (const char* id : {"a", "b"}) begin(table, id);
  succeed(table, "a");
  CHECK(table.find("a"));
  const Error error = make_error(ErrorCode::kContainerFailed, std::string(9'900, 'x'));
  table.end("b", &error, std::nullopt, Secret(), kNow + 1s);
  CHECK_FALSE(table.find("a"));
  CHECK_FALSE(table.find("b"));  // it is too large by itself
  begin(table, "c");
  succeed(table, "c");
  CHECK(table.find("c"));
  table.forget("c");
  begin(table, "d");
  succeed(table, "d");
  CHECK(table.find("d"));
}

TEST_CASE("operation table: an ended one goes when its time is over") {
  OperationTable table({.ended = 10, .kept = 0s});
  begin(table, "a");
  CHECK(table.find("a"));
  succeed(table, "a");
  CHECK_FALSE(table.find("a"));
  CHECK(table.list({}).records.empty());
}

TEST_CASE("operation table: a waiter is told of the next change, once") {
  OperationTable table;
  begin(table, "a");
  int told = 0;
  const auto waiter = table.wait("a", table.find("a")->version, [&] { ++told; });
  CHECK(told == 0);
  table.note_progress("a", {Stage::kQueued, ""}, kNow);
  CHECK(told == 0);
  table.note_progress("a", {Stage::kLocating, ""}, kNow);
  CHECK(told == 1);
  succeed(table, "a");
  CHECK(told == 1);
}

TEST_CASE("operation table: a waiter is told of the end, of a success and of a failure") {
  OperationTable table;
  const Error error = make_error(ErrorCode::kQuotaExceeded, "full");
  for (const char* id : {"a", "b"}) {
    begin(table, id);
    int told = 0;
    const auto waiter = table.wait(id, table.find(id)->version, [&] {
      ++told;
      CHECK(table.find(id)->record.ended());
    });
    const std::string name = id;
    if (name == "a") succeed(table, name);
    if (name == "b") table.end(name, &error, std::nullopt, {}, kNow);
    CHECK(told == 1);
  }
}

TEST_CASE("operation table: who comes too late, or asks for what has ended or gone, is told at once") {
  OperationTable table;
  begin(table, "a");
  const auto old = table.find("a")->version;
  table.note_progress("a", {Stage::kLocating, ""}, kNow);
  int told = 0;
  const auto late = table.wait("a", old, [&] { ++told; });
  CHECK(told == 1);
  succeed(table, "a");
  const auto ended = table.wait("a", table.find("a")->version, [&] { ++told; });
  CHECK(told == 2);
  const auto gone = table.wait("b", 0, [&] { ++told; });
  CHECK(told == 3);
}

TEST_CASE("operation table: a waiter who has left is not told") {
  OperationTable table;
  begin(table, "a");
  int told = 0;
  auto waiter = table.wait("a", table.find("a")->version, [&] { ++told; });
  waiter.reset();
  succeed(table, "a");
  CHECK(told == 0);
}

TEST_CASE("operation table: the password goes with the first look that takes it") {
  OperationTable table;
  begin(table, "a");
  CHECK(table.take("a")->password.empty());
  succeed(table, "a", "sesame");
  CHECK(table.find("a")->password.empty());
  CHECK(table.take("a")->password.reveal() == "sesame");
  CHECK(table.take("a")->password.empty());
}

TEST_CASE("operation table: the password is kept for a caller who waits for the outcome") {
  OperationTable table;
  begin(table, "a");
  auto claim = table.claim("a");
  succeed(table, "a", "sesame");
  CHECK(table.take("a")->password.empty());
  CHECK(table.take_password("a").reveal() == "sesame");
  claim.reset();
  CHECK(table.take("a")->password.empty());

  begin(table, "b");
  auto gone = table.claim("b");
  succeed(table, "b", "sesame");
  gone.reset();
  CHECK(table.take("b")->password.reveal() == "sesame");
}

TEST_CASE("operation table: only what runs can be cancelled") {
  OperationTable table;
  int cancelled = 0;
  CHECK_FALSE(table.cancel("a"));
  begin(table, "a");
  CHECK_FALSE(table.cancel("a"));
  table.set_cancel("a", [&] { ++cancelled; });
  CHECK(table.cancel("a"));
  CHECK(cancelled == 1);
  succeed(table, "a");
  CHECK_FALSE(table.cancel("a"));
  table.set_cancel("a", [&] { ++cancelled; });
  CHECK_FALSE(table.cancel("a"));
  CHECK(cancelled == 1);
}

TEST_CASE("operation table: a failure is kept with its error, and the first end counts") {
  OperationTable table;
  begin(table, "a");
  const Error error = make_error(ErrorCode::kQuotaExceeded, "full");
  table.end("a", &error, std::nullopt, {}, kNow);
  succeed(table, "a");
  CHECK(table.find("a")->record.status == OperationStatus::kFailed);
  CHECK(table.find("a")->record.error->message == "full");
}

TEST_CASE("operation table: what Azure told of another process is remembered and not listed") {
  OperationTable table;
  auto record = record_of("a", OperationKind::kStop);
  dev8agent::note_end(record, nullptr, std::nullopt, kNow);
  table.remember(record);
  REQUIRE(table.find("a"));
  CHECK_FALSE(table.find("a")->runs_here);
  CHECK(table.list({}).records.empty());
}

TEST_CASE("operation table: what one user may see") {
  OperationTable table;
  const auto about = [](const char* id) { return record_of(id, OperationKind::kDelete); };
  const auto seen = [&](const char* id) { return OperationTable::may_see("ada", *table.find(id)); };
  table.begin(about("hers"), "ada");
  table.begin(about("his"), "bob");
  table.begin(about("the operator's"));
  CHECK(seen("hers"));
  CHECK_FALSE(seen("his"));
  CHECK_FALSE(seen("the operator's"));
  CHECK(OperationTable::may_see("", *table.find("his")));

  // Of another process: the one with an environment tells whose it is, the other one is its caller's.
  auto deleted = about("deleted elsewhere");
  dev8agent::note_end(deleted, nullptr, std::nullopt, kNow);
  table.remember(deleted);
  CHECK(seen("deleted elsewhere"));
  auto started = about("his, started elsewhere");
  dev8agent::Environment environment;
  environment.user_id = "bob";
  dev8agent::note_end(started, nullptr, environment, kNow);
  table.remember(started);
  CHECK_FALSE(seen("his, started elsewhere"));
  CHECK(table.list({.user = "ada"}).records.size() == 1);

  // A stop that the operator asked for: its environment tells whose it is.
  table.begin(about("hers, stopped"));
  environment.user_id = "ada";
  table.end("hers, stopped", nullptr, environment, {}, kNow);
  CHECK(seen("hers, stopped"));
  CHECK(table.list({.user = "ada"}).records.size() == 2);
}

TEST_CASE("operation table: a list in pages, by status and environment") {
  OperationTable table;
  for (const char* id : {"c", "a", "e", "b", "d"}) begin(table, id);
  for (const char* id : {"a", "d"}) succeed(table, id);
  std::string told;
  std::optional<std::uint64_t> next = UINT64_MAX;
  while (next) {
    const auto page = table.list({.before = *next, .limit = 2});
    for (const auto& record : page.records) told += record.id;
    told += "|";
    next = page.next;
    begin(table, "later" + std::to_string(told.size()));
  }
  CHECK(told == "db|ea|c|");
  CHECK_FALSE(table.list({.before = 6, .limit = 5}).next);
  const auto ended = table.list({.status = OperationStatus::kSucceeded, .limit = 1});
  REQUIRE(ended.records.size() == 1);
  CHECK(ended.records[0].id == "d");
  CHECK(table.list({.status = OperationStatus::kSucceeded, .before = *ended.next}).records[0].id == "a");
  CHECK(table.list({.environment_id = "env-e"}).records[0].id == "e");
  CHECK(table.list({.status = OperationStatus::kRunning, .before = 6}).records.size() == 3);
}

// Shares through Azure Resource Manager: what is asked, which answers count as done, and which metadata a
// list has to read.
#include "azure/arm_shares.h"

#include <doctest/doctest.h>

#include "support/arm_bench.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

namespace {

const std::string kShares =
    kArm +
    "/subscriptions/33333333-3333-4333-8333-333333333333/resourceGroups/rg/providers/Microsoft.Storage/"
    "storageAccounts/acct/fileServices/default/shares";
const std::string kVersion = "?api-version=2025-06-01";

struct ShareBench : ArmBench {
  azure::ArmShares shares{arm, "rg", "acct"};

  std::string asked() const { return last().method + " " + last().url; }
};

std::string share_body(const std::string& name, const std::string& properties,
                       const std::string& etag = "e1") {
  return R"({"name":")" + name + R"(","etag":")" + etag + R"(","properties":{)" + properties + "}}";
}

HttpResponse failure(int status, const std::string& code) {
  return reply(status, R"({"error":{"code":")" + code + R"(","message":"no"}})");
}

}  // namespace

TEST_CASE("shares of Azure Resource Manager: the request of each write") {
  ShareBench bench;
  const FileShare made{"fs-x", 25, {{"name", "a%20b"}, {"call", ""}}};
  bench.answers = {reply(201, "{}")};
  CHECK(bench.run(bench.shares.create(bench.make_call(), made)).ok());
  CHECK(bench.asked() == "PUT " + kShares + "/fs-x" + kVersion);
  CHECK(bench.last().body ==
        R"({"properties":{"shareQuota":25,"enabledProtocols":"SMB","metadata":{"call":"","name":"a%20b"}}})");
  bench.answers = {reply(200, "{}")};
  CHECK(bench.run(bench.shares.set_quota(bench.make_call(), "fs-x", 45)).ok());
  CHECK(bench.asked() == "PATCH " + kShares + "/fs-x" + kVersion);
  CHECK(bench.last().body == R"({"properties":{"shareQuota":45}})");
  CHECK(bench.run(bench.shares.set_metadata(bench.make_call(), "fs-x", {})).ok());
  CHECK(bench.last().body == R"({"properties":{"metadata":{}}})");
  CHECK(bench.run(bench.shares.remove(bench.make_call(), "fs-x", azure::Snapshots::kDelete)).ok());
  CHECK(bench.asked() == "DELETE " + kShares + "/fs-x" + kVersion + "&$include=snapshots");
  CHECK(bench.run(bench.shares.remove(bench.make_call(), "fs-x", azure::Snapshots::kKeep)).ok());
  CHECK(bench.asked() == "DELETE " + kShares + "/fs-x" + kVersion + "&$include=none");
  CHECK(bench.run(bench.shares.restore(bench.make_call(), "fs-x", "01D6")).ok());
  CHECK(bench.asked() == "POST " + kShares + "/fs-x/restore" + kVersion);
  CHECK(bench.last().body == R"({"deletedShareName":"fs-x","deletedShareVersion":"01D6"})");
}

TEST_CASE("shares of Azure Resource Manager: a snapshot is a PUT of its own kind, and has a name") {
  ShareBench bench;
  const std::string time = "2026-01-15T08:30:00.0000000Z";
  bench.answers = {reply(201, share_body("fs-x", R"("snapshotTime":")" + time + R"(")"))};
  const auto taken = bench.run(bench.shares.snapshot(bench.make_call(), "fs-x"));
  REQUIRE(taken.ok());
  CHECK(*taken == time);
  CHECK(bench.asked() == "PUT " + kShares + "/fs-x" + kVersion + "&$expand=snapshots");
  CHECK(bench.last().body == R"({"properties":{}})");
  for (const char* properties : {"", R"("snapshotTime":"yesterday")"}) {
    bench.answers = {reply(201, share_body("fs-x", properties))};
    CHECK_FALSE(bench.run(bench.shares.snapshot(bench.make_call(), "fs-x")).ok());
  }
  bench.answers = {failure(409, "ShareSnapshotCountExceeded")};
  const auto refused = bench.run(bench.shares.snapshot(bench.make_call(), "fs-x"));
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::kConflict);
  CHECK_FALSE(refused.error().retryable);
}

TEST_CASE("shares of Azure Resource Manager: a share that exists, or not, is told as Azure Files tells it") {
  ShareBench bench;
  bench.answers = {reply(200, "{}")};
  const auto exists = bench.run(bench.shares.create(bench.make_call(), FileShare{"fs-x", 25, {}}));
  REQUIRE_FALSE(exists.ok());
  CHECK(exists.error().code == ErrorCode::kConflict);
  CHECK(exists.error().azure_code == "ShareAlreadyExists");
  bench.answers = {reply(204, "")};
  const auto absent = bench.run(bench.shares.remove(bench.make_call(), "fs-x", azure::Snapshots::kDelete));
  REQUIRE_FALSE(absent.ok());
  CHECK(absent.error().code == ErrorCode::kNotFound);
  CHECK(absent.error().azure_code == "ShareNotFound");
}

TEST_CASE("shares of Azure Resource Manager: only the words of the share itself mean that it is not there") {
  struct Row {
    HttpResponse answer;
    ErrorCode code;
  };
  const Row rows[] = {{failure(404, "ResourceNotFound"), ErrorCode::kAzureRefused},
                      {failure(404, "ResourceGroupNotFound"), ErrorCode::kAzureRefused},
                      {failure(403, "AuthorizationFailed"), ErrorCode::kAzureRefused},
                      {failure(503, "ServerBusy"), ErrorCode::kAzureThrottled},
                      {reply(200, share_body("fs-y", "")), ErrorCode::kAzureUnavailable}};
  for (const Row& row : rows) {
    CAPTURE(row.answer.body);
    ShareBench bench;
    bench.answers = {row.answer};
    const auto read = bench.run(bench.shares.get(bench.make_call(std::chrono::seconds(20)), "fs-x"));
    REQUIRE_FALSE(read.ok());
    CHECK(read.error().code == row.code);
    const auto removed = bench.run(
        bench.shares.remove(bench.make_call(std::chrono::seconds(20)), "fs-x", azure::Snapshots::kDelete));
    if (row.answer.status == 404) {
      REQUIRE_FALSE(removed.ok());
      CHECK(removed.error().code == ErrorCode::kAzureRefused);
    }
  }
  ShareBench bench;
  bench.answers = {failure(404, "ShareNotFound")};
  const auto read = bench.run(bench.shares.get(bench.make_call(), "fs-x"));
  REQUIRE(read.ok());
  CHECK_FALSE(read->share);
  CHECK(bench.run(bench.shares.check(bench.make_call())).ok());
}

TEST_CASE("shares of Azure Resource Manager: a share is read as it is") {
  ShareBench bench;
  bench.answers = {
      reply(200, share_body("fs-x", R"("shareQuota":30,"lastModifiedTime":"2026-01-15T08:00:00Z",)"
                                    R"("metadata":{"Owner":"alice"})"))};
  const auto read = bench.run(bench.shares.get(bench.make_call(), "fs-x"));
  REQUIRE(read.ok());
  REQUIRE(read->share);
  CHECK(read->share->quota_gib == 30);
  CHECK(read->share->metadata == std::map<std::string, std::string>{{"owner", "alice"}});
  CHECK(read->share->last_modified.has_value());
}

TEST_CASE("shares of Azure Resource Manager: a count of bytes shows files, and never that there are none") {
  struct Row {
    std::string properties;
    bool holds_files;
  };
  for (const Row& row : {Row{R"("shareUsageBytes":1)", true}, Row{R"("shareUsageBytes":0)", false},
                         Row{R"("shareQuota":30)", false}}) {
    CAPTURE(row.properties);
    ShareBench bench;
    bench.answers = {reply(200, share_body("fs-x", row.properties))};
    const auto empty = bench.run(bench.shares.is_empty(bench.make_call(), "fs-x"));
    CHECK(bench.asked() == "GET " + kShares + "/fs-x" + kVersion + "&$expand=stats");
    if (row.holds_files) CHECK((empty.ok() && !*empty));
    if (!row.holds_files) CHECK_FALSE(empty.ok());
  }
}

TEST_CASE("shares of Azure Resource Manager: a list reads the metadata that are wanted and have changed") {
  ShareBench bench;
  const auto page = [](const std::string& items, const std::string& next = "") {
    return reply(
        200, R"({"value":[)" + items + "]" + (next.empty() ? "" : R"(,"nextLink":")" + next + "\"") + "}");
  };
  const std::string next = kShares + kVersion + "&$skipToken=2";
  const auto wants_b_and_c = [](std::string_view share) { return share != "fs-a"; };
  bench.answers = {page(share_body("fs-a", "") + "," + share_body("fs-b", ""), next),
                   page(share_body("fs-c", "")), reply(200, share_body("fs-b", R"("metadata":{"of":"b"})")),
                   reply(200, share_body("fs-c", R"("metadata":{"of":"c"})", "e2"))};
  const auto first = bench.run(bench.shares.list(bench.make_call(), "fs-", wants_b_and_c));
  REQUIRE(first.ok());
  REQUIRE(first->size() == 3);
  CHECK(bench.transport->requests.size() == 4);
  CHECK(bench.transport->requests.at(0).url == kShares + kVersion + "&$filter=fs-");
  CHECK(bench.transport->requests.at(1).url == next);
  for (const FileShare& share : *first) {
    const std::map<std::string, std::string> of =
        share.name == "fs-a" ? std::map<std::string, std::string>{}
                             : std::map<std::string, std::string>{{"of", share.name.substr(3)}};
    CHECK(share.metadata == of);
  }
  // The list counts for some seconds, for whoever asks.
  REQUIRE(
      bench.run(bench.shares.list(bench.make_call(), "fs-", [](std::string_view) { return false; })).ok());
  CHECK(bench.transport->requests.size() == 4);
  bench.scheduler.advance(std::chrono::seconds(6));
  // Share b is as it was, c is another one than the read of its metadata had shown.
  bench.answers = {page(share_body("fs-b", "", "e1") + "," + share_body("fs-c", "", "e3")),
                   reply(200, share_body("fs-c", R"("metadata":{"of":"new"})", "e3"))};
  const auto second = bench.run(bench.shares.list(bench.make_call(), "fs-", wants_b_and_c));
  REQUIRE(second.ok());
  CHECK(bench.transport->requests.size() == 6);
  REQUIRE(second->size() == 2);
  CHECK(second->at(0).metadata == std::map<std::string, std::string>{{"of", "b"}});
  CHECK(second->at(1).metadata == std::map<std::string, std::string>{{"of", "new"}});
  // A write of this process ends it. Gone between the list and the read.
  bench.answers = {reply(200, "{}")};
  CHECK(bench.run(bench.shares.set_quota(bench.make_call(), "fs-b", 45)).ok());
  bench.answers = {page(share_body("fs-d", "")), failure(404, "ShareNotFound")};
  const auto third = bench.run(bench.shares.list(bench.make_call(), "fs-", nullptr));
  REQUIRE(third.ok());
  CHECK(third->empty());
}

TEST_CASE("shares of Azure Resource Manager: the token never follows a link to another host") {
  ShareBench bench;
  bench.answers = {reply(200, R"({"value":[],"nextLink":"https://example.com/shares"})")};
  CHECK_FALSE(bench.run(bench.shares.list(bench.make_call(), "fs-", nullptr)).ok());
  CHECK(bench.transport->requests.size() == 1);
}

TEST_CASE("shares of Azure Resource Manager: deleted shares are those of this name") {
  ShareBench bench;
  const std::string gone =
      R"("deleted":true,"version":"01D6","deletedTime":"2026-01-14T08:00:00Z","remainingRetentionDays":6)";
  bench.answers = {reply(200, R"({"value":[)" + share_body("fs-x", gone) + "," + share_body("fs-xy", gone) +
                                  "," + share_body("fs-x", "") + "]}")};
  const auto found = bench.run(bench.shares.deleted(bench.make_call(), "fs-x"));
  REQUIRE(found.ok());
  REQUIRE(found->size() == 1);
  CHECK(found->front().version == "01D6");
  CHECK(found->front().days_left == 6);
  CHECK(bench.last().url == kShares + kVersion + "&$expand=deleted&$filter=fs-x");
}

TEST_CASE("shares of Azure Resource Manager: the snapshots of a share are those of its very name") {
  ShareBench bench;
  const std::string taken = R"("snapshotTime":"2026-01-14T08:00:00Z")";
  const auto has_snapshots = [&](const std::string& items) {
    bench.answers = {reply(200, R"({"value":[)" + items + "]}")};
    const auto answer = bench.run(bench.shares.has_snapshots(bench.make_call(), "fs-x"));
    REQUIRE(answer.ok());
    return *answer;
  };
  CHECK(has_snapshots(share_body("fs-x", taken) + "," + share_body("fs-x", "")));
  CHECK(bench.last().url == kShares + kVersion + "&$expand=snapshots&$filter=fs-x");
  CHECK_FALSE(has_snapshots(share_body("fs-x", "") + "," + share_body("fs-xy", taken)));
  CHECK_FALSE(has_snapshots(share_body("fs-x", R"("snapshotTime":null)")));
  CHECK_FALSE(has_snapshots(""));
  bench.answers = {failure(403, "AuthorizationFailed")};
  CHECK_FALSE(bench.run(bench.shares.has_snapshots(bench.make_call(), "fs-x")).ok());
}

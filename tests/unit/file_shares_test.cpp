// Azure Files calls: what is asked, which answers count as done, and lists of many pages.
#include "azure/data_plane_shares.h"

#include "azure/shared_key_sender.h"

#include <doctest/doctest.h>

#include "support/arm_bench.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

namespace {

struct Bench : ArmBench {
  azure::StorageKeys keys{arm, "rg", "acct", Secret(std::string(86, 'A') + "==")};
  azure::SharedKeySender signing{wire, keys};
  azure::DataPlaneShares shares{signing, azure::kWithKey, retrier, random(),
                                "https://acct.file.core.windows.net"};

  std::string header(const char* name) const {
    return std::string(find_header(last().headers, name).value_or("none"));
  }
};

std::string page(const std::string& names, const std::string& marker) {
  return "<EnumerationResults><Shares>" + names + "</Shares><NextMarker>" + marker +
         "</NextMarker></EnumerationResults>";
}

std::string share(const std::string& name) {
  return "<Share><Name>" + name + "</Name></Share>";
}

const std::string kHost = "https://acct.file.core.windows.net";

}  // namespace

TEST_CASE("shares: the request of each write, and the only status that counts as success") {
  Bench bench;
  FileShare made{"fs-x", 25, {{"name", "a%20b"}, {"call", ""}}};
  bench.answers = {reply(201, "")};
  CHECK(bench.run(bench.shares.create(bench.make_call(), made)).ok());
  CHECK(bench.last().method + " " + bench.last().url == "PUT " + kHost + "/fs-x?restype=share");
  CHECK(bench.header("x-ms-share-quota") == "25");
  CHECK(bench.header("x-ms-meta-name") == "a%20b");
  CHECK(bench.header("x-ms-date") == "Thu, 15 Jan 2026 08:30:00 GMT");
  CHECK(bench.header("Authorization").starts_with("SharedKey acct:"));
  bench.answers = {reply(202, "")};
  const auto remove = [&](azure::Snapshots snapshots) {
    return bench.run(bench.shares.remove(bench.make_call(), "fs-x", snapshots)).ok();
  };
  CHECK(remove(azure::Snapshots::kDelete));
  CHECK(bench.last().method + " " + bench.last().url == "DELETE " + kHost + "/fs-x?restype=share");
  CHECK(bench.header("x-ms-delete-snapshots") == "include");
  CHECK(remove(azure::Snapshots::kKeep));
  CHECK(bench.header("x-ms-delete-snapshots") == "none");
  bench.answers = {reply(200, "")};
  CHECK(bench.run(bench.shares.set_quota(bench.make_call(), "fs-x", 45)).ok());
  CHECK(bench.last().url == kHost + "/fs-x?restype=share&comp=properties");
  CHECK(bench.header("x-ms-share-quota") == "45");
  CHECK(bench.run(bench.shares.set_metadata(bench.make_call(), "fs-x", made.metadata)).ok());
  CHECK(bench.last().url == kHost + "/fs-x?restype=share&comp=metadata");
  // Another success is not this service's: the effect is open.
  const auto odd = bench.run(bench.shares.create(bench.make_call(), made));
  REQUIRE_FALSE(odd.ok());
  CHECK(odd.error().request_sent);
  CHECK_FALSE(remove(azure::Snapshots::kDelete));
}

TEST_CASE("shares: a snapshot has a name, and without it none was taken for sure") {
  Bench bench;
  const std::string time = "2026-01-15T08:30:00.0000000Z";
  HttpResponse answer = reply(201, "");
  answer.headers.push_back({"x-ms-snapshot", time});
  bench.answers = {answer};
  const auto taken = bench.run(bench.shares.snapshot(bench.make_call(), "fs-x"));
  REQUIRE(taken.ok());
  CHECK(*taken == time);
  CHECK(bench.last().method + " " + bench.last().url == "PUT " + kHost + "/fs-x?restype=share&comp=snapshot");
  bench.answers = {reply(201, "")};
  const auto odd = bench.run(bench.shares.snapshot(bench.make_call(), "fs-x"));
  REQUIRE_FALSE(odd.ok());
  CHECK(odd.error().request_sent);
}

TEST_CASE("shares: a write is one attempt, and its conflict keeps Azure's code") {
  Bench bench;
  for (const char* code : {"ShareAlreadyExists", "ShareBeingDeleted"}) {
    bench.transport->requests.clear();
    bench.answers = {reply(409, "<Error><Code>" + std::string(code) + "</Code></Error>")};
    const auto outcome = bench.run(bench.shares.create(bench.make_call(), FileShare{"fs-x", 25, {}}));
    CHECK(outcome.error().code == ErrorCode::kConflict);
    CHECK(outcome.error().azure_code == code);
    CHECK(bench.transport->requests.size() == 1);
  }
}

TEST_CASE("shares: a share is empty when Azure shows a whole list without entries, and else not") {
  const auto list = [](const std::string& entries, const std::string& marker) {
    return "<EnumerationResults><Entries>" + entries + "</Entries><NextMarker>" + marker +
           "</NextMarker></EnumerationResults>";
  };
  struct Row {
    std::string body;
    bool empty;
  };
  const Row rows[] = {{list("", ""), true},
                      {"<EnumerationResults><Entries/><NextMarker/></EnumerationResults>", true},
                      {list("<File><Name>a</Name></File>", ""), false},
                      {list("<Directory><Name>a</Name></Directory>", ""), false},
                      {list("<Symlink><Name>of the future</Name></Symlink>", ""), false},
                      {list("what is this?", ""), false},
                      {list("", "more"), false}};
  for (const Row& row : rows) {
    CAPTURE(row.body);
    Bench bench;
    bench.answers = {reply(200, row.body)};
    const auto empty = bench.run(bench.shares.is_empty(bench.make_call(), "fs-x"));
    REQUIRE(empty.ok());
    CHECK(*empty == row.empty);
    CHECK(bench.last().url == kHost + "/fs-x?restype=directory&comp=list&maxresults=1");
  }
  for (const auto& [status, body] : {std::pair<int, std::string>{200, "<html></html>"},
                                     {200, ""},
                                     {200, "<EnumerationResults><NextMarker/></EnumerationResults>"},
                                     {403, "<Error><Code>AuthorizationFailure</Code></Error>"},
                                     {404, "<Error><Code>ShareNotFound</Code></Error>"},
                                     {503, ""}}) {
    CAPTURE(body);
    Bench bench;
    bench.answers = {reply(status, body)};
    CHECK_FALSE(bench.run(bench.shares.is_empty(bench.make_call(std::chrono::seconds(20)), "fs-x")).ok());
  }
}

TEST_CASE("shares: a list follows the markers, encoded, and repeats a page that fails") {
  Bench bench;
  bench.answers = {reply(200, page(share("fs-a") + share("fs-b"), "/acct/fs b&amp;")), reply(503, ""),
                   reply(200, "<EnumerationResults><Shares>"), reply(200, page(share("fs-c"), ""))};
  const auto list = bench.run(bench.shares.list(bench.make_call(), "fs-", nullptr));
  REQUIRE(list.ok());
  REQUIRE(list->size() == 3);
  CHECK(list->at(2).name == "fs-c");
  CHECK(bench.transport->requests.front().url == kHost + "/?comp=list&include=metadata&prefix=fs-");
  CHECK(bench.last().url == kHost + "/?comp=list&include=metadata&prefix=fs-&marker=%2Facct%2Ffs%20b%26");
  bench.answers = {reply(200, page("", "again"))};
  CHECK_FALSE(bench.run(bench.shares.list(bench.make_call(), "fs-", nullptr)).ok());  // markers without end
}

TEST_CASE("shares: the snapshots of a share are those of its very name") {
  Bench bench;
  const auto snapshot = [](const std::string& name) {
    return "<Share><Name>" + name + "</Name><Snapshot>2026-01-15T08:30:00.0000000Z</Snapshot></Share>";
  };
  const auto has_snapshots = [&](const std::string& shares) {
    bench.answers = {reply(200, page(shares, ""))};
    const auto answer = bench.run(bench.shares.has_snapshots(bench.make_call(), "fs-x"));
    REQUIRE(answer.ok());
    return *answer;
  };
  CHECK(has_snapshots(snapshot("fs-x") + share("fs-x")));
  CHECK(bench.last().url == kHost + "/?comp=list&include=snapshots&prefix=fs-x");
  CHECK_FALSE(has_snapshots(share("fs-x") + snapshot("fs-xy")));
  // Metadata may be called so, too.
  CHECK_FALSE(has_snapshots("<Share><Name>fs-x</Name><Metadata><Snapshot>1</Snapshot></Metadata></Share>"));
  CHECK_FALSE(has_snapshots(""));
  bench.answers = {reply(403, "<Error><Code>AuthorizationFailure</Code></Error>")};
  CHECK_FALSE(bench.run(bench.shares.has_snapshots(bench.make_call(), "fs-x")).ok());
}

TEST_CASE("shares: the endpoint of an account, host-style and path-style") {
  CHECK(azure::file_endpoint("https://{account}.file.core.windows.net", "acct") == kHost);
  CHECK(azure::file_endpoint("http://127.0.0.1:10004/{account}", "acct") == "http://127.0.0.1:10004/acct");
  CHECK(azure::file_endpoint("https://fixed.example", "acct") == "https://fixed.example");
}

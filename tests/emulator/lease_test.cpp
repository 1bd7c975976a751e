// Leases of shares: Azure's table of outcomes, on the data plane and through Azure Resource Manager.
#include "files.h"

using namespace emulator_test;

namespace {

const std::string kA = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa";
const std::string kB = "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb";
const std::string kC = "cccccccc-cccc-4ccc-8ccc-cccccccccccc";

struct Leases : Files {
  explicit Leases(EmulatorOptions wanted = {}) : Files(std::move(wanted)) { create("fs-one"); }

  HttpResponse lease(const std::string& action, std::vector<HttpHeader> more = {},
                     const std::string& snapshot = "") {
    more.push_back({"x-ms-lease-action", action});
    return send("PUT", "/fs-one?comp=lease&restype=share" + snapshot, std::move(more));
  }
  HttpResponse acquire(const std::string& id, const std::string& seconds = "-1") {
    return lease("acquire", {{"x-ms-lease-duration", seconds}, {"x-ms-proposed-lease-id", id}});
  }
  HttpResponse remove(std::vector<HttpHeader> headers = {}) {
    return send("DELETE", "/fs-one?restype=share", std::move(headers));
  }
  std::string state() { return header(send("GET", "/fs-one?restype=share"), "x-ms-lease-state"); }
  // Brings the share, which has no lease, into the state.
  void become(const std::string& state) {
    if (state == "available") return;
    REQUIRE(acquire(kA, state == "expired" ? "15" : "-1").status == 201);
    if (state == "expired") clock->advance(15s);
    if (state == "breaking") lease("break", {{"x-ms-lease-break-period", "30"}});
    if (state == "broken") lease("break");
    REQUIRE(this->state() == state);
  }
};

std::string outcome_of(const HttpResponse& response) {
  const std::string code = header(response, "x-ms-error-code");
  return std::to_string(response.status) + (code.empty() ? "" : " " + code);
}

}  // namespace

TEST_SUITE("leases") {
  TEST_CASE("each action in each state, as Azure's table has it") {
    struct Row {
      const char* what;
      std::vector<HttpHeader> headers;
      std::vector<std::string> outcomes;  // available, leased, breaking, broken, expired
    };
    const std::string present = "409 LeaseAlreadyPresent";
    const std::string none = "409 LeaseNotPresentWithLeaseOperation";
    const std::string mismatch = "409 LeaseIdMismatchWithLeaseOperation";
    const std::string unchanged = "409 LeaseIsBreakingAndCannotBeChanged";
    const std::string broken = "409 LeaseIsBrokenAndCannotBeRenewed";
    const HttpHeader for_ever{"x-ms-lease-duration", "-1"};
    const std::vector<Row> rows = {
        {"acquire", {for_ever}, {"201", present, present, "201", "201"}},
        {"acquire",
         {for_ever, {"x-ms-proposed-lease-id", kA}},
         {"201", "201", "409 LeaseIsBreakingAndCannotBeAcquired", "201", "201"}},
        {"acquire", {for_ever, {"x-ms-proposed-lease-id", kB}}, {"201", present, present, "201", "201"}},
        {"break", {{"x-ms-lease-break-period", "0"}}, {none, "202", "202", "202", "202"}},
        {"break", {{"x-ms-lease-break-period", "10"}}, {none, "202", "202", "202", "202"}},
        {"change",
         {{"x-ms-lease-id", kA}, {"x-ms-proposed-lease-id", kB}},
         {none, "200", unchanged, none, none}},
        {"change",
         {{"x-ms-lease-id", kB}, {"x-ms-proposed-lease-id", kA}},
         {none, "200", unchanged, none, none}},
        {"change",
         {{"x-ms-lease-id", kB}, {"x-ms-proposed-lease-id", kC}},
         {none, mismatch, mismatch, none, none}},
        {"renew", {{"x-ms-lease-id", kA}}, {mismatch, "200", broken, broken, "200"}},
        {"renew", {{"x-ms-lease-id", kB}}, {mismatch, mismatch, mismatch, mismatch, mismatch}},
        {"release", {{"x-ms-lease-id", kA}}, {mismatch, "200", "200", "200", "200"}},
        {"release", {{"x-ms-lease-id", kB}}, {mismatch, mismatch, mismatch, mismatch, mismatch}},
    };
    const std::vector<std::string> states = {"available", "leased", "breaking", "broken", "expired"};
    for (const Row& row : rows) {
      for (std::size_t i = 0; i < states.size(); ++i) {
        Leases cloud;
        cloud.become(states[i]);
        CAPTURE(row.what);
        CAPTURE(row.headers.back().value);
        CAPTURE(states[i]);
        CHECK(outcome_of(cloud.lease(row.what, row.headers)) == row.outcomes[i]);
      }
    }
  }

  TEST_CASE("deleting and changing what is leased needs its id; reading does not") {
    struct Row {
      const char* state;
      const char* id;
      std::string removes, changes, reads;
    };
    const std::string missing = "412 LeaseIdMissing", lost = "412 LeaseLost";
    const std::string mismatch = "412 LeaseIdMismatchWithContainerOperation";
    const std::string none = "412 LeaseNotPresentWithContainerOperation";
    for (const Row& row :
         {Row{"available", "", "202", "200", "200"}, Row{"available", "A", none, none, none},
          Row{"leased", "", missing, missing, "200"}, Row{"leased", "A", "202", "200", "200"},
          Row{"leased", "B", mismatch, mismatch, mismatch}, Row{"breaking", "", missing, missing, "200"},
          Row{"breaking", "A", "202", "200", "200"}, Row{"broken", "", "202", "200", "200"},
          Row{"broken", "A", lost, lost, lost}, Row{"expired", "", "202", "200", "200"},
          Row{"expired", "A", lost, lost, lost}, Row{"expired", "B", mismatch, mismatch, mismatch}}) {
      CAPTURE(row.state);
      CAPTURE(row.id);
      Leases cloud;
      cloud.become(row.state);
      std::vector<HttpHeader> sent;
      if (*row.id != '\0') sent = {{"x-ms-lease-id", *row.id == 'A' ? kA : kB}};
      CHECK(outcome_of(cloud.send("GET", "/fs-one?restype=share", sent)) == row.reads);
      CHECK(outcome_of(cloud.send("PUT", "/fs-one?comp=metadata&restype=share", sent)) == row.changes);
      std::vector<HttpHeader> quota = sent;
      quota.push_back({"x-ms-share-quota", "7"});
      CHECK(outcome_of(cloud.send("PUT", "/fs-one?comp=properties&restype=share", quota)) == row.changes);
      CHECK(outcome_of(cloud.remove(sent)) == row.removes);
    }
  }

  TEST_CASE("what a lease shows, and when it ends") {
    Leases cloud;
    const std::string etag = header(cloud.send("GET", "/fs-one?restype=share"), "ETag");
    const HttpResponse taken = cloud.acquire(kA, "60");
    CHECK(header(taken, "x-ms-lease-id") == kA);
    CHECK(header(taken, "ETag") == etag);
    CHECK(header(taken, "Last-Modified") == "Thu, 15 Jan 2026 08:30:00 GMT");
    HttpResponse read = cloud.send("GET", "/fs-one?restype=share");
    CHECK(header(read, "x-ms-lease-status") == "locked");
    CHECK(header(read, "x-ms-lease-duration") == "fixed");
    const std::string listed = cloud.send("GET", "/?comp=list").body;
    CHECK(listed.find("<LeaseStatus>locked</LeaseStatus><LeaseState>leased</LeaseState>"
                      "<LeaseDuration>fixed</LeaseDuration>") != std::string::npos);
    cloud.clock->advance(20s);
    const HttpResponse broken = cloud.lease("break");
    CHECK(broken.status == 202);
    CHECK(header(broken, "x-ms-lease-time") == "40");
    CHECK(header(cloud.lease("break", {{"x-ms-lease-break-period", "60"}}), "x-ms-lease-time") == "40");
    CHECK(header(cloud.lease("break", {{"x-ms-lease-break-period", "10"}}), "x-ms-lease-time") == "10");
    read = cloud.send("GET", "/fs-one?restype=share");
    CHECK(header(read, "x-ms-lease-status") == "locked");
    CHECK(header(read, "x-ms-lease-duration").empty());
    cloud.clock->advance(10s);
    CHECK(cloud.state() == "broken");
    CHECK(header(cloud.send("GET", "/fs-one?restype=share"), "x-ms-lease-status") == "unlocked");
    CHECK(cloud.acquire(kB).status == 201);
    CHECK(header(cloud.send("GET", "/fs-one?restype=share"), "x-ms-lease-duration") == "infinite");
    CHECK(header(cloud.lease("break"), "x-ms-lease-time") == "0");  // one without end breaks at once
    CHECK(cloud.acquire(kA, "15").status == 201);
    cloud.clock->advance(10s);
    CHECK(cloud.lease("renew", {{"x-ms-lease-id", kA}}).status == 200);
    cloud.clock->advance(10s);
    CHECK(cloud.state() == "leased");
    cloud.clock->advance(5s);
    CHECK(cloud.state() == "expired");
  }

  TEST_CASE("what is wrong with a request for a lease") {
    struct Row {
      const char* action;
      std::vector<HttpHeader> headers;
      std::string outcome;
    };
    const std::string invalid = "400 InvalidHeaderValue", missing = "400 MissingRequiredHeader";
    Leases cloud;
    for (const Row& row : std::vector<Row>{
             {"steal", {}, invalid},
             {"acquire", {}, missing},
             {"acquire", {{"x-ms-lease-duration", "14"}}, invalid},
             {"acquire", {{"x-ms-lease-duration", "61"}}, invalid},
             {"acquire", {{"x-ms-lease-duration", "x"}}, invalid},
             {"acquire", {{"x-ms-lease-duration", "-1"}, {"x-ms-proposed-lease-id", "mine"}}, invalid},
             {"change", {{"x-ms-lease-id", kA}}, missing},
             {"renew", {}, missing},
             {"release", {{"x-ms-lease-id", "{" + kA}}, invalid},
             {"break", {{"x-ms-lease-break-period", "61"}}, invalid}}) {
      CAPTURE(row.action);
      CHECK(outcome_of(cloud.lease(row.action, row.headers)) == row.outcome);
    }
    CHECK(outcome_of(cloud.send("PUT", "/fs-one?comp=lease&restype=share")) == missing);
    CHECK(outcome_of(cloud.send("PUT", "/fs-two?comp=lease&restype=share",
                                {{"x-ms-lease-action", "break"}})) == "404 ShareNotFound");
    cloud.version = "2019-12-12";
    CHECK(outcome_of(cloud.lease("break")) == "400 FeatureVersionMismatch");
  }

  TEST_CASE("an id has several forms, and is told in one") {
    Leases cloud;
    std::string plain = kA;
    plain.erase(std::remove(plain.begin(), plain.end(), '-'), plain.end());
    CHECK(header(cloud.acquire(plain), "x-ms-lease-id") == kA);
    CHECK(cloud.lease("renew", {{"x-ms-lease-id", "{" + kA + "}"}}).status == 200);
    std::string loud = "(" + kA + ")";
    std::transform(loud.begin(), loud.end(), loud.begin(), [](unsigned char c) { return std::toupper(c); });
    CHECK(cloud.remove({{"x-ms-lease-id", loud}}).status == 202);
  }

  TEST_CASE("a lease ends with its share, and does not come back with it") {
    EmulatorOptions options;
    options.storage_accounts = {{"dev8emulator", "dev8-emulator", "", "", true, false, 7}};
    Leases cloud(options);
    cloud.become("leased");
    REQUIRE(cloud.remove({{"x-ms-lease-id", kA}}).status == 202);
    const std::string listed = cloud.send("GET", "/?comp=list&include=deleted").body;
    const auto begin = listed.find("<Version>") + 9;
    const std::string version = listed.substr(begin, listed.find("</Version>") - begin);
    CHECK(cloud
              .send("PUT", "/fs-one?comp=undelete&restype=share",
                    {{"x-ms-deleted-share-name", "fs-one"}, {"x-ms-deleted-share-version", version}})
              .status == 201);
    CHECK(cloud.state() == "available");
  }
}

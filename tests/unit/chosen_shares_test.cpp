// The choice between the ways to a storage account's shares.
#include "azure/chosen_shares.h"

#include <doctest/doctest.h>

#include "support/flow_bench.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

namespace {

// A way whose check has this outcome; all else succeeds and is counted.
class FakeWay final : public azure::FileShares {
 public:
  Status outcome = Done{};
  int checks = 0;
  int calls = 0;

  Task<Status> create(CallPtr, FileShare) override { co_return done(); }
  Task<Status> remove(CallPtr, std::string, azure::Snapshots) override { co_return done(); }
  Task<Status> set_metadata(CallPtr, std::string, std::map<std::string, std::string>) override {
    co_return done();
  }
  Task<Status> set_quota(CallPtr, std::string, int) override { co_return done(); }
  Task<Result<std::string>> snapshot(CallPtr, std::string) override {
    ++calls;
    co_return std::string("2026-01-15T10:00:00.0000000Z");
  }
  Task<Status> restore(CallPtr, std::string, std::string) override { co_return done(); }
  Task<Result<azure::ShareRead>> get(CallPtr, std::string) override {
    ++calls;
    co_return azure::ShareRead{};
  }
  Task<Result<std::vector<FileShare>>> list(CallPtr, std::string, azure::NeedsMetadata) override {
    ++calls;
    co_return std::vector<FileShare>{};
  }
  Task<Result<std::vector<DeletedShare>>> deleted(CallPtr, std::string) override {
    ++calls;
    co_return std::vector<DeletedShare>{};
  }
  Task<Result<bool>> is_empty(CallPtr, std::string) override {
    ++calls;
    co_return true;
  }
  Task<Result<bool>> has_snapshots(CallPtr, std::string) override {
    ++calls;
    co_return false;
  }
  Task<Status> check(CallPtr) override {
    ++checks;
    co_return outcome;
  }

 private:
  Status done() {
    ++calls;
    return Done{};
  }
};

struct ChoiceBench : FlowBench {
  FakeWay key, entra, arm;
  std::string taken, passed_over;
  azure::ChosenShares shares{scheduler,
                             "acct",
                             {{"key", &key}, {"entra", &entra}, {"arm", &arm}},
                             [this](const std::string& name, const std::string& over) {
                               taken += name;
                               passed_over = over;
                             }};
};

Error refused(const std::string& message, ErrorCode code = ErrorCode::kAzureRefused) {
  return make_error(code, message);
}

}  // namespace

TEST_CASE("a way to shares: the first that Azure allows is taken once, and does everything") {
  ChoiceBench bench;
  bench.key.outcome = refused("keys are forbidden");
  bench.entra.outcome = refused("no permission", ErrorCode::kAzureCredentials);
  CHECK(bench.run(bench.shares.create(bench.make_call(), FileShare{"fs-x", 25, {}})).ok());
  CHECK(bench.run(bench.shares.remove(bench.make_call(), "fs-x", azure::Snapshots::kDelete)).ok());
  CHECK(bench.run(bench.shares.set_metadata(bench.make_call(), "fs-x", {})).ok());
  CHECK(bench.run(bench.shares.set_quota(bench.make_call(), "fs-x", 3)).ok());
  CHECK(bench.run(bench.shares.restore(bench.make_call(), "fs-x", "v")).ok());
  const auto taken = bench.run(bench.shares.snapshot(bench.make_call(), "fs-x"));
  REQUIRE(taken.ok());
  CHECK(*taken == "2026-01-15T10:00:00.0000000Z");
  CHECK(bench.run(bench.shares.get(bench.make_call(), "fs-x")).ok());
  CHECK(bench.run(bench.shares.list(bench.make_call(), "fs-", nullptr)).ok());
  CHECK(bench.run(bench.shares.deleted(bench.make_call(), "fs-x")).ok());
  CHECK(bench.run(bench.shares.is_empty(bench.make_call(), "fs-x")).ok());
  CHECK(bench.run(bench.shares.has_snapshots(bench.make_call(), "fs-x")).ok());
  CHECK(bench.arm.calls == 11);
  CHECK(bench.taken == "arm");
  CHECK(bench.passed_over == "key: keys are forbidden; entra: no permission");
  CHECK(bench.key.checks + bench.entra.checks + bench.arm.checks == 3);
  CHECK(bench.run(bench.shares.check(bench.make_call())).ok());
  CHECK(bench.arm.checks == 2);
}

TEST_CASE("a way to shares: what proves nothing decides nothing, and the next call asks again") {
  ChoiceBench bench;
  bench.key.outcome = refused("no answer", ErrorCode::kAzureUnavailable);
  const auto first = bench.run(bench.shares.get(bench.make_call(), "fs-x"));
  REQUIRE_FALSE(first.ok());
  CHECK(first.error().code == ErrorCode::kAzureUnavailable);
  CHECK(bench.taken.empty());
  CHECK(bench.entra.checks == 0);
  bench.key.outcome = Done{};
  CHECK(bench.run(bench.shares.get(bench.make_call(), "fs-x")).ok());
  CHECK(bench.taken == "key");
}

TEST_CASE("a way to shares: without any, the error names each of them") {
  ChoiceBench bench;
  for (FakeWay* way : {&bench.key, &bench.entra, &bench.arm}) way->outcome = refused("closed");
  const auto none = bench.run(bench.shares.get(bench.make_call(), "fs-x"));
  REQUIRE_FALSE(none.ok());
  CHECK(none.error().code == ErrorCode::kAzureRefused);
  CHECK(none.error().message ==
        "no way to the file shares of storage account acct is open: key: closed; entra: closed; arm: closed");
}

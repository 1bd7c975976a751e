// When a region's quota refuses a new environment.
#include "plan/quota.h"

#include <doctest/doctest.h>

using namespace dev8agent;
using namespace dev8agent::internal::plan;

TEST_CASE("a quota refuses only what certainly does not fit") {
  struct Row {
    const char* what;
    RegionQuota quota;
    int cpu_cores;
    const char* refusal;  // part of the message; null: it passes
  };
  const Row rows[] = {
      {"nothing is known", {}, 4, nullptr},
      {"room for both", {QuotaUsage{99, 100}, QuotaUsage{96, 100}}, 4, nullptr},
      {"no group is left", {QuotaUsage{100, 100}, QuotaUsage{0, 100}}, 1, "100 of 100 container groups"},
      {"more groups than the limit", {QuotaUsage{101, 100}, {}}, 1, "101 of 100 container groups"},
      {"too few cores", {QuotaUsage{1, 100}, QuotaUsage{97, 100}}, 4, "97 of 100 cores"},
      {"cores for a smaller one", {QuotaUsage{1, 100}, QuotaUsage{97, 100}}, 3, nullptr},
      {"no cores at all", {{}, QuotaUsage{0, 0}}, 1, "0 of 0 cores"},
      {"only groups are told", {QuotaUsage{0, 1}, {}}, 4, nullptr},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const auto refused = refuse_for_quota(row.quota, row.cpu_cores, "eastus");
    REQUIRE(refused.has_value() == (row.refusal != nullptr));
    if (!refused) continue;
    CHECK(refused->code == ErrorCode::kQuotaExceeded);
    CHECK(refused->message.find(row.refusal) != std::string::npos);
    CHECK(refused->message.find("eastus") != std::string::npos);
  }
}

TEST_CASE("a new group counts in what is known, and in nothing else") {
  const RegionQuota counted = with_group({QuotaUsage{5, 100}, QuotaUsage{10, 100}}, 4);
  CHECK(counted.container_groups == QuotaUsage{6, 100});
  CHECK(counted.cores == QuotaUsage{14, 100});
  CHECK_FALSE(with_group({}, 4).cores);
}

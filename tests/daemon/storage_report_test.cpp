// What the daemon tells of storage accounts, and when it asks.
#include "storage_report.h"

#include <doctest/doctest.h>

#include <optional>

using dev8agent::ErrorCode;
using dev8agent::make_error;
using dev8agent::StorageAllowance;
using dev8agentd::StorageReport;
using namespace std::chrono_literals;

namespace {

// Keeps the question until the test answers it.
struct Accounts {
  int asked = 0;
  StorageReport::Done done{};
  StorageReport report{[this](StorageReport::Done answer) {
    ++asked;
    done = std::move(answer);
  }};
};

StorageAllowance allowance(bool keys, bool identity_mounts) {
  StorageAllowance one;
  one.account = "dev8east";
  one.keys = keys;
  one.identity_mounts = identity_mounts;
  return one;
}

StorageAllowance unknown() {
  StorageAllowance one;
  one.account = "dev8east";
  one.unknown = "no right";
  return one;
}

std::string told(const StorageAllowance& one) {
  return dev8agentd::to_json(StorageReport::Allowances{one});
}

}  // namespace

TEST_CASE("storage report: the modes that an account allows, in the words of the settings") {
  CHECK(told(allowance(true, true)) ==
        R"([{"account":"dev8east","shares":["key","entra","arm"],"mounts":["key","keyvault","identity"]}])");
  CHECK(told(allowance(true, false)) ==
        R"([{"account":"dev8east","shares":["key","entra","arm"],"mounts":["key","keyvault"]}])");
  CHECK(told(allowance(false, true)) ==
        R"([{"account":"dev8east","shares":["entra","arm"],"mounts":["identity"]}])");
  CHECK(told(allowance(false, false)) == R"([{"account":"dev8east","shares":["entra","arm"],"mounts":[]}])");
  CHECK(told(unknown()) == R"([{"account":"dev8east","unknown":"no right"}])");
}

TEST_CASE("storage report: Azure is asked on demand, once an hour, and nobody waits") {
  Accounts accounts;
  const auto begin = StorageReport::Clock::time_point(24h);
  CHECK(accounts.asked == 0);
  CHECK(accounts.report.get(begin).empty());
  CHECK(accounts.report.get(begin + 2h).empty());  // the question is under way
  CHECK(accounts.asked == 1);
  accounts.done(StorageReport::Allowances{allowance(true, false)});
  CHECK(accounts.report.get(begin + 59min).size() == 1);
  CHECK(accounts.asked == 1);
  CHECK(accounts.report.get(begin + 61min).size() == 1);  // the old answer, until there is a new one
  CHECK(accounts.asked == 2);
}

TEST_CASE("storage report: what is not known is asked for again after ten minutes") {
  Accounts accounts;
  const auto begin = StorageReport::Clock::time_point(24h);
  accounts.report.get(begin);
  accounts.done(StorageReport::Allowances{unknown()});
  CHECK(accounts.report.get(begin + 9min).size() == 1);
  CHECK(accounts.asked == 1);
  accounts.report.get(begin + 11min);
  CHECK(accounts.asked == 2);
  accounts.done(make_error(ErrorCode::kTimeout, "late"));
  CHECK(accounts.report.get(begin + 12min).size() == 1);  // what was told before
  CHECK(accounts.asked == 2);
  accounts.report.get(begin + 22min);
  CHECK(accounts.asked == 3);
}

// Which regions are searched and which are created in, and when the next one is tried.
#include "plan/regions.h"

#include <doctest/doctest.h>

#include "plan/patience.h"
#include "plan/poll.h"
#include "support/plan_samples.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::internal::plan;
using namespace dev8agent::test;
using std::chrono::milliseconds;

namespace {

using Names = std::vector<std::string>;

Names names_of(const Regions& regions) {
  Names names;
  for (const RegionOptions* region : regions) names.push_back(region->name);
  return names;
}

Names create_in(std::string region, Names candidates = {},
                const AgentSettings& settings = sample_settings()) {
  CreateRequest request;
  request.cloud_region = std::move(region);
  request.candidate_regions = std::move(candidates);
  return names_of(regions_to_create_in(request, settings));
}

}  // namespace

TEST_CASE("regions: a search goes to the named one, or to every enabled one") {
  const AgentSettings settings = sample_settings();
  CHECK(names_of(regions_to_search("", settings)) == Names{"eastus", "westeurope"});
  CHECK(names_of(regions_to_search("West Europe", settings)) == Names{"westeurope"});
  CHECK(names_of(regions_to_search("EASTUS", settings)) == Names{"eastus"});
}

TEST_CASE("regions: a named or default region is never left") {
  CHECK(create_in("westeurope") == Names{"westeurope"});
  CHECK(create_in("") == Names{"eastus"});
}

TEST_CASE("regions: auto begins with the default, or follows the candidates alone, each once") {
  CHECK(create_in("auto") == Names{"eastus", "westeurope"});
  CHECK(create_in("AUTO", {"westeurope", "East US", "westeurope"}) == Names{"westeurope", "eastus"});
  CHECK(create_in("auto", {"westeurope"}) == Names{"westeurope"});
  const AgentSettings settings =
      sample_settings([](AgentOptions& options) { options.default_region = "westeurope"; });
  CHECK(create_in("auto", {}, settings) == Names{"westeurope", "eastus"});
}

TEST_CASE("regions: only a lack of room is a reason to go on to the next") {
  for (int number = 1; number <= 19; ++number) {
    const auto code = static_cast<ErrorCode>(number);
    const bool room = code == ErrorCode::kCapacityUnavailable || code == ErrorCode::kQuotaExceeded;
    CHECK(try_next_region(make_error(code, "")) == room);
  }
}

TEST_CASE("poll: the first read follows the write at once, and only the later ones follow what was learned") {
  for (const milliseconds between : {milliseconds(100), milliseconds(333), milliseconds(666)}) {
    CHECK(poll_delay(0, between) == milliseconds(0));
    CHECK(poll_delay(1, between) == milliseconds(50));
    CHECK(poll_delay(3, between) == milliseconds(200));
    CHECK(poll_delay(4, between) == between);
    CHECK(poll_delay(1000000, between) == between);
  }
  // While nothing can be expected, the early reads are left to others.
  CHECK(poll_delay(0, Patience::kRare) == milliseconds(0));
  CHECK(poll_delay(1, Patience::kRare) == Patience::kRare);
  CHECK(poll_delay(4, Patience::kRare) == Patience::kRare);
}

TEST_CASE("patience: looks are rare at first, and frequent when the container may become ready") {
  Patience patience;
  const auto between = [&](int passed, bool spare = true) {
    return patience.between_looks("deploy", milliseconds(passed), spare);
  };
  for (int i = 0; i < 3; ++i) patience.note("deploy", milliseconds(20'000));
  CHECK(between(1'000) == Patience::kUsual);  // too few are known
  patience.note("deploy", milliseconds(21'000));
  CHECK(between(1'000) == Patience::kRare);
  CHECK(between(9'999) == Patience::kRare);
  CHECK(between(10'000) == Patience::kUsual);
  CHECK(between(19'232) == Patience::kUsual);
  CHECK(between(19'233) == milliseconds(667));  // a look 100 ms before the shortest, and none before it
  CHECK(between(19'700) == milliseconds(200));
  CHECK(between(19'890) == Patience::kOften);
  CHECK(between(19'900) == Patience::kOften);
  CHECK(between(21'333) == Patience::kOften);
  CHECK(between(21'334) == Patience::kUsual);
  CHECK(patience.between_looks("start", milliseconds(1'000), true) ==
        Patience::kUsual);  // each kind by itself

  // Without spare reads, the look is at the shortest.
  CHECK(between(9'999, false) == Patience::kRare);
  CHECK(between(19'332, false) == Patience::kUsual);
  CHECK(between(19'333, false) == milliseconds(667));
  CHECK(between(19'700, false) == milliseconds(300));
  CHECK(between(20'000, false) == Patience::kUsual);

  // The spare reads are spread over the time in which they are needed.
  patience.note("deploy", milliseconds(22'400));
  CHECK(between(20'000) == milliseconds(131));
  patience.note("deploy", milliseconds(40'000));
  CHECK(between(20'000) == milliseconds(279));
  for (std::size_t i = 0; i < Patience::kRemembered; ++i) patience.note("deploy", milliseconds(40'000));
  CHECK(between(19'999) == Patience::kRare);  // the others are forgotten
}

TEST_CASE("patience: a container that is ready soon is not looked at rarely") {
  Patience patience;
  for (std::size_t i = 0; i < Patience::kEnough; ++i) patience.note("deploy", milliseconds(800));
  CHECK(patience.between_looks("deploy", milliseconds(0), false) == Patience::kRare);
  CHECK(patience.between_looks("deploy", milliseconds(350), false) == milliseconds(450));
  CHECK(patience.between_looks("deploy", milliseconds(350), true) == milliseconds(350));
}

TEST_CASE("patience: the number of kinds is bounded") {
  Patience patience;
  for (std::size_t kind = 0; kind < 2 * Patience::kKinds; ++kind) {
    for (std::size_t i = 0; i < Patience::kEnough; ++i)
      patience.note(std::to_string(kind), std::chrono::seconds(20));
  }
  std::size_t known = 0;
  for (std::size_t kind = 0; kind < 2 * Patience::kKinds; ++kind)
    known += patience.between_looks(std::to_string(kind), milliseconds(0), true) == Patience::kRare;
  CHECK(known == Patience::kKinds);
}

TEST_CASE("poll: a delete is repeated after 2 s to 20 s") {
  CHECK(repeat_delay(0) == std::chrono::seconds(2));
  CHECK(repeat_delay(1) == std::chrono::milliseconds(3500));
  CHECK(repeat_delay(1000000) == std::chrono::seconds(20));
}

namespace {

RegionOptions placed(const char* resource_group, const char* storage_account) {
  RegionOptions region;
  region.resource_group = resource_group;
  region.storage_account = storage_account;
  return region;
}

}  // namespace

TEST_CASE("regions share one place when both resource group and storage account are the same") {
  const RegionOptions east = placed("Dev8", "dev8files");
  const RegionOptions west = placed("dev8", "DEV8FILES");
  const RegionOptions other_account = placed("dev8", "dev8west");
  const RegionOptions other_group = placed("dev8-west", "dev8files");
  CHECK(plan::share_one_place(east, west));
  CHECK(plan::share_one_place(plan::Regions{&east}));
  CHECK(plan::share_one_place(plan::Regions{&east, &west}));
  for (const RegionOptions* other : {&other_account, &other_group}) {
    CHECK_FALSE(plan::share_one_place(east, *other));
    CHECK_FALSE(plan::share_one_place(plan::Regions{&east, &west, other}));
  }
}

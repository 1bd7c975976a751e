// Reads that all waiting flows share: within the budget, whatever is in flight, and robust against odd lists.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "support/tap.h"
#include "support/two_regions.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

std::string id_of(int number) {
  return "workspace-" + std::to_string(10000 + number);
}

emulator::EmulatorOptions roomy(int page_size) {
  emulator::EmulatorOptions options;
  options.group_quota = options.core_quota = options.creates_per_5_minutes = options.creates_per_hour =
      100000;
  options.list_page_size = page_size;
  options.provisioning_time = seconds(60);
  options.long_operation_urls = false;
  return options;
}

// Creates `count` environments within 12 s, from the number `first` on. The result: by how much each ended
// later than Azure was ready, sorted.
std::vector<milliseconds> create_many(World& world, EnvironmentOrchestrator& agent, int count,
                                      int first = 0) {
  auto late = std::make_shared<std::vector<milliseconds>>();
  std::vector<Operation<EnvironmentOutcome>> operations;
  for (int i = 0; i < count; ++i) {
    CreateRequest request = create_request(id_of(first + i));
    request.spec.cpu_cores = 1;
    operations.push_back(agent.create(std::move(request)));
    operations.back().on_done([&world, late,
                               id = id_of(first + i)](const Result<EnvironmentOutcome>& result) {
      REQUIRE_MESSAGE(result.ok(), result.error().message);
      const auto begun = result->environment.updated_at;  // when the container has started, by Azure's clock
      late->push_back(std::chrono::duration_cast<milliseconds>(world.clock().wall_now() - begun));
    });
    world.clock().advance(milliseconds(12000 / count));
  }
  REQUIRE(world.clock().run_until([&] { return static_cast<int>(late->size()) == count; }));
  std::sort(late->begin(), late->end());
  return *late;
}

int polling_reads(const World& world) {
  return world.count("ContainerGroups_ListByResourceGroup") + world.count("ContainerGroups_Get");
}

}  // namespace

TEST_CASE("watcher: once it is known how long containers take, their ends are seen sooner") {
  World world(roomy(5000));
  auto agent = world.agent();
  constexpr int kCount = 9;
  const auto before = create_many(world, *agent, kCount);
  create_many(world, *agent, kCount, kCount);  // looks a little earlier with each
  const auto after = create_many(world, *agent, kCount, 2 * kCount);
  MESSAGE("added at most " << before.back().count() << " ms before, " << after.back().count() << " ms after");
  CHECK(before.back() > milliseconds(300));
  CHECK(after.back() <= milliseconds(120));
}

TEST_CASE("watcher: a slow Azure is not looked at more rarely") {
  emulator::EmulatorOptions options = roomy(100);
  options.latency = milliseconds(250);
  World world(options);
  auto agent = world.agent();
  create_many(world, *agent, 1);
  CHECK(polling_reads(world) > 170);  // three a second for a minute, as from a fast one
}

TEST_CASE("watcher: hundreds of creates in flight are read within the budget and end soon after Azure") {
  constexpr int kCount = 400;
  World world(roomy(5000));
  auto agent = world.agent();
  const TimePoint begun = world.clock().now();
  const auto late = create_many(world, *agent, kCount);
  MESSAGE("added p50 " << late[kCount / 2].count() << " ms, p99 " << late[kCount * 99 / 100].count()
                       << " ms");
  CHECK(late[kCount / 2] <= milliseconds(400));
  CHECK(late[kCount * 99 / 100] <= milliseconds(1000));
  const auto took = std::chrono::duration_cast<seconds>(world.clock().now() - begun).count();
  CHECK(world.count("ContainerGroups_ListByResourceGroup") <= 3 * took + 25);
  // One GET to see that the id is free, and one to see that the container runs.
  CHECK(world.count("ContainerGroups_Get") <= 2 * kCount + 25);
  // Which the groups make almost needless.
  CHECK(world.count("Operations_Get") > 0);
  CHECK(world.count("Operations_Get") <= 2);
}

TEST_CASE("watcher: each operation has its turn to be read") {
  World world(roomy(100));
  const auto read = std::make_shared<std::set<std::string>>();
  const auto hook = [read](Tap&, const HttpRequest& request, const Transport::Completion&) {
    if (request.label == "operations.get") read->insert(request.url);
    return false;
  };
  AgentTweaks tweaks;
  tweaks.adjust = [](AgentOptions& made) { made.polling.reads_per_second = 10; };  // some to spare
  auto agent = world.agent(tapped(world, hook, std::move(tweaks)));
  create_many(world, *agent, 3);
  CHECK(read->size() == 3);
}

TEST_CASE("watcher: each of those who wait hears of its own deadline") {
  World world(roomy(100));
  auto agent = world.agent();
  const TimePoint begun = world.clock().now();
  std::map<int, long long> ended;  // the seconds after which each has, by its timeout
  std::vector<Operation<EnvironmentOutcome>> operations;
  for (const int timeout : {40, 20, 30, 30, 50}) {
    CreateRequest request = create_request(id_of(static_cast<int>(operations.size())));
    request.spec.cpu_cores = 1;
    operations.push_back(agent->create(std::move(request), {.timeout = seconds(timeout)}));
    operations.back().on_done([&, timeout](const Result<EnvironmentOutcome>& result) {
      REQUIRE_FALSE(result.ok());
      CHECK(result.error().code == ErrorCode::kTimeout);
      ended[timeout] = std::chrono::duration_cast<seconds>(world.clock().now() - begun).count();
    });
  }
  REQUIRE(world.clock().run_until([&] {
    return std::all_of(operations.begin(), operations.end(), [](const auto& each) { return each.done(); });
  }));
  // With the roll-back.
  for (const auto& [timeout, after] : ended) {
    CHECK(after >= timeout);
    CHECK(after < timeout + 10);
  }
  CHECK(ended.size() == 4);
}

TEST_CASE("watcher: what this process has learned makes reads rarer, and costs a surprise little") {
  emulator::EmulatorOptions options = roomy(100);
  World world(options);
  auto agent = world.agent();
  const auto reads_of_one = [&](int number) {
    const int before = polling_reads(world);
    const auto late = create_many(world, *agent, 1, number);
    return std::pair(polling_reads(world) - before, late.front());
  };
  const auto first = reads_of_one(0);
  for (int number = 1; number < 4; ++number) reads_of_one(number);
  const auto later = reads_of_one(4);
  CHECK(first.first > 170);  // three a second for a minute
  CHECK(later.first < 150);  // half of that for the first half minute
  CHECK(later.first > 120);
  CHECK(later.second <= milliseconds(400));
  world.azure().set_provisioning_time(seconds(10));
  CHECK(reads_of_one(5).second <= milliseconds(700));
}

TEST_CASE("watcher: the pages of a list count") {
  World world(roomy(20));
  auto agent = world.agent();
  const TimePoint begun = world.clock().now();
  create_many(world, *agent, 100);
  const auto took = std::chrono::duration_cast<seconds>(world.clock().now() - begun).count();
  // Two GETs for each create, and now and then one more for a group that is made while pages are read.
  CHECK(polling_reads(world) <= 3 * took + 25 + 2 * 100 + 25);
}

TEST_CASE("watcher: a page of a list is used before the next one is there") {
  constexpr int kPageSize = 20;
  World world(roomy(kPageSize));
  const auto hook = [](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
    const bool later_page = request.url.find("skiptoken") != std::string::npos;
    if (!later_page || request.label != "containerGroups.list") return false;
    tap.pass_later(seconds(40), request, done);
    return true;
  };
  auto agent = world.agent(tapped(world, hook));
  int succeeded = 0;
  std::vector<Operation<EnvironmentOutcome>> creates;
  for (int i = 0; i < kPageSize + 10; ++i) {
    creates.push_back(agent->create(create_request(id_of(i))));
    creates.back().on_done(
        [&](const Result<EnvironmentOutcome>& result) { succeeded += result.ok() ? 1 : 0; });
  }
  // Those of the second page come first: it is read when they are ready. The first page of the next list has
  // the others, while its second page is under way.
  REQUIRE(world.clock().run_until([&] { return succeeded > 0; }));
  world.clock().advance(seconds(10));
  CHECK(succeeded == kPageSize + 10);
  world.clock().advance(seconds(60));  // the page that is under way
}

TEST_CASE("watcher: a page that fails is no failure of those who wait for a read of their own") {
  constexpr int kPageSize = 20;
  World world(roomy(kPageSize));
  auto first_page_rests = std::make_shared<bool>(false);
  const auto hook = [&world, first_page_rests](Tap& tap, const HttpRequest& request,
                                               const Transport::Completion& done) {
    if (request.label == "containerGroups.get" && *first_page_rests) {
      tap.pass_later(seconds(1), request, done);
      return true;
    }
    if (request.label != "containerGroups.list") return false;
    if (request.url.find("skiptoken") == std::string::npos) {
      const std::string last = id_of(kPageSize - 1);
      *first_page_rests = world.has_group(last) && world.group(last).state == "Running";
      return false;
    }
    if (!*first_page_rests) return false;
    tap.answer(done, 400, "BadRequest");
    return true;
  };
  auto agent = world.agent(tapped(world, hook));
  int succeeded = 0;
  int failed = 0;
  std::vector<Operation<EnvironmentOutcome>> creates;
  for (int i = 0; i < kPageSize + 10; ++i) {
    creates.push_back(agent->create(create_request(id_of(i))));
    creates.back().on_done(
        [&](const Result<EnvironmentOutcome>& result) { ++(result.ok() ? succeeded : failed); });
  }
  for (auto& create : creates) world.finish(create);
  CHECK(succeeded == kPageSize);
  CHECK(failed == 10);
  world.clock().advance(seconds(60));  // the reads that are under way
}

TEST_CASE("watcher: a list that fails, misses a group or may not be read costs time, never truth") {
  struct Row {
    std::string what;
    std::function<bool(Tap&, const HttpRequest&, const Transport::Completion&)> hook;
  };
  const auto answer_list = [](int status, std::string code, std::string body) {
    return [=](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
      if (request.label != "containerGroups.list") return false;
      if (body.empty()) {
        tap.answer(done, status, code, {{"Retry-After", "2"}});
      } else {
        tap.answer(done, HttpResponse{status, {}, body});
      }
      return true;
    };
  };
  const Row rows[] = {{"every list is empty", answer_list(200, "", R"({"value":[]})")},
                      {"this identity may not list", answer_list(403, "AuthorizationFailed", "")}};
  for (const Row& row : rows) {
    CAPTURE(row.what);
    World world(roomy(100));
    auto agent = world.agent(tapped(world, row.hook));
    const auto late = create_many(world, *agent, 6);
    CHECK(late.back() <= seconds(10));
    CHECK(world.count("ContainerGroups_CreateOrUpdate") == 6);
  }
}

TEST_CASE("watcher: a throttled read holds back all polling for as long as Azure asks") {
  emulator::EmulatorOptions options = roomy(100);
  options.resource_groups = {"one", "two"};
  options.storage_accounts = two_accounts().storage_accounts;
  options.storage_accounts[0].resource_group = "one";
  options.storage_accounts[1].resource_group = "two";
  World world(options);
  auto throttle = std::make_shared<bool>(false);
  auto held_until = std::make_shared<TimePoint>();
  auto sooner = std::make_shared<int>(0);
  const auto hook = [&world, throttle, held_until, sooner](Tap& tap, const HttpRequest& request,
                                                           const Transport::Completion& done) {
    if (request.label != "containerGroups.get") return false;
    const TimePoint now = world.clock().now();
    *sooner += now < *held_until;
    if (!std::exchange(*throttle, false)) return false;
    *held_until = now + seconds(20);
    tap.answer(done, 429, "TooManyRequests", {{"Retry-After", "20"}});
    return true;
  };
  AgentTweaks tweaks = tapped(world, hook);
  tweaks.regions = {"eastus", "westeurope"};
  tweaks.resource_groups = {{"eastus", "one"}, {"westeurope", "two"}};
  auto agent = world.agent(tweaks);
  CreateRequest here = create_request(id_of(1));
  CreateRequest there = create_request(id_of(2));
  here.cloud_region = "eastus";
  there.cloud_region = "westeurope";
  auto first = agent->create(std::move(here));
  auto second = agent->create(std::move(there));
  REQUIRE(world.clock().run_until([&] { return world.has_group(id_of(1)) && world.has_group(id_of(2)); }));
  world.clock().advance(seconds(5));
  *throttle = true;
  CHECK(world.finish(first).ok());
  CHECK(world.finish(second).ok());
  CHECK(*held_until > TimePoint());
  CHECK(*sooner <= 2);  // what was under way at that moment
}

TEST_CASE("watcher: polling leaves the last reads of Azure's bucket to others") {
  const auto reads_when_left = [](const std::string& left) {
    World world(roomy(100));
    auto agent = world.agent(
        tapped(world, [&left](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
          if (!request.label.starts_with("containerGroups.")) return false;
          const Transport::Completion with_header = [done, left](Result<HttpResponse> response) {
            if (response.ok()) {
              std::erase_if(response->headers, [](const HttpHeader& header) {
                return header.name == "x-ms-ratelimit-remaining-subscription-reads";
              });
              response->headers.push_back({"x-ms-ratelimit-remaining-subscription-reads", left});
            }
            done(std::move(response));
          };
          tap.pass_later(milliseconds(0), request, with_header);
          return true;
        }));
    create_many(world, *agent, 6);
    return polling_reads(world);
  };
  // Each create needs two GETs beside polling.
  CHECK(reads_when_left("10") - 12 < (reads_when_left("200") - 12) / 4);
}

TEST_CASE("watcher: throttled lists delay everybody who waits, and everybody ends well") {
  World world(roomy(100));
  auto throttled = throttle("containerGroups.list", std::make_shared<int>(3));
  auto agent = world.agent(tapped(world, throttled));
  create_many(world, *agent, 50);
  for (int i = 0; i < 50; ++i) CHECK(world.group(id_of(i)).state == "Running");
}

TEST_CASE("watcher: a caller who gives up leaves the others their reads") {
  World world(roomy(100));
  auto agent = world.agent();
  auto first = agent->create(create_request(id_of(1)));
  auto second = agent->create(create_request(id_of(2)));
  world.clock().advance(seconds(10));
  first.cancel();
  CHECK(world.finish(first).error().code == ErrorCode::kCancelled);
  CHECK(world.finish(second).ok());
  CHECK_FALSE(world.has_group(id_of(1)));
}

TEST_CASE("watcher: the time between looks is told of one operation, too, and not when nobody waits") {
  World world(roomy(100));
  std::vector<LogRecord> looks;
  AgentTweaks tweaks;
  tweaks.logger = [&looks](const LogRecord& record) {
    if (record.event == "azure.watch") looks.push_back(record);
  };
  auto agent = world.agent(tweaks);
  const auto interval_of = [](const LogRecord& record) {
    for (const LogField& field : record.fields) {
      if (field.name == "intervalMs") return std::stol(field.value);
    }
    return -1L;
  };
  for (int number = 0; number < 2; ++number) {
    looks.clear();
    auto created = agent->create(create_request(id_of(number)));
    REQUIRE(world.finish(created).ok());
    REQUIRE(looks.size() > 10);
    long together = 0;
    for (std::size_t i = 1; i < looks.size(); ++i) {
      CHECK(interval_of(looks[i]) > 0);
      together += interval_of(looks[i]);
    }
    CHECK(interval_of(looks.front()) == -1);
    CHECK(together > 50'000);  // it takes a minute in all
    CHECK(together < 70'000);
    world.clock().advance(std::chrono::minutes(10));
  }
}

TEST_CASE("watcher: of more than a hundred that wait, each ends in its own way, and leaves what it should") {
  emulator::EmulatorOptions options = roomy(5000);
  options.storage_accounts = two_accounts().storage_accounts;
  World world(options);
  auto agent = world.agent(both_regions());
  const auto begin = [&](int number, const std::string& region, milliseconds timeout = {}) {
    CreateRequest request = create_in(id_of(number), region);
    request.spec.cpu_cores = 1;
    return agent->create(std::move(request), {.timeout = timeout});
  };
  std::vector<Operation<EnvironmentOutcome>> others;
  for (int number = 0; number < 110; ++number) others.push_back(begin(number, "eastus"));
  world.clock().advance(seconds(20));
  const auto cancelled = begin(1001, "eastus");
  const auto late = begin(1002, "eastus", seconds(30));
  world.clock().advance(seconds(10));
  world.azure().set_location("eastus", emulator::Deployment::kNoCapacityAsync);
  const auto moved = begin(1003, "auto");
  world.clock().advance(seconds(10));
  REQUIRE_FALSE(others.front().done());

  cancelled.cancel();
  const auto& ended = world.finish(cancelled);
  CHECK(ended.error().code == ErrorCode::kCancelled);
  CHECK_FALSE(world.has_group(id_of(1001)));
  CHECK_FALSE(world.has_share(id_of(1001)));
  const auto& timed_out = world.finish(late);
  CHECK(timed_out.error().code == ErrorCode::kTimeout);
  CHECK_FALSE(world.has_group(id_of(1002)));
  CHECK_FALSE(world.has_share(id_of(1002)));
  const auto& elsewhere = world.finish(moved);
  REQUIRE_MESSAGE(elsewhere.ok(), elsewhere.error().message);
  CHECK(elsewhere->environment.cloud_region == "westeurope");
  CHECK_FALSE(elsewhere->code_server_password.empty());
  CHECK(world.share(id_of(1003)).storage_account == "dev8west");
  for (const auto& other : others) CHECK(world.finish(other).ok());
}

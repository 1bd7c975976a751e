// dev8-in-flight [COUNT...]: many creates in flight at once in one process, in virtual time, with the
// emulator in the same process. One table row for each COUNT: by how much the creates ended later than Azure
// was ready, the polling lists, and what one create cost. At most 20 creates begin in a second, because each
// needs a GET when it is ready, and Azure Resource Manager grants 25 reads a second. Azure needs 12 s, or as
// long as it takes to begin them all, and up to 20 % more, from a fixed seed. So all are in flight at once.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "bench/process_figures.h"
#include "support/world.h"

using namespace dev8agent;
using namespace dev8agent::test;
using std::chrono::milliseconds;

namespace {

struct Figures {
  std::vector<milliseconds> late;  // sorted
  int lists = 0;
  double seconds = 0;  // of virtual time
  double cpu_ms = 0;   // for one create
  double kib = 0;      // of this process, for one create in flight, the emulator's part included
};

emulator::EmulatorOptions roomy() {
  emulator::EmulatorOptions options;
  options.group_quota = options.core_quota = options.creates_per_5_minutes = options.creates_per_hour =
      1000000;
  options.list_page_size = 1000;  // groups; what Azure's own page holds is not documented
  options.long_operation_urls = false;
  return options;
}

double resident_kib() {
  std::ifstream file("/proc/self/statm");
  long total = 0;
  long resident = 0;
  file >> total >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1024;
}

Figures create_many(int count) {
  World world(roomy());
  auto agent = world.agent();
  std::mt19937 random(1);
  const milliseconds span(std::max(12000, count * 50));
  Figures figures;
  std::vector<Operation<EnvironmentOutcome>> operations;
  operations.reserve(static_cast<std::size_t>(count));
  const double kib = resident_kib();
  const double cpu = cpu_seconds(getpid());
  const TimePoint begun = world.clock().now();
  for (int i = 0; i < count; ++i) {
    CreateRequest request = create_request("workspace-" + std::to_string(100000 + i));
    request.spec.cpu_cores = 1;
    world.azure().set_provisioning_time(span +
                                        milliseconds(random() % static_cast<unsigned>(span.count() / 5)));
    operations.push_back(agent->create(std::move(request)));
    operations.back().on_done([&](const Result<EnvironmentOutcome>& result) {
      if (!result.ok()) {
        std::fprintf(stderr, "a create failed: %s\n", result.error().message.c_str());
        std::exit(1);
      }
      figures.late.push_back(std::chrono::duration_cast<milliseconds>(world.clock().wall_now() -
                                                                      result->environment.updated_at));
    });
    world.clock().advance(std::chrono::microseconds(span) / count);
  }
  figures.kib = (resident_kib() - kib) / count;
  REQUIRE(world.clock().run_until([&] { return figures.late.size() == static_cast<std::size_t>(count); }));
  figures.cpu_ms = (cpu_seconds(getpid()) - cpu) * 1000 / count;
  figures.seconds = std::chrono::duration<double>(world.clock().now() - begun).count();
  figures.lists = world.count("ContainerGroups_ListByResourceGroup");
  std::sort(figures.late.begin(), figures.late.end());
  return figures;
}

}  // namespace

int main(int argc, char** argv) {
  doctest::Context context;
  context.setAsDefaultForAssertsOutOfTestCases();
  context.setAssertHandler([](const doctest::AssertData& data) {
    if (data.m_failed) std::abort();
  });
  std::vector<int> counts;
  for (int i = 1; i < argc; ++i) counts.push_back(std::atoi(argv[i]));
  if (counts.empty()) counts = {10, 100, 1000, 10000};
  std::puts(
      "| creates in flight | added p50 (ms) | p99 (ms) | lists a second | CPU each (ms) | memory each (KiB) "
      "|");
  std::puts("|---|---|---|---|---|---|");
  for (const int count : counts) {
    const Figures figures = create_many(std::max(count, 1));
    const std::size_t last = figures.late.size() - 1;
    std::printf("| %d | %lld | %lld | %.2f | %.2f | %.1f |\n", count,
                static_cast<long long>(figures.late[last / 2].count()),
                static_cast<long long>(figures.late[last * 99 / 100].count()),
                figures.lists / figures.seconds, figures.cpu_ms, figures.kib);
    std::fflush(stdout);
  }
  return 0;
}

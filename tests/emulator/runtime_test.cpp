// What a runtime of containers is told of a group.
#include "cloud.h"

using namespace emulator_test;
using dev8agent::Result;
using dev8agent::emulator::ContainerLaunch;
using dev8agent::emulator::ContainerRestart;
using dev8agent::emulator::ContainerRun;
using dev8agent::emulator::ContainerRuntime;
using dev8agent::emulator::ContainerStatus;
using dev8agent::emulator::LogLine;

namespace {

class IdleRun final : public ContainerRun {
 public:
  std::string address() const override { return "127.88.0.1"; }
  std::vector<ContainerStatus> status() const override { return std::vector<ContainerStatus>(1); }
  std::vector<LogLine> log(std::size_t, std::size_t) const override { return {}; }
  void stop() override {}
};

// Notes what it is to start, and starts nothing.
class NotingRuntime final : public ContainerRuntime {
 public:
  bool knows(std::string_view) const override { return true; }
  Result<std::shared_ptr<ContainerRun>> start(ContainerLaunch launch,
                                              std::shared_ptr<ContainerRun>) override {
    launches.push_back(std::move(launch));
    return std::shared_ptr<ContainerRun>(std::make_shared<IdleRun>());
  }
  Result<std::string> make_share(std::string_view, std::string_view) override {
    return std::string("/nowhere");
  }
  void remove_share(std::string_view, std::string_view) override {}
  Result<std::string> rename_share(std::string_view, std::string_view, std::string_view) override {
    return std::string("/nowhere");
  }

  std::vector<ContainerLaunch> launches;
};

}  // namespace

TEST_SUITE("runtimes") {
  TEST_CASE("each restart policy, in any case of its letters, and none") {
    const struct {
      const char* sent;
      ContainerRestart told;
    } kRows[] = {{R"("restartPolicy":"Always",)", ContainerRestart::kAlways},
                 {R"("restartPolicy":"onFAILURE",)", ContainerRestart::kOnFailure},
                 {R"("restartPolicy":"never",)", ContainerRestart::kNever},
                 {"", ContainerRestart::kAlways}};
    for (const auto& row : kRows) {
      CAPTURE(row.sent);
      const auto runtime = std::make_shared<NotingRuntime>();
      Cloud cloud({.runtime = runtime});
      CHECK(cloud.put("one", replaced(group_json(), R"("restartPolicy":"onfailure",)", row.sent)).status ==
            201);
      REQUIRE(runtime->launches.size() == 1);
      CHECK(runtime->launches[0].restart == row.told);
      REQUIRE(runtime->launches[0].containers.size() == 1);
      CHECK(runtime->launches[0].containers[0].image == "nginx");
    }
  }
}

// Deployments that do not work out, by location and by image.
#include "cloud.h"

using namespace emulator_test;

namespace {

struct Refused {
  Deployment outcome;
  int status;
  const char* code;
};

const Value& container_view(const Value& group) {
  return *group.find_path({"properties", "containers"})->array()[0].find_path({"properties", "instanceView"});
}

bool has_event(const Value* events, std::string_view name) {
  for (const Value& event : events->array()) {
    if (event.string_at({"name"}) == name) return event.string_at({"type"}) == "Warning";
  }
  return false;
}

}  // namespace

TEST_SUITE("scenarios") {
  TEST_CASE("refusals at once") {
    for (const Refused& r : {Refused{Deployment::kNoCapacitySync, 409, "ServiceUnavailable"},
                             Refused{Deployment::kImageInaccessible, 400, "InaccessibleImage"},
                             Refused{Deployment::kImageRateLimited, 409, "RegistryErrorResponse"},
                             Refused{Deployment::kPolicyRefused, 403, "RequestDisallowedByPolicy"},
                             Refused{Deployment::kDnsLabelTaken, 409, "DnsNameLabelAlreadyTaken"}}) {
      CAPTURE(r.code);
      Cloud cloud;
      cloud.emulator.set_location("EastUS", r.outcome);
      const HttpResponse refused = cloud.put("one", group_json());
      CHECK(refused.status == r.status);
      CHECK(code_of(refused) == r.code);
      CHECK(cloud.emulator.groups().empty());
      CHECK(cloud.put("two", replaced(group_json(), "eastus", "westeurope")).status == 201);
      cloud.emulator.set_location("", Deployment::kWorks);
      CHECK(cloud.put("one", group_json()).status == 201);
    }
  }

  TEST_CASE("an image decides where the location works") {
    Cloud cloud;
    cloud.emulator.set_image("nginx", Deployment::kImageInaccessible);
    CHECK(code_of(cloud.put("one", group_json())) == "InaccessibleImage");
    CHECK(cloud.put("one", replaced(group_json(), "nginx", "caddy")).status == 201);
    cloud.emulator.set_location("", Deployment::kNoCapacitySync);
    CHECK(code_of(cloud.put("two", group_json())) == "ServiceUnavailable");
  }

  TEST_CASE("no capacity after all") {
    Cloud cloud;
    cloud.emulator.set_location("eastus", Deployment::kNoCapacityAsync);
    const HttpResponse created = cloud.put("one", group_json());
    CHECK(created.status == 201);
    cloud.clock->advance(30s);
    const Value operation = body_of(cloud.arm("GET", header(created, "Azure-AsyncOperation")));
    CHECK(operation.string_at({"status"}) == "Failed");
    CHECK(operation.string_at({"error", "code"}) == "Failed");
    CHECK(has_event(operation.find_path({"properties", "events"}), "InsufficientCapacity."));
    CHECK(cloud.get("one").string_at({"properties", "provisioningState"}) == "Failed");
    cloud.emulator.set_location("eastus", Deployment::kWorks);
    CHECK(cloud.put("one", group_json()).status == 200);
    cloud.clock->advance(30s);
    CHECK(cloud.state("one") == "Running");
  }

  TEST_CASE("an image that cannot be pulled waits, and fails at the provisioning timeout") {
    Cloud cloud;
    cloud.emulator.set_image("nginx", Deployment::kImagePullBackOff);
    const HttpResponse created = cloud.put("one", group_json());
    cloud.clock->advance(31s);
    const Value waiting = cloud.get("one");
    CHECK(waiting.string_at({"properties", "provisioningState"}) == "Pending");
    CHECK(container_view(waiting).string_at({"currentState", "state"}) == "Waiting");
    CHECK(has_event(container_view(waiting).find("events"), "Failed"));
    CHECK(has_event(container_view(waiting).find("events"), "BackOff"));
    CHECK(cloud.operation_status(created) == "Pending");
    cloud.clock->advance(30min);
    CHECK(cloud.operation_status(created) == "Failed");
    CHECK(cloud.get("one").string_at({"properties", "provisioningState"}) == "Failed");
    CHECK(cloud.arm("POST", cloud.group("one", "stop")).status == 204);
    CHECK(cloud.state("one") == "Stopped");
  }

  TEST_CASE("a group that never gets ready") {
    Cloud cloud;
    cloud.emulator.set_location("", Deployment::kNeverReady);
    const HttpResponse created = cloud.put("one", group_json());
    cloud.clock->advance(29min);
    CHECK(cloud.operation_status(created) == "Pending");
    cloud.clock->advance(1min);
    CHECK(cloud.operation_status(created) == "Failed");
  }

  TEST_CASE("a crash loop succeeds as an operation") {
    Cloud cloud;
    cloud.emulator.set_image("nginx", Deployment::kCrashLoop);
    const HttpResponse created = cloud.put("one", group_json());
    cloud.clock->advance(30s);
    CHECK(cloud.operation_status(created) == "Succeeded");
    const Value dead = cloud.get("one");
    CHECK(dead.string_at({"properties", "provisioningState"}) == "Succeeded");
    CHECK(container_view(dead).string_at({"currentState", "state"}) == "Terminated");
    CHECK(container_view(dead).find_path({"currentState", "exitCode"})->integer() == 1);
    CHECK(container_view(dead).string_at({"currentState", "detailStatus"}) == "Error");
    cloud.clock->advance(15s);
    CHECK(container_view(cloud.get("one")).string_at({"currentState", "detailStatus"}) == "CrashLoopBackOff");
    CHECK(cloud.state("one") == "Running");
    cloud.clock->advance(60s);
    CHECK(container_view(cloud.get("one")).find("restartCount")->integer() == 2);
  }

  TEST_CASE("a crash with restart policy Never fails the group") {
    Cloud cloud;
    cloud.emulator.set_image("nginx", Deployment::kCrashLoop);
    cloud.put("one", replaced(group_json(), "onfailure", "never"));
    cloud.clock->advance(5min);
    const Value group = cloud.get("one");
    CHECK(group.string_at({"properties", "provisioningState"}) == "Succeeded");
    CHECK(group.string_at({"properties", "instanceView", "state"}) == "Failed");
    CHECK(container_view(group).find("restartCount")->integer() == 0);
  }

  TEST_CASE("a start meets the scenario too") {
    Cloud cloud;
    cloud.run_group("one");
    cloud.arm("POST", cloud.group("one", "stop"));
    cloud.emulator.set_location("eastus", Deployment::kNoCapacitySync);
    CHECK(code_of(cloud.arm("POST", cloud.group("one", "start"))) == "ServiceUnavailable");
    CHECK(cloud.state("one") == "Stopped");
  }
}

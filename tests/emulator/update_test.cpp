// PUT over a group that is there, and operations that overlap.
#include "cloud.h"

using namespace emulator_test;

TEST_SUITE("updates") {
  TEST_CASE("PUT over a running group restarts its containers in place") {
    Cloud cloud;
    cloud.run_group("one");
    const HttpResponse updated = cloud.put("one", replaced(group_json(), "nginx", "nginx:2"));
    CHECK(updated.status == 200);
    CHECK_FALSE(header(updated, "Azure-AsyncOperation").empty());
    CHECK(body_of(updated).string_at({"properties", "provisioningState"}) == "Updating");
    cloud.clock->advance(30s);
    CHECK(cloud.operation_status(updated) == "Succeeded");
    const auto group = cloud.emulator.groups()[0];
    CHECK(group.image == "nginx:2");
    CHECK(group.deployments == 2);
    CHECK(group.incarnation == 1);
  }

  TEST_CASE("PUT resets what it leaves out") {
    Cloud cloud;
    cloud.run_group("one");
    cloud.put("one", replaced(group_json(), R"(,
    {"name":"HIDDEN","secureValue":"canary-variable"})",
                              ""));
    CHECK(cloud.emulator.groups()[0].secure_variables.empty());
  }

  TEST_CASE("properties that a running group cannot change") {
    for (const auto& [from, to] : {std::pair("onfailure", "Always"),
                                   {R"("cpu":2)", R"("cpu":3)"},
                                   {R"("memoryInGB":4)", R"("memoryInGB":5)"},
                                   {"linux", "windows"}}) {
      CAPTURE(to);
      Cloud cloud;
      cloud.run_group("one");
      const HttpResponse refused = cloud.put("one", replaced(group_json(), from, to));
      CHECK(refused.status == 400);
      CHECK(code_of(refused) == "InvalidContainerGroupUpdate");
      CHECK(cloud.emulator.groups()[0].deployments == 1);
      cloud.arm("POST", cloud.group("one", "stop"));
      CHECK(cloud.put("one", replaced(group_json(), from, to)).status == 200);
    }
  }

  TEST_CASE("a group keeps its zone, also when it is stopped") {
    const std::string zonal = replaced(group_json(), R"("location")", R"("zones":["1"],"location")");
    Cloud cloud;
    REQUIRE(cloud.put("one", zonal).status == 201);
    cloud.clock->advance(30s);
    CHECK(body_of(cloud.arm("GET", cloud.group("one"))).find("zones")->array().front().string() == "1");
    cloud.arm("POST", cloud.group("one", "stop"));
    CHECK(cloud.put("one", zonal).status == 200);
    cloud.clock->advance(30s);
    cloud.arm("POST", cloud.group("one", "stop"));
    for (const std::string& other : {group_json(), replaced(zonal, R"(["1"])", R"(["2"])")}) {
      const HttpResponse refused = cloud.put("one", other);
      CHECK(refused.status == 400);
      CHECK(code_of(refused) == "ResourceAvailabilityZonesCannotBeModified");
    }
    CHECK(cloud.emulator.groups()[0].deployments == 2);
    cloud.arm("DELETE", cloud.group("one"));
    CHECK(cloud.put("one", replaced(zonal, R"(["1"])", R"(["2"])")).status == 201);
  }

  TEST_CASE("PUT over a stopped group redeploys it") {
    Cloud cloud;
    cloud.run_group("one");
    cloud.arm("POST", cloud.group("one", "stop"));
    const HttpResponse updated = cloud.put("one", replaced(group_json(), R"("cpu":2)", R"("cpu":4)"));
    CHECK(body_of(updated).string_at({"properties", "provisioningState"}) == "Pending");
    cloud.clock->advance(30s);
    CHECK(cloud.state("one") == "Running");
    CHECK(cloud.emulator.groups()[0].cpu == 4);
  }

  TEST_CASE("one operation at a time") {
    Cloud cloud;
    cloud.put("one", group_json());
    const auto refused = [&](const HttpResponse& response) {
      return response.status == 409 && code_of(response) == "ContainerGroupTransitioning";
    };
    CHECK(refused(cloud.put("one", group_json())));
    for (const char* action : {"start", "stop", "restart"}) {
      CAPTURE(action);
      CHECK(refused(cloud.arm("POST", cloud.group("one", action))));
    }
    cloud.clock->advance(30s);
    CHECK(cloud.arm("POST", cloud.group("one", "restart")).status == 204);
    CHECK(refused(cloud.arm("POST", cloud.group("one", "stop"))));
  }

  TEST_CASE("delete during creation cancels the operation") {
    Cloud cloud;
    const HttpResponse created = cloud.put("one", group_json());
    CHECK(cloud.arm("DELETE", cloud.group("one")).status == 200);
    CHECK(cloud.operation_status(created) == "Canceled");
    cloud.clock->advance(60s);
    CHECK(cloud.operation_status(created) == "Canceled");
    CHECK(cloud.arm("GET", cloud.group("one")).status == 404);
  }

  TEST_CASE("a deleted group's name may stay busy for a while") {
    EmulatorOptions options;
    options.transition_after_delete = 5s;
    Cloud cloud(options);
    cloud.run_group("one");
    cloud.arm("DELETE", cloud.group("one"));
    CHECK(cloud.arm("GET", cloud.group("one")).status == 404);
    CHECK(code_of(cloud.put("one", group_json())) == "ContainerGroupTransitioning");
    CHECK(cloud.put("two", group_json()).status == 201);
    cloud.clock->advance(5s);
    CHECK(cloud.put("one", replaced(group_json(), "ws-one", "ws-two")).status == 201);
  }

  TEST_CASE("the same name in another location") {
    Cloud cloud;
    cloud.run_group("one");
    const HttpResponse refused = cloud.put("one", replaced(group_json(), "eastus", "westeurope"));
    CHECK(refused.status == 409);
    CHECK(code_of(refused) == "InvalidResourceLocation");
    CHECK(cloud.put("one", replaced(group_json(), "eastus", "East US")).status == 200);
  }
}

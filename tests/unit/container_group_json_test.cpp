// Container groups as JSON: Microsoft's examples and recorded shapes read, the PUT body written.
#include "azure/container_group_json.h"

#include <doctest/doctest.h>

#include "json/parse.h"
#include "support/data_file.h"
#include "support/plan_samples.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::internal::azure;
using namespace dev8agent::test;

namespace {

json::Value example(const std::string& name) {
  return *data_file("aci/" + name).find_path({"responses", "200", "body"});
}

// The response body of one recorded exchange.
json::Value recorded(const std::string& name) {
  const json::Value file = data_file("aci/aci-wire.json");
  for (const json::Value& exchange : file.find("exchanges")->array()) {
    if (exchange.string_at({"name"}) == name) return *exchange.find("responseBody");
  }
  FAIL(name);
  return {};
}

OperationStatus operation(const std::string& text) {
  return read_operation(json::parse(text).value(), {}, kSampleNow);
}

}  // namespace

TEST_CASE("group json: Microsoft's examples") {
  const ContainerGroup good = read_container_group(example("ContainerGroupsGet_Succeeded.json"));
  CHECK(good.name == "demo1");
  CHECK(good.provisioning_state == "Succeeded");
  CHECK(good.cpu == 1);
  CHECK(good.memory_gb == 1.5);
  CHECK(good.state.empty());
  CHECK(good.fqdn.empty());
  CHECK(good.zone == "1");
  REQUIRE(good.mounts.size() == 1);
  CHECK(good.mounts.front().account == "storage1");
  CHECK(good.mounts.front().share == "share1");
  CHECK(good.mounts.front().path == "/mnt/volume1");

  const ContainerGroup bad = read_container_group(example("ContainerGroupsGet_Failed.json"));
  CHECK(bad.provisioning_state == "Failed");
  CHECK(bad.state == "Pending");
  CHECK(bad.container_state == "Waiting");
  REQUIRE_FALSE(bad.events.empty());
  CHECK(bad.events[0].name == "FailedMount");
  REQUIRE(bad.events[0].failure.has_value());
  CHECK(bad.events[0].failure->code == ErrorCode::kMountFailed);
  CHECK(bad.events[0].last_at == WallTime(std::chrono::seconds(1507421950)));

  const json::Value list = example("ContainerGroupsListByResourceGroup.json");
  CHECK(read_container_group(list.find("value")->array().at(0)).name == "demo1");
}

TEST_CASE("group json: recorded answers, judged") {
  const auto phase = [](const std::string& name) {
    return plan::classify_group(read_container_group(recorded(name)), WallTime{}, kSampleNow).phase;
  };
  CHECK(phase("put-create") == plan::Phase::kComingUp);
  CHECK(phase("get-after-create") == plan::Phase::kRunning);
  CHECK(phase("get-after-stop") == plan::Phase::kStopped);
  const ContainerGroup running = read_container_group(recorded("get-after-create"));
  CHECK(running.fqdn == "demo1.eastus.azurecontainer.io");
  CHECK(running.container_started_at == WallTime(std::chrono::milliseconds(1730351000123)));
  CHECK(read_operation(recorded("poll-1"), {}, kSampleNow).phase == OperationPhase::kRunning);
  CHECK(read_operation(recorded("poll-2"), {}, kSampleNow).phase == OperationPhase::kSucceeded);
  const OperationStatus failed = read_operation(recorded("poll-failed"), {}, kSampleNow);
  CHECK(failed.phase == OperationPhase::kFailed);
  REQUIRE(failed.error.has_value());
  CHECK(failed.error->code == ErrorCode::kCapacityUnavailable);
}

TEST_CASE("group json: odd shapes give defaults") {
  for (const char* text :
       {"{}", "null", "[]", "7", R"({"properties":null,"tags":[],"name":7})",
        R"({"properties":{"containers":{"a":1},"instanceView":[],"ipAddress":"x"},"tags":{"a":1,"b":null}})",
        R"({"properties":{"containers":[null,7,{}, {"properties":{"instanceView":7}}]}})",
        R"({"properties":{"instanceView":{"events":[null,{},7,{"count":"x","lastTimestamp":"y"}]}}})"}) {
    CAPTURE(std::string(text));
    const ContainerGroup group = read_container_group(json::parse(text).value());
    CHECK(group.provisioning_state.empty());
    CHECK(group.container_restarts == 0);
  }
}

TEST_CASE("group json: numbers beyond an int stay numbers") {
  const ContainerGroup group = read_container_group(
      json::parse(R"({"properties":{"containers":[{"properties":{"instanceView":{"restartCount":1e300,
        "currentState":{"state":"Terminated","exitCode":3221225786,"startTime":"2026-01-15T00:00:00.1234567Z"}}}}]}})")
          .value());
  CHECK(group.container_restarts >= 0);
  CHECK(group.container_state == "Terminated");
  CHECK(group.container_started_at == kSampleNow + std::chrono::nanoseconds(123'456'700));
}

TEST_CASE("operation: each end in any case, every other word goes on") {
  for (const char* word : {"Succeeded", "succeeded", "SUCCEEDED"}) {
    CHECK(operation(R"({"status":")" + std::string(word) + "\"}").phase == OperationPhase::kSucceeded);
  }
  for (const char* word : {"Canceled", "Cancelled", "CANCELED"}) {
    CHECK(operation(R"({"status":")" + std::string(word) + "\"}").phase == OperationPhase::kCanceled);
  }
  for (const char* word : {"Failed", "failed"}) {
    const auto status = operation(R"({"status":")" + std::string(word) + "\"}");
    CHECK(status.phase == OperationPhase::kFailed);
    CHECK(status.error.has_value());
  }
  for (const char* word :
       {"Pending", "InProgress", "Running", "Creating", "Updating", "Accepted", "Failing", "", "?"}) {
    CHECK(operation(R"({"status":")" + std::string(word) + "\"}").phase == OperationPhase::kRunning);
  }
}

TEST_CASE("operation: the failure of an event is preferred to the word Failed") {
  const auto status = operation(
      R"({"status":"Failed","error":{"code":"Failed","message":"?"},"properties":{"events":[
          {"name":"Pulling","message":"pulling image"},{"name":"InsufficientCapacity.","message":"no room","count":1}]}})");
  CHECK(status.error->code == ErrorCode::kCapacityUnavailable);
  CHECK(status.events.size() == 2);
  const auto quota =
      operation(R"({"status":"Failed","error":{"code":"ContainerGroupQuotaReached","message":"q"}})");
  CHECK(quota.error->code == ErrorCode::kQuotaExceeded);
  CHECK(read_operation(json::parse(R"({"status":"Pending"})").value(), {{"Retry-After", "7"}}, kSampleNow)
            .retry_after == std::chrono::seconds(7));
}

TEST_CASE("group json: the PUT body") {
  ContainerGroupSpec spec;
  spec.name = "aci-x";
  spec.location = "eastus";
  spec.tags = {{"name", "Café \"x\""}};
  spec.container_name = "vscode-server";
  spec.image = "image:1";
  spec.restart_policy = "OnFailure";
  spec.cpu = 2;
  spec.memory_gb = 4;
  spec.ports = {8080, 2222};
  spec.dns_label = "ws-x";
  spec.mount_path = "/home/dev8";
  spec.share_name = "fs-x";
  spec.storage_account = "acct";
  spec.storage_key = secret("key");
  spec.variables = {{"A", "1"}};
  spec.secure_variables.emplace_back("B", secret("s\"\n"));
  const json::Value body = json::parse(write_container_group(spec)).value();
  CHECK(body.string_at({"location"}) == "eastus");
  CHECK(body.find("zones") == nullptr);
  CHECK(body.string_at({"tags", "name"}) == "Café \"x\"");
  const json::Value& properties = *body.find("properties");
  CHECK(properties.string_at({"osType"}) == "Linux");
  CHECK(properties.string_at({"ipAddress", "type"}) == "Public");
  CHECK(properties.find_path({"ipAddress", "ports"})->array().size() == 2);
  CHECK(properties.find("imageRegistryCredentials") == nullptr);
  const json::Value& volume = properties.find("volumes")->array().at(0);
  CHECK(volume.string_at({"azureFile", "storageAccountKey"}) == "key");
  const json::Value& container = *properties.find("containers")->array().at(0).find("properties");
  CHECK(container.find_path({"resources", "requests", "cpu"})->number() == 2.0);
  CHECK(container.find_path({"resources", "requests", "memoryInGB"})->number() == 4.0);
  CHECK(container.find("ports")->array().at(1).find("port")->integer() == 2222);
  CHECK(container.find("volumeMounts")->array().at(0).string_at({"name"}) == volume.string_at({"name"}));
  const auto& variables = container.find("environmentVariables")->array();
  CHECK(variables.at(0).string_at({"value"}) == "1");
  CHECK(variables.at(1).string_at({"secureValue"}) == "s\"\n");
  CHECK(variables.at(1).find("value") == nullptr);
  spec.zone = "2";
  const json::Value zonal = json::parse(write_container_group(spec)).value();
  REQUIRE(zonal.find("zones")->array().size() == 1);
  CHECK(zonal.find("zones")->array().front().string() == "2");
}

TEST_CASE(
    "group json: the exit code of a container that waits for its next start is that of the state before") {
  const auto body = json::parse(R"({"properties":{"containers":[
    {"name":"a","properties":{"instanceView":{"restartCount":3,
     "currentState":{"state":"Waiting","detailStatus":"CrashLoopBackOff"},
     "previousState":{"state":"Terminated","exitCode":3,"detailStatus":"Error"}}}},
    {"name":"b","properties":{"instanceView":{"restartCount":1,
     "currentState":{"state":"Terminated","exitCode":0,"detailStatus":"Completed"},
     "previousState":{"state":"Terminated","exitCode":4,"detailStatus":"Error"}}}}]}})");
  REQUIRE(body.ok());
  const ContainerGroup group = read_container_group(*body);
  CHECK(group.container_exit_code == 3);
  CHECK(group.container_detail == "CrashLoopBackOff");
  CHECK(group.sidecars.at(0).exit_code == 0);
}

TEST_CASE("group json: the first container is the workspace, the others stand beside it") {
  const auto body = json::parse(R"({"properties":{"containers":[
    {"name":"vscode-server","properties":{"resources":{"requests":{"cpu":1.9,"memoryInGB":3.8}},
     "instanceView":{"restartCount":1,"currentState":{"state":"Running","startTime":"2026-01-15T08:00:00Z"},
     "events":[{"name":"Started","type":"Normal"}]}}},
    {"name":"tls","properties":{"resources":{"requests":{"cpu":0.1,"memoryInGB":0.2}},
     "instanceView":{"restartCount":3,"currentState":{"state":"Waiting","exitCode":2,
     "detailStatus":"CrashLoopBackOff"},"events":[{"name":"BackOff","type":"Warning"}]}}}]}})");
  REQUIRE(body.ok());
  const ContainerGroup group = read_container_group(*body);
  CHECK(group.containers == std::vector<std::string>{"vscode-server", "tls"});
  CHECK(group.cpu == 2.0);
  CHECK(group.memory_gb == 4.0);
  CHECK(group.container_state == "Running");
  CHECK(group.container_restarts == 1);
  CHECK(group.container_started_at.has_value());
  CHECK(group.events.size() == 2);
  REQUIRE(group.sidecars.size() == 1);
  CHECK(group.sidecars[0].name == "tls");
  CHECK(group.sidecars[0].state == "Waiting");
  CHECK(group.sidecars[0].detail == "CrashLoopBackOff");
  CHECK(group.sidecars[0].exit_code == 2);
  CHECK(group.sidecars[0].restarts == 3);
}

TEST_CASE(
    "groups: an address in a virtual network is read when there is one, a public one is not taken for it") {
  const auto address = [](const std::string& type, const std::string& ip) {
    const auto body =
        json::parse(R"({"properties":{"ipAddress":{"type":")" + type + R"(","ip":")" + ip + R"("}}})");
    REQUIRE(body.ok());
    return read_container_group(*body).private_ip;
  };
  CHECK(address("Private", "10.0.0.4") == "10.0.0.4");
  CHECK(address("private", "10.0.0.4") == "10.0.0.4");
  CHECK(address("Private", "0.0.0.0").empty());
  CHECK(address("Private", "").empty());
  CHECK(address("Public", "20.1.2.3").empty());
}

// Container groups that mount a file share, and storage keys.
#include "files.h"

using namespace emulator_test;

namespace {

bool mount_failed(Files& cloud) {
  const Value group = cloud.get("one");
  if (group.string_at({"properties", "instanceView", "state"}) != "Pending") return false;
  for (const Value& event : group.find_path({"properties", "instanceView", "events"})->array()) {
    if (event.string_at({"name"}) == "FailedMountAzureFileVolume") return true;
  }
  return false;
}

bool mounts(Files& cloud, std::string_view share, std::string_view key) {
  REQUIRE(cloud.put("one", mounting_json(share, key)).status == 201);
  cloud.clock->advance(31s);
  const bool failed = mount_failed(cloud);
  CHECK(failed == (cloud.state("one") != "Running"));
  cloud.arm("DELETE", cloud.group("one"));
  return !failed;
}

}  // namespace

TEST_SUITE("mounts") {
  TEST_CASE("share, account and key must be there and match") {
    Files cloud;
    CHECK_FALSE(mounts(cloud, "fs-one", cloud.key));
    cloud.create("fs-one");
    CHECK(mounts(cloud, "fs-one", cloud.key));
    CHECK_FALSE(mounts(cloud, "fs-one", "d3Jvbmc="));
    CHECK_FALSE(mounts(cloud, "fs-two", cloud.key));
    std::string body = replaced(mounting_json("fs-one", cloud.key), "dev8emulator", "elsewhere");
    cloud.put("one", body);
    cloud.clock->advance(31s);
    CHECK(mount_failed(cloud));
  }

  TEST_CASE("both keys do, and a rotated key shows at the next start") {
    Files cloud;
    cloud.create("fs-one");
    CHECK(cloud.put("one", mounting_json("fs-one", cloud.key)).status == 201);
    cloud.clock->advance(31s);
    cloud.emulator.rotate_storage_key("dev8emulator", encode64("new key one"), encode64("new key two"));
    CHECK(cloud.storage_key() == encode64("new key one"));
    CHECK(cloud.state("one") == "Running");
    CHECK(cloud.create("fs-two").status == 403);
    cloud.arm("POST", cloud.group("one", "stop"));
    cloud.arm("POST", cloud.group("one", "start"));
    cloud.clock->advance(31s);
    CHECK(mount_failed(cloud));
    cloud.arm("DELETE", cloud.group("one"));
    CHECK(mounts(cloud, "fs-one", encode64("new key two")));
  }

  TEST_CASE("a container sets up its home on the share when it comes up, and not before") {
    Files cloud;
    cloud.create("fs-one");
    const auto empty = [&] {
      const std::string list = cloud.send("GET", "/fs-one?comp=list&restype=directory").body;
      return list.find("<Entries></Entries>") != std::string::npos;
    };
    cloud.put("one", mounting_json("fs-one", cloud.key));
    cloud.clock->advance(20s);
    CHECK(empty());
    cloud.arm("DELETE", cloud.group("one"));
    cloud.clock->advance(20s);
    CHECK(empty());
    cloud.put("one", mounting_json("fs-one", "d3Jvbmc="));
    cloud.clock->advance(40s);
    CHECK(empty());
    cloud.arm("DELETE", cloud.group("one"));
    cloud.put("one", mounting_json("fs-one", cloud.key));
    cloud.clock->advance(31s);
    CHECK_FALSE(empty());
    cloud.arm("DELETE", cloud.group("one"));
    CHECK_FALSE(empty());
  }

  TEST_CASE("a failed mount ends as Failed at the provisioning timeout") {
    Files cloud;
    const HttpResponse created = cloud.put("one", mounting_json("fs-none", cloud.key));
    cloud.clock->advance(29min);
    CHECK(cloud.operation_status(created) == "Pending");
    CHECK(mount_failed(cloud));
    cloud.clock->advance(1min);
    CHECK(cloud.operation_status(created) == "Failed");
  }

  TEST_CASE("a group's view shows its share, account, sizes and tags") {
    Files cloud;
    cloud.create("fs-one");
    cloud.put("one", mounting_json("fs-one", cloud.key));
    const auto group = cloud.emulator.groups()[0];
    CHECK(group.share == "fs-one");
    CHECK(group.storage_account == "dev8emulator");
    CHECK(group.cpu == 2);
    CHECK(group.memory_gb == 4);
    CHECK(group.tags.at("environment") == "one");
    CHECK(group.location == "eastus");
    CHECK(group.resource_group == "dev8-emulator");
  }

  TEST_CASE("listKeys") {
    Files cloud;
    const std::string path = cloud.resource_group() + "/providers/Microsoft.Storage/storageAccounts/";
    const Value keys = body_of(cloud.arm("POST", path + "DEV8EMULATOR/listkeys?api-version=2023-05-01"));
    REQUIRE(keys.find("keys")->array().size() == 2);
    CHECK(keys.find("keys")->array()[1].string_at({"keyName"}) == "key2");
    CHECK(keys.find("keys")->array()[1].string_at({"permissions"}) == "FULL");
    CHECK(cloud.arm("GET", path + "dev8emulator/listKeys?api-version=2023-05-01").status == 405);
    CHECK(code_of(cloud.arm("POST", path + "other/listKeys?api-version=2023-05-01")) == "ResourceNotFound");
    CHECK(code_of(cloud.arm("POST", path + "dev8emulator/listKeys?api-version=2001-01-01")) ==
          "NoRegisteredProviderFound");
  }
}

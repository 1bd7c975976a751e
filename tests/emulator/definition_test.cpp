// What the service refuses in the definition of a container group. Each case breaks one rule of a body that
// works.
#include "cloud.h"

using namespace emulator_test;

namespace {

struct Broken {
  const char* rule;
  const char* from;
  const char* to;
  const char* code = "InvalidRequestContent";
};

constexpr Broken kBroken[] = {
    {"containers", R"("containers":[{)", R"("boxes":[{)"},
    {"container name", R"("name":"main")", R"("name":"Main_1")"},
    {"image", R"("image":"nginx",)", ""},
    {"resources", R"("resources")", R"("resource")"},
    {"cpu", R"("cpu":2,)", ""},
    {"cpu as text", R"("cpu":2)", R"("cpu":"2")"},
    {"memory", R"("memoryInGB":4)", R"("memoryInGB":0)"},
    {"smallest group", R"("cpu":2)", R"("cpu":0.5)"},
    {"largest group", R"("cpu":2)", R"("cpu":32)"},
    {"most memory", R"("memoryInGB":4)", R"("memoryInGB":241)"},
    {"limit", R"("requests")", R"("limits":{"cpu":3},"requests")",
     "ContainerLimitGreaterThanContainerGroupTotalRequest"},
    {"osType", R"("osType":"linux",)", "", "InvalidOsType"},
    {"osType value", R"("linux")", R"("plan9")", "InvalidOsType"},
    {"restartPolicy", R"("onfailure")", R"("sometimes")"},
    {"variable name", R"("name":"PLAIN")", R"("name":"1-PLAIN")", "InvalidContainerEnvironmentVariable"},
    {"variable twice", R"("name":"PLAIN")", R"("name":"HIDDEN")", "InvalidContainerEnvironmentVariable"},
    {"two values", R"("value":"1")", R"("value":"1","secureValue":"2")",
     "InvalidContainerEnvironmentVariable"},
    {"port of no container", R"([{"port":8080}])", R"([{"port":8081}])"},
    {"protocol", R"("tcp")", R"("sctp")"},
    {"address type", R"("type":"public",)", ""},
    {"address ports", R"("ports":[{"port":8080,"protocol":"tcp"}])", R"("dns":1)"},
    {"short label", R"("ws-one")", R"("ws-1")", "InvalidDnsNameLabel"},
    {"label that starts with a digit", R"("ws-one")", R"("1ws-one")", "InvalidDnsNameLabel"},
    {"label in upper case", R"("ws-one")", R"("WS-ONE")", "InvalidDnsNameLabel"},
    {"volume name", R"("osType")", R"("volumes":[{"name":"v","emptyDir":{}}],"osType")"},
    {"volume kind", R"("osType")", R"("volumes":[{"name":"volume"}],"osType")"},
    {"volume of two kinds", R"("osType")",
     R"("volumes":[{"name":"volume","emptyDir":{},"secret":{}}],"osType")"},
    {"secret volume without files", R"("osType")", R"("volumes":[{"name":"volume","secret":{}}],"osType")"},
    {"secret file that is not base64", R"("osType")",
     R"("volumes":[{"name":"volume","secret":{"a":"no base64!"}}],"osType")"},
    {"secret file below a directory", R"("osType")",
     R"("volumes":[{"name":"volume","secret":{"a/b":"YQ=="}}],"osType")"},
    {"share name", R"("osType")",
     R"("volumes":[{"name":"volume","azureFile":{"storageAccountName":"a"}}],"osType")"},
    {"mount of no volume", R"("resources")",
     R"("volumeMounts":[{"name":"volume","mountPath":"/x"}],"resources")"},
    {"registry with scheme", R"("osType")",
     R"("imageRegistryCredentials":[{"server":"https://r.io","username":"u","password":"p"}],"osType")",
     "InvalidImageRegistryCredential"},
    {"too many registries", R"("osType")",
     R"("imageRegistryCredentials":[{"server":"a.io","username":"u","password":"p"},
        {"server":"b.io","username":"u","password":"p"}],"osType")",
     "MoreImageRegistryCredentialsThanContainers"},
    {"init container without properties", R"("osType")", R"("initContainers":[{"name":"i"}],"osType")"},
    {"init container without image", R"("osType")",
     R"("initContainers":[{"name":"i","properties":{}}],"osType")"},
    {"init container of that name", R"("osType")",
     R"("initContainers":[{"name":"main","properties":{"image":"x"}}],"osType")"},
    {"location", R"("location":"eastus",)", "", "LocationRequired"},
    {"unknown location", R"("eastus")", R"("atlantis")", "LocationNotAvailableForResourceType"},
    {"tag name", R"("environment":"one")", R"("a/b":"one")", "InvalidTagNameCharacters"},
    {"tag value", R"("environment":"one")", R"("environment":1)"},
    {"zones as text", R"("location")", R"("zones":"1","location")"},
    {"two zones", R"("location")", R"("zones":["1","2"],"location")"},
    {"unknown zone", R"("location")", R"("zones":["4"],"location")", "InvalidAvailabilityZone"},
    {"zone as a number", R"("location")", R"("zones":[1],"location")", "InvalidAvailabilityZone"},
    {"zone and Spot", R"("tags":{"environment":"one"},"properties":{)",
     R"("zones":["1"],"properties":{"priority":"Spot",)"},
};

}  // namespace

TEST_SUITE("definition") {
  TEST_CASE("broken rules") {
    for (const Broken& broken : kBroken) {
      CAPTURE(broken.rule);
      Cloud cloud;
      const HttpResponse response = cloud.put("one", replaced(group_json(), broken.from, broken.to));
      CHECK(response.status == 400);
      CHECK(code_of(response) == broken.code);
      CHECK(cloud.emulator.groups().empty());
    }
  }

  TEST_CASE("zones: with a GPU, before their API version, and where the location has none") {
    EmulatorOptions options;
    options.locations_without_zones = {"westeurope"};
    Cloud cloud(options);
    const std::string zonal = replaced(group_json(), R"("location")", R"("zones":["1"],"location")");
    CHECK(code_of(cloud.put("one", replaced(zonal, R"("memoryInGB":4)",
                                            R"("memoryInGB":4,"gpu":{"count":1,"sku":"V100"})"))) ==
          "InvalidRequestContent");
    CHECK(code_of(cloud.put("one", replaced(zonal, "eastus", "West Europe"))) ==
          "ResourceTypeNotSupportAvailabilityZones");
    const std::string old = cloud.group("one");
    CHECK(code_of(cloud.arm("PUT", replaced(old, "2025-09-01", "2021-07-01"), zonal)) ==
          "InvalidRequestContent");
    CHECK(cloud.emulator.groups().empty());
    CHECK(cloud.put("one", replaced(zonal, R"(["1"])", "[]")).status == 201);
    CHECK(cloud.put("three", replaced(replaced(zonal, R"(["1"])", "null"), "ws-one", "ws-three")).status ==
          201);
    CHECK(cloud.put("two", replaced(zonal, "ws-one", "ws-two")).status == 201);
  }

  TEST_CASE("group names") {
    for (const char* name : {"One", "-one", "one-", "o--ne", "o_ne"}) {
      Cloud cloud;
      CAPTURE(name);
      CHECK(cloud.put(name, group_json()).status == 400);
    }
    Cloud cloud;
    CHECK(cloud.put(std::string(63, 'a'), group_json()).status == 201);
    CHECK(cloud.put(std::string(64, 'a'), group_json()).status == 400);
  }

  TEST_CASE("reserved ports") {
    for (const char* port : {"22", "1025", "1027", "3389", "3399", "9999", "19000", "19080", "19100", "19390",
                             "20000", "30000", "49152", "65534", "0", "65536"}) {
      Cloud cloud;
      CAPTURE(port);
      std::string body = replaced(group_json(), "8080", port);
      CHECK(cloud.put("one", replaced(body, "8080", port)).status == 400);
    }
    for (const char* port : {"1", "2222", "1024", "1028", "19999", "30001", "65535"}) {
      Cloud cloud;
      CAPTURE(port);
      std::string body = replaced(group_json(), "8080", port);
      CHECK(cloud.put("one", replaced(body, "8080", port)).status == 201);
    }
  }

  TEST_CASE("too many or too long tags") {
    std::string tags;
    for (int i = 0; i < 50; ++i) tags += "\"t" + std::to_string(i) + "\":\"\",";
    Cloud cloud;
    CHECK(code_of(cloud.put("one", replaced(group_json(), R"("environment")", tags + R"("environment")"))) ==
          "InvalidTags");
    CHECK(
        code_of(cloud.put("one", replaced(group_json(), R"("one")", "\"" + std::string(257, 'x') + "\""))) ==
        "InvalidTagValueLength");
  }
}

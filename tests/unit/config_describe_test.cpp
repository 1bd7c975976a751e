// describe(): everything effective, and no secret.
#include <doctest/doctest.h>

#include <map>

#include "support/test_variables.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

TEST_CASE("describe lists the effective configuration and masks secrets") {
  const auto settings =
      settings_of(variables({{"AZURE_STORAGE_KEY", "Y2FuYXJ5"},
                             {"AZURE_CLIENT_SECRET", "canary"},
                             {"AZURE_CLIENT_CERTIFICATE_PASSWORD", "canary"},
                             {"REGISTRY_USERNAME", "puller"},
                             {"REGISTRY_PASSWORD", "canary"},
                             {"IDENTITY_HEADER", "canary"},
                             {"AGENT_ACTIVITY_SECRET", "canary-canary-canary-canary-canary"},
                             {"AZURE_REGIONS", "eastus:East US:true,eu:westeurope:false:rg:files"}}));
  REQUIRE(settings.ok());
  std::map<std::string, std::string> lines;
  for (const auto& [name, value] : describe(*settings)) {
    CHECK_MESSAGE(lines.emplace(name, value).second, name);
    CHECK(value.find("canary") == std::string::npos);
    CHECK(value.find("Y2FuYXJ5") == std::string::npos);
  }
  CHECK(lines.at("AZURE_SUBSCRIPTION_ID") == "33333333-3333-4333-8333-333333333333");
  CHECK(lines.at("AZURE_REGIONS") == "eastus:eastus:true:dev8:dev8files,eu:westeurope:false:rg:files");
  CHECK(lines.at("AZURE_DEFAULT_REGION") == "eastus");
  CHECK(lines.at("AZURE_STORAGE_KEY_EASTUS") == "***");
  CHECK(lines.count("AZURE_STORAGE_KEY_EU") == 0);
  CHECK(lines.at("CONTAINER_EXPOSE_SUPERVISOR") == "false");
  CHECK(lines.at("AZURE_OPERATION_TIMEOUT_SECONDS") == "2100");
  CHECK(lines.at("AZURE_TENANT_ID") == "");
  for (const char* name : {"AZURE_STORAGE_KEY", "AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PASSWORD",
                           "REGISTRY_PASSWORD", "IDENTITY_HEADER", "AGENT_ACTIVITY_SECRET"}) {
    CHECK(lines.at(name) == "***");
  }
}

TEST_CASE("what describe lists can be read again") {
  const auto settings =
      settings_of(variables({{"AZURE_REGIONS", "eastus:East US:true,eu:westeurope:false"}}));
  REQUIRE(settings.ok());
  const auto lines = describe(*settings);
  const auto again = settings_of(Variables(lines.begin(), lines.end()));
  REQUIRE(again.ok());
  CHECK(describe(*again) == lines);
}

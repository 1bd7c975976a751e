// AZURE_REGIONS: text form, inheritance, keys, duplicates, the default region.
#include <doctest/doctest.h>

#include "support/test_variables.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

namespace {

const RegionOptions& region(const AgentSettings& settings, std::string_view name) {
  const RegionOptions* found = settings.region(name);
  REQUIRE(found != nullptr);
  return *found;
}

}  // namespace

TEST_CASE("without AZURE_REGIONS the default region is the only one") {
  auto settings = settings_of(variables());
  REQUIRE(settings.ok());
  REQUIRE((*settings)->regions.size() == 1);
  CHECK((*settings)->default_region == "eastus");
  CHECK(region(*settings, "East US").location == "eastus");
  CHECK(region(*settings, "eastus").resource_group == "dev8");

  settings = settings_of(variables({{"AZURE_DEFAULT_REGION", "West Europe"}}));
  REQUIRE(settings.ok());
  CHECK((*settings)->default_region == "westeurope");
  CHECK(region(*settings, "westeurope").location == "westeurope");
}

TEST_CASE("regions have a location of their own and inherit the rest") {
  auto settings = settings_of(variables(
      {{"AZURE_DEFAULT_REGION", "home"},
       {"AZURE_STORAGE_KEY", "Y29tbW9u"},
       {"AZURE_STORAGE_KEY_WEST_EU", "d2VzdA=="},
       {"AZURE_REGIONS",
        "home:Central India:true , westeurope::true:rg-eu:filesweu,west_eu:West Europe:true::files3,"
        "us-2:East US 2:false"}}));
  REQUIRE(settings.ok());
  CHECK(region(*settings, "HOME").location == "centralindia");
  CHECK(region(*settings, "home").resource_group == "dev8");
  CHECK(region(*settings, "home").storage_key.reveal() == "Y29tbW9u");
  CHECK(region(*settings, "westeurope").location == "westeurope");
  CHECK(region(*settings, "westeurope").resource_group == "rg-eu");
  CHECK(region(*settings, "westeurope").storage_account == "filesweu");
  CHECK(region(*settings, "westeurope").storage_key.empty());  // the common key is for the common account
  CHECK(region(*settings, "west_eu").storage_key.reveal() == "d2VzdA==");
  CHECK((*settings)->regions.size() == 4);
  CHECK(settings->region("us-2") == nullptr);  // not enabled
  CHECK(settings->region("mars") == nullptr);
}

TEST_CASE("without AZURE_DEFAULT_REGION a create must name its region, unless eastus is there") {
  auto settings = settings_of(variables({{"AZURE_REGIONS", "westeurope:westeurope:true"}}));
  REQUIRE(settings.ok());
  CHECK((*settings)->default_region.empty());
  settings = settings_of(variables({{"AZURE_REGIONS", "westeurope:westeurope:true,East US::true"}}));
  REQUIRE(settings.ok());
  CHECK((*settings)->default_region == "eastus");
}

TEST_CASE("broken regions are reported") {
  struct Row {
    Variables more;
    std::string fields;
  };
  const Row rows[] = {
      {{{"AZURE_REGIONS", "eastus:eastus:yes"}}, "AZURE_REGIONS "},
      {{{"AZURE_REGIONS", "eastus:eastus:True"}}, "AZURE_REGIONS "},
      {{{"AZURE_REGIONS", "eastus:eastus"}}, "AZURE_REGIONS "},
      {{{"AZURE_REGIONS", "eastus:eastus:true:rg:acct:more"}}, "AZURE_REGIONS "},
      {{{"AZURE_REGIONS", "eastus:eastus:true,"}}, "AZURE_REGIONS AZURE_REGIONS AZURE_REGIONS "},
      {{{"AZURE_REGIONS", "eastus:eastus:no,westus:westus:2"}}, "AZURE_REGIONS AZURE_REGIONS "},
      {{{"AZURE_REGIONS", "eastus:eastus:true,East US:eastus:true"}}, "AZURE_REGIONS "},
      {{{"AZURE_REGIONS", "east-us:eastus:true,east_us:eastus:true"}}, "AZURE_REGIONS "},
      {{{"AZURE_REGIONS", "east:eastus:true:rg,main:East US:true:RG"}}, "AZURE_REGIONS "},
      {{{"AZURE_REGIONS", "east:eastus:true:rg,main:eastus:true:other"}, {"AZURE_DEFAULT_REGION", "east"}},
       ""},
      {{{"AZURE_REGIONS", "east:eastus:true:rg,old:eastus:false:rg"}, {"AZURE_DEFAULT_REGION", "east"}}, ""},
      {{{"AZURE_REGIONS", "eastus:eastus:false"}}, "AZURE_REGIONS "},
      {{{"AZURE_REGIONS", "auto:eastus:true"}}, "AZURE_REGIONS "},
      {{{"AZURE_REGIONS", "eastus:east/us:true"}}, "AZURE_REGIONS "},
      {{{"AZURE_REGIONS", "eastus:eastus:true:rg.:files"}}, "AZURE_REGIONS "},
      {{{"AZURE_REGIONS", "eastus:eastus:true:rg:Files"}}, "AZURE_REGIONS "},
      {{{"AZURE_REGIONS", "eastus:eastus:true,westus:westus:false"}, {"AZURE_DEFAULT_REGION", "westus"}},
       "AZURE_DEFAULT_REGION "},
      {{{"AZURE_REGIONS", "eastus:eastus:true"}, {"AZURE_DEFAULT_REGION", "mars"}}, "AZURE_DEFAULT_REGION "},
      {{{"AZURE_STORAGE_KEY_WESTUS", "a2V5"}}, "AZURE_STORAGE_KEY_WESTUS "},
      {{{"AZURE_STORAGE_KEY_EASTUS", "not base64"}}, "AZURE_STORAGE_KEY_EASTUS "},
      {{{"AZURE_STORAGE_KEY", "not base64"}}, "AZURE_STORAGE_KEY "},
      {{{"AZURE_RESOURCE_GROUP", ""}}, "AZURE_RESOURCE_GROUP "},
      {{{"AZURE_STORAGE_ACCOUNT", ""}}, "AZURE_STORAGE_ACCOUNT "},
      {{{"AZURE_RESOURCE_GROUP", "a."}}, "AZURE_RESOURCE_GROUP "},
      {{{"AZURE_STORAGE_ACCOUNT", "A"}}, "AZURE_STORAGE_ACCOUNT "},
  };
  for (const Row& row : rows) {
    INFO(row.more.begin()->first << "=" << row.more.begin()->second);
    CHECK(wrong_fields(variables(row.more)) == row.fields);
  }
}

TEST_CASE("regions may stand without common settings, and disabled ones without any") {
  const auto input = variables({{"AZURE_RESOURCE_GROUP", ""},
                                {"AZURE_STORAGE_ACCOUNT", ""},
                                {"AZURE_REGIONS", "eastus:eastus:true:rg:files,westus:westus:false"}});
  CHECK(wrong_fields(input) == "");
}

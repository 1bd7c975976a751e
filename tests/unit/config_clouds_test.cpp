// Endpoints of sovereign clouds follow the authority, unless others are configured.
#include <doctest/doctest.h>

#include "support/test_variables.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

namespace {

struct Row {
  const char* authority;
  const char* resource_manager;
  const char* file;
};

}  // namespace

TEST_CASE("ARM and file endpoints follow a known authority") {
  const Row rows[] = {
      {"https://login.microsoftonline.com/", "https://management.azure.com",
       "https://{account}.file.core.windows.net"},
      {"https://login.microsoftonline.us/", "https://management.usgovcloudapi.net",
       "https://{account}.file.core.usgovcloudapi.net"},
      {"https://login.chinacloudapi.cn", "https://management.chinacloudapi.cn",
       "https://{account}.file.core.chinacloudapi.cn"},
      {"https://Login.Partner.MicrosoftOnline.cn", "https://management.chinacloudapi.cn",
       "https://{account}.file.core.chinacloudapi.cn"},
      {"http://127.0.0.1:9", "https://management.azure.com", "https://{account}.file.core.windows.net"},
  };
  for (const Row& row : rows) {
    const auto settings = settings_of(variables({{"AZURE_AUTHORITY_HOST", row.authority}}));
    REQUIRE(settings.ok());
    CHECK((*settings)->endpoints.resource_manager == row.resource_manager);
    CHECK((*settings)->endpoints.file == row.file);
  }
}

TEST_CASE("configured endpoints stay") {
  const auto settings = settings_of(variables({{"AZURE_AUTHORITY_HOST", "https://login.microsoftonline.us"},
                                               {"AZURE_RESOURCE_MANAGER_ENDPOINT", "http://localhost:1/"},
                                               {"AZURE_FILE_ENDPOINT", "http://127.0.0.1:10004/{account}"}}));
  REQUIRE(settings.ok());
  CHECK((*settings)->endpoints.resource_manager == "http://localhost:1");
  CHECK((*settings)->endpoints.file == "http://127.0.0.1:10004/{account}");
}

TEST_CASE("a file endpoint may belong to the one account of all regions") {
  const auto settings = settings_of(
      variables({{"AZURE_FILE_ENDPOINT", "https://dev8files.privatelink.file.core.windows.net"}}));
  REQUIRE(settings.ok());
  CHECK((*settings)->endpoints.file == "https://dev8files.privatelink.file.core.windows.net");
}

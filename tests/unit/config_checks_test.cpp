// The forms of single configuration values.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "config/checks.h"

using namespace dev8agent;
using namespace dev8agent::internal;

namespace {

struct Row {
  const char* what;
  bool (*check)(std::string_view);
  std::vector<std::string> good;
  std::vector<std::string> bad;
};

const std::string kDigest = "@sha256:" + std::string(64, 'a');

const std::vector<Row> kRows = {
    {"guid",
     is_guid,
     {"33333333-3333-4333-8333-333333333333", "ABCDEFab-0000-0000-0000-000000000000"},
     {"", "33333333333343338333333333333333", "g3333333-3333-4333-8333-333333333333",
      "33333333-3333-4333-8333-3333333333333", "{33333333-3333-4333-8333-33333333333}"}},
    {"tenant",
     is_tenant,
     {"33333333-3333-4333-8333-333333333333", "contoso.onmicrosoft.com"},
     {"", "a/b", ".com", "a..b", "contoso.", "con toso"}},
    {"region",
     is_region_name,
     {"eastus", "east-1", "my_region"},
     {"", "auto", "East", "a.b", std::string(65, 'a')}},
    {"location", is_location, {"eastus2euap"}, {"", "east-us", "East"}},
    {"secret in a vault",
     is_secret_uri,
     {"https://v.vault.azure.net/secrets/a-1", "https://v.vault.azure.cn:443/secrets/A/0123abc"},
     {"", "v.vault.azure.net/secrets/a", "http://v/secrets/a", "https://v/certificates/a",
      "https://v/secrets", "https://v/secrets/", "https://v/secrets/a/", "https://v/secrets/a/b/c",
      "https://v/secrets/a,b", "https://v/secrets/a#b", "https://v/secrets/" + std::string(128, 'a'),
      "https://u:p@v/secrets/a"}},
    {"resource group",
     is_resource_group,
     {"a", "Dev8_(x).y-1", std::string(90, 'a')},
     {"", "a.", "a/b", "a b", std::string(91, 'a')}},
    {"storage account",
     is_storage_account,
     {"abc", "dev8files1", std::string(24, 'a')},
     {"", "ab", "Dev8", "a-b-c", std::string(25, 'a')}},
    {"image",
     is_image,
     {"nginx", "vaibhavsing/dev8-workspace:latest", "localhost:5000/a/b:1", "x.azurecr.io/w" + kDigest,
      "a:1" + kDigest},
     {"", "a b", "/a", "a/", "a//b", "https://x/y", "a:", "a@sha256:12", "a@md5:" + std::string(64, 'a'),
      "a;b"}},
    {"registry",
     is_registry_server,
     {"index.docker.io", "localhost:5000", "x.azurecr.io"},
     {"", "https://x.azurecr.io", "x y", "x" + kDigest}},
    {"api version",
     is_api_version,
     {"2025-09-01", "2024-05-01-preview"},
     {"", "2025-9-1", "2025-09-01-beta", "latest"}},
    {"word", is_printable_word, {"!~a"}, {"", "a b", "a\n", "a\x7f", "\xc3\xa9"}},
};

}  // namespace

TEST_CASE("values are accepted and refused by their form") {
  for (const Row& row : kRows) {
    INFO(row.what);
    for (const std::string& text : row.good) CHECK_MESSAGE(row.check(text), text);
    for (const std::string& text : row.bad) CHECK_FALSE_MESSAGE(row.check(text), text);
  }
}

TEST_CASE("region names are normalised as Azure does") {
  CHECK(normalise_region("East US 2") == "eastus2");
  CHECK(normalise_region("WestEurope") == "westeurope");
  CHECK(region_variable_suffix("central-india.2") == "CENTRAL_INDIA_2");
}

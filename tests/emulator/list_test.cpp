// Lists of container groups: pages, scopes, what an item shows.
#include "cloud.h"

using namespace emulator_test;

namespace {

// All pages from `url` on: the names in order.
std::string names(Cloud& cloud, std::string url, int& pages) {
  std::string out;
  for (pages = 0; !url.empty(); ++pages) {
    const Value page = body_of(cloud.arm("GET", url));
    for (const Value& item : page.find("value")->array()) out += std::string(item.string_at({"name"})) + " ";
    url = page.string_at({"nextLink"});
  }
  return out;
}

struct Listed : Cloud {
  static EmulatorOptions two_per_page() {
    EmulatorOptions options;
    options.list_page_size = 2;
    options.resource_groups = {"dev8-emulator", "dev8"};
    return options;
  }
  Listed() : Cloud(two_per_page()) {
    for (const char* name : {"c3", "a1", "e5", "b2", "d4"})
      put(name, replaced(group_json(), "ws-one", std::string("ws-0") + name));
    arm("PUT", replaced(group("z9"), "dev8-emulator", "dev8"), replaced(group_json(), "ws-one", "ws-other"));
  }
  std::string list_url(const std::string& scope) const {
    return scope + "/providers/Microsoft.ContainerInstance/containerGroups?" + std::string(kVersion);
  }
};

}  // namespace

TEST_SUITE("lists") {
  TEST_CASE("pages of a resource group and of the subscription") {
    Listed cloud;
    int pages = 0;
    CHECK(names(cloud, cloud.list_url(cloud.resource_group()), pages) == "a1 b2 c3 d4 e5 ");
    CHECK(pages == 3);
    CHECK(names(cloud, cloud.list_url(cloud.subscription()), pages) == "a1 b2 c3 d4 e5 z9 ");
    CHECK(pages == 3);
  }

  TEST_CASE("a group that is deleted between pages does not disturb the others") {
    Listed cloud;
    const Value first = body_of(cloud.arm("GET", cloud.list_url(cloud.resource_group())));
    cloud.arm("DELETE", cloud.group("b2"));
    int pages = 0;
    CHECK(names(cloud, std::string(first.string_at({"nextLink"})), pages) == "c3 d4 e5 ");
  }

  TEST_CASE("the next link is absolute and on the origin of the request") {
    Listed cloud;
    const std::string path = cloud.list_url(cloud.resource_group());
    const Value page = body_of(cloud.arm("GET", path));
    CHECK(page.string_at({"nextLink"}).starts_with("https://management.azure.com/subscriptions/"));
    CHECK(page.string_at({"nextLink"}).find("skiptoken=") != std::string_view::npos);
    const Value other = body_of(cloud.arm("GET", "https://management.example:8443" + path));
    CHECK(other.string_at({"nextLink"}).starts_with("https://management.example:8443/subscriptions/"));
  }

  TEST_CASE("items have no instance view") {
    Listed cloud;
    const HttpResponse page = cloud.arm("GET", cloud.list_url(cloud.resource_group()));
    CHECK(page.body.find("instanceView") == std::string::npos);
    CHECK(page.body.find(R"("provisioningState":"Pending")") != std::string::npos);
  }

  TEST_CASE("an empty list") {
    Cloud cloud;
    const std::string url = cloud.resource_group() +
                            "/providers/Microsoft.ContainerInstance/containerGroups?" + std::string(kVersion);
    CHECK(cloud.arm("GET", url).body == R"({"value":[]})");
  }
}

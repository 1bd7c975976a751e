// Long-running operations: their URLs, their answers, their end.
#include "cloud.h"

using namespace emulator_test;

TEST_SUITE("operations") {
  TEST_CASE("the URL is long, signed and of an old version") {
    Cloud cloud;
    const HttpResponse created = cloud.put("one", group_json());
    const std::string url = header(created, "Azure-AsyncOperation");
    CHECK(url.size() > 3500);
    CHECK(url.size() < 4200);
    CHECK(url.find("/locations/eastus/operations/") != std::string::npos);
    CHECK(url.find("?api-version=2018-06-01&t=") != std::string::npos);
    const std::string id = header(created, "x-ms-request-id").substr(7);
    CHECK(url.find("/operations/" + id) != std::string::npos);
    CHECK(cloud.arm("GET", url.substr(0, 2048)).status == 400);
  }

  TEST_CASE("the URL can be short, and lives on the origin of the request") {
    EmulatorOptions options;
    options.long_operation_urls = false;
    Cloud cloud(options);
    const HttpResponse created =
        cloud.arm("PUT", "https://management.example:8443" + cloud.group("one"), group_json());
    const std::string url = header(created, "Azure-AsyncOperation");
    CHECK(url.starts_with("https://management.example:8443/subscriptions/"));
    CHECK(url.ends_with("?api-version=2018-06-01"));
  }

  TEST_CASE("a poll shows the group, the status and the events") {
    Cloud cloud;
    const HttpResponse created = cloud.put("one", group_json());
    const std::string url = header(created, "Azure-AsyncOperation");
    Value body = body_of(cloud.arm("GET", url));
    CHECK(body.string_at({"id"}) == body_of(created).string_at({"id"}));
    CHECK(body.string_at({"startTime"}) == "2026-01-15T08:30:00.0000000Z");
    CHECK(body.find_path({"properties", "events"})->array().empty());
    CHECK(body.find("error") == nullptr);
    cloud.clock->advance(5s);
    body = body_of(cloud.arm("GET", url));
    REQUIRE(body.find_path({"properties", "events"})->array().size() == 1);
    const Value& event = body.find_path({"properties", "events"})->array()[0];
    CHECK(event.string_at({"name"}) == "Pulling");
    CHECK(event.string_at({"firstTimestamp"}) == "2026-01-15T08:30:03Z");
    CHECK(event.string_at({"type"}) == "Normal");
  }

  TEST_CASE("operations that are forgotten, unknown or an hour old") {
    Cloud cloud;
    const std::string url = header(cloud.put("one", group_json()), "Azure-AsyncOperation");
    CHECK(cloud.arm("GET", replaced(url, "/operations/", "/operations/0")).status == 404);
    cloud.clock->advance(30s + 59min);
    cloud.token = cloud.fresh_token();
    CHECK(cloud.arm("POST", cloud.group("one", "restart")).status == 204);
    CHECK(cloud.arm("GET", url).status == 200);
    cloud.clock->advance(2min);
    cloud.token = cloud.fresh_token();
    const std::string later =
        header(cloud.arm("POST", cloud.group("one", "restart")), "Azure-AsyncOperation");
    CHECK(cloud.arm("GET", url).status == 404);
    CHECK(cloud.arm("GET", later).status == 200);
    cloud.emulator.forget_operations();
    CHECK(cloud.arm("GET", later).status == 404);
    CHECK(cloud.state("one") == "Pending");
  }
}

// What Azure Resource Manager refuses before a provider sees the request, and the headers of its answers.
#include "cloud.h"

using namespace emulator_test;

TEST_SUITE("front door") {
  TEST_CASE("api-version is required and must be known") {
    Cloud cloud;
    const std::string path = cloud.group("one");
    const std::string bare = path.substr(0, path.find('?'));
    const HttpResponse missing = cloud.arm("GET", bare);
    CHECK(missing.status == 400);
    CHECK(code_of(missing) == "MissingApiVersionParameter");
    CHECK(header(missing, "x-ms-failure-cause") == "gateway");
    const HttpResponse unknown = cloud.arm("GET", bare + "?api-version=2001-01-01");
    CHECK(unknown.status == 400);
    CHECK(code_of(unknown) == "NoRegisteredProviderFound");
    CHECK(unknown.body.find("2025-09-01") != std::string::npos);
    CHECK(unknown.body.find("westeurope") != std::string::npos);
    CHECK(cloud.arm("GET", bare + "?API-VERSION=2023-05-01").status == 404);
    CHECK(cloud.arm("GET", bare + "?api-version=2022-10-01-preview").status == 404);
    CHECK(cloud.arm("GET", bare + "?api-version=2022-10-01").status == 400);
  }

  TEST_CASE("scopes that do not exist") {
    Cloud cloud;
    const std::string path = cloud.group("one");
    const auto code = [&](std::string_view from, std::string_view to) {
      const HttpResponse response = cloud.arm("GET", replaced(path, from, to));
      CHECK(response.status == 404);
      return code_of(response);
    };
    CHECK(code("33333333-", "44444444-") == "SubscriptionNotFound");
    CHECK(code("dev8-emulator", "other") == "ResourceGroupNotFound");
    CHECK(code("Microsoft.ContainerInstance", "Contoso.Things") == "InvalidResourceNamespace");
    CHECK(code("containerGroups", "teapots") == "InvalidResourceType");
    CHECK(code("containerGroups/one", "containerGroups/one") == "ResourceNotFound");
  }

  TEST_CASE("paths and names match without regard to case") {
    Cloud cloud;
    cloud.run_group("one");
    const std::string path = replaced(replaced(cloud.group("ONE"), "resourceGroups", "resourcegroups"),
                                      "dev8-emulator", "DEV8-EMULATOR");
    const HttpResponse response = cloud.arm("GET", replaced(path, "containerGroups", "containergroups"));
    CHECK(response.status == 200);
    CHECK(body_of(response).string_at({"name"}) == "one");
  }

  TEST_CASE("a body beyond 4 MB is refused") {
    Cloud cloud;
    const HttpResponse response = cloud.put("one", std::string(4 * 1024 * 1024 + 1, ' '));
    CHECK(response.status == 413);
    CHECK(cloud.put("one", "{").status == 400);
  }

  TEST_CASE("headers of every answer") {
    Cloud cloud;
    cloud.run_group("one");
    HttpRequest request = cloud.arm_request("GET", cloud.group("one"));
    request.headers.push_back({"x-ms-client-request-id", "my-id"});
    request.headers.push_back({"x-ms-return-client-request-id", "true"});
    const HttpResponse response = cloud.emulator.handle(request);
    CHECK(header(response, "x-ms-request-id").starts_with("eastus:"));
    CHECK(header(response, "x-ms-correlation-request-id").size() == 36);
    CHECK(header(response, "x-ms-routing-request-id").find(":20260115T083031Z:") != std::string::npos);
    CHECK(header(response, "x-ms-client-request-id") == "my-id");
    CHECK(header(response, "x-ms-ratelimit-remaining-subscription-reads") == "249");
    CHECK(header(response, "x-ms-ratelimit-remaining-subscription-resource-requests-pt5m").empty());
    CHECK(header(response, "Cache-Control") == "no-cache");
    CHECK(header(response, "Content-Type") == "application/json; charset=utf-8");
  }

  TEST_CASE("the subscription and the resource group can be read") {
    Cloud cloud;
    const std::string version = "?api-version=2022-09-01";
    CHECK(cloud.arm("GET", cloud.subscription() + version).status == 200);
    CHECK(cloud.arm("GET", cloud.resource_group() + version).status == 200);
    CHECK(cloud.arm("HEAD", cloud.resource_group() + version).status == 204);
    CHECK(cloud.arm("PUT", cloud.resource_group() + version).status == 405);
  }

  TEST_CASE("the subscriptions that the caller sees are listed, in a version that has the list") {
    Cloud cloud;
    const HttpResponse response = cloud.arm("GET", "/subscriptions?api-version=2019-11-01");
    CHECK(response.status == 200);
    const Value body = body_of(response);
    REQUIRE(body.find("value")->array().size() == 1);
    const Value& one = body.find("value")->array()[0];
    CHECK(one.string_at({"subscriptionId"}) == cloud.emulator.options().subscription_id);
    CHECK(one.string_at({"tenantId"}) == cloud.emulator.options().tenant_id);
    CHECK(one.string_at({"state"}) == "Enabled");
    CHECK(cloud.emulator.calls().back().operation == "Subscriptions_List");
    CHECK(code_of(cloud.arm("GET", "/subscriptions?api-version=2019-11-02")) == "InvalidApiVersionParameter");
    CHECK(code_of(cloud.arm("GET", "/subscriptions")) == "MissingApiVersionParameter");
    CHECK(cloud.arm("POST", "/subscriptions?api-version=2019-11-01").status == 405);
    cloud.token = "made-up";
    CHECK(cloud.arm("GET", "/subscriptions?api-version=2019-11-01").status == 401);
  }

  TEST_CASE("a host without service") {
    Cloud cloud;
    CHECK(cloud.emulator.handle(make_request("GET", "https://example.org/")).status == 404);
    CHECK(cloud.emulator.handle(make_request("GET", "no url")).status == 400);
  }

  TEST_CASE("calls are recorded by the specification's names, unless switched off") {
    Cloud cloud;
    cloud.emulator.clear_calls();
    cloud.arm("GET", cloud.group("one"));
    cloud.arm("GET", cloud.group("one", "containers/main/logs"));
    cloud.emulator.record_calls(false);
    cloud.arm("GET", cloud.group("one"));
    const auto calls = cloud.emulator.calls();
    REQUIRE(calls.size() == 2);
    CHECK(calls[0].operation == "ContainerGroups_Get");
    CHECK(calls[0].resource == "one");
    CHECK(calls[0].status == 404);
    CHECK(calls[0].at == cloud.clock->now());
    CHECK(calls[1].operation == "Containers_ListLogs");
  }
}

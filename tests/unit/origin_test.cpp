// Which URLs belong to a service, whatever their spelling.
#include "base/origin.h"

#include <doctest/doctest.h>

#include "support/arm_bench.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

TEST_CASE("origin: case and the default port do not matter, all else does") {
  const auto own = origin_of("https://management.azure.com").value();
  for (const char* url : {"https://management.azure.com/a", "HTTPS://Management.Azure.COM:443/a",
                          "https://management.azure.com:/a", "https://management.azure.com?x"}) {
    CAPTURE(std::string(url));
    CHECK(same_origin(origin_of(url).value(), own));
  }
  for (const char* url :
       {"http://management.azure.com/a", "https://management.azure.com:444/a",
        "https://management.azure.com.evil.example/a", "https://evil.example/management.azure.com"})
    CHECK_FALSE(same_origin(origin_of(url).value(), own));
  for (const char* url : {"", "management.azure.com", "ftp://management.azure.com/", "https://",
                          "https://u:p@management.azure.com/", "https://management.azure.com:x/"}) {
    CAPTURE(std::string(url));
    CHECK_FALSE(origin_of(url).has_value());
  }
}

TEST_CASE("arm: the token goes to its own origin and its regions' hosts, and nowhere else") {
  ArmBench bench;
  for (const char* url : {"https://management.azure.com/x", "https://MANAGEMENT.azure.com:443/x",
                          "https://eastus.management.azure.com/x"}) {
    CAPTURE(std::string(url));
    CHECK(bench.arm.owns(url));
  }
  for (const char* url :
       {"https://management.azure.com", "http://management.azure.com/x",
        "https://management.azure.com.evil.example/x", "https://evil.example/x",
        "https://evilmanagement.azure.com/x", "https://a.b.management.azure.com/x",
        "https://management.azure.com@evil.example/x", "https://management.azure.com:8443/x",
        "https://evil.example\\.management.azure.com/x", "https://.management.azure.com/x",
        "//management.azure.com/x"}) {
    CAPTURE(std::string(url));
    CHECK_FALSE(bench.arm.owns(url));
  }
}

TEST_CASE("arm: a list without items is empty, a list's next page may be spelled otherwise") {
  ArmBench bench;
  for (const char* body : {"{}", R"({"value":null})", R"({"value":[]})"}) {
    bench.answers = {reply(200, body)};
    CHECK(bench.run(bench.groups.list(bench.make_call(), "rg"))->groups.empty());
  }
  for (const char* body : {R"({"error":{"code":"X"}})", R"({"value":7})", R"({"status":"signed in"})"}) {
    CAPTURE(std::string(body));
    bench.answers = {reply(200, body)};
    CHECK_FALSE(bench.run(bench.groups.list(bench.make_call(std::chrono::seconds(20)), "rg")).ok());
  }
  bench.answers = {reply(200, R"({"nextLink":"https://Management.Azure.com:443/page2"})"),
                   reply(200, R"({"value":[)" + kGroupBody + "]}")};
  CHECK(bench.run(bench.groups.list(bench.make_call(), "rg"))->groups.size() == 1);
  CHECK(bench.last().url == "https://Management.Azure.com:443/page2");
}

TEST_CASE("arm: one odd member of a group's body leaves the group readable") {
  ArmBench bench;
  bench.answers = {
      reply(200, R"({"name":"aci-x","properties":{"provisioningState":"Succeeded","instanceView":)"
                 R"({"state":"Running","events":[{"name":"E","message":"half \ud83d"}]},"n":1e400}})")};
  const auto look = bench.run(bench.groups.get(bench.make_call(std::chrono::seconds(20)), "rg", "aci-x"));
  REQUIRE(look.ok());
  CHECK(look->group.value().state == "Running");
}

TEST_CASE("origin: what is this machine's own, to the letter") {
  for (const char* url : {"http://127.0.0.1:1/", "http://127.9.9.9", "http://LOCALHOST/x", "http://[::1]:2/",
                          "http://169.254.169.254/metadata"}) {
    CAPTURE(url);
    CHECK(is_local(origin_of(url).value()));
  }
  for (const char* url :
       {"https://127.0.0.1.example.com", "https://localhost.example.com", "https://169.254.example.com",
        "https://169.255.0.1", "https://management.azure.com"}) {
    CAPTURE(url);
    CHECK_FALSE(is_local(origin_of(url).value()));
  }
}

// Web pages and the agent of the same machine, while no keys are set.
#include <doctest/doctest.h>

#include "stack.h"

namespace {

const std::string kAll = "/api/v1/environments";
const std::string kOne = kAll + "/workspace-0001";
const RestClient::Headers kForeign = {"Origin: http://evil.example.com"};

}  // namespace

TEST_CASE("a page whose name was pointed at this machine reads and changes nothing") {
  Stack stack;
  REQUIRE(stack.client.post(kAll, create_body("workspace-0001")).status == 201);
  const RestClient::Headers rebound = {"Host: evil.example.com:8080"};
  for (const std::string& path :
       {kAll, kOne, std::string("/metrics"), std::string("/live"), std::string("/x")}) {
    CAPTURE(path);
    const Answer answer = stack.client.get(path, rebound);
    CHECK(answer.status == 421);
    CHECK(answer.text({"code"}) == "ERR_421");
  }
  CHECK(stack.client.post(kOne + "/stop", "", rebound).status == 421);
  CHECK(stack.client.send("OPTIONS", kAll, "", rebound).status == 421);
  CHECK(stack.client.get(kOne).text({"data", "environment", "status"}) == "RUNNING");
}

TEST_CASE("the agent goes by its loopback names and by those that it is given") {
  Stack stack(Variables{{"AGENT_ALLOWED_HOSTS", "agent.example.com, 192.0.2.7"}});
  for (const char* host :
       {"localhost", "LOCALHOST:1", "127.0.0.2:99", "[::1]:8080", "agent.example.com:8080", "192.0.2.7"}) {
    CAPTURE(host);
    CHECK(stack.client.get("/live", {std::string("Host: ") + host}).status == 200);
  }
  CHECK(stack.client.get("/live", {"Host: other.example.com"}).status == 421);
}

TEST_CASE("with keys the agent goes by any name, as it is the key that lets in") {
  const std::string key = "0123456789012345678901234567890123456789";
  Stack stack(Variables{{"API_KEYS", key}, {"AGENT_HOST", "127.0.0.1"}});
  const RestClient::Headers headers = {"Host: agent.example.com", "Authorization: Bearer " + key};
  CHECK(stack.client.get(kAll, headers).status == 200);
}

TEST_CASE("another origin changes nothing, reads without being shown, and asks in vain") {
  Stack stack;
  REQUIRE(stack.client.post(kAll, create_body("workspace-0001")).status == 201);
  CHECK(stack.client.post(kOne + "/stop", "", kForeign).status == 403);
  CHECK(stack.client.remove(kOne + "?force=true", "", kForeign).status == 403);
  CHECK(stack.client.post(kOne + "/stop", "", {"Sec-Fetch-Site: cross-site"}).status == 403);
  CHECK(stack.client.post(kOne + "/stop", "", {"Origin: null"}).status == 403);
  for (const char* method : {"GET", "HEAD"}) {
    const Answer answer = stack.client.send(method, kOne, "", kForeign);
    CHECK(answer.status == 200);
    CHECK(answer.header("Access-Control-Allow-Origin").empty());
  }
  CHECK(stack.client.send("OPTIONS", kOne, "", kForeign).status == 204);
  CHECK(stack.client.get(kOne).text({"data", "environment", "status"}) == "RUNNING");
}

TEST_CASE("a page that the agent serves itself may call it") {
  Stack stack;
  const std::string own = stack.daemon.url();
  CHECK(stack.client.post(kOne + "/stop", "", {"Origin: " + own, "Sec-Fetch-Site: same-origin"}).status ==
        404);
  CHECK(stack.client.post(kOne + "/stop", "", {"Origin: http://127.0.0.1:1"}).status == 403);
}

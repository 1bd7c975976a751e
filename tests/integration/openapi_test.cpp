// The OpenAPI document: it is served, and it describes every endpoint and no other. That the answers are as
// it says is checked for every answer of the integration tests (rest_client.cpp).
#include <doctest/doctest.h>

#include <algorithm>

#include "api_document.h"
#include "stack.h"

TEST_CASE("the API document is served to everybody") {
  Stack stack(Variables{{"API_KEYS", "first-key-of-32-characters-00001"}});
  const Answer answer = stack.client.get("/openapi.json");
  CHECK(answer.status == 200);
  CHECK(answer.header("Content-Type") == "application/json");
  CHECK(answer.text({"openapi"}).starts_with("3.1"));
  CHECK(answer.json.find_path({"paths", "/api/v1/environments", "post"}) != nullptr);
}

TEST_CASE("the API document describes the endpoints that there are, and no others") {
  Stack stack;
  std::vector<std::string> served;
  const Answer index = stack.client.get("/");
  for (const auto& endpoint : index.json.find("endpoints")->array()) {
    served.push_back(std::string(endpoint.string_at({"method"})) + " " +
                     std::string(endpoint.string_at({"path"})));
  }
  std::sort(served.begin(), served.end());
  CHECK(served == described_endpoints());
}

TEST_CASE("the web console is served where the operator wants it, and loads nothing from elsewhere") {
  Stack without;
  CHECK(without.client.get("/console/").status == 404);
  CHECK(without.client.get("/console").status == 404);
  Stack stack(Variables{{"AGENT_CONSOLE", "true"}, {"API_KEYS", "first-key-of-32-characters-00001"}});
  for (const char* file : {"/console/", "/console/console.js", "/console/console.css"}) {
    CAPTURE(std::string(file));
    const Answer answer = stack.client.get(file);
    CHECK(answer.status == 200);
    CHECK(answer.header("Content-Security-Policy").starts_with("default-src 'none'"));
    CHECK(answer.header("X-Content-Type-Options") == "nosniff");
    CHECK(answer.body.find("://") == std::string::npos);
  }
}

TEST_CASE("an answer that is not as described is noticed") {
  Answer answer;
  answer.status = 200;
  answer.headers = {{"Content-Type", "application/json"}};
  answer.body = R"({"status":"alive"})";
  answer.json = dev8agent::internal::json::object({{"status", "alive"}});
  CHECK(errors_of_answer("GET", "/live", answer).empty());
  answer.json = dev8agent::internal::json::object({{"status", "alive"}, {"more", 1}});
  CHECK(errors_of_answer("GET", "/live", answer).size() == 1);
  answer.json = dev8agent::internal::json::object({{"status", "dead"}});
  CHECK(errors_of_answer("GET", "/live", answer).size() == 1);
  answer.headers = {{"Content-Type", "text/html"}};
  CHECK(errors_of_answer("GET", "/live", answer).size() == 1);
}

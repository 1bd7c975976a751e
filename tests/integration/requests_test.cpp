// Requests that are not as they should be: what the daemon says, and that it goes on.
#include <doctest/doctest.h>

#include <algorithm>

#include "stack.h"

namespace {

const std::string kAll = "/api/v1/environments";

bool has(const std::vector<std::string>& fields, const std::string& field) {
  return std::find(fields.begin(), fields.end(), field) != fields.end();
}

void check_alive(const RestClient& client) {
  CHECK(client.get("/live").status == 200);
}

}  // namespace

TEST_CASE("every bad field is named in one answer") {
  Stack stack;
  const Answer answer = stack.client.post(
      kAll,
      R"({"workspaceId":"Bad_Id","name":"","cpuCores":9,"memoryGB":1,"storageGB":1000,"cloudRegion":"atlantis"})");
  CHECK(answer.status == 400);
  CHECK(answer.text({"error"}) == "Invalid Request");
  CHECK(answer.text({"code"}) == "ERR_400");
  CHECK(answer.text({"reason"}) == "INVALID_REQUEST");
  CHECK(answer.text({"requestId"}) == answer.header("X-Request-ID"));
  const auto fields = answer.bad_fields();
  for (const char* field : {"workspaceId", "name", "cpuCores", "memoryGB", "storageGB", "cloudRegion"}) {
    CAPTURE(field);
    CHECK(has(fields, field));
  }
  CHECK(stack.azure.emulator().groups().empty());
}

TEST_CASE("a field of the wrong type is named") {
  Stack stack;
  for (const char* field :
       {"workspaceId", "userId", "name", "cloudProvider", "cloudRegion", "cpuCores", "memoryGB", "storageGB",
        "baseImage", "githubToken", "gitUserName", "gitUserEmail", "sshPublicKey", "codeServerPassword",
        "anthropicApiKey", "openaiApiKey", "geminiApiKey"}) {
    CAPTURE(field);
    for (const char* value : {"true", "[1]", "{}", "1.5"}) {
      CAPTURE(value);
      const Answer answer = stack.client.post(kAll, std::string("{\"") + field + "\":" + value + "}");
      CHECK(answer.status == 400);
      CHECK(has(answer.bad_fields(), field));
    }
  }
}

TEST_CASE("other clouds are well-formed and not supported") {
  Stack stack;
  for (const char* cloud : {"AWS", "GCP"}) {
    const Answer answer = stack.client.post(
        kAll, create_body("workspace-0001", std::string(R"(,"cloudProvider":")") + cloud + "\""));
    CHECK(answer.status == 501);
    CHECK(answer.text({"reason"}) == "NOT_SUPPORTED");
  }
}

TEST_CASE("malformed JSON is a 400 with the offset") {
  Stack stack;
  const std::string bodies[] = {"{\"name\": ",
                                "{\"name\": \"a\",}",
                                "not json",
                                "{\"a\":1,\"a\":2}",
                                "{\"a\":1} trailing",
                                "{\"a\":\"\xff\"}",
                                "{\"a\":1e999}",
                                "[0.0000000001e-2147483639]",
                                "[]",
                                "3",
                                std::string(500000, '[')};
  for (const std::string& body : bodies) {
    CAPTURE(body.substr(0, 40));
    const Answer answer = stack.client.post(kAll, body);
    CHECK(answer.status == 400);
    CHECK(answer.text({"reason"}) == "INVALID_REQUEST");
  }
  const Answer cut = stack.client.post(kAll, "{\"name\": ");
  CHECK(cut.text({"error"}) == "Invalid request body");
  CHECK(cut.text({"message"}).find_first_of("0123456789") != std::string::npos);
  CHECK(stack.client.post(kAll).status == 400);
  check_alive(stack.client);
}

TEST_CASE("a body over 1 MiB is refused, announced or chunked or behind Expect") {
  Stack stack;
  const std::string large = "{\"name\":\"" + std::string(2 << 20, 'x') + "\"}";
  const RestClient::Headers variants[] = {{}, {"Transfer-Encoding: chunked"}, {"Expect: 100-continue"}};
  for (const auto& headers : variants) {
    const Answer answer = stack.client.post(kAll, large, headers);
    CHECK(answer.status == 413);
    CHECK(answer.text({"code"}) == "ERR_413");
  }
  const std::string fits = "{\"name\":\"" + std::string((1 << 20) - 20, 'x') + "\"}";
  CHECK(stack.client.post(kAll, fits).status == 400);
  check_alive(stack.client);
}

TEST_CASE("a chunked body is a body") {
  Stack stack;
  CHECK(stack.client.post(kAll, create_body("workspace-0001"), {"Transfer-Encoding: chunked"}).status == 201);
}

TEST_CASE("a body of another type is a 415, whatever it holds") {
  Stack stack;
  for (const char* type :
       {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"}) {
    CAPTURE(type);
    const Answer answer =
        stack.client.post(kAll, create_body("workspace-0001"), {std::string("Content-Type: ") + type});
    CHECK(answer.status == 415);
    CHECK(answer.text({"code"}) == "ERR_415");
  }
  CHECK(stack.client.post(kAll, create_body("workspace-0001"), {"Content-Encoding: gzip"}).status == 415);
  CHECK(stack.client
            .post(kAll, create_body("workspace-0001"), {"Content-Type: application/json; charset=utf-8"})
            .status == 201);
}

TEST_CASE("path and body must agree on the id") {
  Stack stack;
  for (const char* action : {"start", "stop"}) {
    const Answer answer = stack.client.post(kAll + "/workspace-0001/" + action, id_body("workspace-0002"));
    CHECK(answer.status == 400);
    CHECK(has(answer.bad_fields(), "workspaceId"));
  }
  CHECK(stack.client.remove(kAll + "/workspace-0001", id_body("workspace-0002")).status == 400);
}

TEST_CASE("the body form needs id and region") {
  Stack stack;
  for (const char* action : {"/start", "/stop"}) {
    const auto fields = stack.client.post(kAll + action, "{}").bad_fields();
    CHECK(has(fields, "workspaceId"));
    CHECK(has(fields, "cloudRegion"));
  }
  CHECK(stack.client.remove(kAll, "{}").bad_fields().size() == 2);
  CHECK(stack.client.remove(kAll).status == 400);
}

TEST_CASE("unknown fields are accepted") {
  Stack stack;
  CHECK(stack.client.post(kAll, create_body("workspace-0001", R"(,"colour":"blue","nested":{"a":[1]})"))
            .status == 201);
}

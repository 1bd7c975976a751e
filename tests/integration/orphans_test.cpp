// Orphans over REST: listed and swept, by those who may.
#include <doctest/doctest.h>

#include "azure/shared_key.h"
#include "base/time_format.h"
#include "stack.h"

namespace {

using dev8agent::HttpRequest;

const std::string kAdmin = "admin-key-of-32-characters-00001";
const std::string kOperator = "operator-key-of-32-characters-01";
const std::string kAda = "ada's-key-of-32-characters-00001";
const std::string kKeys = "root:admin:" + kAdmin + ",ci:operate:" + kOperator + ",ada:user=user-ada:" + kAda;
const std::string kSweep = "/api/v1/orphans/sweep";

RestClient::Headers bearer(const std::string& key) {
  return {"Authorization: Bearer " + key};
}

// An Azure with an account whose keys the test knows: base64 of 64 bytes, as Azure's are.
dev8agent::emulator::EmulatorOptions with_known_keys() {
  auto options = TestAzure::quick();
  const std::string key = std::string(84, 'A') + "AQ==";
  options.storage_accounts = {{"dev8emulator", options.resource_groups.front(), key, key}};
  return options;
}

// Somebody who holds the account's key deletes the share of an environment.
void delete_share(TestAzure& azure, const std::string& id) {
  const auto& account = azure.emulator().options().storage_accounts.front();
  HttpRequest request;
  request.method = "DELETE";
  request.url = "https://" + account.name + ".file.core.windows.net/fs-" + id + "?restype=share";
  request.headers = {{"x-ms-version", "2022-11-02"},
                     {"x-ms-date", dev8agent::internal::format_http_date(std::chrono::system_clock::now())}};
  const auto signature =
      dev8agent::internal::azure::shared_key_authorization(request, account.name, account.key1);
  REQUIRE(signature);
  request.headers.push_back({"Authorization", *signature});
  REQUIRE(azure.emulator().handle(request).status == 202);
}

const dev8agent::internal::json::Value& first_orphan(const Answer& answer) {
  return answer.json.find("data")->find("orphans")->array().at(0);
}

}  // namespace

TEST_CASE("orphans are listed and swept; a dry run, the default, removes nothing") {
  Stack stack(Variables{{"API_KEYS", kKeys}}, with_known_keys());
  const RestClient& client = stack.client;
  for (const char* id : {"workspace-0001", "workspace-0002"})
    REQUIRE(client.post("/api/v1/environments", create_body(id), bearer(kAdmin)).status == 201);
  delete_share(stack.azure, "workspace-0001");

  CHECK(client.get("/api/v1/orphans", bearer(kOperator)).body.find(R"("orphans":[])") != std::string::npos);
  const Answer listed = client.get("/api/v1/orphans?olderThanMinutes=0", bearer(kOperator));
  REQUIRE(listed.status == 200);
  CHECK(first_orphan(listed).string_at({"environmentId"}) == "workspace-0001");
  CHECK(first_orphan(listed).string_at({"kind"}) == "containerGroup");
  CHECK(first_orphan(listed).string_at({"name"}) == "aci-workspace-0001");
  CHECK(first_orphan(listed).find("removed") == nullptr);

  const Answer dry = client.post(kSweep, R"({"olderThanMinutes":0})", bearer(kAdmin));
  REQUIRE(dry.status == 200);
  CHECK(first_orphan(dry).find("removed")->boolean() == true);
  CHECK(stack.azure.emulator().groups().size() == 2);
  const Answer swept = client.post(kSweep, R"({"olderThanMinutes":0,"dryRun":false})", bearer(kAdmin));
  REQUIRE(swept.status == 200);
  CHECK(first_orphan(swept).find("removed")->boolean() == true);
  CHECK(stack.azure.emulator().groups().size() == 1);
  CHECK(client.get("/api/v1/environments/workspace-0002", bearer(kAdmin)).status == 200);
}

TEST_CASE("orphans are for operators: a sweep needs the scope admin, and keys of one user see none") {
  Stack stack(Variables{{"API_KEYS", kKeys}});
  const RestClient& client = stack.client;
  CHECK(client.post(kSweep, "", bearer(kOperator)).status == 403);
  CHECK(client.post(kSweep, "", bearer(kAdmin)).status == 200);
  CHECK(client.get("/api/v1/orphans", bearer(kAda)).status == 403);
  CHECK(client.post(kSweep, "", bearer(kAda)).status == 403);
  CHECK(client.get("/api/v1/orphans").status == 401);
}

TEST_CASE("a bad age or member is named") {
  Stack stack;
  const Answer age = stack.client.get("/api/v1/orphans?olderThanMinutes=-1");
  CHECK(age.status == 400);
  CHECK(age.body.find("olderThanMinutes") != std::string::npos);
  const Answer body = stack.client.post(kSweep, R"({"dryRun":"no"})");
  CHECK(body.status == 400);
  CHECK(body.body.find("dryRun") != std::string::npos);
}

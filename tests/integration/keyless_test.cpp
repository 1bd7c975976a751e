// The daemon without account keys: a life over REST on an account that forbids them.
#include <doctest/doctest.h>

#include "stack.h"
#include "support/keyless.h"

using namespace dev8agent;

namespace {

const std::string kAll = "/api/v1/environments";
const std::string kOne = kAll + "/workspace-0001";

emulator::EmulatorOptions forbidding_keys(const std::string& key) {
  emulator::EmulatorOptions options = TestAzure::quick();
  options.storage_accounts = {{"dev8emulator", "dev8-emulator", key, key}};
  return test::with_identities(std::move(options), false);
}

}  // namespace

TEST_CASE("keyless: a life over REST without any key, and none in log or answers") {
  const std::string key = "Y2FuYXJ5LWtleS1jYW5hcnkta2V5LWNhbmFyeS1rZXk=";
  Stack stack({{"AZURE_STORAGE_AUTH", "entra"},
               {"AZURE_MOUNT_AUTH", "identity"},
               {"AZURE_MOUNT_IDENTITY", test::kMountIdentity},
               {"AZURE_MOUNT_IDENTITY_CLIENT_ID", test::kMountClientId},
               {"LOG_LEVEL", "debug"}},
              forbidding_keys(key));
  std::string said;
  const auto status = [&](const Answer& answer) {
    said += answer.body;
    return answer.status;
  };
  CHECK(status(stack.client.post(kAll, create_body("workspace-0001"))) == 201);
  CHECK(status(stack.client.post(kOne + "/stop")) == 200);
  CHECK(status(stack.client.post(kOne + "/start")) == 200);
  CHECK(status(stack.client.get(kAll)) == 200);
  CHECK(status(stack.client.get("/health")) == 200);
  CHECK(status(stack.client.remove(kOne + "?force=true")) == 200);
  for (const emulator::Call& call : stack.azure.emulator().calls())
    CHECK(call.operation != "StorageAccounts_ListKeys");
  stack.daemon.signal(15);
  CHECK(stack.daemon.wait() == 0);
  CHECK(said.find(key) == std::string::npos);
  CHECK(stack.daemon.standard_error().find(key) == std::string::npos);
}

TEST_CASE("keyless: a life over REST in each combination of making and mounting shares") {
  const std::string key = "Y2FuYXJ5LWtleS1jYW5hcnkta2V5LWNhbmFyeS1rZXk=";
  for (const char* auth : {"key", "entra", "arm", "auto"}) {
    for (const char* mount : {"key", "identity", "keyvault"}) {
      CAPTURE(auth);
      CAPTURE(mount);
      emulator::EmulatorOptions azure = TestAzure::quick();
      azure.storage_accounts = {{"dev8emulator", "dev8-emulator", key, key}};
      const StorageAccessOptions access = test::access_by(auth, mount);
      std::map<std::string, std::string> variables = {{"AZURE_STORAGE_AUTH", auth},
                                                      {"AZURE_MOUNT_AUTH", mount}};
      if (!access.mount_identity.empty()) variables["AZURE_MOUNT_IDENTITY"] = access.mount_identity;
      if (!access.mount_identity_client_id.empty())
        variables["AZURE_MOUNT_IDENTITY_CLIENT_ID"] = access.mount_identity_client_id;
      if (!access.secret_uri.empty()) variables["AZURE_STORAGE_SECRET_URI"] = access.secret_uri;
      Stack stack(variables, test::with_identities(std::move(azure), true));
      CHECK(stack.client.post(kAll, create_body("workspace-0001")).status == 201);
      CHECK(stack.client.post(kOne + "/stop").status == 200);
      CHECK(stack.client.post(kOne + "/start").status == 200);
      CHECK(stack.client.get(kAll).status == 200);
      CHECK(stack.client.remove(kOne + "?force=true").status == 200);
      CHECK(stack.azure.emulator().groups().empty());
    }
  }
}

TEST_CASE("keyless: the health of the agent says what the account allows, when somebody asks") {
  Stack stack({{"AZURE_STORAGE_AUTH", "arm"},
               {"AZURE_MOUNT_AUTH", "identity"},
               {"AZURE_MOUNT_IDENTITY", test::kMountIdentity},
               {"AZURE_MOUNT_IDENTITY_CLIENT_ID", test::kMountClientId}},
              forbidding_keys("Y2FuYXJ5LWtleS1jYW5hcnkta2V5LWNhbmFyeS1rZXk="));
  const std::string path = "/health?verbose=true";
  const auto allowed = [&] { return stack.client.get(path).json.find("storage") != nullptr; };
  CHECK(stack.client.get("/health").json.find("storage") == nullptr);
  REQUIRE(eventually(allowed));
  const std::string body = stack.client.get(path).body;
  CHECK(body.find(R"("shares":["entra","arm"],"mounts":["identity"])") != std::string::npos);
}

TEST_CASE("keyless: over REST a role that is new is told as such, and nothing is left of the create") {
  struct Row {
    const char* auth;
    const char* reason;
  };
  for (const Row& row : {Row{"arm", "MOUNT_FAILED"}, Row{"entra", "AZURE_REFUSED"}}) {
    CAPTURE(row.auth);
    emulator::EmulatorOptions azure = forbidding_keys("Y2FuYXJ5LWtleS1jYW5hcnkta2V5LWNhbmFyeS1rZXk=");
    azure.role_delay = std::chrono::minutes(10);
    Stack stack({{"AZURE_STORAGE_AUTH", row.auth},
                 {"AZURE_MOUNT_AUTH", "identity"},
                 {"AZURE_MOUNT_IDENTITY", test::kMountIdentity},
                 {"AZURE_MOUNT_IDENTITY_CLIENT_ID", test::kMountClientId}},
                azure);
    const Answer refused = stack.client.post(kAll, create_body("workspace-0001"));
    CHECK(refused.status == 502);
    CHECK(refused.body.find(row.reason) != std::string::npos);
    CHECK(refused.text({"remedy"}).find("minutes") != std::string::npos);
    CHECK(refused.text({"remedy"}).find("role") != std::string::npos);
    CHECK(stack.azure.emulator().groups().empty());
    for (const emulator::ShareView& share : stack.azure.emulator().shares()) CHECK(share.being_deleted);
  }
}

TEST_CASE("keyless: --dev runs in each combination, with an identity and a vault of its own") {
  for (const char* auth : {"entra", "arm", "auto"}) {
    for (const char* mount : {"key", "identity", "keyvault"}) {
      CAPTURE(auth);
      CAPTURE(mount);
      DaemonProcess daemon({"--dev"},
                           {{"AGENT_PORT", "0"},
                            {"AGENT_DEV_PROVISIONING_MS", "10"},
                            {"AGENT_DEV_START_MS", "10"},
                            {"AZURE_STORAGE_AUTH", auth},
                            {"AZURE_MOUNT_AUTH", mount},
                            {"AZURE_MOUNT_IDENTITY", "/subscriptions/s/of/a/real/account"},
                            {"AZURE_STORAGE_SECRET_URI", "https://real.vault.azure.net/secrets/key"},
                            {"REGISTRY_IDENTITY", "/subscriptions/s/of/a/real/account"}});
      REQUIRE_MESSAGE(!daemon.url().empty(), daemon.standard_error());
      const RestClient agent(daemon.url());
      const Answer created = agent.post(kAll, create_body("workspace-0001"));
      CHECK_MESSAGE(created.status == 201, created.body);
      CHECK(agent.post(kOne + "/stop").status == 200);
      CHECK(agent.post(kOne + "/start").status == 200);
      CHECK(agent.remove(kOne + "?force=true").status == 200);
    }
  }
}

TEST_CASE("keyless: an older API version than the mount needs is refused at the start, by name") {
  Stack stack({{"AZURE_MOUNT_AUTH", "identity"},
               {"AZURE_MOUNT_IDENTITY", test::kMountIdentity},
               {"AZURE_MOUNT_IDENTITY_CLIENT_ID", test::kMountClientId},
               {"AZURE_ACI_API_VERSION", "2025-09-01"}});
  CHECK(stack.daemon.wait() == 1);
  CHECK(stack.daemon.standard_error().find(
            "AZURE_ACI_API_VERSION: must be 2026-07-01 or newer with AZURE_MOUNT_AUTH=identity") !=
        std::string::npos);
}

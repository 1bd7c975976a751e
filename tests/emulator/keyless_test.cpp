// Tokens on Azure Files, accounts that forbid keys, mounts by identity and by a key in a vault.
#include "files.h"

using namespace emulator_test;

namespace {

const std::string kIdentity =
    "/subscriptions/33333333-3333-4333-8333-333333333333/resourceGroups/dev8-emulator/providers/"
    "Microsoft.ManagedIdentity/userAssignedIdentities/one";
const std::string kClient = "44444444-4444-4444-8444-444444444444";
const std::string kUri = "https://vault.vault.azure.net/secrets/key";

EmulatorOptions with_identity(bool keys = true) {
  EmulatorOptions options;
  const std::string key = encode64(std::string(64, 'k'));
  options.storage_accounts = {{"dev8emulator", "dev8-emulator", key, key, keys, true}};
  options.identities = {{kIdentity, kClient}};
  options.vault_secrets[kUri] = key;
  return options;
}

struct Tokens : Files {
  explicit Tokens(EmulatorOptions wanted = with_identity()) : Files(std::move(wanted)) {
    const std::string scope = "https%3A%2F%2Fstorage.azure.com%2F.default";
    storage_token = std::string(
        body_of(post_form(replaced(secret_form(), "https%3A%2F%2Fmanagement.azure.com%2F.default", scope)))
            .string_at({"access_token"}));
  }
  HttpResponse put_share(const std::string& bearer, const std::string& api, const std::string& intent) {
    std::vector<HttpHeader> headers = {{"Authorization", "Bearer " + bearer}, {"x-ms-version", api}};
    if (!intent.empty()) headers.push_back({"x-ms-file-request-intent", intent});
    return emulator.handle(make_request(
        "PUT", "https://dev8emulator.file.core.windows.net/fs-one?restype=share", std::move(headers)));
  }
  // PUT of a group that mounts fs-one in this way.
  HttpResponse put_mounting(const std::string& way, const std::string& api, const std::string& more = "") {
    std::string body = replaced(mounting_json("fs-one", "@"), R"("storageAccountKey":"@")", way);
    body = replaced(body, R"("location")", more + R"("location")");
    return arm(
        "PUT",
        resource_group() + "/providers/Microsoft.ContainerInstance/containerGroups/one?api-version=" + api,
        body);
  }
  std::string storage_token;
};

const std::string kWithIdentity =
    R"("identity":{"type":"UserAssigned","userAssignedIdentities":{")" + kIdentity + R"(":{}}},)";

}  // namespace

TEST_SUITE("keyless") {
  TEST_CASE("a token for storage makes a share, with the intent and a version that knows tokens") {
    Tokens cloud;
    CHECK(cloud.put_share(cloud.token, "2024-11-04", "backup").status == 401);
    CHECK(cloud.put_share("made.up.token", "2024-11-04", "backup").status == 401);
    CHECK(cloud.put_share(cloud.storage_token, "2022-11-02", "backup").status == 403);
    CHECK(cloud.put_share(cloud.storage_token, "2024-11-04", "").status == 400);
    CHECK(cloud.put_share(cloud.storage_token, "2024-11-04", "backup").status == 201);
    CHECK(cloud.arm_request("GET", cloud.resource_group()).method == "GET");
    // The token for storage is none for Azure Resource Manager.
    cloud.token = cloud.storage_token;
    CHECK(cloud.arm("GET", cloud.group("one")).status == 401);
  }

  TEST_CASE("an account that forbids keys refuses signatures and mounts with a key") {
    Tokens cloud(with_identity(false));
    const HttpResponse refused = cloud.create("fs-one");
    CHECK(refused.status == 403);
    CHECK(header(refused, "x-ms-error-code") == "KeyBasedAuthenticationNotPermitted");
    CHECK(cloud.put_share(cloud.storage_token, "2024-11-04", "backup").status == 201);
    const HttpResponse put = cloud.put("one", mounting_json("fs-one", cloud.key));
    CHECK(put.status == 403);
    CHECK(code_of(put) == "CannotAccessStorageAccount");
  }

  TEST_CASE("a mount by identity: its version, its identity, and exactly one way") {
    Tokens cloud(with_identity(false));
    cloud.put_share(cloud.storage_token, "2024-11-04", "backup");
    const std::string way = R"("userAssignedIdentityClientId":")" + kClient + "\"";
    CHECK(code_of(cloud.put_mounting(way, "2025-09-01", kWithIdentity)) == "InvalidRequestContent");
    CHECK(code_of(cloud.put_mounting(way + R"(,"storageAccountKey":"a2V5")", "2026-07-01", kWithIdentity)) ==
          "InvalidRequestContent");
    CHECK(code_of(cloud.put_mounting(R"("readOnly":false)", "2026-07-01", kWithIdentity)) ==
          "InvalidRequestContent");
    CHECK(code_of(cloud.put_mounting(way, "2026-07-01", replaced(kWithIdentity, "/one", "/two"))) ==
          "FailedIdentityOperation");
    CHECK(cloud.put_mounting(way, "2026-07-01", kWithIdentity).status == 201);
    cloud.clock->advance(31s);
    CHECK(cloud.state("one") == "Running");
    const std::string shown = cloud.arm("GET", cloud.group("one")).body;
    CHECK(shown.find(kClient) != std::string::npos);
    CHECK(shown.find(kIdentity) != std::string::npos);
    cloud.arm("DELETE", cloud.group("one"));
    // Without the identity on the group the mount fails.
    CHECK(cloud.put_mounting(way, "2026-07-01").status == 201);
    cloud.clock->advance(31s);
    CHECK(cloud.state("one") == "Pending");
  }

  TEST_CASE("a key in a vault: the reference, its identity, and what it holds") {
    Tokens cloud;
    cloud.create("fs-one");
    const std::string way = R"("storageAccountKeyReference":"storage-key")";
    const auto put = [&](const std::string& identity, const std::string& name, const std::string& uri) {
      const std::string reference = R"("secretReferences":[{"name":")" + name + R"(","identity":")" +
                                    identity + R"(","secretReferenceUri":")" + uri + R"("}],)";
      std::string body = replaced(mounting_json("fs-one", "@"), R"("storageAccountKey":"@")", way);
      body = replaced(body, R"("osType")", reference + R"("osType")");
      body = replaced(body, R"("location")", kWithIdentity + R"("location")");
      return cloud.put("one", body);
    };
    CHECK(put("/subscriptions/other", "storage-key", kUri).status == 400);
    CHECK(put(kIdentity, "another-name", kUri).status == 400);
    CHECK(put(kIdentity, "storage-key", kUri).status == 201);
    cloud.clock->advance(31s);
    CHECK(cloud.state("one") == "Running");
    CHECK(cloud.arm("GET", cloud.group("one")).body.find(cloud.key) == std::string::npos);
    cloud.arm("DELETE", cloud.group("one"));
    CHECK(put(kIdentity, "storage-key", kUri + "-of-others").status == 201);
    cloud.clock->advance(31s);
    CHECK(cloud.state("one") == "Pending");
  }

  TEST_CASE("roles count after a while: tokens on files, mounts, images and secrets wait for them") {
    EmulatorOptions options = with_identity();
    options.role_delay = 100s;
    Tokens cloud(options);
    const HttpResponse refused = cloud.put_share(cloud.storage_token, "2024-11-04", "backup");
    CHECK(refused.status == 403);
    CHECK(header(refused, "x-ms-error-code") == "AuthorizationPermissionMismatch");
    REQUIRE(cloud.create("fs-one").status == 201);  // a key needs no role
    const std::string way = R"("userAssignedIdentityClientId":")" + kClient + "\"";
    const std::string registry =
        R"("imageRegistryCredentials":[{"server":"docker.io","identity":")" + kIdentity + R"("}],"osType")";
    const std::string pulling =
        replaced(replaced(group_json(), "nginx", "docker.io/nginx"), R"("osType")", registry);
    CHECK(code_of(cloud.put("two", pulling)) == "InaccessibleImage");
    REQUIRE(cloud.put_mounting(way, "2026-07-01", kWithIdentity).status == 201);
    cloud.clock->advance(29s);
    CHECK(cloud.get("one").find_path({"properties", "instanceView", "events"})->array().empty());
    cloud.clock->advance(32s);
    CHECK(cloud.state("one") == "Pending");
    const Value waiting = cloud.get("one");
    const Value& event = waiting.find_path({"properties", "instanceView", "events"})->array().front();
    CHECK(event.string_at({"name"}) == "FailedMountAzureFileVolume");
    CHECK(event.find("count")->integer() == 2);
    cloud.clock->advance(58s);  // 119 s; attempts are made every 30 s
    CHECK(cloud.state("one") == "Pending");
    CHECK(cloud.get("one").string_at({"properties", "provisioningState"}) == "Pending");
    cloud.clock->advance(1s);
    CHECK(cloud.state("one") == "Running");
    CHECK(cloud.get("one").string_at({"properties", "provisioningState"}) == "Succeeded");
    cloud.arm("DELETE", cloud.group("one"));  // both have the DNS label ws-one
    CHECK(cloud.put("two", pulling).status == 201);
    CHECK(cloud.put_share(cloud.storage_token, "2024-11-04", "backup").status == 409);
  }

  TEST_CASE(
      "roles that count before a group would be up cost it nothing; those that never do, its deployment") {
    for (const auto delay : {std::chrono::seconds(30), std::chrono::seconds(3600)}) {
      EmulatorOptions options = with_identity();
      options.role_delay = delay;
      Tokens cloud(options);
      cloud.create("fs-one");
      const std::string way = R"("userAssignedIdentityClientId":")" + kClient + "\"";
      REQUIRE(cloud.put_mounting(way, "2026-07-01", kWithIdentity).status == 201);
      cloud.clock->advance(30s);
      const bool early = delay == 30s;
      CHECK(cloud.state("one") == (early ? "Running" : "Pending"));
      CHECK(cloud.get("one").find_path({"properties", "instanceView", "events"})->array().empty() == early);
      cloud.clock->advance(30min);
      const std::string ended(cloud.get("one").string_at({"properties", "provisioningState"}));
      CHECK(ended == (early ? "Succeeded" : "Failed"));
    }
  }

  TEST_CASE("a private address is that of a group in a subnet, and has no name") {
    Files cloud;
    const std::string subnet = R"("subnetIds":[{"id":"/subscriptions/s/subnets/one"}],"osType")";
    const std::string named = replaced(group_json(), R"("type":"public")", R"("type":"private")");
    const std::string label = R"("dnsNameLabel":"ws-one",)";
    CHECK(cloud.put("one", replaced(named, label, "")).status == 400);
    CHECK(cloud.put("one", replaced(group_json(), R"("osType")", subnet)).status == 400);
    CHECK(cloud.put("one", replaced(named, R"("osType")", subnet)).status == 400);
    CHECK(cloud.put("one", replaced(replaced(named, label, ""), R"("osType")", subnet)).status == 201);
    cloud.clock->advance(31s);
    const Value group = cloud.get("one");
    CHECK(group.string_at({"properties", "ipAddress", "ip"}).starts_with("10."));
    CHECK(group.string_at({"properties", "ipAddress", "fqdn"}).empty());
  }
}

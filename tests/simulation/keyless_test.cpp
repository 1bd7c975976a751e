// Storage without account keys: shares made with a token, containers that mount as an identity or with a key
// from a vault.
#include <doctest/doctest.h>

#include "support/ask_azure.h"
#include "support/keyless.h"
#include "support/two_regions.h"

using namespace dev8agent;
using namespace dev8agent::test;

namespace {

const std::string kId = "workspace-0001";

AgentTweaks by(const std::string& auth, const std::string& mount) {
  AgentTweaks tweaks;
  tweaks.adjust = [auth, mount](AgentOptions& options) { options.storage_access = access_by(auth, mount); };
  return tweaks;
}

void live_and_die(World& world, EnvironmentOrchestrator& agent) {
  auto create = agent.create(create_request(kId));
  const auto& created = world.finish(create);
  REQUIRE_MESSAGE(created.ok(), created.error().message);
  CHECK(world.group(kId).container_state == "Running");
  auto stop = agent.stop({kId, ""});
  CHECK(world.finish(stop).ok());
  StartRequest bigger{.id = kId};
  bigger.changes.cpu_cores = 4;
  auto start = agent.start(std::move(bigger));
  CHECK(world.finish(start).ok());
  CHECK(world.group(kId).container_state == "Running");
  auto list = agent.list({});
  const auto& page = world.finish(list);
  REQUIRE(page.ok());
  CHECK(page->total == 1);
  auto remove = agent.remove({kId, "", true});
  CHECK(world.finish(remove).ok());
  CHECK_FALSE(world.has_group(kId));
  CHECK_FALSE(world.has_share(kId));
}

CreateRequest create_of(const char* user) {
  CreateRequest request = create_request(kId);
  request.spec.user_id = user;
  return request;
}

}  // namespace

TEST_CASE("keyless: a life in each combination of making and mounting shares") {
  for (const char* auth : {"key", "entra", "arm", "auto"}) {
    for (const char* mount : {"key", "identity", "keyvault"}) {
      CAPTURE(auth);
      CAPTURE(mount);
      World world(with_identities(two_accounts(), true));
      auto agent = world.agent(by(auth, mount));
      live_and_die(world, *agent);
    }
  }
}

TEST_CASE("keyless: where the account forbids keys, nobody asks for one") {
  World world(with_identities(two_accounts(), false));
  auto agent = world.agent(by("entra", "identity"));
  live_and_die(world, *agent);
  CHECK(world.count("StorageAccounts_ListKeys") == 0);
  auto health = agent->check_health();
  const auto& report = world.finish(health);
  REQUIRE(report.ok());
  CHECK(report->healthy());
  CHECK(world.count("StorageAccounts_ListKeys") == 0);
}

TEST_CASE("keyless: through Azure Resource Manager alone, Azure Files is never asked") {
  for (const bool put_changes : {false, true}) {
    emulator::EmulatorOptions azure = with_identities(two_accounts(), false);
    azure.update_shares_by_put = put_changes;
    World world(azure);
    auto agent = world.agent(by("arm", "identity"));
    live_and_die(world, *agent);
    auto health = agent->check_health();
    CHECK(world.finish(health).value().healthy());
    for (const emulator::Call& call : world.azure().calls()) {
      CAPTURE(call.operation);
      CHECK_FALSE(call.operation.starts_with("Share"));
      CHECK(call.operation != "StorageAccounts_ListKeys");
    }
  }
}

TEST_CASE("keyless: of two creates of one id by different users, the container and the files are of one") {
  for (const bool put_changes : {false, true}) {
    CAPTURE(put_changes);
    emulator::EmulatorOptions azure = with_identities(two_accounts(), false);
    azure.update_shares_by_put = put_changes;
    World world(azure);
    auto first = world.agent(by("arm", "identity"));
    auto second = world.agent(by("arm", "identity"));
    auto one = first->create(create_of("ann"));
    auto other = second->create(create_of("bob"));
    const bool ann = world.finish(one).ok();
    const bool bob = world.finish(other).ok();
    CHECK(ann != bob);
    const std::string owner = ann ? "ann" : "bob";
    CHECK(world.group(kId).tags.at("userId") == owner);
    CHECK(world.share(kId).metadata.at("userid") == owner);
  }
}

TEST_CASE("keyless: files without a container stay their owner's, where a PUT changes shares that exist") {
  for (const char* auth : {"arm", "auto"}) {
    CAPTURE(auth);
    emulator::EmulatorOptions azure = with_identities(two_accounts(), false);
    azure.update_shares_by_put = true;
    World world(azure);
    auto owner = world.agent(by(auth, "identity"));
    auto create = owner->create(create_of("ann"));
    REQUIRE(world.finish(create).ok());
    const std::string group = "Microsoft.ContainerInstance/containerGroups/aci-" + kId;
    REQUIRE(ask_azure(world, "DELETE", group + "?api-version=2023-05-01").status < 300);
    REQUIRE(world.clock().run_until([&] { return !world.has_group(kId); }));
    // An agent whose first request about shares this is.
    auto another = world.agent(by(auth, "identity"));
    auto taken = another->create(create_of("bob"));
    const auto& refused = world.finish(taken);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == ErrorCode::kConflict);
    CHECK_FALSE(world.has_group(kId));
    CHECK(world.share(kId).metadata.at("userid") == "ann");
  }
}

TEST_CASE("keyless: a create whose look is old looks again, and changes nothing of another's environment") {
  emulator::EmulatorOptions azure = with_identities(two_accounts(), false);
  azure.update_shares_by_put = true;
  World world(azure);
  // The second create has looked, and then waits for the answer that tells whether there is room.
  bool held = false;
  world.azure().set_fault_script([&held](const HttpRequest& request, std::uint64_t) {
    const bool holds = !held && request.url.find("/usages") != std::string::npos;
    held = held || holds;
    return emulator::Fault{holds ? emulator::Fault::kHang : emulator::Fault::kNone};
  });
  auto second = world.agent(by("arm", "identity"));
  auto other = second->create(create_of("bob"));
  REQUIRE(world.clock().run_until([&held] { return held; }));
  auto first = world.agent(by("arm", "identity"));
  auto one = first->create(create_of("ann"));
  REQUIRE(world.finish(one).ok());
  const auto& refused = world.finish(other);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::kConflict);
  CHECK(world.group(kId).tags.at("userId") == "ann");
  CHECK(world.share(kId).metadata.at("userid") == "ann");
}

TEST_CASE("keyless: a container that mounts with the key gets the one in use, however shares are made") {
  for (const char* auth : {"key", "entra", "arm", "auto"}) {
    CAPTURE(auth);
    World world(with_identities(two_accounts(), true));
    auto agent = world.agent(by(auth, "key"));
    for (const char* id : {"workspace-0001", "workspace-0002"}) {
      auto create = agent->create(create_request(id));
      const auto& created = world.finish(create);
      REQUIRE_MESSAGE(created.ok(), created.error().message);
      world.azure().rotate_storage_key("dev8east", std::string(86, 'Q') + "==", std::string(86, 'R') + "==");
    }
  }
}

TEST_CASE("keyless: a list reads the metadata of shares without a group alone, and once") {
  World world(with_identities(two_accounts(), false));
  auto agent = world.agent(by("arm", "identity"));
  for (const char* id : {"workspace-0001", "workspace-0002"}) {
    auto create = agent->create(create_request(id));
    REQUIRE(world.finish(create).ok());
  }
  world.azure().clear_calls();
  const auto list = [&] {
    auto listed = agent->list({});
    const auto& page = world.finish(listed);
    REQUIRE(page.ok());
    return page->total;
  };
  CHECK(list() == 2);
  CHECK(world.count("FileShares_List") == 1);
  CHECK(world.count("FileShares_Get") == 0);
  // Somebody deletes a container: now only the share tells whose it is.
  auto by_hand = world.agent(by("arm", "identity"));
  auto removed = by_hand->remove({"workspace-0001", "", true});
  REQUIRE(world.clock().run_until([&] { return world.count("ContainerGroups_Delete") == 1; }));
  by_hand.reset();
  world.azure().clear_calls();
  CHECK(list() == 2);
  CHECK(world.count("FileShares_Get") == 1);
  CHECK(list() == 2);
  CHECK(world.count("FileShares_Get") == 1);
}

TEST_CASE(
    "keyless: what an agent of one region has left is shown, though a group elsewhere has the same id") {
  World world(with_identities(two_accounts(), false));
  AgentTweaks east = by("arm", "identity"), west = by("arm", "identity"), both = both_regions();
  west.regions = {"westeurope"};
  west.default_region = "westeurope";
  both.adjust = east.adjust;
  west.adjust = [adjust = east.adjust](AgentOptions& options) {
    adjust(options);
    options.regions.front().storage_account = "dev8west";
  };
  die_creating(world, create_in(kId, "eastus"), east, [&] { return world.has_share(kId); });
  world.clock().advance(std::chrono::hours(1));
  auto western = world.agent(west);
  auto create = western->create(create_in(kId, "westeurope"));
  const auto& created = world.finish(create);
  REQUIRE_MESSAGE(created.ok(), created.error().message);
  REQUIRE(shares_kept(world) == 2);
  auto agent = world.agent(both);
  auto list = agent->list({});
  CHECK(world.finish(list).value().total == 2);
}

TEST_CASE("keyless: an environment that is being deleted is listed with its facts, or not at all") {
  for (const char* auth : {"entra", "arm"}) {
    CAPTURE(auth);
    World world(with_identities(two_accounts(), false));
    auto agent = world.agent(by(auth, "identity"));
    auto other = world.agent(by(auth, "identity"));
    auto create = agent->create(create_request(kId));
    REQUIRE(world.finish(create).ok());
    auto remove = other->remove({kId, "", true});
    int shown_without_group = 0;
    while (!remove.done()) {
      auto list = agent->list({});
      const auto& page = world.finish(list);
      REQUIRE(page.ok());
      for (const Environment& environment : page->environments) {
        CHECK(environment.user_id == "user-1");
        if (!world.has_group(kId)) ++shown_without_group;
      }
    }
    CHECK(shown_without_group > 0);
  }
}

TEST_CASE("keyless: auto takes the first way that Azure allows, and says why") {
  struct Row {
    const char* mount;
    bool keys;
    std::vector<std::string> denied;
    std::string taken;
  };
  const std::string list_keys = "Microsoft.Storage/storageAccounts/listKeys/action";
  for (const Row& row : {Row{"key", true, {}, "key"}, Row{"identity", true, {}, "entra"},
                         Row{"identity", false, {}, "entra"}, Row{"keyvault", true, {list_keys}, "entra"}}) {
    CAPTURE(row.mount);
    emulator::EmulatorOptions azure = with_identities(two_accounts(), row.keys);
    azure.denied_actions = row.denied;
    World world(azure);
    std::string taken;
    AgentTweaks tweaks = by("auto", row.mount);
    tweaks.logger = [&](const LogRecord& record) {
      if (record.event != "storage.auth") return;
      for (const LogField& field : record.fields) {
        if (field.name == "auth") taken = field.value;
      }
    };
    auto agent = world.agent(tweaks);
    live_and_die(world, *agent);
    CHECK(taken == row.taken);
  }
}

TEST_CASE("keyless: an account that forbids keys is told by its own code, with what to set") {
  World world(with_identities(two_accounts(), false));
  auto agent = world.agent();
  auto create = agent->create(create_request(kId));
  const auto& failed = world.finish(create);
  REQUIRE_FALSE(failed.ok());
  CHECK(failed.error().code == ErrorCode::kAzureRefused);
  CHECK(failed.error().azure_code == "KeyBasedAuthenticationNotPermitted");
  CHECK(failed.error().message.find("AZURE_STORAGE_AUTH=entra") != std::string::npos);
  auto mounting = world.agent(by("entra", "key"));
  auto second = mounting->create(create_request("workspace-0002"));
  const auto& refused = world.finish(second);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().azure_code == "CannotAccessStorageAccount");
  CHECK_FALSE(world.has_share("workspace-0002"));
}

TEST_CASE("keyless: an identity that may not mount ends as a failed mount, and leaves nothing") {
  emulator::EmulatorOptions azure = with_identities(two_accounts(), false);
  for (emulator::StorageAccount& account : azure.storage_accounts) account.smb_oauth = false;
  World world(azure);
  auto agent = world.agent(by("entra", "identity"));
  auto create = agent->create(create_request(kId));
  const auto& failed = world.finish(create);
  REQUIRE_FALSE(failed.ok());
  CHECK(failed.error().code == ErrorCode::kMountFailed);
  CHECK_FALSE(world.has_group(kId));
  CHECK_FALSE(world.has_share(kId));
}

TEST_CASE(
    "keyless: with a role that is new, a create says that it counts later, leaves nothing, and then works") {
  struct Row {
    const char* auth;
    const char* mount;
    bool pulls;
    ErrorCode code;
  };
  for (const Row& row : {Row{"arm", "identity", false, ErrorCode::kMountFailed},
                         Row{"entra", "identity", false, ErrorCode::kAzureRefused},
                         Row{"key", "key", true, ErrorCode::kImagePullFailed},
                         Row{"key", "keyvault", false, ErrorCode::kMountFailed}}) {
    CAPTURE(row.auth);
    CAPTURE(row.mount);
    emulator::EmulatorOptions azure = with_identities(two_accounts(), true);
    azure.role_delay = std::chrono::minutes(10);
    World world(azure);
    AgentTweaks tweaks = by(row.auth, row.mount);
    tweaks.adjust = [adjust = tweaks.adjust, &row](AgentOptions& options) {
      adjust(options);
      if (!row.pulls) return;
      options.registry = {};
      options.registry.server = "acr.azurecr.io";
      options.registry.identity = kMountIdentity;
      options.image = "acr.azurecr.io/workspace:1";
    };
    auto agent = world.agent(tweaks);
    auto create = agent->create(create_request(kId));
    const auto& failed = world.finish(create);
    REQUIRE_FALSE(failed.ok());
    CHECK(failed.error().code == row.code);
    CHECK_MESSAGE(failed.error().message.find("role") != std::string::npos, failed.error().message);
    CHECK_MESSAGE(failed.error().message.find("minutes") != std::string::npos, failed.error().message);
    CHECK_FALSE(world.has_group(kId));
    CHECK_FALSE(world.has_share(kId));
    world.clock().advance(std::chrono::minutes(10));
    live_and_die(world, *agent);
  }
}

TEST_CASE("keyless: a mount that waited for its role is no failure once the container runs") {
  emulator::EmulatorOptions azure = with_identities(two_accounts(), false);
  azure.role_delay = std::chrono::seconds(45);
  World world(azure);
  AgentTweaks tweaks = by("arm", "identity");
  auto first = world.agent(tweaks);
  auto create = first->create(create_request(kId));
  REQUIRE(world.clock().run_until([&] { return world.has_group(kId); }));
  first.reset();
  world.clock().advance(std::chrono::minutes(2));
  REQUIRE(world.group(kId).container_state == "Running");
  auto agent = world.agent(tweaks);
  auto list = agent->list({});
  const auto& page = world.finish(list);
  REQUIRE(page.ok());
  REQUIRE(page->total == 1);
  CHECK(page->environments.front().status == EnvironmentStatus::kRunning);
}

TEST_CASE("subnet: a container in a virtual network has a private address, and links lead there") {
  World world;
  AgentTweaks tweaks;
  tweaks.adjust = [](AgentOptions& options) { options.subnet_id = kSubnet; };
  auto agent = world.agent(tweaks);
  auto create = agent->create(create_request(kId));
  const auto& created = world.finish(create);
  REQUIRE_MESSAGE(created.ok(), created.error().message);
  CHECK(created->environment.azure_fqdn.empty());
  CHECK(created->environment.connection_urls.vscode_web_url.starts_with("http://10."));
  auto stop = agent->stop({kId, ""});
  CHECK(world.finish(stop).ok());
  auto start = agent->start({.id = kId});
  CHECK(world.finish(start).ok());
  auto remove = agent->remove({kId, "", true});
  CHECK(world.finish(remove).ok());
}

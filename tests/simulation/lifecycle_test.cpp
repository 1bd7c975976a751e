// The whole lifecycle on virtual time: what Azure is asked, in which order, and what the callers are told.
#include <doctest/doctest.h>

#include "support/tap.h"
#include "support/world.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

namespace {

const std::string kId = "workspace-0001";

emulator::EmulatorOptions slow_azure() {
  emulator::EmulatorOptions options;
  options.provisioning_time = std::chrono::seconds(120);
  return options;
}

}  // namespace

TEST_CASE("a create that takes Azure 120 s is one share PUT, one group PUT and reads within the budget") {
  World world(slow_azure());
  auto agent = world.agent();
  const TimePoint begun = world.clock().now();
  auto operation = agent->create(create_request(kId));
  const auto& created = world.finish(operation);
  REQUIRE_MESSAGE(created.ok(), created.error().message);
  CHECK(created->changed);
  CHECK(created->environment.status == EnvironmentStatus::kRunning);
  CHECK(created->environment.azure_fqdn == "ws-" + kId + ".eastus.azurecontainer.io");
  CHECK(world.count("ContainerGroups_CreateOrUpdate") == 1);
  CHECK(world.count("Share_Create") == 1);
  const auto took = std::chrono::duration_cast<std::chrono::seconds>(world.clock().now() - begun);
  CHECK(took >= std::chrono::seconds(120));
  CHECK(took <= std::chrono::seconds(121));
  CHECK(world.count("ContainerGroups_Get") + world.count("ContainerGroups_ListByResourceGroup") <=
        3 * took.count() + 25);
  CHECK(world.share(kId).quota_gib == 25);
  CHECK(world.group(kId).deployments == 1);
}

TEST_CASE("each operation sends exactly the calls that it needs when Azure is ready at once") {
  emulator::EmulatorOptions options;
  options.provisioning_time = options.start_time = std::chrono::milliseconds(0);
  const std::string quota = "Location_ListUsage ";  // once a minute for all creates: is there room?
  // The deployment of a create, and the read that shows it running. The share's PUT tells whether it is
  // there.
  const std::string deploy = quota + "Share_Create ContainerGroups_CreateOrUpdate ContainerGroups_Get";
  // The POST asks the resource provider; the read shows the state that is returned.
  const std::string stop_group = "ContainerGroups_Stop ContainerGroups_Get";
  // The same. This process has seen the create succeed: the share needs no release from its roll-back.
  const std::string start_group = "ContainerGroups_Start ContainerGroups_Get";
  // The files may go when the group is seen to be gone. The share's DELETE needs no confirmation.
  // The first delete in an hour asks the account whether it keeps what is deleted.
  const std::string delete_both = "ContainerGroups_Delete ContainerGroups_Get Share_Delete Shares_List";
  // A look before the first write; its answer serves the next call within 3 s, if that asks Azure anyway.
  for (const bool at_once : {true, false}) {
    CAPTURE(at_once);
    World world(options);
    auto agent = world.agent();
    const auto look = [&](const std::string& calls) { return at_once ? "" : calls + " "; };
    const auto calls = [&] {
      std::string made;
      for (const std::string& call : world.azure_calls()) made += (made.empty() ? "" : " ") + call;
      world.azure().clear_calls();
      if (!at_once) world.clock().advance(std::chrono::seconds(10));
      return made;
    };
    auto create = agent->create(create_request(kId));
    REQUIRE(world.finish(create).ok());
    CHECK(calls() == "ContainerGroups_Get " + deploy);
    auto stop = agent->stop({kId, "eastus"});
    REQUIRE(world.finish(stop).ok());
    CHECK(calls() == look("ContainerGroups_Get") + stop_group);
    StartRequest request;
    request.id = kId;
    request.cloud_region = "eastus";
    auto start = agent->start(std::move(request));
    REQUIRE(world.finish(start).ok());
    CHECK(calls() == look("ContainerGroups_Get Share_GetProperties") + start_group);
    auto remove = agent->remove({kId, "eastus", true});
    REQUIRE(world.finish(remove).ok());
    CHECK(calls() == look("ContainerGroups_Get") + delete_both);
  }
}

TEST_CASE(
    "a share is released from the roll-back of another process's create, not of one that has succeeded "
    "here") {
  World world;
  auto creator = world.agent();
  auto create = creator->create(create_request(kId));
  REQUIRE(world.finish(create).ok());
  const auto restart_at = [&](EnvironmentOrchestrator& agent) {
    auto stop = agent.stop({kId, "eastus"});
    REQUIRE(world.finish(stop).ok());
    StartRequest request;
    request.id = kId;
    auto start = agent.start(std::move(request));
    REQUIRE(world.finish(start).ok());
    return world.count("Share_SetMetadata");
  };
  CHECK(restart_at(*creator) == 0);
  auto other = world.agent();
  CHECK(restart_at(*other) == 1);
  CHECK(restart_at(*other) == 1);
}

TEST_CASE("regions that share resource group and storage account are asked like one") {
  emulator::EmulatorOptions options;
  options.provisioning_time = options.start_time = std::chrono::milliseconds(0);
  World world(options);
  AgentTweaks tweaks;
  tweaks.regions = {"eastus", "westeurope", "centralindia"};
  auto agent = world.agent(tweaks);
  const auto calls = [&] {
    std::string made;
    for (const std::string& call : world.azure_calls()) made += (made.empty() ? "" : " ") + call;
    world.azure().clear_calls();
    return made;
  };
  auto create = agent->create(create_request(kId));
  REQUIRE(world.finish(create).ok());
  // The share is asked about, because a share alone names the region of an environment.
  CHECK(calls() ==
        "ContainerGroups_Get Share_GetProperties Location_ListUsage Share_Create "
        "ContainerGroups_CreateOrUpdate "
        "ContainerGroups_Get");
  auto stop = agent->stop({kId, ""});
  REQUIRE(world.finish(stop).ok());
  CHECK(calls() == "ContainerGroups_Stop ContainerGroups_Get");
  StartRequest request;
  request.id = kId;
  auto start = agent->start(std::move(request));
  REQUIRE(world.finish(start).ok());
  CHECK(calls() == "ContainerGroups_Start ContainerGroups_Get");
  auto remove = agent->remove({kId, "", true});
  REQUIRE(world.finish(remove).ok());
  CHECK(calls() == "ContainerGroups_Delete ContainerGroups_Get Share_Delete Shares_List");
}

TEST_CASE("of two creates of one id in two regions of one place, exactly one succeeds and nothing is lost") {
  World world;
  AgentTweaks tweaks;
  tweaks.regions = {"eastus", "westeurope"};
  auto first = world.agent(tweaks);
  auto second = world.agent(tweaks);
  auto east = first->create(create_request(kId));
  CreateRequest other = create_request(kId);
  other.cloud_region = "westeurope";
  auto west = second->create(std::move(other));
  const bool in_east = world.finish(east).ok();
  const bool in_west = world.finish(west).ok();
  CHECK(in_east != in_west);
  if (!in_east) CHECK(world.finish(east).error().code == ErrorCode::kConflict);
  if (!in_west) CHECK(world.finish(west).error().code == ErrorCode::kConflict);
  CHECK(world.group(kId).location == (in_east ? "eastus" : "westeurope"));
  CHECK(world.share(kId).quota_gib == 25);
}

TEST_CASE("what was asked a moment ago serves no call that would change or refuse because of it") {
  World world;
  auto agent = world.agent();
  auto other = world.agent();
  auto create = agent->create(create_request(kId));
  REQUIRE(world.finish(create).ok());
  auto stop = other->stop({kId, "eastus"});
  REQUIRE(world.finish(stop).ok());
  // The first process has just seen it running.
  SUBCASE("a start with secrets") {
    StartRequest request;
    request.id = kId;
    request.secrets.github_token = Secret("token");
    auto start = agent->start(std::move(request));
    CHECK(world.finish(start).ok());
    CHECK(world.group(kId).deployments == 2);
  }
  SUBCASE("a delete without force") {
    auto remove = agent->remove({kId, "eastus", false});
    CHECK(world.finish(remove).ok());
  }
  SUBCASE("a stop of what is deleted") {
    auto remove = other->remove({kId, "eastus", true});
    REQUIRE(world.finish(remove).ok());
    auto again = agent->stop({kId, "eastus"});
    CHECK(world.finish(again).error().code == ErrorCode::kNotFound);
  }
}

TEST_CASE("a start does not deploy because of what was asked before it") {
  emulator::EmulatorOptions azure;
  azure.start_time = std::chrono::milliseconds(0);
  World world(azure);
  auto agent = world.agent();
  auto create = agent->create(create_request(kId));
  REQUIRE(world.finish(create).ok());
  auto stop = agent->stop({kId, "eastus"});
  REQUIRE(world.finish(stop).ok());
  // This process has just seen it stopped, and its files.
  auto look = agent->get({kId, "eastus"});
  REQUIRE(world.finish(look).ok());
  auto other = world.agent();
  auto start = other->start({.id = kId});
  REQUIRE(world.finish(start).ok());
  StartRequest request{.id = kId};
  request.secrets.github_token = Secret("token");
  auto again = agent->start(std::move(request));
  const auto& refused = world.finish(again);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::kConflict);
  CHECK(world.group(kId).deployments == 2);
}

TEST_CASE("a call does not refuse because of what was asked before it") {
  World world;
  auto maker = world.agent();
  auto create = maker->create(create_request(kId));
  REQUIRE(world.finish(create).ok());
  // The first read shows the group as another program's.
  auto once = std::make_shared<bool>(true);
  auto agent = world.agent(
      tapped(world, [&world, once](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
        if (request.label != "containerGroups.get" || !std::exchange(*once, false)) return false;
        HttpResponse shown = world.azure().handle(request);
        const auto maker_tag = shown.body.find("dev8-agent");
        REQUIRE(maker_tag != std::string::npos);
        shown.body.replace(maker_tag, 10, "some-other");
        tap.answer(done, std::move(shown));
        return true;
      }));
  auto look = agent->get({kId, "eastus"});
  world.finish(look);
  REQUIRE_FALSE(*once);
  auto stop = agent->stop({kId, "eastus"});
  const auto& stopped = world.finish(stop);
  CHECK_MESSAGE(stopped.ok(), stopped.error().message);
  CHECK(world.group(kId).state == "Stopped");
}

TEST_CASE(
    "every secret reaches the container as a secureValue, and the password returned is the container's") {
  World world;
  auto agent = world.agent();
  CreateRequest request = create_request(kId);
  request.secrets.github_token = Secret("gh-token");
  request.secrets.git_user_name = Secret("Ada");
  request.secrets.git_user_email = Secret("ada@example.com");
  request.secrets.ssh_public_key = Secret("ssh-ed25519 AAAA");
  request.secrets.anthropic_api_key = Secret("a-key");
  request.secrets.openai_api_key = Secret("o-key");
  request.secrets.gemini_api_key = Secret("g-key");
  auto operation = agent->create(std::move(request));
  const auto& created = world.finish(operation);
  REQUIRE_MESSAGE(created.ok(), created.error().message);
  const auto group = world.group(kId);
  const auto& secure = group.secure_variables;
  CHECK(secure.at("GITHUB_TOKEN") == "gh-token");
  CHECK(secure.at("GIT_USER_NAME") == "Ada");
  CHECK(secure.at("GIT_USER_EMAIL") == "ada@example.com");
  CHECK(secure.at("SSH_PUBLIC_KEY") == "ssh-ed25519 AAAA");
  CHECK(secure.at("ANTHROPIC_API_KEY") == "a-key");
  CHECK(secure.at("OPENAI_API_KEY") == "o-key");
  CHECK(secure.at("GEMINI_API_KEY") == "g-key");
  const auto& password = created->code_server_password;
  CHECK(password.size() >= 24);
  CHECK(secure.at("CODE_SERVER_PASSWORD") == password.reveal());
  CHECK(agent->check_activity_token(kId, secure.at("SUPERVISOR_AGENT_API_KEY")));
  CHECK_FALSE(agent->check_activity_token("workspace-0002", secure.at("SUPERVISOR_AGENT_API_KEY")));
  CHECK(secure.size() == 9);
  CHECK(group.variables.at("ENVIRONMENT_ID") == kId);
  CHECK(group.variables.at("SUPERVISOR_AGENT_BASE_URL") == "https://agent.example.com");
  CHECK(group.variables.at("CODE_SERVER_AUTH") == "password");
}

TEST_CASE("stop, start, list, get and delete follow the contract") {
  World world;
  auto agent = world.agent();
  auto create = agent->create(create_request(kId));
  REQUIRE(world.finish(create).ok());

  auto stop = agent->stop({kId, ""});
  const auto& stopped = world.finish(stop);
  REQUIRE_MESSAGE(stopped.ok(), stopped.error().message);
  CHECK(stopped->status == EnvironmentStatus::kStopped);
  CHECK(stopped->status_detail == "");  // nobody asked for the files, so nothing is said of them
  auto stop_again = agent->stop({kId, "eastus"});
  const auto& stopped_again = world.finish(stop_again);
  REQUIRE(stopped_again.ok());
  CHECK(stopped_again->status_detail == "");
  // The second stop asks the resource provider, too: a read may show the past.
  CHECK(world.count("ContainerGroups_Stop") == 2);
  const auto secrets = world.group(kId).secure_variables;

  StartRequest plain_start;
  plain_start.id = kId;
  auto start = agent->start(std::move(plain_start));
  const auto& started = world.finish(start);
  REQUIRE_MESSAGE(started.ok(), started.error().message);
  CHECK(started->changed);
  CHECK(started->environment.status == EnvironmentStatus::kRunning);
  CHECK(started->code_server_password.empty());
  CHECK(world.group(kId).secure_variables == secrets);
  CHECK(world.count("ContainerGroups_CreateOrUpdate") == 1);

  auto list = agent->list({});
  const auto& page = world.finish(list);
  REQUIRE_MESSAGE(page.ok(), page.error().message);
  REQUIRE(page->environments.size() == 1);
  CHECK(page->environments[0].status == EnvironmentStatus::kRunning);
  CHECK(page->environments[0].name == "My workspace");

  DeleteRequest gentle;
  gentle.id = kId;
  auto refused = agent->remove(gentle);
  CHECK(world.finish(refused).error().code == ErrorCode::kConflict);
  CHECK(world.has_share(kId));
  gentle.force = true;
  auto remove = agent->remove(gentle);
  const auto& removed = world.finish(remove);
  CHECK_MESSAGE(removed.ok(), (removed.ok() ? "" : removed.error().message));
  CHECK_FALSE(world.has_share(kId));
  CHECK_FALSE(world.has_group(kId));

  auto again = agent->remove(gentle);
  CHECK(world.finish(again).error().code == ErrorCode::kNotFound);
  auto get = agent->get({kId, ""});
  CHECK(world.finish(get).error().code == ErrorCode::kNotFound);
}

TEST_CASE("a repeated create answers with the environment as it is and changes nothing in it") {
  World world;
  auto agent = world.agent();
  auto create = agent->create(create_request(kId));
  REQUIRE(world.finish(create).ok());
  const auto before = world.group(kId);
  world.azure().clear_calls();
  auto again = agent->create(create_request(kId));
  const auto& repeated = world.finish(again);
  REQUIRE_MESSAGE(repeated.ok(), repeated.error().message);
  CHECK_FALSE(repeated->changed);
  CHECK(repeated->environment.status == EnvironmentStatus::kRunning);
  CHECK(repeated->code_server_password.empty());
  const std::vector<std::string> looks = {"ContainerGroups_Get", "Share_GetProperties"};
  CHECK(world.azure_calls() == looks);
  // The first repeat elsewhere takes the creating call's mark off the share; the next one writes nothing.
  auto replica = world.agent();
  for (const bool first : {true, false}) {
    world.azure().clear_calls();
    auto elsewhere = replica->create(create_request(kId));
    CHECK_FALSE(world.finish(elsewhere)->changed);
    std::vector<std::string> expected = looks;
    if (first) expected.emplace_back("Share_SetMetadata");
    CHECK(world.azure_calls() == expected);
  }

  CreateRequest bigger = create_request(kId);
  bigger.spec.memory_gb = 8;
  auto conflict = agent->create(std::move(bigger));
  const auto& refused = world.finish(conflict);
  CHECK(refused.error().code == ErrorCode::kConflict);
  CHECK(refused.error().message.find("memoryGB") != std::string::npos);
  CreateRequest foreign = create_request(kId);
  foreign.spec.user_id = "user-2";
  auto other_owner = agent->create(std::move(foreign));
  CHECK(world.finish(other_owner).error().code == ErrorCode::kConflict);
  CHECK(world.group(kId).incarnation == before.incarnation);
  CHECK(world.group(kId).deployments == 1);
}

TEST_CASE("creates of one id in parallel share one operation") {
  World world;
  auto agent = world.agent();
  auto first = agent->create(create_request(kId));
  auto second = agent->create(create_request(kId));
  const auto& a = world.finish(first);
  const auto& b = world.finish(second);
  REQUIRE(a.ok());
  REQUIRE(b.ok());
  CHECK(a->changed);
  CHECK_FALSE(b->changed);
  CHECK(world.count("ContainerGroups_CreateOrUpdate") == 1);
  CHECK(world.count("Share_Create") == 1);
}

TEST_CASE("starting with other sizes redeploys on the same share and keeps its files") {
  World world;
  auto agent = world.agent();
  auto create = agent->create(create_request(kId));
  REQUIRE(world.finish(create).ok());
  const auto share = world.share(kId);
  StartRequest bigger;
  bigger.id = kId;
  bigger.changes.memory_gb = 8;
  bigger.changes.storage_gb = 40;
  auto while_running = agent->start(std::move(bigger));
  CHECK(world.finish(while_running).error().code == ErrorCode::kConflict);
  auto stop = agent->stop({kId, ""});
  REQUIRE(world.finish(stop).ok());
  StartRequest again;
  again.id = kId;
  again.changes.memory_gb = 8;
  again.changes.storage_gb = 40;
  auto start = agent->start(std::move(again));
  const auto& started = world.finish(start);
  REQUIRE_MESSAGE(started.ok(), started.error().message);
  CHECK(started->environment.memory_gb == 8);
  CHECK(started->environment.storage_gb == 40);
  CHECK(started->code_server_password.size() >= 24);
  CHECK(world.share(kId).incarnation == share.incarnation);
  CHECK(world.share(kId).quota_gib == 45);
  CHECK(world.group(kId).memory_gb == 8);
}

TEST_CASE("starting with secrets makes the container anew with them, on the same share") {
  World world;
  auto agent = world.agent();
  auto create = agent->create(create_request(kId));
  REQUIRE(world.finish(create).ok());
  const auto share = world.share(kId);
  auto stop = agent->stop({kId, ""});
  REQUIRE(world.finish(stop).ok());
  StartRequest request;
  request.id = kId;
  request.secrets.github_token = Secret("token-of-the-start");
  auto start = agent->start(std::move(request));
  const auto& started = world.finish(start);
  REQUIRE_MESSAGE(started.ok(), started.error().message);
  const auto secrets = world.group(kId).secure_variables;
  CHECK(secrets.at("GITHUB_TOKEN") == "token-of-the-start");
  CHECK(started->code_server_password.reveal() == secrets.at("CODE_SERVER_PASSWORD"));
  CHECK(world.share(kId).incarnation == share.incarnation);
}

TEST_CASE("starting what runs under another name is refused, and nothing of it is dropped silently") {
  World world;
  auto agent = world.agent();
  auto create = agent->create(create_request(kId));
  REQUIRE(world.finish(create).ok());
  StartRequest request;
  request.id = kId;
  request.changes.name = "Another name";
  auto start = agent->start(std::move(request));
  CHECK(world.finish(start).error().code == ErrorCode::kConflict);
  StartRequest same;
  same.id = kId;
  auto again = agent->start(std::move(same));
  CHECK(world.finish(again).ok());
}

// Secrets of a vault in workspaces: variables and the certificate of the TLS container, which the agent never
// sees.
#include <doctest/doctest.h>

#include <algorithm>

#include "json/parse.h"
#include "support/keyless.h"
#include "support/tap.h"
#include "support/tls_options.h"
#include "support/two_regions.h"

using namespace dev8agent;
using namespace dev8agent::test;

namespace {

const std::string kId = "workspace-0001";

AgentTweaks with_vault(bool tls = false) {
  AgentTweaks tweaks;
  tweaks.adjust = [tls](AgentOptions& options) {
    if (tls) want_tls_from_vault(options);
    options.vault = vault_variables();
  };
  return tweaks;
}

World vault_world() {
  return World(with_identities(two_accounts(), true));
}

StartRequest bigger() {
  StartRequest request{.id = kId};
  request.changes.cpu_cores = 4;
  return request;
}

template <class T>
const T& done(World& world, const Operation<T>& operation) {
  const auto& result = world.finish(operation);
  REQUIRE_MESSAGE(result.ok(), result.error().message);
  return *result;
}

void check_values(const World& world) {
  const auto variables = world.group(kId).secure_variables;
  CHECK(variables.at(kVaultToken.name) == "canary-TEAM_TOKEN");
  CHECK(variables.at(kVaultLicence.name) == "canary-LICENCE");
}

// All that goes from an agent to Azure and from it to the log.
struct Seen {
  std::string text;
  int puts = 0;
};

AgentTweaks watched(World& world, const std::shared_ptr<Seen>& seen, AgentTweaks tweaks) {
  tweaks.logger = [seen](const LogRecord& record) {
    seen->text += record.event;
    for (const LogField& field : record.fields) seen->text += " " + std::string(field.value);
  };
  return tapped(
      world,
      [seen](Tap&, const HttpRequest& request, const Transport::Completion&) {
        seen->text += request.url + request.body;
        for (const HttpHeader& header : request.headers) seen->text += header.value;
        seen->puts += request.body.find("secureValueReference") != std::string::npos;
        return false;
      },
      std::move(tweaks));
}

}  // namespace

TEST_CASE("vault: a life with variables and a certificate whose values never pass through the agent") {
  for (const bool tls : {false, true}) {
    CAPTURE(tls);
    World world = vault_world();
    const auto seen = std::make_shared<Seen>();
    auto agent = world.agent(watched(world, seen, with_vault(tls)));
    auto create = agent->create(create_request(kId));
    CHECK(
        done(world, create).environment.connection_urls.vscode_web_url.starts_with(tls ? "https" : "http:"));
    check_values(world);
    CHECK(seen->puts == 1);
    auto stop = agent->stop({kId, ""});
    done(world, stop);
    auto start = agent->start({.id = kId});
    done(world, start);
    check_values(world);
    auto stop_again = agent->stop({kId, ""});
    done(world, stop_again);
    auto start_bigger = agent->start(bigger());
    done(world, start_bigger);
    check_values(world);
    CHECK(world.group(kId).cpu == 4);
    CHECK(seen->puts == 2);
    auto list = agent->list({});
    CHECK(done(world, list).total == 1);
    auto remove = agent->remove({kId, "", true});
    done(world, remove);
    CHECK_FALSE(world.has_group(kId));
    CHECK(seen->text.find(kVaultToken.uri) != std::string::npos);
    CHECK((seen->text.find(kCertificateKeyUri) != std::string::npos) == tls);
    CHECK(seen->text.find("canary") == std::string::npos);
  }
}

TEST_CASE("vault: an environment from before goes on as it is until it is deployed again") {
  World world = vault_world();
  auto before = world.agent();
  CreateRequest request = create_request(kId);
  request.spec.environment_variables = {{kVaultToken.name, "own"}};
  auto create = before->create(request.copy());
  done(world, create);
  auto stop = before->stop({kId, ""});
  done(world, stop);

  auto agent = world.agent(with_vault());
  auto start = agent->start({.id = kId});
  done(world, start);
  CHECK(world.group(kId).deployments == 2);
  CHECK(world.group(kId).variables.at(kVaultToken.name) == "own");
  auto stop_again = agent->stop({kId, ""});
  done(world, stop_again);
  auto start_bigger = agent->start(bigger());
  done(world, start_bigger);
  check_values(world);
  CHECK_FALSE(world.group(kId).variables.contains(kVaultToken.name));
}

TEST_CASE("vault: a create that is repeated after a change of the setting finds its environment") {
  World world = vault_world();
  auto before = world.agent();
  auto create = before->create(create_request(kId));
  done(world, create);
  auto agent = world.agent(with_vault());
  auto repeat = agent->create(create_request(kId));
  done(world, repeat);
  CHECK(world.group(kId).deployments == 1);
}

TEST_CASE("vault: a maker's variable of the operator's name is refused by its field") {
  World world = vault_world();
  auto agent = world.agent(with_vault());
  CreateRequest request = create_request(kId);
  request.secrets.variables[kVaultLicence.name] = Secret("mine");
  auto create = agent->create(std::move(request));
  const auto& refused = world.finish(create);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::kInvalidRequest);
  REQUIRE(refused.error().fields.size() == 1);
  CHECK(refused.error().fields[0].field == "secretVariables");
  CHECK(refused.error().fields[0].message.find("LICENCE") != std::string::npos);
  CHECK(world.azure().calls().empty());
}

TEST_CASE("vault: what cannot be read fails the create with Azure's words, and leaves nothing") {
  for (const bool has_role : {false, true}) {
    CAPTURE(has_role);
    emulator::EmulatorOptions azure = with_identities(two_accounts(), true);
    azure.identities[0].reads_vaults = has_role;
    if (has_role) azure.vault_secrets.erase(kVaultLicence.uri);
    World world(azure);
    auto agent = world.agent(with_vault());
    auto create = agent->create(create_request(kId));
    const auto& failed = world.finish(create);
    REQUIRE_FALSE(failed.ok());
    CHECK(failed.error().code == ErrorCode::kAzureRefused);
    CHECK(failed.error().azure_code == "InaccessibleSecretReference");
    CHECK_FALSE(world.has_group(kId));
    CHECK_FALSE(world.has_share(kId));
  }
}

// Shares of certificates whose environment is gone: a delete takes them along where it sees them, and what a
// process leaves that ends while another deletes is an orphan.
#include <doctest/doctest.h>

#include "azure/shared_key.h"
#include "base/time_format.h"
#include "support/tap.h"
#include "support/tls_options.h"
#include "support/two_regions.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

const std::string kId = "workspace-0001";
const std::string kCertificates = "tls-" + kId;

AgentTweaks with_certificates(AgentTweaks tweaks = {}) {
  tweaks.adjust = [before = tweaks.adjust](AgentOptions& options) {
    if (before) before(options);
    want_tls(options, "acme");
  };
  return tweaks;
}

bool has_certificates(const World& world) {
  for (const auto& share : world.azure().shares()) {
    if (share.name == kCertificates && !share.being_deleted) return true;
  }
  return false;
}

// Somebody who holds the key of the account in eastus sends a request.
int ask(World& world, const std::string& method, const std::string& path) {
  const emulator::StorageAccount& account = world.azure().options().storage_accounts.front();
  HttpRequest request;
  request.method = method;
  request.url = "https://" + account.name + ".file.core.windows.net/" + path;
  request.headers = {{"x-ms-version", "2022-11-02"},
                     {"x-ms-date", format_http_date(world.clock().wall_now())}};
  const auto signature = azure::shared_key_authorization(request, account.name, account.key1);
  REQUIRE(signature);
  request.headers.push_back({"Authorization", *signature});
  return world.azure().handle(request).status;
}

void remove(World& world, EnvironmentOrchestrator& agent) {
  auto operation = agent.remove({kId, "", true});
  const auto& removed = world.finish(operation);
  REQUIRE_MESSAGE(removed.ok(), removed.error().message);
}

std::vector<Orphan> orphans_of(World& world, EnvironmentOrchestrator& agent) {
  auto operation = agent.orphans({minutes(0)});
  const auto& orphans = world.finish(operation);
  REQUIRE_MESSAGE(orphans.ok(), orphans.error().message);
  return *orphans;
}

Orphan sweep(World& world, EnvironmentOrchestrator& agent, bool dry_run, bool include_files = false) {
  auto operation = agent.sweep_orphans({minutes(0), dry_run, include_files});
  const auto& swept = world.finish(operation);
  REQUIRE_MESSAGE(swept.ok(), swept.error().message);
  REQUIRE(swept->size() == 1);
  return swept->front();
}

// A create sends the request for the share of certificates and dies; it arrives when the environment has been
// deleted.
void leave_certificates(World& world) {
  auto sent = std::make_shared<bool>(false);
  AgentTweaks tweaks = tapped(
      world,
      [sent](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
        if (request.label != "shares.create" || request.url.find(kCertificates) == std::string::npos)
          return false;
        *sent = true;
        tap.pass_later(seconds(55), request, done);
        return true;
      },
      with_certificates());
  std::shared_ptr<Transport> network;  // what a process has sent arrives after its end, too
  tweaks.wrap_transport = [&network, tap = tweaks.wrap_transport](std::shared_ptr<Transport> azure) {
    network = tap(std::move(azure));
    return network;
  };
  auto victim = world.agent(tweaks);
  auto create = victim->create(create_request(kId));
  REQUIRE(world.clock().run_until([&] { return *sent; }));
  victim.reset();
  auto other = world.agent(with_certificates());
  remove(world, *other);
  REQUIRE_FALSE(has_certificates(world));
  world.clock().advance(minutes(1));
  REQUIRE(has_certificates(world));
  REQUIRE_FALSE(world.has_share(kId));
  REQUIRE_FALSE(world.has_group(kId));
}

}  // namespace

TEST_CASE("certificates of a create that died while others deleted are an orphan, and a sweep removes them") {
  World world;
  leave_certificates(world);
  auto agent = world.agent();  // also without TLS in the settings of today
  world.clock().advance(minutes(39));
  CHECK(orphans_of(world, *agent).empty());  // a create may still be at it
  world.clock().advance(minutes(2));
  const auto orphans = orphans_of(world, *agent);
  REQUIRE(orphans.size() == 1);
  CHECK(orphans[0].environment_id == kId);
  CHECK(orphans[0].cloud_region == "eastus");
  CHECK(orphans[0].kind == OrphanKind::kShare);
  CHECK(orphans[0].name == kCertificates);
  CHECK(orphans[0].reason == "share of certificates without a file share");
  CHECK(orphans[0].age >= minutes(41));
  CHECK(sweep(world, *agent, true).removed == true);
  CHECK(has_certificates(world));
  CHECK(sweep(world, *agent, false).removed == true);
  CHECK_FALSE(has_certificates(world));
  CHECK(orphans_of(world, *agent).empty());
}

TEST_CASE("a sweep keeps certificates alone that hold files, unless the request says otherwise") {
  World world;
  leave_certificates(world);
  REQUIRE(ask(world, "PUT", kCertificates + "/caddy?restype=directory") == 201);
  auto agent = world.agent();
  world.clock().advance(minutes(41));
  for (const bool dry_run : {true, false}) {
    const Orphan kept = sweep(world, *agent, dry_run);
    CHECK(kept.removed == false);
    CHECK(kept.reason.find("holds files") != std::string::npos);
    CHECK(has_certificates(world));
  }
  CHECK(sweep(world, *agent, false, true).removed == true);
  CHECK_FALSE(has_certificates(world));
}

TEST_CASE("certificates of an environment that is there are no orphan, nor those of others") {
  World world;
  auto agent = world.agent(with_certificates());
  auto create = agent->create(create_request(kId));
  REQUIRE(world.finish(create).ok());
  REQUIRE(ask(world, "PUT", "tls-workspace-0002?restype=share") == 201);
  world.clock().advance(minutes(41));
  CHECK(orphans_of(world, *agent).empty());
  auto stop = agent->stop({kId, ""});
  REQUIRE(world.finish(stop).ok());
  CHECK(orphans_of(world, *agent).empty());
}

TEST_CASE("certificates left in one region are an orphan although the environment is in another") {
  World world(two_accounts());
  leave_certificates(world);
  auto agent = world.agent(with_certificates(both_regions()));
  auto create = agent->create(create_in(kId, "westeurope"));
  REQUIRE(world.finish(create).ok());
  world.clock().advance(minutes(41));
  const Orphan swept = sweep(world, *agent, false);
  CHECK(swept.cloud_region == "eastus");
  CHECK(swept.name == kCertificates);
  REQUIRE(shares_kept(world) == 2);
  for (const auto& share : world.azure().shares())
    CHECK((share.being_deleted || share.storage_account == "dev8west"));
}

TEST_CASE("a delete of a container that has lost its files takes the certificates along") {
  for (const bool two_regions : {false, true}) {
    CAPTURE(two_regions);
    World world(two_accounts());
    auto agent = world.agent(with_certificates(two_regions ? both_regions() : AgentTweaks{}));
    auto create = agent->create(create_request(kId));
    REQUIRE(world.finish(create).ok());
    REQUIRE(ask(world, "DELETE", "fs-" + kId + "?restype=share") == 202);
    auto other = world.agent(two_regions ? both_regions() : AgentTweaks{});
    remove(world, *other);
    CHECK_FALSE(world.has_group(kId));
    CHECK_FALSE(has_certificates(world));
  }
}

TEST_CASE("a create whose shares are deleted before its container makes both again") {
  World world;
  auto held = std::make_shared<bool>(false);
  AgentTweaks tweaks = with_certificates();
  tweaks.adjust = [](AgentOptions& options) {
    options.storage_access.auth = StorageAuth::kEntra;
    want_tls(options, "acme");
  };
  auto creator = world.agent(tapped(
      world,
      [held](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
        if (request.label != "storageAccounts.listKeys" || *held) return false;
        *held = true;
        tap.pass_later(minutes(2), request, done);
        return true;
      },
      tweaks));
  auto create = creator->create(create_request(kId));
  REQUIRE(world.clock().run_until([&] { return *held; }));
  REQUIRE(has_certificates(world));
  auto other = world.agent(with_certificates());
  remove(world, *other);
  REQUIRE_FALSE(has_certificates(world));
  const auto& created = world.finish(create);
  REQUIRE_MESSAGE(created.ok(), created.error().message);
  CHECK(world.group(kId).state == "Running");
  CHECK(has_certificates(world));
}

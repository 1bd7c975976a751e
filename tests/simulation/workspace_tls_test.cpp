// Environments with HTTPS: the container that ends TLS, and the share on which it keeps its certificates.
#include <doctest/doctest.h>

#include <algorithm>

#include "plan/facts.h"
#include "support/tls_options.h"
#include "support/world.h"

using namespace dev8agent;
using namespace dev8agent::test;
using std::chrono::seconds;

namespace {

const std::string kId = "workspace-0001";
const std::string kCertificates = "tls-workspace-0001";

AgentTweaks with_tls(const std::string& mode, bool waits = false) {
  AgentTweaks tweaks;
  tweaks.adjust = [mode, waits](AgentOptions& options) {
    want_tls(options, mode);
    if (waits) options.workspace_ready = WorkspaceReady::kHttp;
  };
  return tweaks;
}

std::uint64_t incarnation_of(const World& world, const std::string& name) {
  for (const auto& share : world.azure().shares()) {
    if (share.name == name && !share.being_deleted) return share.incarnation;
  }
  return 0;
}

template <class T>
const T& done(World& world, const Operation<T>& operation) {
  const auto& result = world.finish(operation);
  REQUIRE_MESSAGE(result.ok(), result.error().message);
  return *result;
}

StartRequest bigger() {
  StartRequest request{.id = kId};
  request.changes.cpu_cores = 4;
  return request;
}

std::vector<std::string> writes_to_shares(const World& world) {
  std::vector<std::string> writes;
  for (const auto& call : world.azure().calls()) {
    if (call.operation == "Share_Create" || call.operation == "Share_Delete" ||
        call.operation == "ContainerGroups_CreateOrUpdate") {
      writes.push_back(call.operation + " " + call.resource);
    }
  }
  return writes;
}

}  // namespace

TEST_CASE("workspace tls: an https link from the create on, and certificates that outlive stop and start") {
  World world;
  auto agent = world.agent(with_tls("acme"));
  const auto create = agent->create(create_request(kId));
  const Environment& made = done(world, create).environment;
  CHECK(made.connection_urls.vscode_web_url == "https://ws-workspace-0001.eastus.azurecontainer.io/");
  CHECK(made.connection_urls.ssh_url == "ssh://dev8@ws-workspace-0001.eastus.azurecontainer.io:2222");
  CHECK(world.group(kId).cpu == 2);
  CHECK(world.group(kId).memory_gb == 4);
  CHECK(writes_to_shares(world) ==
        std::vector<std::string>{"Share_Create fs-workspace-0001", "Share_Create " + kCertificates,
                                 "ContainerGroups_CreateOrUpdate aci-workspace-0001"});
  const auto certificates = incarnation_of(world, kCertificates);
  REQUIRE(certificates != 0);
  const auto list = agent->list({});
  const EnvironmentPage& page = done(world, list);
  REQUIRE(page.environments.size() == 1);
  CHECK(page.environments[0].connection_urls.vscode_web_url == made.connection_urls.vscode_web_url);

  const auto stop = agent->stop({kId, ""});
  done(world, stop);
  const auto start = agent->start({.id = kId});
  done(world, start);
  const auto stop_again = agent->stop({kId, ""});
  done(world, stop_again);
  const auto start_bigger = agent->start(bigger());
  done(world, start_bigger);
  CHECK(incarnation_of(world, kCertificates) == certificates);
  CHECK(world.group(kId).cpu == 4);

  world.azure().clear_calls();
  const auto remove = agent->remove({kId, "", true});
  done(world, remove);
  CHECK(writes_to_shares(world) ==
        std::vector<std::string>{"Share_Delete " + kCertificates, "Share_Delete fs-workspace-0001"});
  CHECK(incarnation_of(world, kCertificates) == 0);
  CHECK_FALSE(world.has_share(kId));
}

TEST_CASE("workspace tls: an environment from before goes on as it is until it is deployed again") {
  World world;
  auto before = world.agent();
  const auto create = before->create(create_request(kId));
  done(world, create);
  const auto stop = before->stop({kId, ""});
  done(world, stop);

  auto agent = world.agent(with_tls("acme"));
  const auto start = agent->start({.id = kId});
  CHECK(done(world, start).environment.connection_urls.vscode_web_url.starts_with("http://"));
  CHECK(incarnation_of(world, kCertificates) == 0);
  const auto stop_again = agent->stop({kId, ""});
  done(world, stop_again);
  const auto start_bigger = agent->start(bigger());
  CHECK(done(world, start_bigger).environment.connection_urls.vscode_web_url.starts_with("https://"));
  CHECK(incarnation_of(world, kCertificates) != 0);

  // Whoever deletes it takes the certificates along, also without TLS in the settings of today.
  const auto remove = before->remove({kId, "", true});
  done(world, remove);
  CHECK(incarnation_of(world, kCertificates) == 0);
  CHECK_FALSE(world.has_share(kId));
}

TEST_CASE("workspace tls: of starts with a body, those switch that deploy the container anew") {
  World world;
  auto before = world.agent();
  const auto create = before->create(create_request(kId));
  done(world, create);
  auto agent = world.agent(with_tls("acme"));
  const auto start_with = [&](StartRequest request) {
    request.id = kId;
    const auto stop = agent->stop({kId, ""});
    done(world, stop);
    const auto start = agent->start(std::move(request));
    return done(world, start).environment.connection_urls.vscode_web_url.starts_with("https://");
  };
  StartRequest renamed;
  renamed.changes.name = "Mine";
  renamed.changes.cpu_cores = create_request(kId).spec.cpu_cores;  // as it is
  CHECK_FALSE(start_with(std::move(renamed)));
  CHECK(world.group(kId).tags.at("name") == "Mine");
  StartRequest with_secret;
  with_secret.secrets.github_token = Secret("token-of-a-start");
  CHECK(start_with(std::move(with_secret)));
  CHECK(incarnation_of(world, kCertificates) != 0);
  CHECK(start_with({}));  // it stays
}

TEST_CASE("workspace tls: certificates go with the environment although its container has none any more") {
  World world;
  auto agent = world.agent(with_tls("acme"));
  const auto create = agent->create(create_request(kId));
  done(world, create);
  auto without = world.agent();
  const auto stop = without->stop({kId, ""});
  done(world, stop);
  const auto start = without->start(bigger());
  CHECK(done(world, start).environment.connection_urls.vscode_web_url.starts_with("http://"));
  CHECK(incarnation_of(world, kCertificates) != 0);
  auto deleter = world.agent();
  const auto remove = deleter->remove({kId, "", true});
  done(world, remove);
  CHECK(incarnation_of(world, kCertificates) == 0);
}

TEST_CASE("workspace tls: a create that fails leaves neither share") {
  World world;
  world.azure().set_location("eastus", emulator::Deployment::kNoCapacityAsync);
  auto agent = world.agent(with_tls("acme"));
  auto create = agent->create(create_request(kId));
  CHECK_FALSE(world.finish(create).ok());
  CHECK(world.count("Share_Delete") == 2);
  CHECK(incarnation_of(world, kCertificates) == 0);
  CHECK_FALSE(world.has_share(kId));
}

TEST_CASE("workspace tls: files that are deleted while a start deploys take the certificates along") {
  World world;
  auto before = world.agent();
  const auto create = before->create(create_request(kId));
  done(world, create);
  const auto stop = before->stop({kId, ""});
  done(world, stop);
  auto starter = world.agent(with_tls("acme"));
  auto start = starter->start(bigger());
  world.clock().run_until([&] { return incarnation_of(world, kCertificates) != 0; });
  const auto remove = before->remove({kId, "", true});
  world.finish(remove);
  CHECK_FALSE(world.finish(start).ok());
  CHECK_FALSE(world.has_share(kId));
  CHECK_FALSE(world.has_group(kId));
  CHECK(incarnation_of(world, kCertificates) == 0);
}

TEST_CASE("workspace tls: waiting for the workspace means waiting for its certificate") {
  emulator::EmulatorOptions azure;
  azure.provisioning_time = seconds(10);
  azure.ide_time = seconds(3);
  azure.certificate_time = seconds(20);
  World world(azure);
  auto agent = world.agent(with_tls("acme", true));
  const TimePoint begun = world.clock().now();
  const auto create = agent->create(create_request(kId));
  done(world, create);
  const auto taken = world.clock().now() - begun;
  CHECK(taken >= seconds(30));
  CHECK(taken <= seconds(34));
  // Behind the certificate the IDE counts, too: 502 of the container that ends TLS is no answer.
  azure.ide_time = seconds(40);
  World slow(azure);
  auto other = slow.agent(with_tls("acme", true));
  const TimePoint slow_begun = slow.clock().now();
  std::string why;
  const auto wait = other->create(create_request(kId), {.on_progress = [&](const Progress& progress) {
                                    if (!progress.detail.empty()) why = progress.detail;
                                  }});
  done(slow, wait);
  CHECK(slow.clock().now() - slow_begun >= seconds(50));
  CHECK(why == "it answers with status 502");
}

TEST_CASE("workspace tls: an operator's certificate needs no share, and the link has the operator's name") {
  World world;
  auto agent = world.agent(with_tls("certificate"));
  const auto create = agent->create(create_request(kId));
  CHECK(done(world, create).environment.connection_urls.vscode_web_url ==
        "https://workspace-0001.dev.example.com/");
  CHECK(world.count("Share_Create") == 1);
  const auto remove = agent->remove({kId, "", true});
  done(world, remove);
  CHECK(world.count("Share_Delete") == 1);
}

TEST_CASE("workspace tls: with a hash in the name, the link is what Azure shows") {
  World world;
  auto tweaks = with_tls("acme");
  tweaks.adjust = [](AgentOptions& options) {
    options.workspace_tls.mode = WorkspaceTlsMode::kAcme;
    options.dns_label_scope = DnsLabelScope::kTenantReuse;
  };
  auto agent = world.agent(tweaks);
  const auto create = agent->create(create_request(kId));
  const Environment& made = done(world, create).environment;
  CHECK(made.connection_urls.vscode_web_url == "https://" + made.azure_fqdn + "/");
  CHECK(made.azure_fqdn.size() > std::string("ws-workspace-0001.eastus.azurecontainer.io").size());
}

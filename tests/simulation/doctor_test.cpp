// diagnose(): everything that is tried, what it costs, and that nothing changes.
#include <doctest/doctest.h>

#include <algorithm>

#include "support/diagnosis_bench.h"
#include "support/keyless.h"
#include "support/skewed_scheduler.h"
#include "support/tap.h"
#include "support/two_regions.h"

using namespace dev8agent;
using namespace dev8agent::test;
using emulator::EmulatorOptions;
using emulator::Fault;

namespace {

std::vector<std::string> codes_of(const Diagnosis& diagnosis) {
  std::vector<std::string> codes;
  for (const DiagnosisCheck& check : diagnosis.checks) {
    if (!check.code.empty()) codes.push_back(check.code);
  }
  return codes;
}

int writes(const World& world) {
  int count = 0;
  for (const emulator::Call& call : world.azure().calls()) {
    const bool reads = call.operation.find("Get") != std::string::npos ||
                       call.operation.find("List") != std::string::npos || call.operation == "Token";
    if (!reads && call.status < 300) ++count;
  }
  return count;
}

// As a chain of credentials that has found one.
class SecondOfChain final : public TokenCredential {
 public:
  explicit SecondOfChain(std::shared_ptr<TokenCredential> real) : real_(std::move(real)) {}
  std::string_view name() const override { return "Second"; }
  std::string passed_over() const override { return "First is not configured"; }
  void fetch(CredentialContext context, std::string scope, TimePoint deadline,
             Completion completion) override {
    real_->fetch(std::move(context), std::move(scope), deadline, std::move(completion));
  }

 private:
  std::shared_ptr<TokenCredential> real_;
};

}  // namespace

TEST_CASE("doctor: an agent that lacks nothing is told so, and nothing changes") {
  World world(with_soft_delete());
  auto agent = world.agent(both_regions());
  auto made = agent->create(create_request("workspace-0001"));
  REQUIRE(world.finish(made).ok());
  world.azure().clear_calls();
  const Diagnosis diagnosis = diagnose(world, *agent);
  for (const DiagnosisCheck& check : diagnosis.checks) {
    CAPTURE(check.subject);
    CAPTURE(check.detail);
    CHECK(check.verdict == Verdict::kPassed);
  }
  CHECK(diagnosis.healthy());
  CHECK(diagnosis.missing_actions.empty());
  CHECK(diagnosis.missing_role.empty());
  for (const char* subject :
       {"credentials", "provider:Microsoft.ContainerInstance", "provider:Microsoft.Storage",
        "permissions:dev8-emulator", "permissions:subscription", "permissions:dev8east",
        "permissions:dev8west", "azure:eastus", "storage:westeurope", "account:dev8east",
        "soft-delete:dev8west", "quota:eastus", "sizes:westeurope"})
    check_of(diagnosis, subject);
  // A DELETE of what is not there: 204.
  CHECK(writes(world) == world.count("ContainerGroups_Delete"));
  CHECK(world.count("ContainerGroups_Delete") == 1);
  CHECK(world.azure().groups().size() == 1);
  CHECK(world.azure().shares().size() == 1);
  CHECK(world.azure().calls().size() <= 32);
}

TEST_CASE("doctor: each action that the roles lack is named, alone") {
  for (const char* action :
       {"Microsoft.ContainerInstance/containerGroups/write",
        "Microsoft.ContainerInstance/containerGroups/delete",
        "Microsoft.ContainerInstance/containerGroups/start/action",
        "Microsoft.ContainerInstance/containerGroups/stop/action",
        "Microsoft.ContainerInstance/containerGroups/restart/action",
        "Microsoft.ContainerInstance/containerGroups/containers/logs/read",
        "Microsoft.ContainerInstance/locations/operations/read",
        "Microsoft.ContainerInstance/locations/usages/read",
        "Microsoft.ContainerInstance/locations/capabilities/read", "Microsoft.Resources/tags/write",
        "Microsoft.Storage/storageAccounts/listKeys/action",
        "Microsoft.Storage/storageAccounts/fileServices/read"}) {
    CAPTURE(action);
    EmulatorOptions options = with_soft_delete();
    options.denied_actions = {action};
    World world(options);
    auto agent = world.agent(both_regions());
    const Diagnosis diagnosis = diagnose(world, *agent);
    const std::string name = action;
    const bool optional = name.find("/locations/") != name.npos || name.find("tags") != name.npos ||
                          name.find("fileServices") != name.npos;
    CHECK(diagnosis.healthy() == optional);
    REQUIRE(diagnosis.missing_actions.size() == 1);
    CHECK(diagnosis.missing_actions.front() == action);
    CHECK(diagnosis.missing_role.find(action) != std::string::npos);
  }
}

TEST_CASE("doctor: what each storage account allows is asked once, and unknown without the right to see it") {
  EmulatorOptions options = two_accounts();
  for (auto& account : options.storage_accounts) account.smb_oauth = true;
  World world(options);
  auto agent = world.agent(both_regions());
  auto asked = agent->storage_allowances();
  const auto& allowances = world.finish(asked);
  REQUIRE(allowances.ok());
  REQUIRE(allowances->size() == 2);
  CHECK(allowances->front().account == "dev8east");
  CHECK(allowances->front().keys == true);
  CHECK(allowances->front().identity_mounts == true);
  CHECK(allowances->front().unknown.empty());
  CHECK(world.count("StorageAccounts_GetProperties") == 2);

  options.denied_actions = {"Microsoft.Storage/storageAccounts/read"};
  World blind(options);
  auto other = blind.agent(both_regions());
  auto refused = other->storage_allowances();
  const auto& unknown = blind.finish(refused);
  REQUIRE(unknown.ok());
  CHECK_FALSE(unknown->front().keys);
  CHECK_FALSE(unknown->front().identity_mounts);
  CHECK(unknown->front().unknown.find("Microsoft.Storage/storageAccounts/read") != std::string::npos);
}

TEST_CASE("doctor: what the identity may not read, and operations do not need, is unknown and no failure") {
  EmulatorOptions options = two_accounts();
  options.denied_actions = {"Microsoft.Resources/subscriptions/providers/read",
                            "Microsoft.Storage/storageAccounts/read"};
  World world(options);
  auto agent = world.agent(both_regions());
  const Diagnosis diagnosis = diagnose(world, *agent);
  CHECK(diagnosis.healthy());
  CHECK(diagnosis.missing_actions.empty());
  for (const char* subject : {"provider:Microsoft.Storage", "account:dev8east"}) {
    CHECK(check_of(diagnosis, subject).verdict == Verdict::kUnknown);
    CHECK(check_of(diagnosis, subject).code == "DEV8-NOT-CHECKED");
  }
}

TEST_CASE("doctor: a region whose container groups are too small, and one that does not tell its largest") {
  World world(with_soft_delete());
  AgentTweaks tweaks = tapped(
      world,
      [](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
        if (request.url.find("/capabilities") == std::string::npos) return false;
        HttpResponse response{200, {{"Content-Type", "application/json"}}, R"({"value":[]})"};
        if (request.url.find("eastus") != std::string::npos)
          response.body =
              R"({"value":[{"osType":"Linux","gpu":"None","capabilities":{"maxCpu":2,"maxMemoryInGB":8}}]})";
        tap.answer(done, std::move(response));
        return true;
      },
      both_regions());
  auto agent = world.agent(std::move(tweaks));
  const Diagnosis diagnosis = diagnose(world, *agent);
  CHECK(diagnosis.healthy());
  CHECK(check_of(diagnosis, "sizes:eastus").verdict == Verdict::kWarning);
  CHECK(check_of(diagnosis, "sizes:eastus").code == "DEV8-REGION-SMALL");
  CHECK(check_of(diagnosis, "sizes:westeurope").verdict == Verdict::kUnknown);
  CHECK(check_of(diagnosis, "quota:eastus").verdict == Verdict::kPassed);
}

TEST_CASE("doctor: storage that does not suit the settings, a full region, a provider") {
  EmulatorOptions options = with_identities(two_accounts(), false);
  options.unregistered_providers = {"Microsoft.Storage"};
  options.core_quota = 0;
  World world(options);
  auto agent = world.agent(both_regions());
  const Diagnosis diagnosis = diagnose(world, *agent);
  CHECK_FALSE(diagnosis.healthy());
  CHECK(check_of(diagnosis, "provider:Microsoft.Storage").code == "DEV8-AZURE-PROVIDER");
  CHECK(check_of(diagnosis, "quota:eastus").code == "DEV8-REGION-FULL");
  CHECK(check_of(diagnosis, "storage:eastus").code == "DEV8-AZURE-PROVIDER");

  EmulatorOptions forbidding = with_identities(two_accounts(), false);
  World other(forbidding);
  auto keys = other.agent(both_regions());
  const Diagnosis of_keys = diagnose(other, *keys);
  CHECK(check_of(of_keys, "account:dev8east").code == "DEV8-STORAGE-KEYS-FORBIDDEN");
  CHECK(check_of(of_keys, "storage:eastus").code == "DEV8-STORAGE-KEYS-FORBIDDEN");
  CHECK(check_of(of_keys, "soft-delete:dev8east").code == "DEV8-STORAGE-NO-SOFT-DELETE");
}

TEST_CASE("doctor: without account keys the actions on shares are tried with a token") {
  const auto keyless = [] {
    AgentTweaks tweaks = both_regions();
    tweaks.adjust = [](AgentOptions& options) { options.storage_access = access_by("entra", "identity"); };
    return tweaks;
  };
  World world(with_soft_delete(with_identities(two_accounts(), false)));
  auto agent = world.agent(keyless());
  const Diagnosis good = diagnose(world, *agent);
  CHECK(good.healthy());
  CHECK(check_of(good, "permissions:dev8east").detail == "4 actions are allowed");
  CHECK(world.count("StorageAccounts_ListKeys") == 0);

  world.azure().set_fault_script([](const HttpRequest& request, std::uint64_t) {
    const bool removes = request.method == "DELETE" && request.url.find("file.core") != std::string::npos;
    return removes ? Fault{Fault::kStatus, 403, "AuthorizationPermissionMismatch"} : Fault{};
  });
  const Diagnosis bad = diagnose(world, *agent);
  REQUIRE(bad.missing_actions.size() == 1);
  CHECK(bad.missing_actions.front() == "Microsoft.Storage/storageAccounts/fileServices/shares/delete");
}

TEST_CASE("doctor: a share is made and deleted on demand, and one that stays is named") {
  World world(with_soft_delete());
  auto agent = world.agent(both_regions());
  DiagnoseRequest probing = kQuiet;
  probing.probe_share = true;
  const Diagnosis good = diagnose(world, *agent, probing);
  CHECK(check_of(good, "share:dev8west").verdict == Verdict::kPassed);
  CHECK(world.count("Share_Create") == 2);
  CHECK(world.azure().shares().empty());

  world.azure().set_fault_script([](const HttpRequest& request, std::uint64_t) {
    const bool removes = request.method == "DELETE" && request.url.find("dev8east.file") != std::string::npos;
    return removes ? Fault{Fault::kStatus, 403, "AuthorizationFailure"} : Fault{};
  });
  const Diagnosis bad = diagnose(world, *agent, probing);
  CHECK(check_of(bad, "share:dev8east").verdict == Verdict::kFailed);
  REQUIRE(world.azure().shares().size() == 1);
  CHECK(check_of(bad, "share:dev8east").detail.find(world.azure().shares().front().name) !=
        std::string::npos);

  // An answer that is lost: Azure has made the share all the same.
  world.azure().set_fault_script([](const HttpRequest& request, std::uint64_t) {
    const bool creates = request.method == "PUT" && request.url.find("restype=share") != std::string::npos;
    return creates ? Fault{Fault::kLoseAfter, 0, ""} : Fault{};
  });
  CHECK(check_of(diagnose(world, *agent, probing), "share:dev8west").verdict == Verdict::kFailed);
  CHECK(world.azure().shares().size() == 1);
}

TEST_CASE(
    "doctor: the share of a probe goes, too, when the diagnosis is cancelled or the keys are not used") {
  World world(with_soft_delete(with_identities(two_accounts(), false)));
  AgentTweaks tweaks = tapped(
      world,
      [](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
        if (request.label != "shares.create") return false;
        tap.pass_later(std::chrono::seconds(3), request, done);
        return true;
      },
      both_regions());
  tweaks.adjust = [](AgentOptions& options) { options.storage_access = access_by("entra", "identity"); };
  auto agent = world.agent(std::move(tweaks));
  DiagnoseRequest probing = kQuiet;
  probing.probe_share = true;
  const Diagnosis good = diagnose(world, *agent, probing);
  CHECK(check_of(good, "share:dev8east").verdict == Verdict::kPassed);
  CHECK(check_of(good, "permissions:dev8east").detail == "4 actions are allowed");
  CHECK(check_of(good, "permissions:untried").detail.find("assign/action") != std::string::npos);
  CHECK(world.azure().shares().empty());

  world.azure().clear_calls();
  auto operation = agent->diagnose(probing);
  world.clock().advance(std::chrono::seconds(1));
  operation.cancel();
  REQUIRE_FALSE(world.finish(operation).ok());
  world.clock().advance(std::chrono::seconds(10));
  CHECK(world.count("Share_Create") == 2);
  CHECK(world.azure().shares().empty());
}

TEST_CASE("doctor: a key of one region's own needs no listKeys there") {
  EmulatorOptions options = with_soft_delete();
  World world(options);
  AgentTweaks tweaks = both_regions();
  const std::string key = options.storage_accounts.front().key1;
  tweaks.adjust = [key](AgentOptions& agent_options) {
    agent_options.regions.front().storage_key = Secret(key);
  };
  auto agent = world.agent(std::move(tweaks));
  const Diagnosis diagnosis = diagnose(world, *agent);
  CHECK(diagnosis.healthy());
  for (const DiagnosisCheck& check : diagnosis.checks) CHECK(check.subject != "permissions:dev8east");
  CHECK(check_of(diagnosis, "permissions:dev8west").verdict == Verdict::kPassed);
}

TEST_CASE("doctor: without a token only that is told, with the reason") {
  World world(two_accounts());
  world.azure().reject_credentials(true);
  auto agent = world.agent(both_regions());
  const Diagnosis diagnosis = diagnose(world, *agent);
  CHECK_FALSE(diagnosis.healthy());
  CHECK(codes_of(diagnosis) == std::vector<std::string>{"DEV8-AZURE-CREDENTIALS"});
  CHECK(check_of(diagnosis, "credentials").detail.find("AADSTS7000215") != std::string::npos);
}

TEST_CASE("doctor: the credential that gave the token is named, with why others were passed over") {
  World world(with_soft_delete());
  AgentTweaks tweaks = both_regions();
  const auto regions = tweaks.adjust;
  tweaks.adjust = [&regions](AgentOptions& options) {
    if (regions) regions(options);
    options.credential = std::make_shared<SecondOfChain>(options.credential);
  };
  auto agent = world.agent(std::move(tweaks));
  const Diagnosis diagnosis = diagnose(world, *agent);
  const DiagnosisCheck& check = check_of(diagnosis, "credentials");
  CHECK(check.verdict == Verdict::kPassed);
  CHECK(check.detail == "a token by Second; passed over: First is not configured");
}

TEST_CASE("doctor: a clock that differs from Azure's is a warning at each account, with both times") {
  for (const auto ahead : {std::chrono::minutes(20), -std::chrono::minutes(20)}) {
    CAPTURE(ahead.count());
    World world(with_soft_delete());
    AgentTweaks tweaks = both_regions();
    const auto regions = tweaks.adjust;
    tweaks.adjust = [&regions, ahead](AgentOptions& options) {
      if (regions) regions(options);
      options.scheduler = std::make_shared<SkewedScheduler>(options.scheduler, ahead);
    };
    auto agent = world.agent(std::move(tweaks));
    const Diagnosis diagnosis = diagnose(world, *agent);
    CHECK(diagnosis.healthy());
    CHECK(codes_of(diagnosis) == std::vector<std::string>{"DEV8-CLOCK-SKEW", "DEV8-CLOCK-SKEW"});
    for (const char* subject : {"storage:eastus", "storage:westeurope"}) {
      const DiagnosisCheck& check = check_of(diagnosis, subject);
      CHECK(check.verdict == Verdict::kWarning);
      CHECK(check.code == "DEV8-CLOCK-SKEW");
      CHECK(check.detail.find("it says 2026-01-") != std::string::npos);
      CHECK(check.detail.find("Azure's says 2026-01-") != std::string::npos);
    }
  }
}

TEST_CASE("doctor: a name that cannot be resolved is told with its owner, apart from a refused connection") {
  const struct {
    const char *url, *subject, *host, *code, *owner;
  } kRows[] = {
      {"dev8east.file", "storage:eastus", "dev8east.file.core.windows.net", "DEV8-STORAGE-ACCOUNT-NAME",
       "(the storage account dev8east)"},
      {"/containerGroups/", "azure:eastus", "management.azure.com", "DEV8-DNS", "(the management endpoint)"},
      {"/token", "credentials", "login.microsoftonline.com", "DEV8-DNS", "(the authority)"},
      {"/containerGroups/", "azure:eastus", "", "DEV8-AZURE-UNREACHABLE", "refused"},
  };
  for (const auto& row : kRows) {
    CAPTURE(row.subject);
    CAPTURE(row.host);
    World world(with_soft_delete());
    AgentTweaks tweaks = tapped(
        world,
        [&row, &world](Tap&, const HttpRequest& request, const Transport::Completion& done) {
          if (request.url.find(row.url) == std::string::npos) return false;
          Error error = make_error(ErrorCode::kAzureUnavailable, "refused");
          error.retryable = error.lasting = true;
          error.unresolved_host = row.host;
          world.clock().post([done, error] { done(error); });
          return true;
        },
        both_regions());
    auto agent = world.agent(std::move(tweaks));
    const Diagnosis diagnosis = diagnose(world, *agent);
    CHECK_FALSE(diagnosis.healthy());
    const DiagnosisCheck& check = check_of(diagnosis, row.subject);
    CHECK(check.verdict == Verdict::kFailed);
    CHECK(check.code == row.code);
    CHECK(check.detail.find(row.owner) != std::string::npos);
  }
}

TEST_CASE("doctor: an Azure that does not answer ends it in its time, and can be cancelled") {
  World world(two_accounts());
  auto agent = world.agent(both_regions());
  world.azure().set_fault_script([](const HttpRequest& request, std::uint64_t) {
    return request.url.find("/token") != std::string::npos ? Fault{} : Fault{Fault::kHang, 0, ""};
  });
  const TimePoint begun = world.clock().now();
  const Diagnosis diagnosis = diagnose(world, *agent);
  CHECK(world.clock().now() - begun <= std::chrono::seconds(36));  // 20 of the health, 15 of all others
  CHECK_FALSE(diagnosis.healthy());
  CHECK(check_of(diagnosis, "azure:eastus").code == "DEV8-AZURE-UNREACHABLE");
  CHECK(diagnosis.missing_actions.empty());

  auto brief = agent->diagnose(kQuiet, {.timeout = std::chrono::seconds(2)});
  const auto& late = world.finish(brief);
  REQUIRE_FALSE(late.ok());
  CHECK(late.error().code == ErrorCode::kTimeout);

  auto operation = agent->diagnose(kQuiet);
  world.clock().advance(std::chrono::seconds(1));
  operation.cancel();
  const auto& cancelled = world.finish(operation);
  REQUIRE_FALSE(cancelled.ok());
  CHECK(cancelled.error().code == ErrorCode::kCancelled);
}

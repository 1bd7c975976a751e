// The cause of what fails reaches the caller, the probes and the log.
#include <doctest/doctest.h>
#include <signal.h>

#include <atomic>
#include <memory>

#include "stack.h"
#include "support/no_name.h"
#include "support/temp_directory.h"

using dev8agent::test::kNoName;
using dev8agent::test::TempDirectory;

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a storage account whose name does not resolve is told with its host") {
  Stack stack(Variables{{"AZURE_FILE_ENDPOINT", "https://{account}." + kNoName}});
  const Answer created = stack.client.post("/api/v1/environments", create_body("workspace-0001"));
  CHECK(created.status == 503);
  CHECK(contains(created.body, "the name of the host dev8emulator." + kNoName + " cannot be resolved"));
  CHECK(stack.daemon.wait_for_log("dev8emulator." + kNoName + " cannot be resolved"));
  CHECK(eventually([&] { return contains(stack.client.get("/health").body, kNoName); }));
  CHECK(stack.client.get("/health").status == 503);
  // The operator is told what to check, and so is the caller.
  CHECK(contains(created.text({"remedy"}), "AZURE_STORAGE_ACCOUNT"));
  const std::string findings = stack.client.get("/health?verbose=true").body;
  CHECK(contains(findings,
                 R"("code":"DEV8-STORAGE-ACCOUNT-NAME","severity":"error","component":"storage:eastus")"));
  CHECK(contains(findings, "(the storage account dev8emulator)"));
  CHECK_FALSE(contains(findings, "DEV8-AZURE-UNREACHABLE"));
  CHECK_FALSE(contains(findings, "DEV8-DNS"));
}

TEST_CASE("a connection that is refused is no name that cannot be resolved") {
  Stack stack(Variables{{"AZURE_FILE_ENDPOINT", "http://127.0.0.1:1/{account}"}});
  CHECK(eventually(
      [&] { return contains(stack.client.get("/health?verbose=true").body, "DEV8-AZURE-UNREACHABLE"); }));
  CHECK_FALSE(contains(stack.client.get("/health?verbose=true").body, "DEV8-STORAGE-ACCOUNT-NAME"));
}

TEST_CASE("the CA of AZURE_CA_FILE is trusted; without it the certificate is what is told") {
  TestAzure azure;
  auto server = dev8agent::emulator::EmulatorServer::start(azure.emulator(), {.tls = true});
  REQUIRE(server.ok());
  const TempDirectory directory;
  DaemonProcess::Environment variables = azure.variables();
  variables["AGENT_PORT"] = "0";
  variables["AZURE_RESOURCE_MANAGER_ENDPOINT"] = (*server)->resource_manager_endpoint();
  {
    DaemonProcess stranger({}, variables);
    const RestClient client(stranger.url());
    CHECK(eventually(
        [&] { return contains(client.get("/health?verbose=true").body, "DEV8-AZURE-CERTIFICATE"); }));
    CHECK_FALSE(contains(client.get("/health?verbose=true").body, "DEV8-AZURE-PERMISSION"));
  }
  variables["AZURE_CA_FILE"] = directory.write("ca.pem", (*server)->ca_certificate());
  DaemonProcess daemon({}, variables);
  CHECK(RestClient(daemon.url()).post("/api/v1/environments", create_body("workspace-0001")).status == 201);
}

TEST_CASE("refused credentials are told by every probe and in the log, and sign-ins are not repeated") {
  TestAzure azure;
  azure.emulator().reject_credentials(true);
  DaemonProcess::Environment variables = azure.variables();
  variables["AGENT_PORT"] = "0";
  DaemonProcess daemon({}, variables);
  const RestClient client(daemon.url());
  REQUIRE(eventually([&] { return contains(client.get("/health").body, "AADSTS"); }));
  CHECK(contains(client.get("/ready").text({"reason"}), "AADSTS"));
  for (int i = 0; i < 20; ++i) {
    const Answer list = client.get("/api/v1/environments");
    CHECK(list.status == 502);
    CHECK(contains(list.body, "AADSTS"));
  }
  CHECK(daemon.wait_for_log("health.degraded"));
  REQUIRE(daemon.wait_for_log("entra.token"));
  daemon.signal(SIGTERM);
  CHECK(daemon.wait() == 0);
  const std::string log = daemon.standard_error();
  CHECK(log.find("entra.token") == log.rfind("entra.token"));
}

TEST_CASE("an answer without an outcome tells what failed last") {
  Stack stack(Variables{{"REQUEST_TIMEOUT_SECONDS", "2"}});
  using dev8agent::emulator::Fault;
  stack.azure.emulator().set_fault_script([](const dev8agent::HttpRequest& request, std::uint64_t) {
    const bool put = request.method == "PUT" && contains(request.url, "/containerGroups/");
    return put ? Fault{Fault::kStatus, 429, "TooManyRequests", "30"} : Fault{};
  });
  // Within the caller's time a slow machine may not get as far as the failure: then another create is tried.
  Answer created;
  CHECK(eventually([&, number = 1000]() mutable {
    created = stack.client.post("/api/v1/environments", create_body("workspace-" + std::to_string(++number)));
    CHECK(created.status == 504);
    CHECK(contains(created.body, "the operation goes on"));
    return contains(created.body, "last failure: ");
  }));
  CHECK(contains(created.body, R"("azureStatus":429)"));
  CHECK(contains(created.body, R"("azureCode":"TooManyRequests")"));
}

TEST_CASE("an answer without an outcome tells what Azure is at with the container") {
  Stack stack(Variables{{"REQUEST_TIMEOUT_SECONDS", "4"}});
  stack.azure.emulator().set_location("eastus", dev8agent::emulator::Deployment::kNeverReady);
  // A slow machine may not get an answer of Azure within the caller's time: then another call waits for it.
  Answer created;
  CHECK(eventually([&] {
    created = stack.client.post("/api/v1/environments", create_body("workspace-0001"));
    CHECK(created.status == 504);
    return contains(created.body, R"("name":"Pulling")");
  }));
  CHECK(contains(created.body, R"("azureRequestId":")"));
  CHECK_FALSE(contains(created.body, R"("log":)"));
}

TEST_CASE("an answer without an outcome has the masked end of the log, and comes without it if Azure hangs") {
  // The containers come up, and nothing answers at the addresses that the emulator makes up for them.
  Stack stack(Variables{{"REQUEST_TIMEOUT_SECONDS", "4"}, {"WORKSPACE_READY", "http"}});
  const std::string body = create_body("workspace-0001", R"(,"githubToken":"canary-token")");
  Answer late;
  const auto wait_again = [&] {
    late = stack.client.post("/api/v1/environments", body);
    CHECK(late.status == 504);
    return contains(late.body, R"("name":"Started")");
  };
  CHECK(eventually(wait_again));
  REQUIRE(stack.azure.emulator().write_log("aci-workspace-0001",
                                           "Loading for canary-token.\npassword=canary-one\n"));
  CHECK(eventually([&] { return wait_again() && contains(late.body, R"("log":)"); }));
  CHECK(contains(late.text({"message"}), "stage 'waiting-for-ide'"));
  CHECK(contains(late.body, R"(Loading for ***.\npassword=***)"));
  CHECK_FALSE(contains(late.body, "canary"));

  using dev8agent::emulator::Fault;
  auto asked = std::make_shared<std::atomic<int>>(0);
  stack.azure.emulator().set_fault_script([asked](const dev8agent::HttpRequest& request, std::uint64_t) {
    if (!contains(request.url, "/logs")) return Fault{};
    ++*asked;
    return Fault{Fault::kHang, 0, ""};
  });
  CHECK(eventually([&] { return wait_again() && *asked > 0; }));
  CHECK_FALSE(contains(late.body, R"("log":)"));
}

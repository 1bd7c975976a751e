// How the daemon ends.
#include <doctest/doctest.h>
#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <future>

#include "stack.h"

namespace {

const std::string kAll = "/api/v1/environments";
const std::string kId = "workspace-0001";

std::future<Answer> create_in_background(Stack& stack) {
  auto call = std::async(std::launch::async, [&] { return stack.client.post(kAll, create_body(kId)); });
  CHECK(eventually([&] { return !stack.azure.emulator().groups().empty(); }));
  return call;
}

bool called(Stack& stack, const std::string& operation) {
  const auto calls = stack.azure.emulator().calls();
  return std::any_of(calls.begin(), calls.end(),
                     [&](const auto& call) { return call.operation == operation; });
}

}  // namespace

TEST_CASE("an idle daemon ends at once and cleanly") {
  for (const int signal : {SIGTERM, SIGINT}) {
    Stack stack;
    stack.daemon.signal(signal);
    CHECK(stack.daemon.wait() == 0);
  }
}

TEST_CASE("SIGTERM during a create: not ready, nothing new, and the caller gets the answer") {
  Stack stack(Variables{{"AGENT_SHUTDOWN_GRACE_SECONDS", "3600"}}, TestAzure::held());
  auto call = create_in_background(stack);
  stack.daemon.signal(SIGTERM);
  REQUIRE(stack.daemon.wait_for_log("daemon.stopping"));
  const Answer ready = stack.client.get("/ready");
  CHECK(ready.status == 503);
  CHECK(ready.text({"reason"}).find("shutting down") != std::string::npos);
  const Answer live = stack.client.get("/live");
  CHECK(live.status == 200);
  CHECK(live.header("Connection") == "close");
  const Answer refused = stack.client.post(kAll, create_body("workspace-0002"));
  CHECK(refused.status == 503);
  CHECK_FALSE(refused.header("Retry-After").empty());
  stack.azure.come_up();
  const Answer created = call.get();
  CHECK(stack.daemon.wait() == 0);
  CAPTURE(created.body);
  CAPTURE(stack.daemon.standard_error());
  CHECK(created.status == 201);
}

TEST_CASE("when the grace is over the caller is told, and a repeat elsewhere converges") {
  Stack stack(Variables{{"AGENT_SHUTDOWN_GRACE_SECONDS", "0"}}, TestAzure::held());
  auto call = create_in_background(stack);
  stack.daemon.signal(SIGTERM);
  const Answer answer = call.get();
  CHECK(answer.status == 503);
  CHECK_FALSE(answer.header("Retry-After").empty());
  CHECK(stack.daemon.wait() == 0);
  CHECK(stack.daemon.standard_error().find(R"("count":1,"operationsLeft":"create workspace-0001")") !=
        std::string::npos);

  auto variables = stack.azure.variables();
  variables["AGENT_PORT"] = "0";
  DaemonProcess other({}, variables);
  stack.azure.come_up();
  const Answer again = RestClient(other.url()).post(kAll, create_body(kId));
  CHECK(again.status == 200);
  CHECK(again.text({"data", "environment", "status"}) == "RUNNING");
  CHECK(stack.azure.emulator().groups().at(0).deployments == 1);
}

TEST_CASE("SIGTERM: a change that no other agent knows of goes on to its end when its caller has gone") {
  struct Change {
    std::string name;
    std::string head;
    std::string body;
    const char* busy;  // Azure takes it at the second attempt
    const char* call;
  };
  for (const Change& change :
       {Change{"update", "PATCH /api/v1/environments/workspace-0001", R"({"name":"Renamed"})",
               "PUT *comp=metadata* 1 status 503 ServerBusy retry-after=2", "Share_SetMetadata"},
        Change{"restart", "POST /api/v1/environments/workspace-0001/restart", "",
               "POST */restart* 1 status 503 ServiceUnavailable retry-after=2", "ContainerGroups_Restart"}}) {
    CAPTURE(change.name);
    Stack stack(Variables{{"AGENT_SHUTDOWN_GRACE_SECONDS", "3600"}});
    REQUIRE(stack.client.post(kAll, create_body(kId)).status == 201);
    stack.azure.emulator().set_fault_script(dev8agent::emulator::parse_fault_script(change.busy).value());
    {
      const RawConnection caller(stack.daemon.port());
      caller.send(change.head + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
                  std::to_string(change.body.size()) + "\r\n\r\n" + change.body);
      REQUIRE(eventually([&] { return called(stack, change.call); }));
    }
    stack.daemon.signal(SIGTERM);
    CHECK(stack.daemon.wait() == 0);
    const std::string finished =
        stack.daemon.log_line("\"event\":\"operation.finished\",\"operation\":\"" + change.name + "\"");
    CHECK(finished.find("\"result\":\"OK\"") != std::string::npos);
    CHECK(stack.daemon.log_line("daemon.stopped").find("\"count\":0") != std::string::npos);
  }
}

TEST_CASE("a second signal ends it at once") {
  Stack stack({}, TestAzure::held());
  auto call = create_in_background(stack);
  stack.daemon.signal(SIGTERM);
  REQUIRE(stack.daemon.wait_for_log("daemon.stopping"));
  stack.daemon.signal(SIGTERM);
  CHECK(stack.daemon.wait() == 1);
  CHECK(call.get().status == 0);
}

TEST_CASE("a log that nobody reads holds up neither requests nor the end") {
  DaemonProcess daemon({"--dev", "--port", "0"}, {{"LOG_LEVEL", "debug"}}, DaemonProcess::Errors::kBlocked);
  const RestClient client(daemon.url());
  for (int i = 0; i < 200; ++i) CHECK(client.get("/live").status == 200);
  daemon.signal(SIGTERM);
  CHECK(daemon.wait() == 0);
}

TEST_CASE("SIGQUIT ends it cleanly; SIGHUP, SIGUSR1, SIGUSR2 and SIGALRM do not end it") {
  DaemonProcess daemon({"--dev", "--port", "0"}, {});
  for (const int signal : {SIGUSR1, SIGUSR2, SIGALRM, SIGHUP}) daemon.signal(signal);
  CHECK(daemon.wait_for_log("daemon.hangup"));
  CHECK(RestClient(daemon.url()).get("/live").status == 200);
  daemon.signal(SIGQUIT);
  CHECK(daemon.wait() == 0);
}

TEST_CASE("closed standard descriptors are /dev/null, not some socket") {
  DaemonProcess daemon({"--dev", "--port", "0"}, {}, DaemonProcess::Errors::kClosed);
  CHECK(RestClient(daemon.url()).get("/live").status == 200);
  for (const char* descriptor : {"0", "2"}) {
    std::error_code error;
    const auto target =
        std::filesystem::read_symlink("/proc/" + std::to_string(daemon.pid()) + "/fd/" + descriptor, error);
    CHECK(target == "/dev/null");
  }
}

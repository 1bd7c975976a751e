// How the daemon ends.
#include <doctest/doctest.h>
#include <signal.h>

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

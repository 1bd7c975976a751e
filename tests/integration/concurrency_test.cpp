// Calls at the same time, and calls that take longer than their callers wait.
#include <doctest/doctest.h>

#include <future>

#include "stack.h"

namespace {

const std::string kAll = "/api/v1/environments";
const std::string kId = "workspace-0001";
const std::string kOne = kAll + "/" + kId;

std::string state_of(Stack& stack) {
  return stack.client.get(kOne).text({"data", "environment", "status"});
}

dev8agent::emulator::EmulatorOptions slow(std::chrono::milliseconds provisioning) {
  auto options = TestAzure::quick();
  options.provisioning_time = provisioning;
  return options;
}

}  // namespace

TEST_CASE("the same create many times at once makes one environment") {
  Stack stack;
  std::vector<std::future<Answer>> calls;
  for (int i = 0; i < 12; ++i) {
    calls.push_back(
        std::async(std::launch::async, [&] { return stack.client.post(kAll, create_body(kId)); }));
  }
  int created = 0;
  int found = 0;
  for (auto& call : calls) {
    const Answer answer = call.get();
    created += answer.status == 201;
    found += answer.status == 200;
    CHECK(answer.text({"data", "environment", "status"}) == "RUNNING");
  }
  CHECK(created == 1);
  CHECK(found == 11);
  CHECK(stack.azure.emulator().groups().size() == 1);
}

TEST_CASE("another shape or owner is a conflict and changes nothing") {
  Stack stack;
  REQUIRE(stack.client.post(kAll, create_body(kId)).status == 201);
  const auto before = stack.azure.emulator().groups().at(0);
  std::string bigger = create_body(kId);
  bigger.replace(bigger.find("\"cpuCores\":2"), 12, "\"cpuCores\":4");
  std::string stolen = create_body(kId);
  stolen.replace(stolen.find("user-1"), 6, "user-2");
  for (const std::string& body : {bigger, stolen}) {
    const Answer answer = stack.client.post(kAll, body);
    CHECK(answer.status == 409);
    CHECK(answer.text({"error"}) == "Conflict");
  }
  const auto after = stack.azure.emulator().groups().at(0);
  CHECK(after.incarnation == before.incarnation);
  CHECK(after.deployments == before.deployments);
}

TEST_CASE("many different creates wait at the same time") {
  Stack stack({}, slow(std::chrono::milliseconds(500)));
  std::vector<std::future<Answer>> calls;
  for (int i = 10; i < 50; ++i) {
    const std::string body = create_body("workspace-00" + std::to_string(i));
    calls.push_back(std::async(std::launch::async, [&, body] { return stack.client.post(kAll, body); }));
  }
  CHECK(stack.client.get("/live").status == 200);
  for (auto& call : calls) CHECK(call.get().status == 201);
}

TEST_CASE("an answer that takes too long is a 504; the operation goes on and can be followed") {
  Stack stack(Variables{{"REQUEST_TIMEOUT_SECONDS", "1"}}, TestAzure::held());
  const Answer late = stack.client.post(kAll, create_body(kId));
  CHECK(late.status == 504);
  CHECK(late.text({"reason"}) == "TIMEOUT");
  CHECK(late.body.find("azureRequestId") != std::string::npos);
  CHECK(late.text({"message"}).find(kOne) != std::string::npos);
  // A look may also take longer than a second.
  CHECK(eventually([&] { return state_of(stack) == "CREATING"; }));
  stack.azure.come_up();
  CHECK(eventually([&] { return stack.client.post(kAll, create_body(kId)).status == 200; }));
  CHECK(eventually([&] { return state_of(stack) == "RUNNING"; }));
  CHECK(stack.azure.emulator().groups().at(0).deployments == 1);
}

TEST_CASE("an answer that takes longer than the time-outs of the HTTP server arrives whole") {
  // cpp-httplib gives a silent connection up after 5 s by default.
  Stack stack({}, slow(std::chrono::milliseconds(6500)));
  const Answer created = stack.client.post(kAll, create_body(kId));
  CHECK(created.status == 201);
  CHECK(created.text({"data", "environment", "status"}) == "RUNNING");
}

TEST_CASE("a caller who hangs up does not end the operation") {
  Stack stack({}, slow(std::chrono::milliseconds(500)));
  const std::string body = create_body(kId);
  {
    const RawConnection connection(stack.daemon.port());
    connection.send("POST " + kAll +
                    " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " +
                    std::to_string(body.size()) + "\r\n\r\n" + body);
    CHECK(eventually([&] { return !stack.azure.emulator().groups().empty(); }));
  }
  CHECK(eventually([&] { return state_of(stack) == "RUNNING"; }));
}

TEST_CASE("a thousand callers of one create who hang up keep nobody from looking, stopping and creating") {
  Stack stack(Variables{{"RATE_LIMIT_BURST", "10000"}}, slow(std::chrono::hours(1)));
  const std::string body = create_body(kId);
  const std::string request =
      "POST " + kAll + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " +
      std::to_string(body.size()) + "\r\n\r\n" + body;
  for (int i = 0; i < 1100; ++i) RawConnection(stack.daemon.port()).send(request);
  CHECK(stack.client.get(kAll).status == 200);
  CHECK(eventually([&] { return stack.client.post(kAll + "/workspace-0002/stop").status == 404; }));
  CHECK(eventually([&] { return stack.client.post(kAll + "/workspace-0002/start").status == 404; }));
}

TEST_CASE("callers who wait for creates leave places for those who look") {
  Stack stack(Variables{{"RATE_LIMIT_BURST", "10000"}}, slow(std::chrono::hours(1)));
  const std::string body = create_body(kId);
  const std::string request =
      "POST " + kAll + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " +
      std::to_string(body.size()) + "\r\n\r\n" + body;
  std::vector<std::unique_ptr<RawConnection>> waiting;
  for (int i = 0; i < 1100; ++i) {
    waiting.push_back(std::make_unique<RawConnection>(stack.daemon.port()));
    waiting.back()->send(request);
  }
  const std::string refused = waiting.back()->read_until("\r\n\r\n");
  CHECK(refused.starts_with("HTTP/1.1 503 "));
  CHECK(refused.find("Retry-After: 5") != std::string::npos);
  CHECK(stack.client.get(kAll).status == 200);
  CHECK(eventually([&] { return stack.client.get(kOne).status == 200; }));
  CHECK(stack.client.get("/live").status == 200);
}

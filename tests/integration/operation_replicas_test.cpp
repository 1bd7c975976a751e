// An operation's id at another replica, after a restart, and during shutdown.
#include <doctest/doctest.h>
#include <signal.h>

#include <atomic>
#include <future>

#include "stack.h"

namespace {

const std::string kAll = "/api/v1/environments";
const std::string kOperations = "/api/v1/operations";
const std::string kId = "workspace-0001";
const RestClient::Headers kAsync = {"Prefer: respond-async"};
const Variables kShared = {{"AGENT_ACTIVITY_SECRET", "the secret that all replicas share, 32+"}};

// The sanitizers make each request ten times as slow.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kManyCreates = 200;
#else
constexpr int kManyCreates = 1000;
#endif

// Another daemon on the same Azure.
struct Replica {
  Replica(const TestAzure& azure, const Variables& extra)
      : daemon({}, with(azure, extra)), client(daemon.url()) {}

  static Variables with(const TestAzure& azure, const Variables& extra) {
    Variables variables = azure.variables();
    variables["AGENT_PORT"] = "0";
    for (const auto& [name, value] : extra) variables[name] = value;
    return variables;
  }

  DaemonProcess daemon;
  RestClient client;
};

std::string status_of(const Answer& answer) {
  return answer.text({"data", "operation", "status"});
}

std::string begin_create(const RestClient& client, const std::string& id = kId) {
  const Answer accepted = client.post(kAll, create_body(id), kAsync);
  REQUIRE(accepted.status == 202);
  return accepted.header("Operation-Location");
}

bool ends(const RestClient& client, const std::string& path, const std::string& status) {
  return eventually([&] { return status_of(client.get(path + "?wait=10")) == status; });
}

}  // namespace

TEST_CASE("any replica with the same secret answers, and never tells the password") {
  Stack stack(kShared, TestAzure::held());
  const Replica other(stack.azure, kShared);
  const std::string path = begin_create(stack.client);
  const Answer running = other.client.get(path);
  CHECK(running.status == 200);
  CHECK(status_of(running) == "RUNNING");
  CHECK(running.header("Retry-After") == "2");
  stack.azure.come_up();
  CHECK(ends(other.client, path, "SUCCEEDED"));
  const Answer ended = other.client.get(path);
  CHECK(ended.text({"data", "operation", "environment", "status"}) == "RUNNING");
  CHECK(ended.body.find("codeServerPassword") == std::string::npos);
  CHECK(other.client.get(path, {"If-None-Match: " + ended.header("ETag")}).status == 304);
  CHECK(other.client.get(kOperations).body.find(kId) == std::string::npos);
  CHECK(ends(stack.client, path, "SUCCEEDED"));
  CHECK(other.client.post(path + "/cancel").status == 409);
}

TEST_CASE("another replica does not cancel what it does not run, and says what to do") {
  Stack stack(kShared, TestAzure::held());
  const Replica other(stack.azure, kShared);
  const Answer refused = other.client.post(begin_create(stack.client) + "/cancel");
  CHECK(refused.status == 409);
  CHECK(refused.text({"message"}).find("force=true") != std::string::npos);
}

TEST_CASE("a key of one user, at another replica: its own operations as often as it asks, and no others") {
  const std::string ada = "ada's-key-of-32-characters-00001";
  const std::string bob = "bob's-key-of-32-characters-00001";
  Variables variables = kShared;
  variables["API_KEYS"] = "ada:user=user-ada:" + ada + ",bob:user=user-bob:" + bob;
  const RestClient::Headers as_ada = {"Authorization: Bearer " + ada};
  const RestClient::Headers as_bob = {"Authorization: Bearer " + bob, kAsync.front()};
  Stack stack(variables);
  const Replica other(stack.azure, variables);
  const std::string body =
      R"({"workspaceId":")" + kId +
      R"(","name":"Mine","cloudRegion":"eastus","cpuCores":2,"memoryGB":4,"storageGB":20})";
  const auto ends_for_bob = [&](const RestClient& client, const std::string& path) {
    return eventually([&] { return status_of(client.get(path + "?wait=10", as_bob)) == "SUCCEEDED"; });
  };
  const std::string created = stack.client.post(kAll, body, as_bob).header("Operation-Location");
  REQUIRE(ends_for_bob(stack.client, created));
  CHECK(other.client.get(created, as_ada).status == 404);
  CHECK(ends_for_bob(other.client, created));
  CHECK(other.client.get(created, as_ada).status == 404);
  const std::string deleted =
      stack.client.remove(kAll + "/" + kId + "?force=true", "", as_bob).header("Operation-Location");
  REQUIRE(ends_for_bob(other.client, deleted));
  CHECK(status_of(other.client.get(deleted, as_bob)) == "SUCCEEDED");
}

TEST_CASE("a create with labels whose container was stopped later has succeeded at another replica, too") {
  Stack stack(kShared);
  const Replica other(stack.azure, kShared);
  const Answer accepted = stack.client.post(kAll, create_body(kId, R"(,"labels":{"team":"blue"})"), kAsync);
  REQUIRE(accepted.status == 202);
  const std::string path = accepted.header("Operation-Location");
  REQUIRE(ends(stack.client, path, "SUCCEEDED"));
  REQUIRE(stack.client.post(kAll + "/" + kId + "/stop").status == 200);
  const Answer record = other.client.get(path);
  CHECK(status_of(record) == "SUCCEEDED");
  CHECK(record.text({"data", "operation", "environment", "status"}) == "STOPPED");
}

TEST_CASE("another secret, and no secret, know nothing of the id") {
  Stack stack(kShared);
  const std::string path = begin_create(stack.client);
  const Replica stranger(stack.azure,
                         {{"AGENT_ACTIVITY_SECRET", "another secret of more than 32 characters"}});
  CHECK(stranger.client.get(path).status == 404);
  const Replica without(stack.azure, {});
  CHECK(without.client.get(path).status == 404);
  const std::string own = begin_create(without.client, "workspace-0002");
  CHECK(ends(without.client, own, "SUCCEEDED"));
  CHECK(stack.client.get(own).status == 404);
}

TEST_CASE("killed in the middle of a create: the next process answers, and the repeat converges") {
  Stack stack(kShared, TestAzure::held());
  const std::string path = begin_create(stack.client);
  REQUIRE(eventually([&] { return !stack.azure.emulator().groups().empty(); }));
  stack.daemon.signal(SIGKILL);
  stack.daemon.wait();
  const Replica next(stack.azure, kShared);
  CHECK(status_of(next.client.get(path)) == "RUNNING");
  stack.azure.come_up();
  CHECK(ends(next.client, path, "SUCCEEDED"));
  CHECK(next.client.post(kAll, create_body(kId)).status == 200);
  CHECK(stack.azure.emulator().groups().at(0).deployments == 1);
}

TEST_CASE("SIGTERM right after a 202: the create reaches Azure first, and another one answers for it") {
  Variables patient = kShared;
  patient["AGENT_SHUTDOWN_GRACE_SECONDS"] = "3600";
  Stack stack(patient, TestAzure::held());
  const std::string path = begin_create(stack.client);
  stack.daemon.signal(SIGTERM);
  CHECK(stack.daemon.wait() == 0);
  CHECK(stack.azure.emulator().groups().size() == 1);
  const Replica other(stack.azure, kShared);
  stack.azure.come_up();
  CHECK(ends(other.client, path, "SUCCEEDED"));
}

TEST_CASE("SIGTERM with many asynchronous creates under way: the daemon ends, and another one answers") {
  dev8agent::emulator::EmulatorOptions azure = TestAzure::held();
  azure.group_quota = azure.core_quota = 1000;  // there is room for all, in whatever order they come
  Stack stack(Variables{{"AGENT_ACTIVITY_SECRET", kShared.at("AGENT_ACTIVITY_SECRET")},
                        {"RATE_LIMIT_BURST", "100000"},
                        {"AGENT_SHUTDOWN_GRACE_SECONDS", "3600"}},
              azure);
  std::vector<std::string> paths;
  for (int i = 0; i < 100; ++i)
    paths.push_back(begin_create(stack.client, "workspace-" + std::to_string(1000 + i)));
  // Azure has nothing to tell of it any more, so the wait does not end by itself.
  REQUIRE(eventually([&] {
    const Answer shown = stack.client.get(paths[0]);
    return shown.text({"data", "operation", "stage"}) == "provisioning" &&
           stack.client.get(paths[0] + "?wait=1", {"If-None-Match: " + shown.header("ETag")}).status == 304;
  }));
  // A wait also ends when the stage changes: the caller waits again, as a real one does.
  std::atomic<bool> stopping{false};
  auto waiting = std::async(std::launch::async, [&] {
    Answer answer = stack.client.get(paths[0] + "?wait=60");
    while (!stopping && answer.status == 200) answer = stack.client.get(paths[0] + "?wait=60");
    return answer;
  });
  // The caller waits, beside the request for the metrics.
  CHECK(eventually([&] {
    return stack.client.get("/metrics").body.find("dev8_http_requests_in_flight 2") != std::string::npos;
  }));
  stopping = true;
  stack.daemon.signal(SIGTERM);
  CHECK(stack.daemon.wait() == 0);  // the grace of an hour is for callers who wait for an outcome
  CHECK(waiting.get().status == 200);
  const Replica other(stack.azure, kShared);
  for (int i : {0, 50, 99}) CHECK(status_of(other.client.get(paths[i])) == "RUNNING");
}

TEST_CASE("SIGTERM with a thousand creates under way: each caller is answered, and nothing is lost") {
  constexpr int kCreates = kManyCreates;
  constexpr int kSynchronous = kCreates / 2;
  auto options = TestAzure::held();
  options.group_quota = options.core_quota = 10 * kCreates;
  options.creates_per_5_minutes = options.creates_per_hour = 10 * kCreates;
  options.list_page_size = kCreates;
  const Variables unlimited = {{"RATE_LIMIT_BURST", "100000"},
                               {"RATE_LIMIT_RPS", "100000"},
                               {"AGENT_SHUTDOWN_GRACE_SECONDS", "1"},
                               {"AGENT_ACTIVITY_SECRET", kShared.at("AGENT_ACTIVITY_SECRET")}};
  Stack stack(unlimited, options);
  const Replica other(stack.azure, unlimited);
  const auto id_of = [](int number) { return "workspace-" + std::to_string(1000 + number); };
  std::vector<std::string> paths;
  std::vector<std::unique_ptr<RawConnection>> callers;
  for (int i = 0; i < kCreates; ++i) {
    if (i >= kSynchronous) {
      paths.push_back(begin_create(stack.client, id_of(i)));
      continue;
    }
    const std::string body = create_body(id_of(i));
    callers.push_back(std::make_unique<RawConnection>(stack.daemon.port()));
    callers.back()->send("POST " + kAll + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
                         std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  const std::string all_under_way =
      "dev8_operations_in_flight{operation=\"create\"} " + std::to_string(kCreates);
  REQUIRE(
      eventually([&] { return stack.client.get("/metrics").body.find(all_under_way) != std::string::npos; }));
  const RawConnection probe(stack.daemon.port());
  const auto begun = std::chrono::steady_clock::now();
  stack.daemon.signal(SIGTERM);
  REQUIRE(stack.daemon.wait_for_log("daemon.stopping"));
  probe.send("GET /ready HTTP/1.1\r\nHost: localhost\r\n\r\n");
  // On a slow machine the grace may be over before.
  const std::string ready = probe.read_until("\r\n");
  CHECK((ready.empty() || ready.starts_with("HTTP/1.1 503")));
  for (const auto& caller : callers) {
    const std::string answer = caller->read_all();
    CHECK(answer.starts_with("HTTP/1.1 503"));
    const std::string field = "Operation-Location: ";
    const std::size_t at = answer.find(field);
    REQUIRE(at != std::string::npos);
    paths.push_back(answer.substr(at + field.size(), answer.find('\r', at) - at - field.size()));
  }
  CHECK(stack.daemon.wait() == 0);
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begun;
  MESSAGE("with " << kCreates << " creates under way it ended after " << taken.count() << " s");
  for (const std::string& path : paths) {
    const std::string status = status_of(other.client.get(path));
    CAPTURE(status);
    CHECK(status == "RUNNING");
  }
  paths.clear();
  for (int i = 0; i < kCreates; ++i) paths.push_back(begin_create(other.client, id_of(i)));
  stack.azure.come_up();
  for (const std::string& path : paths) {
    Answer answer;
    CHECK(eventually([&] {
      answer = other.client.get(path + "?wait=30");
      return status_of(answer) != "RUNNING";
    }));
    CAPTURE(answer.body);
    CHECK(status_of(answer) == "SUCCEEDED");
  }
  CHECK(stack.azure.emulator().groups().size() == kCreates);
}

TEST_CASE("SIGTERM: a synchronous caller gets 503 with the operation's id, good at another replica") {
  Stack stack(Variables{{"AGENT_ACTIVITY_SECRET", kShared.at("AGENT_ACTIVITY_SECRET")},
                        {"AGENT_SHUTDOWN_GRACE_SECONDS", "0"}},
              TestAzure::held());
  const Replica other(stack.azure, kShared);
  auto call = std::async(std::launch::async, [&] { return stack.client.post(kAll, create_body(kId)); });
  REQUIRE(eventually([&] { return !stack.azure.emulator().groups().empty(); }));
  stack.daemon.signal(SIGTERM);
  const Answer answer = call.get();
  CHECK(answer.status == 503);
  CHECK_FALSE(answer.text({"operationId"}).empty());
  const std::string path = answer.header("Operation-Location");
  CHECK(path == kOperations + "/" + answer.text({"operationId"}));
  CHECK(stack.daemon.wait() == 0);
  stack.azure.come_up();
  CHECK(ends(other.client, path, "SUCCEEDED"));
}

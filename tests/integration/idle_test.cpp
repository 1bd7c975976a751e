// The idle stop by two real daemons on one Azure, in real time: the shortest window, ten seconds.
#include <doctest/doctest.h>

#include <condition_variable>
#include <mutex>

#include "stack.h"
#include "stream_reader.h"

namespace {

const std::string kAll = "/api/v1/environments";
const std::string kIdle = "workspace-0001";
const std::string kUsed = "workspace-0002";
const std::string kNever = "workspace-0003";
const RestClient::Headers kAsStream = {"Accept: text/event-stream"};
const Variables kShared = {{"AGENT_ACTIVITY_SECRET", "the secret that all replicas share, 32+"},
                           {"IDLE_STOP_AFTER", "10s"}};

std::string one(const std::string& id) {
  return kAll + "/" + id;
}

// Another daemon on the same Azure.
struct Replica {
  explicit Replica(const TestAzure& azure) : daemon({}, with(azure)), client(daemon.url()) {}

  static Variables with(const TestAzure& azure) {
    Variables variables = azure.variables();
    variables["AGENT_PORT"] = "0";
    for (const auto& [name, value] : kShared) variables[name] = value;
    return variables;
  }

  DaemonProcess daemon;
  RestClient client;
};

// Waits for the looks of the daemons: each begins with a list of container groups.
class Looks {
 public:
  explicit Looks(TestAzure& azure) : azure_(azure) {
    azure.emulator().set_fault_script(
        [this](const dev8agent::HttpRequest& request, std::uint64_t) -> dev8agent::emulator::Fault {
          if (request.method != "GET" || request.url.find("/containerGroups?") == std::string::npos)
            return {};
          const std::lock_guard lock(mutex_);
          ++count_;
          changed_.notify_all();
          return {};
        });
  }
  ~Looks() { azure_.emulator().set_fault_script(nullptr); }
  void wait_for_next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this, seen = count_] { return count_ > seen; });
  }

 private:
  TestAzure& azure_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

std::string status_of(const RestClient& client, const std::string& id) {
  return client.get(one(id)).text({"data", "environment", "status"});
}

int report_use(const RestClient& client, const std::string& id) {
  return client.post(one(id) + "/activity", R"({"snapshot":{"activeSSHConnections":1}})").status;
}

}  // namespace

TEST_CASE("idle stop: what is used at any replica stays up, and what nobody uses is stopped and says why") {
  Stack stack(kShared);
  const Replica other(stack.azure);
  Looks looks(stack.azure);
  REQUIRE(stack.client.post(kAll, create_body(kUsed)).status == 201);
  REQUIRE(stack.client.post(kAll, create_body(kIdle)).status == 201);
  REQUIRE(stack.client.post(kAll, create_body(kNever, R"(,"idleStopMinutes":0)")).status == 201);
  CHECK_FALSE(stack.client.get(one(kIdle)).text({"data", "environment", "idleStopAt"}).empty());
  CHECK(stack.client.get(one(kNever)).text({"data", "environment", "idleStopAt"}).empty());
  // A report at each look, now here, now there.
  for (int i = 0; status_of(other.client, kIdle) != "STOPPED"; ++i) {
    REQUIRE(report_use(i % 2 == 0 ? stack.client : other.client, kUsed) == 200);
    looks.wait_for_next();
  }
  const std::initializer_list<const DaemonProcess*> both = {&stack.daemon, &other.daemon};
  // At once: from here on nobody reports its use.
  for (const DaemonProcess* daemon : both) CHECK(status_of(RestClient(daemon->url()), kUsed) == "RUNNING");
  for (const DaemonProcess* daemon : both) {
    const RestClient client(daemon->url());
    CHECK(status_of(client, kNever) == "RUNNING");
    CHECK_FALSE(client.get(one(kUsed)).text({"data", "environment", "lastActivityAt"}).empty());
    StreamReader reader(daemon->port(), one(kIdle) + "/events", kAsStream);
    const auto told = reader.wait_for("activity", "IdleStop");
    REQUIRE(told);
    CHECK(told->text("message").starts_with("stopped, because nobody has used it since 20"));
  }
  // Nobody uses it any more: every reader is told, also by the daemon that did not get the last report.
  StreamReader reader(other.daemon.port(), one(kUsed) + "/events", kAsStream);
  CHECK(reader.wait_for("activity", "IdleStop"));
  CHECK(reader.wait_for("status", "STOPPED"));
  CHECK(status_of(stack.client, kNever) == "RUNNING");
}

TEST_CASE("idle stop: a daemon that was killed leaves it to the next one, files and all") {
  auto stack = std::make_unique<Stack>(kShared);
  REQUIRE(stack->client.post(kAll, create_body(kIdle)).status == 201);
  REQUIRE(report_use(stack->client, kIdle) == 200);
  stack->daemon.signal(9);
  CHECK(stack->daemon.wait() == 128 + 9);
  const Replica next(stack->azure);
  StreamReader reader(next.daemon.port(), one(kIdle) + "/events", kAsStream);
  CHECK(reader.wait_for("activity", "IdleStop"));
  CHECK(stack->azure.emulator().shares().size() == 1);
  CHECK(next.client.post(one(kIdle) + "/start").status == 200);
  CHECK(status_of(next.client, kIdle) == "RUNNING");
}

TEST_CASE("idle stop: a window of its own is refused where the operator does not allow it") {
  const std::string path = kAll;
  const auto bad_fields = [&](const Variables& variables, const std::string& minutes) {
    Stack stack(variables);
    return stack.client.post(path, create_body(kIdle, R"(,"idleStopMinutes":)" + minutes)).bad_fields();
  };
  const std::vector<std::string> refused = {"idleStopMinutes"};
  CHECK(bad_fields({}, "30") == refused);
  CHECK(bad_fields({{"IDLE_STOP_AFTER", "30m"}, {"IDLE_STOP_LONGEST", "1h"}}, "0") == refused);
  CHECK(bad_fields({{"IDLE_STOP_AFTER", "30m"}, {"IDLE_STOP_LONGEST", "1h"}}, "61") == refused);
  CHECK(bad_fields({{"IDLE_STOP_AFTER", "30m"}, {"IDLE_STOP_LONGEST", "1h"}}, "60").empty());
}

TEST_CASE("activity: the key of one user reports for that user's environments alone") {
  const std::string key = "a-key-of-user-one-with-32-letters-01";
  const std::string stranger = "a-key-of-user-two-with-32-letters-02";
  Stack stack(
      {{"API_KEYS", "one:user=user-1:" + key + ",two:user=user-2:" + stranger}, {"IDLE_STOP_AFTER", "10m"}});
  const RestClient::Headers own = {"Authorization: Bearer " + key};
  const RestClient::Headers others = {"Authorization: Bearer " + stranger};
  REQUIRE(stack.client.post(kAll, create_body(kIdle), own).status == 201);
  const std::string body = R"({"snapshot":{"activeIDEConnections":1}})";
  CHECK(stack.client.post(one(kIdle) + "/activity", body, others).status == 404);
  CHECK(stack.client.post(one(kIdle) + "/activity", body, own).status == 200);
  CHECK(stack.client.get(one(kIdle), own).text({"data", "environment", "id"}) == kIdle);
}

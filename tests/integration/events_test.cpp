// Events of environments: as JSON, and as server-sent events from the real daemon.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <set>
#include <thread>

#include "stack.h"
#include "stream_reader.h"

namespace {

const std::string kAll = "/api/v1/environments";
const std::string kId = "workspace-0001";
const std::string kOne = kAll + "/" + kId;
const std::string kEvents = kOne + "/events";
const RestClient::Headers kAsStream = {"Accept: text/event-stream"};
const Variables kShared = {{"AGENT_ACTIVITY_SECRET", "the secret that all replicas share, 32+"}};

RestClient::Headers after(const std::string& id) {
  return {"Accept: text/event-stream", "Last-Event-ID: " + id};
}

void create(const Stack& stack, const std::string& id = kId) {
  REQUIRE(stack.client.post(kAll, create_body(id)).status == 201);
}

// Another daemon at the same Azure.
DaemonProcess replica_of(const Stack& stack) {
  auto variables = stack.azure.variables();
  variables["AGENT_PORT"] = "0";
  variables.insert(kShared.begin(), kShared.end());
  return DaemonProcess({}, variables);
}

// "type name" of each event in the answer.
std::vector<std::string> words_of(const Answer& answer) {
  std::vector<std::string> words;
  for (const auto& event : answer.json.find_path({"data", "events"})->array()) {
    words.push_back(std::string(event.string_at({"type"})) + " " + std::string(event.string_at({"name"})));
  }
  return words;
}

bool contains(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

double metric(const Stack& stack, const std::string& name) {
  const std::string text = stack.client.get("/metrics").body;
  const auto at = text.find("\n" + name + " ");
  return at == std::string::npos ? -1 : std::atof(text.c_str() + at + name.size() + 2);
}

}  // namespace

TEST_CASE("events: of a create, as JSON, the oldest first") {
  Stack stack;
  create(stack);
  const Answer answer = stack.client.get(kEvents);
  REQUIRE(answer.status == 200);
  const auto words = words_of(answer);
  for (const char* word : {"stage queued", "stage creating-share", "stage creating-container",
                           "stage provisioning", "stage done", "container Pulling", "container Pulled",
                           "container Created", "container Started", "status RUNNING"}) {
    CAPTURE(std::string(word));
    CHECK(contains(words, word));
  }
  std::string before;
  std::set<std::string> ids;
  for (const auto& event : answer.json.find_path({"data", "events"})->array()) {
    const std::string time(event.string_at({"time"}));
    CHECK(before <= time);
    before = time;
    CHECK(ids.insert(std::string(event.string_at({"id"}))).second);
    CHECK(event.string_at({"environmentId"}) == kId);
  }
}

TEST_CASE("events: wrong requests are told by their names") {
  Stack stack;
  CHECK(stack.client.get(kEvents).status == 404);
  CHECK(stack.client.get(kEvents, kAsStream).status == 404);
  CHECK(stack.client.get(kAll + "/x/events").status == 400);
  CHECK(stack.client.get(kEvents, {"Last-Event-ID: none"}).bad_fields() ==
        std::vector<std::string>{"Last-Event-ID"});
  CHECK(stack.client.get("/api/v1/events?environmentId=a%20b").bad_fields() ==
        std::vector<std::string>{"environmentId"});
  std::string many;
  for (int i = 0; i < 101; ++i) many += "&environmentId=workspace-" + std::to_string(1000 + i);
  CHECK(stack.client.get("/api/v1/events?" + many.substr(1)).status == 400);
}

TEST_CASE("events: a stream tells what there is, then what comes, and ends when the environment is gone") {
  Stack stack;
  create(stack);
  StreamReader reader(stack.daemon.port(), kEvents, kAsStream);
  REQUIRE(reader.status() == 200);
  CHECK(contains(reader.head(), "Content-Type: text/event-stream"));
  CHECK(contains(reader.head(), "Cache-Control: no-store"));
  CHECK(contains(reader.head(), "X-Accel-Buffering: no"));
  CHECK_FALSE(contains(reader.head(), "Content-Length"));
  const auto up = reader.wait_for("status", "RUNNING");
  REQUIRE(up);
  CHECK(up->id.starts_with(up->text("id") + "."));
  CHECK(stack.client.post(kOne + "/stop").status == 200);
  CHECK(reader.wait_for("stage", "stopping"));
  CHECK(stack.client.remove(kOne).status == 200);
  const auto gone = reader.wait_for("done", "gone");
  REQUIRE(gone);
  CHECK(gone->text("environmentId") == kId);
  CHECK_FALSE(reader.next_event());
  CHECK(reader.ended());
  // The connection goes on.
  reader.connection().send("GET /live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  CHECK(reader.connection().read_until("\r\n\r\n").starts_with("HTTP/1.1 200"));
}

TEST_CASE("events: Last-Event-ID goes on after it, on any replica and after a restart") {
  Stack stack(kShared);
  create(stack);
  StreamReader first(stack.daemon.port(), kEvents, kAsStream);
  const auto pulled = first.wait_for("container", "Pulled");
  REQUIRE(pulled);
  const DaemonProcess other = replica_of(stack);
  std::vector<std::string> here;
  std::vector<std::string> there;
  for (auto* ids : {&here, &there}) {
    StreamReader reader(ids == &here ? stack.daemon.port() : other.port(), kEvents, after(pulled->id));
    REQUIRE(reader.status() == 200);
    while (const auto event = reader.next_event()) {
      CHECK(event->text("id") != pulled->text("id"));
      if (event->text("source") == "azure" || event->type == "status") ids->push_back(event->text("id"));
      if (event->type == "status" && event->text("name") == "RUNNING") break;
    }
  }
  CHECK(here == there);
  CHECK(here.size() >= 2);
}

TEST_CASE("events: a hundred readers of one environment cost no more reads of Azure than one") {
  Stack stack;
  create(stack);
  std::atomic<int> reads{0};
  stack.azure.emulator().set_fault_script(
      [&reads](const dev8agent::HttpRequest& request, std::uint64_t) -> dev8agent::emulator::Fault {
        reads += request.method == "GET" && contains(request.url, "/containerGroups/");
        return {};
      });
  std::vector<std::unique_ptr<StreamReader>> readers;
  const auto open = [&](std::size_t count) {
    while (readers.size() < count)
      readers.push_back(std::make_unique<StreamReader>(stack.daemon.port(), kEvents, kAsStream));
  };
  open(1);
  REQUIRE(readers.front()->wait_for("status", "RUNNING"));
  const int before = reads;
  open(100);
  for (std::size_t i = 1; i < readers.size(); ++i) REQUIRE(readers[i]->wait_for("status", "RUNNING"));
  // They join the first one's watch, which reads again every few seconds.
  const int own = reads - before;
  CHECK(own < 50);
  CHECK(metric(stack, "dev8_streams_open") == 100);
  CHECK(stack.client.post(kOne + "/stop").status == 200);
  for (const auto& reader : readers) CHECK(reader->wait_for("status", "STOPPED"));
  readers.clear();
  CHECK(eventually([&] { return metric(stack, "dev8_streams_open") == 0; }));
  stack.azure.emulator().set_fault_script(nullptr);
}

TEST_CASE("events: a hundred readers of all environments, at once, share the search for them") {
  constexpr int kEnvironments = 3;
  constexpr int kReaders = 100;
  Stack stack;
  for (int i = 1; i <= kEnvironments; ++i) create(stack, "workspace-000" + std::to_string(i));
  std::atomic<int> reads{0};
  stack.azure.emulator().set_fault_script(
      [&reads](const dev8agent::HttpRequest& request, std::uint64_t) -> dev8agent::emulator::Fault {
        reads += request.method == "GET" && contains(request.url, "/containerGroups/");
        return {};
      });
  std::vector<std::unique_ptr<RawConnection>> readers;
  while (readers.size() < kReaders) readers.push_back(std::make_unique<RawConnection>(stack.daemon.port()));
  for (const auto& reader : readers)
    reader->send("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n");
  for (const auto& reader : readers) CHECK(contains(reader->read_until("RUNNING"), "200 OK"));
  // A search asks about each environment, as does a watch, again and again.
  CHECK(reads < kEnvironments * kReaders / 2);
  readers.clear();
  CHECK(eventually([&] { return metric(stack, "dev8_streams_open") == 0; }));
  stack.azure.emulator().set_fault_script(nullptr);
}

// The sanitizers' own memory would be measured.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("events: a thousand idle readers take less than 40 MB") {
  constexpr std::size_t kReaders = 1000;
  rlimit descriptors{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &descriptors) == 0);
  descriptors.rlim_cur = descriptors.rlim_max;
  REQUIRE(setrlimit(RLIMIT_NOFILE, &descriptors) == 0);
  for (const std::string& path : {kEvents, std::string("/api/v1/events")}) {
    CAPTURE(path);
    Stack stack(Variables{{"RATE_LIMIT_BURST", "100000"}});
    create(stack);
    const double before = metric(stack, "process_resident_memory_bytes");
    REQUIRE(before > 0);
    std::vector<std::unique_ptr<StreamReader>> readers;
    while (readers.size() < kReaders)
      readers.push_back(std::make_unique<StreamReader>(stack.daemon.port(), path, kAsStream));
    for (const auto& reader : readers) REQUIRE(reader->wait_for("status", "RUNNING"));
    CHECK(metric(stack, "dev8_streams_open") == kReaders);
    const double taken = metric(stack, "process_resident_memory_bytes") - before;
    MESSAGE(path << ": " << taken / 1e6 << " MB");
    CHECK(taken < 40e6);
  }
}
#endif

TEST_CASE("events: one stream for several environments, and for those of a user") {
  Stack stack;
  create(stack, "workspace-0001");
  create(stack, "workspace-0002");
  for (const char* query :
       {"environmentId=workspace-0001&environmentId=workspace-0002&environmentId=workspace-0009",
        "userId=user-1", ""}) {
    CAPTURE(std::string(query));
    StreamReader reader(stack.daemon.port(), std::string("/api/v1/events?") + query, kAsStream);
    REQUIRE(reader.status() == 200);
    std::set<std::string> up;
    std::set<std::string> ids;
    while (up.size() < 2) {
      const auto event = reader.next_event();
      REQUIRE(event);
      CHECK(ids.insert(event->text("id")).second);
      if (event->text("name") == "RUNNING") up.insert(event->text("environmentId"));
    }
    CHECK(up == std::set<std::string>{"workspace-0001", "workspace-0002"});
  }
  const Answer nobody = stack.client.get("/api/v1/events?userId=user-9");
  CHECK(nobody.status == 200);
  CHECK(words_of(nobody).empty());
}

// Azure tells times in whole seconds, and after a while: the end of the container is dated before the stage
// that the reader knows already.
TEST_CASE("events: a reader who goes on, on any replica, is told late events once") {
  Stack stack(kShared);
  create(stack);
  const DaemonProcess other = replica_of(stack);
  StreamReader first(stack.daemon.port(), kEvents, kAsStream);
  REQUIRE(first.wait_for("status", "RUNNING"));
  std::thread stopping([&] { CHECK(stack.client.post(kOne + "/stop").status == 200); });
  std::set<std::string> told;
  std::string last;
  while (const auto event = first.next_event()) {
    told.insert(event->text("id"));
    last = event->id;
    if (event->text("name") == "stopping") break;
  }
  stopping.join();
  for (const int port : {other.port(), stack.daemon.port()}) {
    StreamReader reader(port, kEvents, after(last));
    std::set<std::string> ids = told;
    std::set<std::string> names;
    while (const auto event = reader.next_event()) {
      CHECK(ids.insert(event->text("id")).second);
      names.insert(event->text("name"));
      if (names.contains("Killing") && names.contains("STOPPED")) break;
    }
    CHECK(names.size() <= 3);  // and the end of the operation, where it runs
  }
}

TEST_CASE("events: environments that are created later join the streams of all and of their user") {
  Stack stack(kShared);
  const DaemonProcess other = replica_of(stack);
  StreamReader all(stack.daemon.port(), "/api/v1/events", kAsStream);
  StreamReader of_user(stack.daemon.port(), "/api/v1/events?userId=user-1", kAsStream);
  StreamReader named(other.port(), "/api/v1/events?environmentId=workspace-0002", kAsStream);
  StreamReader of_other(stack.daemon.port(), "/api/v1/events?userId=user-9", kAsStream);
  create(stack, "workspace-0001");
  create(stack, "workspace-0002");
  for (StreamReader* reader : {&all, &of_user}) {
    std::set<std::string> up;
    while (up.size() < 2) {
      const auto event = reader->next_event();
      REQUIRE(event);
      if (event->text("name") == "RUNNING") up.insert(event->text("environmentId"));
    }
  }
  // The replica finds it in its next list of Azure.
  const auto event = named.wait_for("status", "RUNNING");
  REQUIRE(event);
  CHECK(event->text("environmentId") == "workspace-0002");
  CHECK(stack.client.remove(kAll + "/workspace-0001?force=true").status == 200);
  CHECK(all.wait_for("done", "gone"));
  stack.daemon.signal(SIGTERM);
  CHECK(stack.daemon.wait() == 0);
  CHECK_FALSE(of_other.next_event());
}

TEST_CASE("events: a stream of many begins while Azure is slow, and its events follow") {
  Stack stack(Variables{{"REQUEST_TIMEOUT_SECONDS", "1"}});
  // A create may take longer than a second; a repeat waits for it again.
  REQUIRE(eventually([&] { return stack.client.post(kAll, create_body(kId)).status / 100 == 2; }));
  // Azure's list of groups does not answer until the stream has begun.
  std::promise<void> begun;
  stack.azure.emulator().set_fault_script(
      [waits = begun.get_future().share()](const dev8agent::HttpRequest& request, std::uint64_t) {
        if (request.url.find("/containerGroups?") != std::string::npos) waits.wait();
        return dev8agent::emulator::Fault();
      });
  StreamReader reader(stack.daemon.port(), "/api/v1/events", kAsStream);
  CHECK(reader.status() == 200);
  begun.set_value();
  CHECK(reader.wait_for("status", "RUNNING"));
}

TEST_CASE("events: HTTP/1.0 gets the stream without chunks, HEAD gets the head alone") {
  Stack stack;
  create(stack);
  const RawConnection old(stack.daemon.port());
  old.send("GET " + kEvents + " HTTP/1.0\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n");
  const std::string head = old.read_until("\r\n\r\n");
  CHECK(contains(head, "200 OK"));
  CHECK_FALSE(contains(head, "chunked"));
  CHECK(contains(head, "Connection: close"));
  CHECK(old.read_until("\n\n").starts_with("id: "));
  const RawConnection other(stack.daemon.port());
  other.send("HEAD " + kEvents + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n");
  CHECK(contains(other.read_until("\r\n\r\n"), "200 OK"));
  other.send("GET /live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  CHECK(other.read_until("\r\n\r\n").starts_with("HTTP/1.1 200"));
}

TEST_CASE("events: SIGTERM ends the streams, and the process ends well") {
  Stack stack;
  create(stack);
  StreamReader reader(stack.daemon.port(), kEvents, kAsStream);
  REQUIRE(reader.wait_for("status", "RUNNING"));
  stack.daemon.signal(SIGTERM);
  CHECK(stack.daemon.wait() == 0);
  while (reader.next_event()) {
  }
  CHECK(reader.ended());
}

TEST_CASE("restart: of what runs, and of nothing else") {
  Stack stack;
  CHECK(stack.client.post(kOne + "/restart").status == 404);
  create(stack);
  const Answer restarted = stack.client.post(kOne + "/restart");
  CHECK(restarted.status == 200);
  CHECK(restarted.text({"data", "environment", "status"}) == "RUNNING");
  CHECK(stack.azure.emulator().groups().at(0).deployments == 2);
  CHECK(stack.client.post(kOne + "/stop").status == 200);
  const Answer stopped = stack.client.post(kOne + "/restart");
  CHECK(stopped.status == 409);
  CHECK(contains(stopped.body, "Start it instead"));
}

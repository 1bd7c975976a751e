// The front door with calls of the test's own behind it: slow clients, callers who wait or go, and a machine
// that refuses sockets and threads.
#include "front_door.h"

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <future>
#include <list>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>

#include "daemon/connection_times.h"
#include "support/raw_client.h"

using namespace dev8agentd;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const std::string kGet = "GET /now HTTP/1.1\r\nHost: a\r\n\r\n";
const std::string kWait = "GET /wait HTTP/1.1\r\nHost: a\r\n\r\n";

// What has happened to calls, to wait for.
class Events {
 public:
  void note(const std::string& event) {
    std::lock_guard lock(mutex_);
    ++counts_[event];
    changed_.notify_all();
  }
  void wait_for(const std::string& event, int count = 1) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return counts_[event] >= count; });
  }
  int count(const std::string& event) {
    std::lock_guard lock(mutex_);
    return counts_[event];
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, int> counts_;
};

struct World {
  Events events;
  std::mutex mutex;
  std::list<std::function<void()>> notifications;
  std::atomic<std::thread::id> loop{};  // that has made the last call
  std::atomic<std::chrono::steady_clock::duration> patience{std::chrono::steady_clock::duration(1h)};
  // After the first deadline, for so many calls.
  std::atomic<std::chrono::steady_clock::duration> more_patience{std::chrono::steady_clock::duration(1h)};
  std::atomic<int> extensions{0};

  void end_first() {
    std::lock_guard lock(mutex);
    notifications.front()();
  }
  void end_operations() {
    std::lock_guard lock(mutex);
    for (auto& notify : notifications) notify();
  }
};

class FakeCall final : public Call {
 public:
  FakeCall(World& world, RawRequest request, bool close)
      : world_(world), request_(std::move(request)), close_(close) {}

  CallThread thread() const override {
    const std::string& target = request_.head.target;
    if (target == "/loop") return CallThread::kLoop;
    return target == "/live" ? CallThread::kProbe : CallThread::kWorker;
  }
  std::optional<Answer> begin() override {
    world_.events.note("begin");
    if (request_.head.target == "/wait") return std::nullopt;
    if (request_.head.target == "/big") return Answer{std::string(16 << 20, 'x'), close_};
    if (!request_.head.fault) return Answer{std::string(kOk), close_ || !request_.head.keep_alive};
    return Answer{"HTTP/1.1 " + std::to_string(request_.head.fault->status) + " \r\n\r\n", close_};
  }
  void wait(std::function<void()> notify) override {
    {
      std::lock_guard lock(world_.mutex);
      world_.notifications.push_back(std::move(notify));
    }
    world_.events.note("wait");
  }
  TimePoint deadline() const override { return std::chrono::steady_clock::now() + world_.patience.load(); }
  bool waits_on() override {
    if (world_.extensions.fetch_sub(1) <= 0) return false;
    world_.patience = world_.more_patience.load();
    world_.events.note("waits on");
    return true;
  }
  void leave() override { world_.events.note("leave"); }
  Answer finish() override {
    world_.events.note("finish");
    return {std::string(kOk), close_};
  }
  void abandon() override { world_.events.note("abandon"); }

 private:
  World& world_;
  RawRequest request_;
  bool close_;
};

// A front door on a port of its own.
struct Door final : CallFactory {
  explicit Door(FrontDoorOptions options = {}, ConnectionTimes times = patient())
      : door(with(std::move(options), times), *this, metrics,
             [this](const dev8agent::LogRecord& record) { world.events.note(record.event); }) {
    const auto bound = door.bind("127.0.0.1", 0);
    REQUIRE(bound.ok());
    port = *bound;
    door.start([this] { world.events.note("end"); });
  }
  static FrontDoorOptions with(FrontDoorOptions options, ConnectionTimes times) {
    options.times = times;
    return options;
  }
  std::shared_ptr<Call> make(RawRequest request, bool close) override {
    world.loop = std::this_thread::get_id();
    return std::make_shared<FakeCall>(world, std::move(request), close);
  }
  void check_serves() const {
    const RawClient client(port);
    CHECK(client.send(kGet));
    CHECK(client.read_until("ok") == kOk);
  }
  bool counts(const std::string& line) const { return metrics.text().find(line) != std::string::npos; }

  World world;
  Metrics metrics;
  int port = 0;
  FrontDoor door;
};

}  // namespace

TEST_CASE("whatever accept fails with, the door goes on and says so once a minute") {
  std::list<int> failures = {ENFILE, EMFILE, ENOBUFS, ENOMEM, ECONNABORTED, EPROTO, EPERM, EINTR};
  FrontDoorOptions options;
  options.accept = [&](int listening, void* address, unsigned* size) {
    if (failures.empty()) return accept4(listening, static_cast<sockaddr*>(address), size, SOCK_CLOEXEC);
    errno = failures.front();
    failures.pop_front();
    return -1;
  };
  Door door(std::move(options));
  door.check_serves();
  CHECK(door.counts("dev8_connections_refused_total{reason=\"accept_failed\"} 7"));
  CHECK(door.world.events.count("connections.accept_failed") == 1);
  CHECK(door.world.events.count("end") == 0);
}

TEST_CASE("a machine that refuses threads is served by the loop itself") {
  FrontDoorOptions options;
  options.make_thread = [](const WorkerPool::Work&) -> std::thread {
    throw std::system_error(EAGAIN, std::generic_category());
  };
  Door door(std::move(options));
  for (int i = 0; i < 100; ++i) door.check_serves();
}

TEST_CASE("a call of the loop's own is answered there, without a worker, also when many come at once") {
  const std::string quick = "GET /loop HTTP/1.1\r\nHost: a\r\n\r\n";
  std::atomic<int> threads = 0;
  FrontDoorOptions options;
  options.make_thread = [&](WorkerPool::Work work) {
    ++threads;
    return std::thread(std::move(work));
  };
  Door door(std::move(options));
  const RawClient client(door.port);
  CHECK(client.send(quick + quick + quick));
  const std::string answers = client.read_until("okHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  CHECK(answers.starts_with(kOk));
  door.world.events.wait_for("begin", 3);
  CHECK(threads == 0);
  door.check_serves();
  CHECK(threads == 1);
}

TEST_CASE("a request that does not arrive in time is a 408, and the connection ends") {
  const std::string body = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx";
  for (const auto& [which, bytes] : {std::pair(&ConnectionTimes::head, std::string("GET / HT")),
                                     std::pair(&ConnectionTimes::request, body)}) {
    Door door({}, quick(which));
    const RawClient client(door.port);
    CHECK(client.send(bytes));
    CHECK(client.read_all() == "HTTP/1.1 408 \r\n\r\n");
  }
}

TEST_CASE("an idle connection ends without a word, before and after a request") {
  Door quiet({}, quick(&ConnectionTimes::idle));
  const RawClient silent(quiet.port);
  CHECK(silent.read_all().empty());
  CHECK(quiet.counts("dev8_connections_closed_total{reason=\"idle\"} 1"));

  // It is taken on when its request is there: a slow client would be idle before.
  std::promise<void> sent;
  FrontDoorOptions options;
  options.accept = [has_sent = sent.get_future().share()](int listening, void* address, unsigned* size) {
    has_sent.wait();
    return accept4(listening, static_cast<sockaddr*>(address), size, SOCK_CLOEXEC);
  };
  Door door(std::move(options), quick(&ConnectionTimes::idle));
  const RawClient used(door.port);
  CHECK(used.send(kGet));
  sent.set_value();
  CHECK(used.read_all() == kOk);
  CHECK(door.counts("dev8_connections_closed_total{reason=\"idle\"} 1"));
}

TEST_CASE("a client that does not read its answer is cut off") {
  Door door({}, quick(&ConnectionTimes::write));
  const RawClient client(door.port);
  CHECK(client.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n"));
  while (!door.counts("dev8_connections_closed_total{reason=\"slow_reader\"} 1")) door.check_serves();
}

TEST_CASE("requests that arrive together are answered in turn") {
  Door door;
  const RawClient client(door.port);
  std::string all;
  for (int i = 0; i < 200; ++i) all += kGet;
  CHECK(client.send(all + "GET /now HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
  CHECK(client.read_all().size() == 201 * kOk.size());
}

TEST_CASE("after a refusal nothing that the client sent is read as a request") {
  Door door;
  const RawClient client(door.port);
  CHECK(client.send("BROKEN\r\n\r\n" + kGet));
  CHECK(client.read_all() == "HTTP/1.1 400 \r\n\r\n");
  CHECK(door.world.events.count("begin") == 1);
}

TEST_CASE("who waits holds no worker, and is answered when the operation ends") {
  Door door;
  std::list<RawClient> waiting;
  for (int i = 0; i < 100; ++i) CHECK(waiting.emplace_back(door.port).send(kWait));
  door.world.events.wait_for("wait", 100);
  door.check_serves();
  door.world.end_operations();
  for (const RawClient& client : waiting) CHECK(client.read_until("ok") == kOk);
  CHECK(door.world.events.count("finish") == 100);
  CHECK(waiting.front().send(kGet));
  CHECK(waiting.front().read_until("ok") == kOk);
}

TEST_CASE("who waits too long is answered without the outcome, and a later end changes nothing") {
  Door door;
  door.world.patience = 10ms;
  const RawClient client(door.port);
  CHECK(client.send(kWait));
  CHECK(client.read_until("ok") == kOk);
  door.world.end_operations();
  CHECK(client.send(kGet));
  CHECK(client.read_until("ok") == kOk);
  CHECK(door.world.events.count("finish") == 1);
}

TEST_CASE("the late end of an operation does not end the wait for another one on the same connection") {
  Door door;
  door.world.patience = 10ms;
  const RawClient client(door.port);
  CHECK(client.send(kWait));
  CHECK(client.read_until("ok") == kOk);
  door.world.patience = 1h;
  CHECK(client.send(kWait));
  door.world.events.wait_for("wait", 2);
  door.world.end_first();
  // The loop has taken the notification when it has served somebody who came after it.
  door.check_serves();
  CHECK(door.world.events.count("finish") == 1);
  door.world.end_operations();
  CHECK(client.read_until("ok") == kOk);
  CHECK(door.world.events.count("finish") == 2);
}

TEST_CASE("a caller may wait on at the deadline, and is answered at the next one or at the end") {
  for (const bool ends : {false, true}) {
    CAPTURE(ends);
    Door door;
    door.world.patience = 10ms;
    door.world.more_patience = ends ? 1h : 10ms;
    door.world.extensions = 1;
    const RawClient client(door.port);
    CHECK(client.send(kWait));
    door.world.events.wait_for("waits on");
    if (ends) door.world.end_operations();
    CHECK(client.read_until("ok") == kOk);
    CHECK(door.world.events.count("finish") == 1);
    CHECK(door.world.events.count("wait") == 1);
  }
}

TEST_CASE("a caller who ends its sending side gives its place back and is answered all the same") {
  Door door;
  const RawClient client(door.port);
  CHECK(client.send(kWait));
  client.end_sending();
  door.world.events.wait_for("leave");
  door.world.end_operations();
  CHECK(client.read_all() == kOk);
}

TEST_CASE("a caller whose connection is cut is forgotten at once") {
  Door door;
  RawClient client(door.port);
  CHECK(client.send(kWait));
  door.world.events.wait_for("wait");
  client.reset();
  door.world.events.wait_for("abandon");
  door.world.end_operations();
  door.check_serves();
  CHECK(door.world.events.count("finish") == 0);
}

TEST_CASE("with all places taken the oldest idle connection gives way") {
  Door door({.limits = {4, 4}});
  std::list<RawClient> clients;
  for (int i = 0; i < 6; ++i) {
    CHECK(clients.emplace_back(door.port).send(kGet));
    CHECK(clients.back().read_until("ok") == kOk);
  }
  CHECK(clients.front().read_all().empty());
  CHECK(clients.back().send(kGet));
  CHECK(clients.back().read_until("ok") == kOk);
  CHECK(door.counts("dev8_connections_closed_total{reason=\"made_room\"} 2"));
  CHECK(door.world.events.count("connections.full") == 1);
  CHECK(door.counts("dev8_connections_open 4"));
}

TEST_CASE("where everybody waits for an operation a newcomer is refused, counted and logged once a minute") {
  Door door({.limits = {2, 2}});
  const RawClient first(door.port);
  const RawClient second(door.port);
  for (const RawClient* client : {&first, &second}) CHECK(client->send(kWait));
  door.world.events.wait_for("wait", 2);
  for (int i = 0; i < 3; ++i) CHECK(RawClient(door.port).read_all().empty());
  CHECK(door.counts("dev8_connections_refused_total{reason=\"address\"} 3"));
  CHECK(door.world.events.count("connections.full") == 1);
  door.world.end_operations();
  CHECK(first.read_until("ok") == kOk);
}

TEST_CASE("what clients have sent is bounded: the slowest give way") {
  Door door({.limits = {100, 100}});
  const std::string part =
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1048576\r\n\r\n" + std::string(1 << 20, 'x');
  std::list<RawClient> clients;
  for (int i = 0; i < 40; ++i)
    clients.emplace_back(door.port).send(std::string_view(part).substr(0, part.size() - 1));
  while (door.counts("dev8_connections_closed_total{reason=\"made_room\"} 0")) door.check_serves();
  CHECK(clients.back().send("x"));
  CHECK(clients.back().read_until("ok") == kOk);
}

TEST_CASE("stop answers who waits, ends who is idle, and does not wait for who does not read") {
  Door door({.last_answers = 50ms});
  const RawClient idle(door.port);
  const RawClient waiting(door.port);
  const RawClient not_reading(door.port);
  CHECK(not_reading.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n"));
  CHECK(waiting.send(kWait));
  door.world.events.wait_for("wait");
  door.world.events.wait_for("begin", 2);
  door.door.stop();
  CHECK(waiting.read_all() == kOk);
  CHECK(idle.read_all().empty());
  CHECK(door.world.events.count("end") == 1);
  CHECK(door.counts("dev8_connections_open 0"));
  CHECK_THROWS(RawClient(door.port));
}

TEST_CASE("stop answers everybody who waits, however long the machine takes to make the answers") {
  Door door({.last_answers = 0ms});
  std::list<RawClient> waiting;
  for (int i = 0; i < 100; ++i) CHECK(waiting.emplace_back(door.port).send(kWait));
  door.world.events.wait_for("wait", 100);
  door.door.stop();
  for (const RawClient& client : waiting) CHECK(client.read_all() == kOk);
}

TEST_CASE("the loop beats while nothing happens, on its own thread") {
  Events events;
  std::atomic<std::thread::id> beating{};
  Door door({.heartbeat = {1ms, [&] {
                             beating = std::this_thread::get_id();
                             events.note("beat");
                           }}});
  events.wait_for("beat", 3);
  door.check_serves();
  CHECK(door.world.loop.load() == beating.load());
}

TEST_CASE("an address that is taken cannot be bound again") {
  Door door;
  Metrics metrics;
  FrontDoor other({}, door, metrics, [](const auto&) {});
  CHECK(other.bind("127.0.0.1", door.port).error().code == dev8agent::ErrorCode::kConflict);
}

// Deadlines after a stall of the loop: what has come in time counts, though nobody has read it yet. The time
// is the test's own.
#include "connection_driver.h"

#include <doctest/doctest.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

using namespace dev8agentd;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
constexpr auto kEvents = EPOLLIN | EPOLLOUT;

// Answers every request at once.
class OkCall final : public Call {
 public:
  explicit OkCall(bool close) : close_(close) {}
  CallThread thread() const override { return CallThread::kLoop; }
  std::optional<Answer> begin() override { return Answer{std::string(kOk), close_}; }
  void wait(std::function<void()>) override {}
  TimePoint deadline() const override { return TimePoint::max(); }
  void leave() override {}
  Answer finish() override { return {std::string(kOk), close_}; }
  void abandon() override {}

 private:
  bool close_;
};

// One connection, without a loop: the test calls what the loop calls.
struct Bench final : CallFactory {
  Bench() {
    int ends[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    client = ends[1];
    Connection& connection = table.add(ends[0], "a", now);
    id = connection.id;
    driver.set_now(now);
    driver.opened(connection);
  }
  ~Bench() override {
    close(client);
    if (Connection* connection = table.find(id)) driver.end(*connection, "stopping");
  }
  std::shared_ptr<Call> make(RawRequest request, bool close) override {
    statuses += request.head.fault ? std::to_string(request.head.fault->status) + " " : "ok ";
    return std::make_shared<OkCall>(close);
  }
  void send(const std::string& text) const {
    CHECK(::send(client, text.data(), text.size(), MSG_DONTWAIT) == static_cast<ssize_t>(text.size()));
  }
  // A turn of the loop in which epoll tells of this connection.
  void turn() {
    driver.go_on();
    if (Connection* connection = table.find(id)) driver.on_events(*connection, kEvents);
    driver.check_deadlines();
  }
  // The turn after a stall, in which epoll tells of others alone.
  void turn_after(std::chrono::seconds stall) {
    now += stall;
    driver.set_now(now);
    driver.go_on();
    driver.check_deadlines();
  }
  bool is_open() { return table.find(id) != nullptr; }

  Deadline::TimePoint now{1h};
  Metrics metrics;
  ConnectionTable table{{8, 8}};
  OccasionalLog handshakes{[](const dev8agent::LogRecord&) {}, "tls.handshake_failed"};
  ConnectionDriver driver{table,   ConnectionTimes(), *this, metrics, std::make_shared<Inbox>(),
                          nullptr, handshakes};
  ConnectionId id;
  int client = -1;
  std::string statuses;  // of the requests: "ok", or why one was refused
};

}  // namespace

TEST_CASE("driver: the rest of a request that came during a stall is no 408") {
  Bench bench;
  bench.send("GET / HTTP/1.1\r\nHo");
  bench.turn();
  bench.send("st: a\r\n\r\n");
  bench.turn_after(11s);
  CHECK(bench.statuses == "ok ");
  CHECK(bench.is_open());
}

TEST_CASE("driver: a body that takes more than one turn to read is no 408") {
  Bench bench;
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n";
  int size = 4 << 20;
  REQUIRE(setsockopt(bench.client, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)) == 0);
  bench.send(head);
  bench.turn();
  bench.send(std::string(300000, 'x'));
  bench.turn_after(31s);
  CHECK(bench.driver.has_more());
  CHECK(bench.statuses.empty());
  bench.turn_after(0s);
  CHECK(bench.statuses == "ok ");
}

TEST_CASE("driver: a request that came on an idle connection during a stall is answered") {
  Bench bench;
  bench.turn();
  bench.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  bench.turn_after(76s);
  CHECK(bench.statuses == "ok ");
  CHECK(bench.is_open());
}

TEST_CASE("driver: what has not come by the deadline is a 408, and a silent connection ends") {
  Bench late;
  late.send("GET / HTTP/1.1\r\nHo");
  late.turn();
  late.send("st");
  late.turn_after(11s);
  CHECK(late.statuses == "408 ");
  Bench silent;
  silent.turn();
  silent.turn_after(76s);
  CHECK(silent.statuses.empty());
  CHECK_FALSE(silent.is_open());
}

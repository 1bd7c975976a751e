// The front door with TLS: what it does with clients that are slow, silent or broken before and after they
// agree.
#include <doctest/doctest.h>

#include <list>

#include "daemon/connection_times.h"
#include "front_door.h"
#include "support/certificate_chain.h"
#include "support/tls_client.h"

using namespace dev8agentd;
using namespace std::chrono_literals;
using dev8agent::test::CertificateChain;

namespace {

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const std::string kGet = "GET /now HTTP/1.1\r\nHost: a\r\n\r\n";
const std::string kLast = "GET /now HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
constexpr std::size_t kBig = 8 << 20;

class FakeCall final : public Call {
 public:
  FakeCall(RawRequest request, bool close) : request_(std::move(request)), close_(close) {}
  CallThread thread() const override { return CallThread::kWorker; }
  std::optional<Answer> begin() override {
    if (request_.head.fault)
      return Answer{"HTTP/1.1 " + std::to_string(request_.head.fault->status) + " \r\n\r\n", true};
    const bool close = close_ || !request_.head.keep_alive;
    return Answer{request_.head.target == "/big" ? std::string(kBig, 'x') : kOk, close};
  }
  void wait(std::function<void()>) override {}
  TimePoint deadline() const override { return TimePoint::max(); }
  void leave() override {}
  Answer finish() override { return {}; }
  void abandon() override {}

 private:
  RawRequest request_;
  bool close_;
};

// A front door with a certificate, on a port of its own.
struct Door final : CallFactory {
  explicit Door(ConnectionTimes times = patient(), ConnectionTable::Limits limits = {1024, 1024})
      : door(options(times, limits), *this, metrics, [](const dev8agent::LogRecord&) {}) {
    const auto bound = door.bind("127.0.0.1", 0);
    REQUIRE(bound.ok());
    port = *bound;
    door.start([] {});
  }
  FrontDoorOptions options(ConnectionTimes times, ConnectionTable::Limits limits) const {
    FrontDoorOptions options;
    options.limits = limits;
    options.times = times;
    options.tls = &tls;
    return options;
  }
  std::shared_ptr<Call> make(RawRequest request, bool close) override {
    return std::make_shared<FakeCall>(std::move(request), close);
  }
  TlsClient connect() const { return TlsClient(port, {}); }
  void check_serves() const {
    TlsClient client(port, {});
    CHECK(client.send(kGet));
    CHECK(client.read_until("ok") == kOk);
  }
  bool counts(const std::string& line) const { return metrics.text().find(line) != std::string::npos; }
  bool counts_closed(const std::string& reason, int count) const {
    return counts("dev8_connections_closed_total{reason=\"" + reason + "\"} " + std::to_string(count));
  }

  CertificateChain chain;
  TlsIdentity tls{TlsContext::make(chain.chain(), chain.key()).value()};
  Metrics metrics;
  int port = 0;
  FrontDoor door;
};

}  // namespace

TEST_CASE(
    "a handshake that does not end in time ends the connection: silent, half a hello, or no answer to ours") {
  const std::string hello = client_hello();
  for (const std::string& bytes : {std::string(), hello.substr(0, 20), hello}) {
    Door door(quick(&ConnectionTimes::head, 1s));
    const RawClient client(door.port);
    CHECK(client.send(bytes));
    const std::string answer = client.read_all();
    CHECK(answer.empty() == (bytes.size() < hello.size()));
    CHECK(door.counts_closed("handshake", 1));
  }
}

TEST_CASE("a client that comes and goes without a word is no failed handshake") {
  Door door;
  RawClient(door.port).end_sending();
  while (!door.counts_closed("client", 1)) door.check_serves();
  CHECK(door.counts_closed("handshake", 0));
}

TEST_CASE("hellos that arrive byte by byte, and requests of many records, are read") {
  Door door;
  TlsClient client = door.connect();
  for (const char c : kGet) CHECK(client.send({&c, 1}));
  CHECK(client.read_until("ok") == kOk);
  const RawClient slow(door.port);
  for (const char c : client_hello()) CHECK(slow.send({&c, 1}));
  CHECK(slow.read_until("\x16\x03\x03") == "\x16\x03\x03");
}

TEST_CASE("requests that arrive together are answered in turn, in one record or in many") {
  Door door;
  std::string all;
  for (int i = 0; i < 2000; ++i) all += kGet;
  TlsClient client = door.connect();
  CHECK(client.send(all));
  for (int i = 0; i < 2000; ++i) REQUIRE(client.read_until("ok") == kOk);
  CHECK(client.send(kLast));
  CHECK(client.read_all() == kOk);
  CHECK(client.ended_properly());
}

TEST_CASE("a part of a record counts as a part of a request: 408 when the rest does not come") {
  Door door(quick(&ConnectionTimes::head, 3s));  // also of the handshake
  TlsClient client = door.connect();
  REQUIRE(client.agreed());
  CHECK(client.socket().send(std::string("\x17\x03\x03\x10\x00", 5) + "some of it"));
  CHECK(client.read_all() == "HTTP/1.1 408 \r\n\r\n");
  CHECK(client.ended_properly());
}

TEST_CASE("an idle connection ends with close_notify") {
  Door door(quick(&ConnectionTimes::idle));
  TlsClient client = door.connect();
  CHECK(client.read_all().empty());
  CHECK(client.ended_properly());
  CHECK(door.counts_closed("idle", 1));
}

TEST_CASE("a large answer comes whole, and a client that does not read it is cut off") {
  Door door;
  TlsClient reader = door.connect();
  CHECK(reader.send("GET /big HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
  std::string buffer(65536, '\0');
  std::size_t total = 0;
  for (int size = 0; (size = SSL_read(reader.ssl(), buffer.data(), static_cast<int>(buffer.size()))) > 0;)
    total += static_cast<std::size_t>(size);
  CHECK(total == kBig);
  CHECK(reader.ended_properly());

  Door hasty(quick(&ConnectionTimes::write));
  TlsClient idle = hasty.connect();
  CHECK(idle.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n"));
  while (!hasty.counts_closed("slow_reader", 1)) hasty.check_serves();
}

TEST_CASE("a client that ended its sending side is answered") {
  Door door;
  TlsClient client = door.connect();
  CHECK(client.send(kGet));
  client.end_sending();
  CHECK(client.read_all() == kOk);
  CHECK(client.ended_properly());
}

TEST_CASE("garbage after the handshake, or in it, ends that connection alone") {
  Door door;
  TlsClient client = door.connect();
  CHECK(client.send(kGet));
  CHECK(client.read_until("ok") == kOk);
  CHECK(client.socket().send(std::string(5000, '\0')));
  CHECK(client.read_all().empty());
  const RawClient other(door.port);
  CHECK(other.send("\x16\x03\x01" + std::string(500, '\xff')));
  other.read_all();
  CHECK(door.counts_closed("handshake", 1));
  door.check_serves();
}

TEST_CASE("a client cannot negotiate anew, and updates of its key are taken") {
  Door door;
  TlsClient old(door.port, {.version = TLS1_2_VERSION});
  SSL_renegotiate(old.ssl());
  CHECK(SSL_do_handshake(old.ssl()) != 1);
  TlsClient client(door.port, {.version = TLS1_3_VERSION});
  for (int i = 0; i < 100; ++i) {
    SSL_key_update(client.ssl(), SSL_KEY_UPDATE_REQUESTED);
    CHECK(client.send(kGet));
    REQUIRE(client.read_until("ok") == kOk);
  }
}

TEST_CASE("over the bound of memory the oldest unfinished handshakes give way, and others are served") {
  Door door(patient(), {4096, 4096});
  const std::string half = client_hello().substr(0, 20);
  std::list<RawClient> unfinished;
  for (int i = 0; i < 1000; ++i) CHECK(unfinished.emplace_back(door.port).send(half));
  door.check_serves();
  CHECK(unfinished.front().read_all().empty());
  CHECK_FALSE(door.counts_closed("made_room", 0));
  CHECK(door.counts_closed("handshake", 0));
}

TEST_CASE("new connections get the certificate that replaced another; open ones go on") {
  Door door;
  TlsClient before = door.connect();
  const CertificateChain next("next");
  CHECK(door.connect().server_name() == "server");
  door.tls.replace(TlsContext::make(next.chain(), next.key()).value());
  CHECK(door.connect().server_name() == "next");
  CHECK(before.send(kGet));
  CHECK(before.read_until("ok") == kOk);
}

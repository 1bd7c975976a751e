// Handshakes take turns, so that a crowd of new clients does not hold up those who are there.
#include <doctest/doctest.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <vector>

#include "connection_driver.h"
#include "daemon/connection_times.h"
#include "support/certificate_chain.h"
#include "support/tls_client.h"

using namespace dev8agentd;
using dev8agent::test::CertificateChain;

namespace {

struct NoCalls final : CallFactory {
  std::shared_ptr<Call> make(RawRequest, bool) override { return nullptr; }
};

// A driver with a certificate, and clients whose connections it was given. The test is its event loop.
struct Turns {
  ~Turns() {
    for (const ConnectionId id : served) {
      if (Connection* connection = table.find(id)) driver.end(*connection, "stopping");
    }
    for (const int client : clients) close(client);
  }
  // A client that connects and begins its handshake.
  void begin_handshake() {
    std::array<int, 2> ends{};
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) == 0);
    clients.push_back(ends[0]);
    Connection& connection = table.add(ends[1], "127.0.0.1", std::chrono::steady_clock::now());
    served.push_back(connection.id);
    driver.opened(connection);
    const std::string hello = client_hello();
    REQUIRE(send(ends[0], hello.data(), hello.size(), 0) == static_cast<ssize_t>(hello.size()));
    driver.on_events(connection, EPOLLIN);
  }
  bool is_answered(std::size_t client) const {
    char byte = 0;
    return recv(clients[client], &byte, 1, MSG_PEEK) == 1;
  }
  std::vector<bool> answered() const {
    std::vector<bool> all;
    for (std::size_t i = 0; i < clients.size(); ++i) all.push_back(is_answered(i));
    return all;
  }

  CertificateChain chain;
  TlsIdentity tls{TlsContext::make(chain.chain(), chain.key()).value()};
  Metrics metrics;
  ConnectionTable table{{64, 64}};
  OccasionalLog handshakes{[](const dev8agent::LogRecord&) {}, "tls.handshake_failed"};
  NoCalls calls;
  ConnectionDriver driver{table, patient(), calls, metrics, std::make_shared<Inbox>(), &tls, handshakes};
  std::vector<int> clients;
  std::vector<ConnectionId> served;
};

}  // namespace

TEST_CASE("each turn of the loop goes on with one handshake, in the order in which they came") {
  Turns turns;
  CHECK_FALSE(turns.driver.has_more());
  for (int i = 0; i < 3; ++i) turns.begin_handshake();
  // News of one that waits already gives it no second turn.
  turns.driver.on_events(*turns.table.find(turns.served[0]), EPOLLIN);
  CHECK(turns.answered() == std::vector<bool>{false, false, false});
  CHECK(turns.driver.has_more());
  turns.driver.go_on();
  CHECK(turns.answered() == std::vector<bool>{true, false, false});
  turns.driver.go_on();
  CHECK(turns.answered() == std::vector<bool>{true, true, false});
  CHECK(turns.driver.has_more());
  turns.driver.go_on();
  CHECK(turns.answered() == std::vector<bool>{true, true, true});
  CHECK_FALSE(turns.driver.has_more());
}

TEST_CASE("the turn of a client that has gone is the next one's") {
  Turns turns;
  for (int i = 0; i < 3; ++i) turns.begin_handshake();
  for (const std::size_t gone : {0, 1})
    turns.driver.on_events(*turns.table.find(turns.served[gone]), EPOLLHUP);
  turns.driver.go_on();
  CHECK(turns.is_answered(2));
  CHECK_FALSE(turns.driver.has_more());
}

TEST_CASE("a handshake whose client falls silent ends at its deadline") {
  Turns turns;
  turns.begin_handshake();
  turns.driver.go_on();
  REQUIRE(turns.is_answered(0));
  turns.driver.set_now(std::chrono::steady_clock::now() + std::chrono::years(1));
  turns.driver.check_deadlines();
  CHECK(turns.table.find(turns.served[0]) == nullptr);
  CHECK_FALSE(turns.driver.has_more());
}

TEST_CASE("handshakes take turns at their deadline, too") {
  Turns turns;
  for (int i = 0; i < 2; ++i) turns.begin_handshake();
  auto now = std::chrono::steady_clock::now() + std::chrono::years(1);
  const auto next_turn = [&] {
    turns.driver.set_now(now += std::chrono::seconds(1));
    turns.driver.go_on();
    turns.driver.check_deadlines();
  };
  turns.driver.set_now(now);
  turns.driver.check_deadlines();
  CHECK(turns.answered() == std::vector<bool>{false, false});
  // Each has its turn, and then its client is silent.
  next_turn();
  CHECK(turns.answered() == std::vector<bool>{true, false});
  CHECK(turns.table.find(turns.served[0]) == nullptr);
  CHECK(turns.table.find(turns.served[1]) != nullptr);
  next_turn();
  CHECK(turns.answered() == std::vector<bool>{true, true});
  CHECK(turns.table.find(turns.served[1]) == nullptr);
  CHECK_FALSE(turns.driver.has_more());
}

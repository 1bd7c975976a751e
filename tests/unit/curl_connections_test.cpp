// The limits of connections (docs/configuration.md, "Azure"), counted at the other end.
#include <doctest/doctest.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>

#include "http/curl_transport.h"
#include "support/curl_bench.h"
#include "support/tiny_server.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

namespace {

constexpr std::size_t kPerHost = 4;
constexpr std::size_t kIdle = 32;

// Lets the first request through, by which libcurl learns that the host speaks HTTP/1.1: until then it opens
// no second connection. Keeps the next ones until `wanted` of them are there at once, and then lets all
// through.
class Gate {
 public:
  explicit Gate(std::size_t wanted) : wanted_(wanted) {}
  void pass() {
    std::unique_lock lock(mutex_);
    if (!std::exchange(greeted_, true)) return;
    if (++here_ >= wanted_) open_ = true;
    opened_.notify_all();
    opened_.wait_for(lock, std::chrono::seconds(60), [this] { return open_; });
  }
  bool is_open() const {
    std::lock_guard lock(mutex_);
    return open_;
  }

 private:
  const std::size_t wanted_;
  mutable std::mutex mutex_;
  std::condition_variable opened_;
  bool greeted_ = false;
  std::size_t here_ = 0;
  bool open_ = false;
};

TinyServer::Handler through(Gate& gate) {
  return [&gate](int fd, const std::string&) {
    gate.pass();
    return TinyServer::send(fd, TinyServer::ok("fine"));
  };
}

// Returns when the loop's clock has gone on by `span`: libcurl tells the ages of connections by it.
void let_pass(CurlBench& bench, std::chrono::milliseconds span) {
  std::promise<void> passed;
  bench.on_loop([&] { bench.loop->call_at(bench.loop->now() + span, [&passed] { passed.set_value(); }); });
  REQUIRE(passed.get_future().wait_for(std::chrono::seconds(60)) == std::future_status::ready);
}

}  // namespace

TEST_CASE("curl: many requests to a host use four connections, to each host, and all of them end") {
  Gate one_gate(kPerHost);
  Gate other_gate(kPerHost);
  TinyServer one(through(one_gate));
  TinyServer other(through(other_gate));
  CurlBench bench;
  REQUIRE(bench.get(one.url()).ok());
  REQUIRE(bench.get(other.url()).ok());
  std::vector<std::future<Result<HttpResponse>>> futures;
  for (int i = 0; i < 100; ++i) {
    for (const TinyServer* server : {&one, &other})
      futures.push_back(bench.start(CurlBench::request("GET", server->url())));
  }
  for (auto& future : futures) {
    REQUIRE(future.wait_for(std::chrono::seconds(60)) == std::future_status::ready);
    const auto response = future.get();
    REQUIRE_MESSAGE(response.ok(), response.error().message);
    CHECK(response->body == "fine");
  }
  CHECK(one_gate.is_open());  // so many were under way at once
  CHECK(other_gate.is_open());
  CHECK(one.connections() == kPerHost);
  CHECK(other.connections() == kPerHost);
  CHECK(one.requests().size() == 101);
  CHECK(other.requests().size() == 101);
}

TEST_CASE("curl: 32 idle connections are kept, the latest ones") {
  constexpr std::size_t kMore = 8;
  std::deque<TinyServer> servers;
  for (std::size_t i = 0; i < kIdle + kMore; ++i) servers.emplace_back(always(TinyServer::ok("fine"), true));
  CurlBench bench;
  const auto connections = [&] {
    std::size_t all = 0;
    for (const TinyServer& server : servers) all += server.connections();
    return all;
  };
  // Of connections that were used last in the same millisecond, libcurl closes any one first.
  for (std::size_t i = 0; i < servers.size(); ++i) {
    if (i == kMore) let_pass(bench, std::chrono::milliseconds(20));
    REQUIRE(bench.get(servers[i].url()).ok());
  }
  CHECK(connections() == kIdle + kMore);
  for (std::size_t i = kMore; i < servers.size(); ++i) REQUIRE(bench.get(servers[i].url()).ok());
  CHECK(connections() == kIdle + kMore);
  for (std::size_t i = 0; i < kMore; ++i) REQUIRE(bench.get(servers[i].url()).ok());
  CHECK(connections() == kIdle + kMore + kMore);
}

TEST_CASE("curl: a connection is used again, but not when it was idle for too long") {
  for (const auto longest : {std::chrono::seconds(90), std::chrono::seconds(1)}) {
    CAPTURE(longest.count());
    TinyServer server(always(TinyServer::ok("fine"), true));
    CurlBench bench;
    http::CurlOptions options;
    options.allow_http = true;
    options.longest_idle = longest;
    bench.transport =
        std::make_shared<http::CurlTransport>(std::static_pointer_cast<http::EventLoop>(bench.loop), options);
    REQUIRE(bench.get(server.url()).ok());
    REQUIRE(bench.get(server.url()).ok());
    if (longest > std::chrono::seconds(1)) {
      CHECK(server.connections() == 1);
      continue;
    }
    const std::size_t before = server.connections();
    // libcurl counts whole seconds.
    let_pass(bench, std::chrono::seconds(2));
    REQUIRE(bench.get(server.url()).ok());
    CHECK(server.connections() == before + 1);
  }
}

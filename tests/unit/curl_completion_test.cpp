// The transport's promise: exactly one completion for each request, none after a cancel, nothing after the
// end.
#include <doctest/doctest.h>

#include "support/curl_bench.h"
#include "support/tiny_server.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

namespace {

bool answer_ok(int fd, const std::string&) {
  return TinyServer::send(fd, TinyServer::ok("fine"));
}
bool stay_silent(int fd, const std::string&) {
  return TinyServer::stay_silent(fd);
}

}  // namespace

TEST_CASE("curl: many requests at once, one completion each") {
  TinyServer server(answer_ok);
  CurlBench bench;
  std::vector<std::future<Result<HttpResponse>>> futures;
  for (int i = 0; i < 900; ++i) futures.push_back(bench.start(CurlBench::request("GET", server.url())));
  for (auto& future : futures) {
    REQUIRE(future.wait_for(std::chrono::seconds(60)) == std::future_status::ready);
    CHECK(future.get()->body == "fine");
  }
  CHECK(server.requests().size() == 900);
}

TEST_CASE("curl: requests beyond a host's places wait within their deadlines, and other hosts do not") {
  TinyServer server(answer_ok);
  std::promise<void> sent;
  TinyServer silent([&](int fd, const std::string& request) {
    if (request.starts_with("DELETE ")) sent.set_value();
    return TinyServer::stay_silent(fd);
  });
  CurlBench bench;
  constexpr int kPlaces = 200;
  std::vector<Transport::RequestId> held;
  bench.on_loop([&] {
    for (int i = 0; i < kPlaces; ++i) {
      held.push_back(
          bench.transport->send(CurlBench::request("GET", silent.url()), [](Result<HttpResponse>) {}));
    }
  });
  HttpRequest late = CurlBench::request("PUT", silent.url(), "{}");
  late.deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(100);
  const auto expired = bench.send(std::move(late));
  REQUIRE_FALSE(expired.ok());
  CHECK(expired.error().code == ErrorCode::kTimeout);
  CHECK(expired.error().message == "no connection to 127.0.0.1 in time");
  CHECK_FALSE(expired.error().request_sent);
  CHECK(bench.get(server.url()).ok());

  // This one waits, gives up, and takes nobody's turn. The next one is sent once the places are free.
  auto given_up = std::make_shared<std::atomic<int>>(0);
  bench.on_loop([&] {
    const auto id = bench.transport->send(CurlBench::request("GET", silent.url()),
                                          [given_up](Result<HttpResponse>) { ++*given_up; });
    bench.transport->cancel(id);
  });
  bench.on_loop([&] {
    bench.transport->send(CurlBench::request("DELETE", silent.url()), [](Result<HttpResponse>) {});
    for (const auto id : held) bench.transport->cancel(id);
  });
  REQUIRE(sent.get_future().wait_for(std::chrono::seconds(60)) == std::future_status::ready);
  CHECK(*given_up == 0);
}

TEST_CASE("curl: a completion may send the next request and cancel others") {
  TinyServer server(answer_ok);
  TinyServer silent(stay_silent);
  CurlBench bench;
  std::promise<int> done;
  auto finished = done.get_future();
  auto completed_after_cancel = std::make_shared<std::atomic<int>>(0);
  auto next = std::make_shared<std::function<void(int)>>();
  bench.on_loop([&, completed_after_cancel, next] {
    const auto id =
        bench.transport->send(CurlBench::request("GET", silent.url()),
                              [completed_after_cancel](Result<HttpResponse>) { ++*completed_after_cancel; });
    *next = [&bench, &server, &done, next = next.get(), id](int count) {
      bench.transport->send(CurlBench::request("GET", server.url()),
                            [&, next, id, count](Result<HttpResponse> response) {
                              bench.transport->cancel(id);
                              if (!response.ok() || count == 20) return done.set_value(count);
                              (*next)(count + 1);
                            });
    };
    (*next)(1);
  });
  REQUIRE(finished.wait_for(std::chrono::seconds(60)) == std::future_status::ready);
  CHECK(finished.get() == 20);
  bench.on_loop([] {});
  CHECK(*completed_after_cancel == 0);
}

TEST_CASE("curl: a cancelled request is not completed, and others are") {
  TinyServer server(answer_ok);
  TinyServer silent(stay_silent);
  auto completions = std::make_shared<std::atomic<int>>(0);
  auto token = std::make_shared<int>(0);
  {
    CurlBench bench;
    bench.on_loop([&] {
      const auto count = [completions, token](Result<HttpResponse>) { ++*completions; };
      const auto first = bench.transport->send(CurlBench::request("GET", server.url()), count);
      bench.transport->cancel(first);
      bench.transport->cancel(first);
      bench.transport->cancel(123456);
      const auto second = bench.transport->send(CurlBench::request("GET", silent.url()), count);
      const auto bad = bench.transport->send(CurlBench::request("GET", "file:///etc/passwd"), count);
      bench.transport->cancel(bad);
      bench.transport->cancel(second);
    });
    CHECK(bench.get(server.url()).ok());
    bench.on_loop([] {});
    CHECK(*completions == 0);
    CHECK(token.use_count() == 1);
  }
  CHECK(*completions == 0);
}

TEST_CASE("curl: a request may be cancelled while its answer is being read") {
  std::promise<void> begun;
  TinyServer server([&](int fd, const std::string&) {
    TinyServer::send(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    begun.set_value();
    return TinyServer::stay_silent(fd);
  });
  CurlBench bench;
  auto completions = std::make_shared<std::atomic<int>>(0);
  Transport::RequestId id = 0;
  bench.on_loop([&] {
    id = bench.transport->send(CurlBench::request("GET", server.url()),
                               [completions](Result<HttpResponse>) { ++*completions; });
  });
  begun.get_future().wait();
  bench.on_loop([&] { bench.transport->cancel(id); });
  bench.on_loop([] {});
  CHECK(*completions == 0);
}

TEST_CASE(
    "curl: the end of transport and loop drops what is in flight, at most once completed, nothing leaked") {
  TinyServer silent(stay_silent);
  TinyServer server(answer_ok);
  auto completions = std::make_shared<std::array<std::atomic<int>, 40>>();
  auto token = std::make_shared<int>(0);
  for (bool transport_first : {true, false}) {
    {
      CurlBench bench;
      bench.on_loop([&] {
        for (std::size_t i = 0; i < 20; ++i) {
          const std::string url = i % 4 == 3 ? "file:///x" : i % 4 == 2 ? server.url() : silent.url();
          bench.transport->send(CurlBench::request("GET", url),
                                [completions, token, i, transport_first](Result<HttpResponse>) {
                                  ++(*completions)[i + (transport_first ? 0u : 20u)];
                                });
        }
      });
      if (transport_first) {
        bench.transport.reset();
        bench.on_loop([] {});
      } else {
        bench.loop.reset();
      }
    }
    CHECK(token.use_count() == 1);
  }
  for (const auto& count : *completions) CHECK(count <= 1);
}

TEST_CASE("curl: the last reference to transport and loop may go on the loop thread") {
  std::promise<void> released;
  std::promise<void> gone;
  auto finished = gone.get_future();
  auto bench = std::make_unique<CurlBench>();
  bench->loop->post([loop = bench->loop, transport = bench->transport,
                     released = released.get_future().share(), &gone]() mutable {
    released.wait();
    transport.reset();
    loop.reset();
    gone.set_value();
  });
  bench.reset();
  released.set_value();
  REQUIRE(finished.wait_for(std::chrono::seconds(60)) == std::future_status::ready);
}

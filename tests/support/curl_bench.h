// CurlBench: the default transport (libcurl) on its own loop thread, and requests
// through it from the test's thread. The peer is a TinyServer on loopback. Real time
// and real sockets: use it for the transport alone.
#pragma once

#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "dev8agent/scheduler.h"
#include "dev8agent/transport.h"
#include "support/tiny_server.h"

namespace dev8agent::test {

using namespace internal;

// Example:
//
//   TinyServer server(always(TinyServer::ok("hello")));
//   CurlBench bench;
//   CHECK(bench.get(server.url()).value().body == "hello");
//
// Waits end after 60 s by failing the test case. The transport is destroyed before its
// loop.
class CurlBench {
 public:
  // The loop thread, and the transport under test on it.
  std::shared_ptr<Scheduler> loop = make_default_scheduler().value();
  std::shared_ptr<Transport> transport;

  // `allow_http` false is the default of the library: then only https is sent.
  explicit CurlBench(bool allow_http = true) {
    TransportOptions options;         // the library's defaults, but for one
    options.allow_http = allow_http;  // TinyServer speaks no TLS
    transport = make_default_transport(loop, options).value();
  }

  // Runs `work` on the loop thread and waits for it: the transport may be used only
  // there.
  void on_loop(std::function<void()> work) {
    // Shared: when the wait fails, the work may still run later.
    auto done = std::make_shared<std::promise<void>>();
    auto finished = done->get_future();
    loop->post([work = std::move(work), done] {
      work();
      done->set_value();
    });
    REQUIRE(finished.wait_for(std::chrono::seconds(60)) == std::future_status::ready);
  }

  // Sends one request; its outcome arrives in the future. Aborts the program when the
  // completion breaks the contract of Transport: called from inside send(), on another
  // thread, or twice.
  std::future<Result<HttpResponse>> start(HttpRequest request) {
    auto outcome = std::make_shared<std::promise<Result<HttpResponse>>>();
    auto future = outcome->get_future();
    loop->post([this, request = std::move(request), outcome]() mutable {
      // True while send() runs: a completion that comes then breaks the contract.
      auto inside = std::make_shared<bool>(true);
      transport->send(std::move(request), [this, outcome, inside](Result<HttpResponse> response) {
        if (*inside || !loop->on_loop_thread()) std::abort();  // never from inside send(), on the loop alone
        outcome->set_value(std::move(response));               // throws when it is the second one
      });
      *inside = false;
    });
    return future;
  }
  // Sends one request and waits for its outcome.
  Result<HttpResponse> send(HttpRequest request) {
    auto future = start(std::move(request));
    REQUIRE(future.wait_for(std::chrono::seconds(60)) == std::future_status::ready);
    return future.get();
  }
  // GET without headers of its own.
  Result<HttpResponse> get(std::string url) { return send(request("GET", std::move(url))); }

  // A request whose deadline is in 50 s, before the wait of the test ends.
  static HttpRequest request(std::string method, std::string url, std::string body = "") {
    HttpRequest result;
    result.method = std::move(method);
    result.url = std::move(url);
    result.body = std::move(body);
    result.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(50);
    return result;
  }
};

// A handler that answers every request with these bytes, whatever they are. `keep`
// leaves the connection open for the next request; else it is closed after the answer.
// Example, a header that is cut off:
//
//   TinyServer server(always("HTTP/1.1 200 OK\r\nContent-Len"));
inline TinyServer::Handler always(std::string answer, bool keep = false) {
  return [answer = std::move(answer), keep](int fd, const std::string&) {
    return TinyServer::send(fd, answer) && keep;
  };
}

// What the transport makes of a peer that answers with exactly these bytes and closes.
// Server and transport live for this one request.
inline Result<HttpResponse> answered_with(std::string answer) {
  TinyServer server(always(std::move(answer)));
  CurlBench bench;
  return bench.get(server.url());
}

}  // namespace dev8agent::test

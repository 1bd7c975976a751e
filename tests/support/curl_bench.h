// CurlBench: the default transport on its own loop thread, and requests through it from the test's thread.
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

class CurlBench {
 public:
  std::shared_ptr<Scheduler> loop = make_default_scheduler().value();
  std::shared_ptr<Transport> transport;

  explicit CurlBench(bool allow_http = true) {
    TransportOptions options;
    options.allow_http = allow_http;
    transport = make_default_transport(loop, options).value();
  }

  // Runs `work` on the loop thread and waits for it.
  void on_loop(std::function<void()> work) {
    auto done = std::make_shared<std::promise<void>>();
    auto finished = done->get_future();
    loop->post([work = std::move(work), done] {
      work();
      done->set_value();
    });
    REQUIRE(finished.wait_for(std::chrono::seconds(60)) == std::future_status::ready);
  }

  // Sends one request; its outcome arrives in the future.
  std::future<Result<HttpResponse>> start(HttpRequest request) {
    auto outcome = std::make_shared<std::promise<Result<HttpResponse>>>();
    auto future = outcome->get_future();
    loop->post([this, request = std::move(request), outcome]() mutable {
      auto inside = std::make_shared<bool>(true);
      transport->send(std::move(request), [this, outcome, inside](Result<HttpResponse> response) {
        if (*inside || !loop->on_loop_thread()) std::abort();  // never from inside send(), on the loop alone
        outcome->set_value(std::move(response));               // throws when it is the second one
      });
      *inside = false;
    });
    return future;
  }
  Result<HttpResponse> send(HttpRequest request) {
    auto future = start(std::move(request));
    REQUIRE(future.wait_for(std::chrono::seconds(60)) == std::future_status::ready);
    return future.get();
  }
  Result<HttpResponse> get(std::string url) { return send(request("GET", std::move(url))); }

  static HttpRequest request(std::string method, std::string url, std::string body = "") {
    HttpRequest result;
    result.method = std::move(method);
    result.url = std::move(url);
    result.body = std::move(body);
    result.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(50);
    return result;
  }
};

// A peer that answers every request with these bytes, and keeps the connection or closes it.
inline TinyServer::Handler always(std::string answer, bool keep = false) {
  return [answer = std::move(answer), keep](int fd, const std::string&) {
    return TinyServer::send(fd, answer) && keep;
  };
}

// What comes of a peer that answers with exactly these bytes and closes.
inline Result<HttpResponse> answered_with(std::string answer) {
  TinyServer server(always(std::move(answer)));
  CurlBench bench;
  return bench.get(server.url());
}

}  // namespace dev8agent::test

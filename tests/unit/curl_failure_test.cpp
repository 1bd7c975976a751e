// The libcurl transport when its peer fails: how each way is told, and whether the request was sent.
#include <doctest/doctest.h>

#include <algorithm>
#include <optional>

#include "support/curl_bench.h"
#include "support/no_name.h"
#include "support/tiny_server.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

TEST_CASE("curl: bodies over 8 MiB and headers over 64 KiB are cut off") {
  const std::string big(8 * 1024 * 1024 + 1, 'x');
  std::string headers;
  for (int i = 0; i < 70; ++i) headers += "X-H" + std::to_string(i) + ": " + std::string(1000, 'h') + "\r\n";
  for (const std::string& answer :
       {TinyServer::ok(big), "HTTP/1.1 200 OK\r\n\r\n" + big, TinyServer::ok("", headers)}) {
    const auto response = answered_with(answer);
    REQUIRE_FALSE(response.ok());
    CHECK(response.error().code == ErrorCode::kAzureUnavailable);
    CHECK(response.error().message.find("larger than") != std::string::npos);
    CHECK(response.error().request_sent);
  }
}

TEST_CASE("curl: an answer that is cut or no HTTP leaves the effect open") {
  for (const char* answer :
       {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "HTTP/1.1 200 OK\r\nContent-Le",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", ""}) {
    CAPTURE(std::string(answer));
    const auto response = answered_with(answer);
    REQUIRE_FALSE(response.ok());
    CHECK(response.error().code == ErrorCode::kAzureUnavailable);
    CHECK(response.error().request_sent);
    CHECK(response.error().retryable);
  }
  const auto garbled = answered_with("SSH-2.0-OpenSSH_9.2\r\n\r\n");
  REQUIRE_FALSE(garbled.ok());
  CHECK(garbled.error().code == ErrorCode::kAzureUnavailable);
}

TEST_CASE("curl: nobody listens: the request was not sent") {
  std::string url;
  {
    TinyServer gone(always(""));
    url = gone.url();
  }
  CurlBench bench;
  const auto response = bench.send(CurlBench::request("PUT", url, "{}"));
  REQUIRE_FALSE(response.ok());
  CHECK(response.error().code == ErrorCode::kAzureUnavailable);
  CHECK_FALSE(response.error().request_sent);
  CHECK(response.error().retryable);
  CHECK(response.error().unresolved_host.empty());
}

TEST_CASE("curl: silence ends with the deadline, and the request may have worked") {
  TinyServer server([](int fd, const std::string&) { return TinyServer::stay_silent(fd); });
  CurlBench bench;
  // A slow machine needs longer than others until the server has the request.
  std::optional<Result<HttpResponse>> outcome;
  for (std::chrono::milliseconds patience(300); server.requests().empty(); patience *= 2) {
    HttpRequest request = CurlBench::request("PUT", server.url(), "{}");
    request.deadline = std::chrono::steady_clock::now() + patience;
    outcome.emplace(bench.send(std::move(request)));
  }
  REQUIRE(outcome);
  const Result<HttpResponse>& response = *outcome;
  REQUIRE_FALSE(response.ok());
  CHECK(response.error().code == ErrorCode::kTimeout);
  CHECK(response.error().message == "no answer from 127.0.0.1 in time");
  CHECK(response.error().request_sent);
}

TEST_CASE("curl: a deadline that has passed already is a timeout too") {
  TinyServer server([](int fd, const std::string&) { return TinyServer::stay_silent(fd); });
  CurlBench bench;
  HttpRequest request = CurlBench::request("GET", server.url());
  request.deadline = std::chrono::steady_clock::now() - std::chrono::hours(1);
  const auto response = bench.send(std::move(request));
  REQUIRE_FALSE(response.ok());
  CHECK(response.error().code == ErrorCode::kTimeout);
}

TEST_CASE("curl: a name that does not resolve is told with the host, and is unlikely to pass") {
  CurlBench bench;
  const auto response = bench.get("http://" + kNoName + "/secret-path");
  REQUIRE_FALSE(response.ok());
  CHECK(response.error().message == "the name of the host " + kNoName + " cannot be resolved");
  CHECK(response.error().unresolved_host == kNoName);
  CHECK(response.error().lasting);
  CHECK(response.error().retryable);
  CHECK_FALSE(response.error().request_sent);
}

TEST_CASE("curl: a write is not sent again when its connection ends without an answer; a read may be") {
  for (const std::string method : {"PUT", "POST", "DELETE", "PATCH", "GET"}) {
    CAPTURE(method);
    TinyServer server([](int fd, const std::string& request) {
      const bool first = request.find("/first") != std::string::npos;
      return first && TinyServer::send(fd, TinyServer::ok("kept open"));
    });
    CurlBench bench;
    REQUIRE(bench.get(server.url("/first")).ok());
    HttpRequest request;
    request.method = method;
    request.url = server.url("/second");
    const auto response = bench.send(std::move(request));
    REQUIRE_FALSE(response.ok());
    CHECK(response.error().request_sent);
    CHECK(response.error().retryable);
    const auto seen = server.requests();
    const auto sent = std::count_if(seen.begin(), seen.end(), [&](const std::string& text) {
      return text.find("/second") != std::string::npos;
    });
    CHECK(sent == (method == "GET" ? 2 : 1));
  }
}

TEST_CASE("curl: HTTPS_PROXY counts, and a host that NO_PROXY names is asked without it") {
  TinyServer proxy(always("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"));
  const std::string address = proxy.url();
  setenv("HTTPS_PROXY", address.c_str(), 1);
  setenv("NO_PROXY", (kNoName + ",.direct.example").c_str(), 1);
  CurlBench bench;
  const auto by_proxy = bench.get("https://management.invalid/x");
  const auto direct = bench.get("https://" + kNoName + "/x");
  unsetenv("HTTPS_PROXY");
  unsetenv("NO_PROXY");
  REQUIRE_FALSE(by_proxy.ok());
  CHECK(by_proxy.error().message == "the proxy refused the connection to management.invalid with status 403");
  REQUIRE_FALSE(direct.ok());
  CHECK(direct.error().message == "the name of the host " + kNoName + " cannot be resolved");
}

TEST_CASE("curl: a proxy that refuses the tunnel is told with its status and the host") {
  for (const int status : {403, 407}) {
    TinyServer proxy(always("HTTP/1.1 " + std::to_string(status) + " No\r\nContent-Length: 0\r\n\r\n"));
    const std::string address = proxy.url();
    setenv("https_proxy", address.c_str(), 1);
    CurlBench bench;
    const auto response = bench.get("https://management.azure.com/x");
    unsetenv("https_proxy");
    REQUIRE_FALSE(response.ok());
    CHECK(response.error().message ==
          "the proxy refused the connection to management.azure.com with status " + std::to_string(status));
    CHECK(response.error().lasting);
    CHECK_FALSE(response.error().request_sent);
  }
}

// The libcurl transport against a real peer: what is sent, what is read, what is refused.
#include <doctest/doctest.h>

#include "support/curl_bench.h"
#include "support/tiny_server.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

TEST_CASE("curl: status, headers and body arrive as they are") {
  const auto response = answered_with(
      "HTTP/1.1 103 Early Hints\r\nLink: early\r\n\r\n"
      "HTTP/1.1 429 Slow Down\r\nContent-Length: 2\r\nRetry-After:  17 \r\nX-Empty:\r\nX-Two: a\r\nX-Two: "
      "b\r\n\r\nab");
  REQUIRE(response.ok());
  CHECK(response->status == 429);
  CHECK(response->body == "ab");
  CHECK(find_header(response->headers, "retry-after") == "17");
  CHECK(find_header(response->headers, "x-empty") == "");
  CHECK_FALSE(find_header(response->headers, "Link").has_value());
}

TEST_CASE("curl: bodies of every framing, bytes untouched") {
  const std::string bytes("a\0\xff\r\n", 5);
  CHECK(answered_with(TinyServer::ok(bytes))->body == bytes);
  CHECK(answered_with("HTTP/1.1 200 OK\r\n\r\n" + bytes)->body == bytes);
  CHECK(answered_with("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n")
            ->body == "abc");
  CHECK(answered_with("HTTP/1.1 204 No Content\r\n\r\n")->status == 204);
  CHECK(answered_with(TinyServer::ok(std::string(8 * 1024 * 1024, 'x')))->body.size() == 8u * 1024 * 1024);
}

TEST_CASE("curl: each method as it goes out") {
  TinyServer server(always(TinyServer::ok(""), true));
  CurlBench bench;
  struct Row {
    std::string method;
    std::string body;
    bool has_length;
  };
  const Row rows[] = {
      {"GET", "", false},    {"DELETE", "", false},  {"POST", "", true},
      {"PUT", "", true},     {"PUT", "{}", true},    {"POST", "x=1", true},
      {"PATCH", "{}", true}, {"DELETE", "{}", true}, {"PUT", std::string(3'000'000, 'x'), true}};
  for (const Row& row : rows) {
    CAPTURE(row.method);
    CAPTURE(row.body.size());
    HttpRequest request = CurlBench::request(row.method, server.url("/a%2Fb?x=%20y&z"), row.body);
    request.headers = {{"X-Mine", "v"}, {"x-empty", ""}, {"Authorization", "Bearer t"}};
    request.label = "never.sent";
    const auto response = bench.send(std::move(request));
    REQUIRE(response.ok());
    const std::string sent = server.requests().back();
    CHECK(sent.starts_with(row.method + " /a%2Fb?x=%20y&z HTTP/1.1\r\n"));
    CHECK(sent.ends_with("\r\n\r\n" + row.body));
    CHECK(sent.find("\r\nX-Mine: v\r\n") != std::string::npos);
    CHECK(sent.find("\r\nx-empty:") != std::string::npos);
    CHECK(sent.find("\r\nAuthorization: Bearer t\r\n") != std::string::npos);
    const bool has_length =
        sent.find("\r\nContent-Length: " + std::to_string(row.body.size()) + "\r\n") != std::string::npos;
    CHECK(has_length == row.has_length);
    for (const char* unwanted :
         {"Expect", "Content-Type", "Accept-Encoding", "Transfer-Encoding", "never.sent", "Upgrade"}) {
      CHECK(sent.find(unwanted) == std::string::npos);
    }
  }
}

TEST_CASE("curl: a HEAD's Content-Length announces no body") {
  TinyServer server(always("HTTP/1.1 200 OK\r\nContent-Length: 700\r\nx-ms-share-quota: 25\r\n\r\n"));
  CurlBench bench;
  const auto response = bench.send(CurlBench::request("HEAD", server.url()));
  REQUIRE(response.ok());
  CHECK(response->body.empty());
  CHECK(find_header(response->headers, "x-ms-share-quota") == "25");
}

TEST_CASE("curl: a redirect is an answer, and the token goes nowhere") {
  TinyServer elsewhere(always(TinyServer::ok("stolen")));
  TinyServer server(
      always("HTTP/1.1 307 Moved\r\nLocation: " + elsewhere.url() + "\r\nContent-Length: 0\r\n\r\n"));
  CurlBench bench;
  CHECK(bench.get(server.url())->status == 307);
  CHECK(elsewhere.requests().empty());
}

TEST_CASE("curl: other protocols and http are refused unless they are allowed") {
  TinyServer server(always(TinyServer::ok("")));
  CurlBench strict(false);
  CurlBench lenient(true);
  const auto refused = strict.get(server.url());
  REQUIRE_FALSE(refused.ok());
  CHECK_FALSE(refused.error().retryable);
  CHECK_FALSE(refused.error().request_sent);
  CHECK(server.requests().empty());
  for (const char* url :
       {"file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1:1/", "not a url", ""}) {
    CAPTURE(std::string(url));
    const auto response = lenient.get(url);
    REQUIRE_FALSE(response.ok());
    CHECK_FALSE(response.error().request_sent);
    CHECK_FALSE(response.error().retryable);
  }
}

TEST_CASE("curl: TLS with a peer that speaks none does not fall back") {
  TinyServer server(always("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"));
  CurlBench bench;
  std::string url = server.url();
  url.insert(4, "s");
  HttpRequest request = CurlBench::request("GET", url);
  request.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  CHECK_FALSE(bench.send(std::move(request)).ok());
  for (const std::string& seen : server.requests()) CHECK(seen.find("GET ") == std::string::npos);
}

TEST_CASE("curl: what cannot be set up is told at once") {
  auto loop = make_default_scheduler().value();
  TransportOptions options;
  options.ca_file = "/nonexistent/ca.pem";
  const auto missing = make_default_transport(loop, options);
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.error().code == ErrorCode::kInvalidRequest);
  options.ca_file = "/";
  CHECK_FALSE(make_default_transport(loop, options).ok());
  CHECK_FALSE(make_default_transport(nullptr, {}).ok());
}

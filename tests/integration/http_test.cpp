// HTTP itself: unknown paths, methods, hostile ids, request ids, cross-origin calls, malformed requests.
#include <doctest/doctest.h>

#include "stack.h"

namespace {

const std::string kAll = "/api/v1/environments";

std::string raw(const DaemonProcess& daemon, const std::string& request) {
  const RawConnection connection(daemon.port());
  connection.send(request);
  return connection.read_all();
}

void check_json_error(const std::string& answer, int status) {
  CAPTURE(answer.substr(0, 200));
  CHECK(answer.starts_with("HTTP/1.1 " + std::to_string(status) + " "));
  CHECK(answer.find("Content-Type: application/json") != std::string::npos);
  CHECK(answer.find("\"code\":\"ERR_" + std::to_string(status) + "\"") != std::string::npos);
  CHECK(answer.find("X-Request-ID: ") != std::string::npos);
}

}  // namespace

TEST_CASE("the index lists the endpoints") {
  Stack stack;
  const Answer answer = stack.client.get("/");
  CHECK(answer.status == 200);
  CHECK(answer.text({"status"}) == "running");
  CHECK(answer.json.find("endpoints")->array().size() == 32);
}

TEST_CASE("unknown paths are 404, known paths with another method 405 with Allow, both in JSON") {
  Stack stack;
  for (const char* path :
       {"/nothing", "/api/v2/environments", "/api/v1/environments/", "/health/", "//", "/%2e%2e"}) {
    CAPTURE(path);
    const Answer answer = stack.client.get(path);
    CHECK(answer.status == 404);
    CHECK(answer.text({"code"}) == "ERR_404");
  }
  for (const char* method : {"PUT", "PATCH", "TRACE"}) {
    const Answer answer = stack.client.send(method, kAll);
    CHECK(answer.status == 405);
    CHECK(answer.header("Allow") == "GET, HEAD, POST, DELETE, OPTIONS");
    CHECK(answer.text({"code"}) == "ERR_405");
  }
  CHECK(stack.client.get(kAll + "/start").status == 405);
}

TEST_CASE("hostile ids reach nobody") {
  Stack stack;
  const std::string victim = "victim-workspace";
  REQUIRE(stack.client.post(kAll, create_body(victim)).status == 201);
  stack.azure.emulator().clear_calls();
  for (const std::string& id :
       {victim + "%3Fx=1", victim + "%23x", "none%2f..%2ffs-" + victim, "..%2f" + victim,
        std::string("..%2f"), victim + "%00", victim + "%0d%0aX:%20y", victim + "%20", std::string("%2e%2e"),
        std::string(8000, 'a'), std::string("VICTIM-WORKSPACE"), victim + "%252f..", victim + ";x=1",
        victim + "\\..", victim + "%5c"}) {
    CAPTURE(id);
    CHECK(stack.client.get(kAll + "/" + id).status == 400);
    CHECK(stack.client.post(kAll + "/" + id + "/stop").status == 400);
    CHECK(stack.client.remove(kAll + "/" + id + "?force=true").status == 400);
    CHECK(stack.client.remove(kAll, id_body(id, R"(,"force":true)")).status == 400);
  }
  for (const auto& call : stack.azure.emulator().calls())
    CHECK(call.resource.find("victim") == std::string::npos);
  CHECK(stack.client.get(kAll + "/" + victim + "?x=1").text({"data", "environment", "status"}) == "RUNNING");
}

TEST_CASE("a well-formed request id is echoed, another replaced") {
  Stack stack;
  const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  const std::string parent = "traceparent: 00-" + trace + "-00f067aa0ba902b7-01";
  CHECK(stack.client.get("/live", {parent}).header("X-Request-ID") == trace);
  CHECK(stack.client.get("/live", {parent, "X-Request-ID: mine"}).header("X-Request-ID") == "mine");
  CHECK(stack.client.get("/live", {"X-Request-ID: my.Request_1-2"}).header("X-Request-ID") ==
        "my.Request_1-2");
  for (const std::string& bad : {std::string("a b"), std::string("a\"b"), std::string(129, 'x')}) {
    const std::string id = stack.client.get("/live", {"X-Request-ID: " + bad}).header("X-Request-ID");
    CHECK(id.size() == 36);
    CHECK(id[14] == '4');
  }
}

TEST_CASE("HEAD is GET without the body") {
  Stack stack;
  const Answer answer = stack.client.send("HEAD", "/live");
  CHECK(answer.status == 200);
  CHECK(answer.body.empty());
  CHECK(answer.header("Content-Length") == std::to_string(stack.client.get("/live").body.size()));
}

TEST_CASE("preflights of allowed origins are 204 with headers, of others without") {
  Stack stack;
  const RestClient::Headers asks = {"Access-Control-Request-Method: POST",
                                    "Access-Control-Request-Headers: content-type"};
  RestClient::Headers allowed = asks;
  allowed.push_back("Origin: http://localhost:3000");
  const Answer yes = stack.client.send("OPTIONS", kAll, "", allowed);
  CHECK(yes.status == 204);
  CHECK(yes.header("Access-Control-Allow-Origin") == "http://localhost:3000");
  CHECK(yes.header("Access-Control-Allow-Methods").find("POST") != std::string::npos);
  CHECK(yes.header("Access-Control-Allow-Methods").find("PATCH") != std::string::npos);
  CHECK(yes.header("Vary") == "Origin");
  RestClient::Headers foreign = asks;
  foreign.push_back("Origin: http://evil.example.com");
  const Answer no = stack.client.send("OPTIONS", kAll, "", foreign);
  CHECK(no.header("Access-Control-Allow-Origin").empty());
  CHECK(no.header("Access-Control-Allow-Methods").empty());
  CHECK(no.header("Vary") == "Origin");
}

TEST_CASE("errors carry cross-origin headers too") {
  Stack stack;
  const RestClient::Headers origin = {"Origin: http://localhost:3000"};
  CHECK(stack.client.get("/nothing", origin).header("Access-Control-Allow-Origin") ==
        "http://localhost:3000");
  CHECK(stack.client.post(kAll, "{", origin).header("Access-Control-Allow-Origin") ==
        "http://localhost:3000");
  CHECK(stack.client.get("/live", {"Origin: http://evil.example.com"})
            .header("Access-Control-Allow-Origin")
            .empty());
}

TEST_CASE("without keys a foreign web page cannot change anything") {
  Stack stack;
  REQUIRE(stack.client.post(kAll, create_body("workspace-0001")).status == 201);
  const RestClient::Headers foreign = {"Origin: http://evil.example.com"};
  CHECK(stack.client.post(kAll + "/workspace-0001/stop", "", foreign).status == 403);
  CHECK(stack.client.get(kAll + "/workspace-0001").text({"data", "environment", "status"}) == "RUNNING");
}

TEST_CASE("what is not HTTP gets JSON too") {
  Stack stack;
  const std::string host = "Host: localhost\r\n";
  check_json_error(raw(stack.daemon, "GARBAGE\r\n\r\n"), 400);
  check_json_error(raw(stack.daemon, "GET / HTTP/3.0\r\n" + host + "\r\n"), 505);
  check_json_error(raw(stack.daemon, "GET / HTTP/1.1\r\nBad Header : x\r\n\r\n"), 400);
  check_json_error(raw(stack.daemon, "GET /" + std::string(9000, 'a') + " HTTP/1.1\r\n" + host + "\r\n"),
                   414);
  std::string many = "GET / HTTP/1.1\r\n" + host;
  for (int i = 0; i < 150; ++i) many += "X-" + std::to_string(i) + ": y\r\n";
  check_json_error(raw(stack.daemon, many + "\r\n"), 431);
  check_json_error(
      raw(stack.daemon, "GET / HTTP/1.1\r\n" + host + "X: " + std::string(9000, 'a') + "\r\n\r\n"), 431);
  check_json_error(raw(stack.daemon, "POST " + kAll + " HTTP/1.1\r\n" + host +
                                         "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nhello"),
                   400);
  CHECK(stack.client.get("/live").status == 200);
}

TEST_CASE("after broken framing the connection ends, and nothing behind it is read as a request") {
  Stack stack;
  const std::string answers =
      raw(stack.daemon, "BROKEN\r\n\r\nGET /live HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK(answers.find("alive") == std::string::npos);
}

TEST_CASE("requests on one connection are answered in turn, pipelined ones as well") {
  Stack stack;
  const std::string request = "GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const std::string last = "GET /live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  const std::string answers = raw(stack.daemon, request + request + last);
  std::size_t count = 0;
  for (std::size_t at = 0; (at = answers.find("alive", at)) != std::string::npos; ++at) ++count;
  CHECK(count == 3);
}

TEST_CASE("ranges are not for JSON") {
  Stack stack;
  const Answer whole = stack.client.get("/live");
  const Answer ranged = stack.client.get("/live", {"Range: bytes=0-3"});
  CHECK(ranged.status == 200);
  CHECK(ranged.body == whole.body);
  CHECK(stack.client.get("/live", {"Range: bytes=9999-"}).status == 200);
}

TEST_CASE("idle connections do not keep others waiting") {
  Stack stack;
  std::vector<std::unique_ptr<RawConnection>> idle;
  for (int i = 0; i < 300; ++i) idle.push_back(std::make_unique<RawConnection>(stack.daemon.port()));
  CHECK(stack.client.get("/live").status == 200);
}

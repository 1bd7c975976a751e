// Hostile and odd clients against the real daemon: what each is answered, whether its connection goes on, and
// that others are answered meanwhile.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <future>

#include "stack.h"

namespace {

const std::string kHost = "Host: localhost\r\n";
const std::string kLive = "GET /live HTTP/1.1\r\n" + kHost + "\r\n";
const std::string kAll = "/api/v1/environments";

enum class After { kOpen, kClosed };

struct Attack {
  const char* what;
  std::string bytes;
  int status;
  After after;
};

std::string post(const std::string& fields, const std::string& body = "") {
  return "POST " + kAll + " HTTP/1.1\r\n" + kHost + fields + "\r\n" + body;
}

std::string get(const std::string& fields, const std::string& target = "/live") {
  return "GET " + target + " HTTP/1.1\r\n" + kHost + fields + "\r\n";
}

// The head and body of one answer.
std::string read_answer(const RawConnection& connection) {
  std::string answer = connection.read_until("\r\n\r\n");
  const std::size_t length = answer.find("Content-Length: ");
  if (length == std::string::npos) return answer;
  return answer + connection.read_exactly(std::stoul(answer.substr(length + 16)));
}

double resident_bytes(const Stack& stack) {
  const std::string text = stack.client.get("/metrics").body;
  const std::string name = "\nprocess_resident_memory_bytes ";
  const auto at = text.find(name);
  return at == std::string::npos ? -1 : std::atof(text.c_str() + at + name.size());
}

void check_attack(const Stack& stack, const Attack& attack) {
  CAPTURE(attack.what);
  const RawConnection connection(stack.daemon.port());
  connection.send(attack.bytes);
  CHECK(stack.client.get("/live").status == 200);
  const std::string answer = read_answer(connection);
  CAPTURE(answer);
  CHECK(answer.starts_with("HTTP/1.1 " + std::to_string(attack.status) + " "));
  const bool says_close = answer.find("\r\nConnection: close\r\n") != std::string::npos;
  CHECK(says_close == (attack.after == After::kClosed));
  connection.send(kLive);
  const std::string next = attack.after == After::kOpen ? read_answer(connection) : connection.read_all();
  CHECK(next.starts_with("HTTP/1.1 200 ") == (attack.after == After::kOpen));
}

const std::string kSmuggled = "GET /metrics HTTP/1.1\r\n" + kHost + "\r\n";

}  // namespace

TEST_CASE("framing: the attack table") {
  const Stack stack;
  const Attack attacks[] = {
      {"unknown coding", get("Transfer-Encoding: xchunked\r\n") + kSmuggled, 501, After::kClosed},
      {"gzip, chunked", get("Transfer-Encoding: gzip, chunked\r\n") + kSmuggled, 501, After::kClosed},
      {"length of letters", get("Content-Length: abc\r\n") + kSmuggled, 400, After::kClosed},
      {"escaped coding", post("Transfer-Encoding: chun%6bed\r\n", "0\r\n\r\n"), 501, After::kClosed},
      {"escaped length", post("Content-Length: %36%38\r\n"), 400, After::kClosed},
      {"length 0 and chunked", post("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400,
       After::kClosed},
      {"two codings", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n"), 400,
       After::kClosed},
      {"chunk size 0x4", post("Transfer-Encoding: chunked\r\n", "0x4\r\n"), 400, After::kClosed},
      {"chunk size +4", post("Transfer-Encoding: chunked\r\n", "+4\r\n"), 400, After::kClosed},
      {"endless trailers", post("Transfer-Encoding: chunked\r\n", "0\r\n" + std::string(9000, 'a')), 431,
       After::kClosed},
      {"length of 2 MiB, no body", post("Content-Length: 2097152\r\n"), 413, After::kClosed},
      {"length of 2^64 + 5, no body", post("Content-Length: 18446744073709551621\r\n"), 413, After::kClosed},
      {"2 MiB behind Expect", post("Expect: 100-continue\r\nContent-Length: 2097152\r\n"), 413,
       After::kClosed},
      {"coding in HTTP/1.0",
       "POST /live HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
       After::kClosed},
      {"bare line feeds", "GET /live HTTP/1.1\n", 400, After::kClosed},
      {"folded line", get("X: a\r\n b\r\n"), 400, After::kClosed},
      {"long request line", "GET /" + std::string(40000, 'a'), 414, After::kClosed},
      {"50 KB of header", "GET / HTTP/1.1\r\nX: " + std::string(50000, 'a'), 431, After::kClosed},
      {"HTTP/2.0", "GET / HTTP/2.0\r\n" + kHost + "\r\n", 505, After::kClosed},
      {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, After::kClosed},
      {"TLS", "\x16\x03\x01\x02", 400, After::kClosed},
  };
  for (const Attack& attack : attacks) check_attack(stack, attack);
}

TEST_CASE("conformance: odd requests are answered as the standards say, and the connection goes on") {
  const Stack stack;
  const std::string line = "GET /live HTTP/1.1\r\n";
  const Attack attacks[] = {
      {"no Host", line + "\r\n", 400, After::kOpen},
      {"two Hosts", line + kHost + kHost + "\r\n", 400, After::kOpen},
      {"invalid Host", line + "Host: a b/c@d\r\n\r\n", 400, After::kOpen},
      {"two Authorizations", get("Authorization: Bearer a\r\nAuthorization: Bearer b\r\n"), 400,
       After::kOpen},
      {"unknown method", "FETCH / HTTP/1.1\r\n" + kHost + "\r\n", 501, After::kOpen},
      {"absolute form", "GET http://localhost/live HTTP/1.1\r\n" + kHost + "\r\n", 200, After::kOpen},
      {"OPTIONS *", "OPTIONS * HTTP/1.1\r\n" + kHost + "\r\n", 204, After::kOpen},
      {"encoded letter", get("", "/l%69ve"), 200, After::kOpen},
      {"HTTP/1.2", "GET /live HTTP/1.2\r\n" + kHost + "\r\n", 200, After::kOpen},
      {"leading CRLF", "\r\n\r\n" + kLive, 200, After::kOpen},
      {"malformed Accept", get("Accept: ;;q=x,,\r\n"), 200, After::kOpen},
      {"malformed Range", get("Range: bytes=9-1,x\r\n"), 200, After::kOpen},
      {"Upgrade", get("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\n"), 200,
       After::kOpen},
      {"Connection: Close", get("Connection: Close\r\n"), 200, After::kClosed},
      {"Connection: keep-alive, close", get("Connection: keep-alive, close\r\n"), 200, After::kClosed},
      {"HTTP/1.0", "GET /live HTTP/1.0\r\n\r\n", 200, After::kClosed},
      {"HTTP/1.0 keep-alive", "GET /live HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 200, After::kOpen},
      {"unknown path", get("", "/nothing"), 404, After::kOpen},
      {"other method", "PUT /live HTTP/1.1\r\n" + kHost + "Content-Length: 2\r\n\r\nab", 405, After::kOpen},
      {"invalid create", post("Content-Length: 2\r\n", "{}"), 400, After::kOpen},
      {"text/plain", post("Content-Type: text/plain\r\nContent-Length: 2\r\n", "{}"), 415, After::kOpen},
      {"stop without body", "POST " + kAll + "/workspace-0001/stop HTTP/1.1\r\n" + kHost + "\r\n", 404,
       After::kOpen},
      {"delete without body", "DELETE " + kAll + "/workspace-0001 HTTP/1.1\r\n" + kHost + "\r\n", 404,
       After::kOpen},
      {"start without body", "POST " + kAll + "/workspace-0001/start HTTP/1.1\r\n" + kHost + "\r\n", 404,
       After::kOpen},
      {"create without body", post(""), 400, After::kOpen},
  };
  for (const Attack& attack : attacks) check_attack(stack, attack);
}

TEST_CASE("a client that waits for 100 gets it in any spelling, then its answer") {
  const Stack stack;
  const RawConnection connection(stack.daemon.port());
  connection.send(post("Expect: 100-Continue\r\nContent-Length: 2\r\n"));
  CHECK(connection.read_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  connection.send("{}");
  CHECK(read_answer(connection).starts_with("HTTP/1.1 400 "));
}

TEST_CASE("made-up methods are one label and leave no trace in the log") {
  Stack stack(
      Variables{{"API_KEYS", "0123456789012345678901234567890123456789"}, {"AGENT_HOST", "127.0.0.1"}});
  const RawConnection connection(stack.daemon.port());
  for (int i = 0; i < 100; ++i) {
    connection.send("CANARY" + std::to_string(i) + " / HTTP/1.1\r\n" + kHost + "\r\n");
    CHECK(read_answer(connection).starts_with("HTTP/1.1 501 "));
  }
  const std::string metrics =
      stack.client.get("/metrics", {"Authorization: Bearer 0123456789012345678901234567890123456789"}).body;
  CHECK(metrics.find("CANARY") == std::string::npos);
  CHECK(metrics.find("{method=\"other\",route=\"unmatched\",status=\"5xx\"} 100") != std::string::npos);
  CHECK(stack.daemon.wait_for_log("\"method\":\"other\""));
  CHECK(stack.daemon.standard_error().find("CANARY") == std::string::npos);
}

TEST_CASE("50 MB of header are refused, kept nowhere, and hold nobody up") {
  const Stack stack;
  REQUIRE(stack.client.get("/live").status == 200);
  const double before = resident_bytes(stack);
  REQUIRE(before > 0);
  auto sent = std::async(std::launch::async, [&] {
    const RawConnection connection(stack.daemon.port());
    connection.send("GET /live HTTP/1.1\r\nX: ");
    const std::string megabyte(1 << 20, 'a');
    for (int i = 0; i < 50; ++i) connection.send(megabyte);
    return connection.read_until("\r\n\r\n");
  });
  double most = 0;
  do {
    CHECK(stack.client.get("/live").status == 200);
    most = std::max(most, resident_bytes(stack));
    // Each question takes some memory, too, most under the address sanitizer: there are a hundred a second.
  } while (sent.wait_for(std::chrono::milliseconds(10)) != std::future_status::ready);
  // A client that goes on sending after the end may lose the answer to a reset.
  const std::string answer = sent.get();
  CAPTURE(answer);
  CHECK((answer.empty() || answer.starts_with("HTTP/1.1 431 ")));
  CHECK(most - before < 16e6);
}

TEST_CASE("a thousand connections that pipeline get every answer, and others theirs meanwhile") {
  constexpr int kRequests = 20;
  const Stack stack(Variables{{"RATE_LIMIT_BURST", "1000000"}});
  std::string requests;
  for (int i = 0; i < kRequests; ++i) requests += i % 2 == 0 ? kLive : get("", "/nothing");
  std::vector<std::unique_ptr<RawConnection>> greedy;
  for (int i = 0; i < 1000; ++i) {
    greedy.push_back(std::make_unique<RawConnection>(stack.daemon.port()));
    greedy.back()->send(requests);
  }
  for (const char* path : {"/live", "/metrics"}) CHECK(stack.client.get(path).status == 200);
  int lives = 0;
  int others = 0;
  for (const auto& connection : greedy) {
    for (int i = 0; i < kRequests; ++i) {
      const std::string answer = read_answer(*connection);
      lives += i % 2 == 0 && answer.starts_with("HTTP/1.1 200 ");
      others += i % 2 == 1 && answer.starts_with("HTTP/1.1 404 ");
    }
  }
  CHECK(lives == 1000 * kRequests / 2);
  CHECK(others == 1000 * kRequests / 2);
}

TEST_CASE("a thousand half-sent requests and idle connections keep nobody out") {
  const Stack stack;
  std::vector<std::unique_ptr<RawConnection>> slow;
  for (int i = 0; i < 1000; ++i) {
    slow.push_back(std::make_unique<RawConnection>(stack.daemon.port()));
    if (i % 3 == 0) slow.back()->send("GET /live HTTP/1.1\r\nHost: loc");
    if (i % 3 == 1) slow.back()->send(post("Content-Length: 100\r\n", "{"));
  }
  for (const char* path : {"/live", "/metrics", "/api/v1/environments"}) {
    CHECK(stack.client.get(path).status == 200);
  }
  slow.back()->send("alhost\r\n\r\n");
  CHECK(read_answer(*slow.back()).starts_with("HTTP/1.1 200 "));
}

TEST_CASE("over its share an address loses its oldest idle connection, not its newest caller") {
  const Stack stack(Variables{{"AGENT_MAX_CONNECTIONS_PER_ADDRESS", "8"}});
  std::vector<std::unique_ptr<RawConnection>> idle;
  for (int i = 0; i < 20; ++i) {
    idle.push_back(std::make_unique<RawConnection>(stack.daemon.port()));
    idle.back()->send(kLive);
    CHECK(read_answer(*idle.back()).starts_with("HTTP/1.1 200 "));
  }
  CHECK(idle.front()->read_all().empty());
  idle.back()->send(kLive);
  CHECK(read_answer(*idle.back()).starts_with("HTTP/1.1 200 "));
}

TEST_CASE("a caller who only ended its sending side is answered") {
  const Stack stack;
  const RawConnection connection(stack.daemon.port());
  const std::string body = create_body("workspace-0001");
  connection.send(post(
      "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n", body));
  connection.end_sending();
  CHECK(connection.read_all().starts_with("HTTP/1.1 201 "));
}

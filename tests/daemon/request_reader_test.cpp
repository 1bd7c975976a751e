// Requests from bytes: what is read, what is refused, and where each request ends.
#include "request_reader.h"

#include <doctest/doctest.h>

#include <optional>

using namespace dev8agentd;
using Step = RequestReader::Step;

namespace {

// What came of one request's bytes.
struct Outcome {
  Step step = Step::kMore;
  int status = 0;    // of the fault, whether the connection can go on or not
  std::string body;  // of a whole request
  RequestHead head;
  bool begins_next = false;  // bytes are left over
};

Outcome read(std::string_view bytes, std::size_t at_a_time) {
  RequestReader reader;
  Outcome outcome;
  while (!bytes.empty() && (outcome.step == Step::kMore || outcome.step == Step::kContinue)) {
    reader.add(bytes.substr(0, at_a_time));
    bytes.remove_prefix(std::min(at_a_time, bytes.size()));
    outcome.step = reader.next();
  }
  if (outcome.step == Step::kBroken) outcome.status = reader.fault().status;
  if (outcome.step == Step::kWhole) {
    RawRequest request = reader.take();
    outcome.status = request.head.fault ? request.head.fault->status : 0;
    outcome.body = request.body;
    outcome.head = request.head;
    outcome.begins_next = reader.started();
  }
  return outcome;
}

std::string head(const std::string& fields, const std::string& line = "POST /x HTTP/1.1") {
  return line + "\r\nHost: a\r\n" + fields + "\r\n";
}

std::string chunked(const std::string& body) {
  return head("Transfer-Encoding: chunked\r\n") + body;
}

struct Row {
  const char* what;
  std::string bytes;
  Step step;
  int status;
};

void check(const Row& row) {
  CAPTURE(row.what);
  for (const std::size_t at_a_time : {std::size_t{1}, std::size_t{7}, std::string::npos}) {
    CAPTURE(at_a_time);
    const Outcome outcome = read(row.bytes, at_a_time);
    CHECK(outcome.step == row.step);
    CHECK(outcome.status == row.status);
  }
}

}  // namespace

TEST_CASE("a request without Content-Length and Transfer-Encoding has no body, whatever its method") {
  for (const char* line : {"DELETE /x HTTP/1.1", "POST /x HTTP/1.1", "PUT /x HTTP/1.1", "GET /x HTTP/1.1"}) {
    const Outcome outcome = read(head("", line) + "GET", std::string::npos);
    CHECK(outcome.step == Step::kWhole);
    CHECK(outcome.body.empty());
    CHECK(outcome.begins_next);
  }
}

TEST_CASE("framing that can be read in two ways is refused, and the connection with it") {
  const Row rows[] = {
      {"unknown coding", head("Transfer-Encoding: xchunked\r\n"), Step::kBroken, 501},
      {"coding over coding", head("Transfer-Encoding: gzip, chunked\r\n"), Step::kBroken, 501},
      {"escaped coding", head("Transfer-Encoding: chun%6bed\r\n"), Step::kBroken, 501},
      {"identity", head("Transfer-Encoding: identity\r\n"), Step::kBroken, 501},
      {"empty coding", head("Transfer-Encoding:\r\n"), Step::kBroken, 400},
      {"two codings", head("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), Step::kBroken,
       400},
      {"length and coding", head("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), Step::kBroken, 400},
      {"length 0 and coding", head("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n"), Step::kBroken,
       400},
      {"coding in HTTP/1.0", head("Transfer-Encoding: chunked\r\n", "POST / HTTP/1.0"), Step::kBroken, 400},
      {"length of letters", head("Content-Length: abc\r\n", "GET / HTTP/1.1"), Step::kBroken, 400},
      {"escaped length", head("Content-Length: %36%38\r\n"), Step::kBroken, 400},
      {"signed length", head("Content-Length: +5\r\n"), Step::kBroken, 400},
      {"list of lengths", head("Content-Length: 5, 5\r\n"), Step::kBroken, 400},
      {"empty length", head("Content-Length:\r\n"), Step::kBroken, 400},
      {"two lengths", head("Content-Length: 5\r\nContent-Length: 6\r\n"), Step::kBroken, 400},
      {"length over the limit", head("Content-Length: 1048577\r\n"), Step::kBroken, 413},
      {"length over 64 bits", head("Content-Length: 18446744073709551621\r\n"), Step::kBroken, 413},
      {"blank before colon", head("Content-Length : 5\r\n"), Step::kBroken, 400},
      {"no colon", head("Content-Length\r\n"), Step::kBroken, 400},
      {"no name", head(": x\r\n"), Step::kBroken, 400},
      {"folded line", head("X: a\r\n b\r\n"), Step::kBroken, 400},
      {"bare line feed", "GET / HTTP/1.1\nHost: a\n\n", Step::kBroken, 400},
      {"bare carriage return", "GET / HTTP/1.1\rHost: a\r\n\r\n", Step::kBroken, 400},
      {"NUL", head(std::string("X: a\0b\r\n", 8)), Step::kBroken, 400},
      {"control character", head("X: a\x01\r\n"), Step::kBroken, 400},
      {"TLS", "\x16\x03\x01", Step::kBroken, 400},
      {"HTTP/0.9", "GET /\r\n\r\n", Step::kBroken, 400},
      {"HTTP/2.0", head("", "GET / HTTP/2.0"), Step::kBroken, 505},
      {"HTTP/1.10", head("", "GET / HTTP/1.10"), Step::kBroken, 400},
      {"two blanks", head("", "GET  / HTTP/1.1"), Step::kBroken, 400},
      {"method of no token", head("", "G(T / HTTP/1.1"), Step::kBroken, 400},
  };
  for (const Row& row : rows) check(row);
}

TEST_CASE("chunks are read strictly") {
  const Row rows[] = {
      {"two chunks", chunked("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"), Step::kWhole, 0},
      {"capitals and zeros", chunked("00A\r\n0123456789\r\n0\r\n\r\n"), Step::kWhole, 0},
      {"extension", chunked("1;a=b\r\nx\r\n0\r\n\r\n"), Step::kWhole, 0},
      {"trailer", chunked("0\r\nX: y\r\n\r\n"), Step::kWhole, 0},
      {"0x", chunked("0x4\r\nabcd\r\n0\r\n\r\n"), Step::kBroken, 400},
      {"sign", chunked("+4\r\nabcd\r\n0\r\n\r\n"), Step::kBroken, 400},
      {"no size", chunked("\r\n"), Step::kBroken, 400},
      {"bare line feed after the size", chunked("4\nabcd\r\n0\r\n\r\n"), Step::kBroken, 400},
      {"blank after the size", chunked("4 \r\nabcd\r\n0\r\n\r\n"), Step::kBroken, 400},
      {"longer than its size", chunked("2\r\nabc\r\n0\r\n\r\n"), Step::kBroken, 400},
      {"over the limit", chunked("100001\r\n"), Step::kBroken, 413},
      {"size over 64 bits", chunked("ffffffffffffffffff\r\n"), Step::kBroken, 413},
      {"endless zeros", chunked(std::string(100, '0')), Step::kBroken, 413},
      {"endless extension", chunked("1;" + std::string(9000, 'a')), Step::kBroken, 431},
      {"endless trailers", chunked("0\r\n" + std::string(9000, 'a')), Step::kBroken, 431},
      {"NUL in a trailer", chunked(std::string("0\r\nX: \0", 7)), Step::kBroken, 400},
  };
  for (const Row& row : rows) check(row);
  CHECK(read(chunked("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\nGET"), 4).body == "abcde");
}

TEST_CASE("heads are bounded, and what is too large is refused before it has arrived") {
  std::string many;
  for (int i = 0; i < 100; ++i) many += "X-" + std::to_string(i) + ": y\r\n";
  const std::string start = "GET / HTTP/1.1\r\n";
  const Row rows[] = {
      {"100 fields", "GET / HTTP/1.0\r\n" + many + "\r\n", Step::kWhole, 0},
      {"101 fields", start + many + "Host: a\r\n\r\n", Step::kBroken, 431},
      {"long field", start + "X: " + std::string(8200, 'a'), Step::kBroken, 431},
      {"long target", "GET /" + std::string(8300, 'a'), Step::kBroken, 414},
      {"target over 8 KiB", head("", "GET /" + std::string(8192, 'a') + " HTTP/1.1"), Step::kBroken, 414},
      {"target of 8 KiB", head("", "GET /" + std::string(8191, 'a') + " HTTP/1.1"), Step::kWhole, 0},
  };
  for (const Row& row : rows) check(row);
  std::string fields;
  for (int i = 0; i < 5; ++i) fields += "X: " + std::string(8000, 'a') + "\r\n";
  check({"long head", start + fields, Step::kBroken, 431});
}

TEST_CASE("what is refused although its end is known leaves the connection open") {
  const std::string twice = "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n";
  const Row rows[] = {
      {"no Host", "GET / HTTP/1.1\r\n\r\n", Step::kWhole, 400},
      {"no Host in HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", Step::kWhole, 0},
      {"two Hosts", head("Host: a\r\n"), Step::kWhole, 400},
      {"blank in Host", "GET / HTTP/1.1\r\nHost: a b/c@d\r\n\r\n", Step::kWhole, 400},
      {"user in Host", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", Step::kWhole, 400},
      {"letters as port", "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", Step::kWhole, 400},
      {"open bracket", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", Step::kWhole, 400},
      {"IPv6", "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", Step::kWhole, 0},
      {"two Authorizations", head(twice), Step::kWhole, 400},
      {"unknown method", head("", "FETCH / HTTP/1.1"), Step::kWhole, 501},
      {"unknown method with a body", head("Content-Length: 2\r\n", "FETCH / HTTP/1.1") + "ab", Step::kWhole,
       501},
      {"target of no form", head("", "GET x HTTP/1.1"), Step::kWhole, 400},
      {"fragment", head("", "GET /#x HTTP/1.1"), Step::kWhole, 400},
      {"'*' of GET", head("", "GET * HTTP/1.1"), Step::kWhole, 400},
      {"HTTP/1.2", head("", "GET / HTTP/1.2"), Step::kWhole, 0},
      {"same length twice", head("Content-Length: 1\r\nContent-Length: 1\r\n") + "a", Step::kWhole, 0},
      {"empty lines before", "\r\n\r\n" + head(""), Step::kWhole, 0},
  };
  for (const Row& row : rows) check(row);
}

TEST_CASE("a target may be a path, a URL or '*'") {
  const Outcome url = read(head("", "GET http://Host.example:81/a?b=c HTTP/1.1"), std::string::npos);
  CHECK(url.head.target == "/a?b=c");
  CHECK(url.head.host == "Host.example:81");
  CHECK(read(head("", "GET http://a HTTP/1.1"), std::string::npos).head.target == "/");
  CHECK(read(head("", "GET http://a?b HTTP/1.1"), std::string::npos).head.target == "/?b");
  CHECK(read(head("", "OPTIONS * HTTP/1.1"), std::string::npos).head.target == "*");
}

TEST_CASE("Connection is a list without regard to case, and HTTP/1.0 closes unless asked") {
  struct Wish {
    const char* version;
    const char* field;
    bool keep;
  };
  const Wish wishes[] = {
      {"1.1", "", true},
      {"1.1", "Connection: close\r\n", false},
      {"1.1", "Connection: Close\r\n", false},
      {"1.1", "Connection: keep-alive, close\r\n", false},
      {"1.1", "Connection: keep-alive\r\nConnection: close\r\n", false},
      {"1.1", "Connection: enclose\r\n", true},
      {"1.0", "", false},
      {"1.0", "Connection: keep-alive\r\n", true},
      {"1.0", "Connection: Keep-Alive\r\n", true},
      {"1.0", "Connection: keep-alive, close\r\n", false},
  };
  for (const Wish& wish : wishes) {
    CAPTURE(wish.field);
    const std::string line = std::string("GET / HTTP/") + wish.version;
    CHECK(read(head(wish.field, line), std::string::npos).head.keep_alive == wish.keep);
  }
}

TEST_CASE("a client that waits for 100 is told to go on, once, and only when its body may come") {
  for (const char* expect : {"Expect: 100-continue\r\n", "expect: 100-Continue\r\n"}) {
    RequestReader reader;
    reader.add(head(std::string(expect) + "Content-Length: 2\r\n"));
    CHECK(reader.next() == Step::kContinue);
    reader.add("a");
    CHECK(reader.next() == Step::kMore);
    reader.add("b");
    CHECK(reader.next() == Step::kWhole);
  }
  check({"too large", head("Expect: 100-continue\r\nContent-Length: 9999999\r\n"), Step::kBroken, 413});
  check({"no body", head("Expect: 100-continue\r\n"), Step::kWhole, 0});
}

TEST_CASE("header values stay as they were sent") {
  const Outcome outcome = read(head("X: \t a%41%0d \r\n"), std::string::npos);
  CHECK(dev8agent::find_header(outcome.head.headers, "x") == "a%41%0d");
}

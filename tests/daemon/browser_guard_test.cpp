// Which hosts an agent without keys goes by, and which pages may change something.
#include "browser_guard.h"

#include <doctest/doctest.h>

using namespace dev8agentd;

namespace {

Request request(const char* method, const char* origin, const char* site = "") {
  Request made;
  made.method = method;
  made.host = "localhost:8080";
  if (*origin != 0) made.headers.push_back({"Origin", origin});
  if (*site != 0) made.headers.push_back({"Sec-Fetch-Site", site});
  return made;
}

}  // namespace

TEST_CASE("loopback, the listening address and allowed hosts are admitted, with any port and in any case") {
  const BrowserGuard guard("192.0.2.7", {"agent.example.com"});
  for (const char* good :
       {"localhost", "LocalHost:8080", "localhost.", "127.0.0.1:1", "127.8.8.8", "[::1]:80", "192.0.2.7",
        "192.0.2.7:8080", "agent.example.com:443", "AGENT.example.com."}) {
    CAPTURE(good);
    CHECK(guard.admits_host(good));
  }
  for (const char* bad : {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "192.0.2.8",
                          "sub.agent.example.com", "[2001:db8::1]", "127.evil.example", "2130706433"}) {
    CAPTURE(bad);
    CHECK_FALSE(guard.admits_host(bad));
  }
}

TEST_CASE("an agent that listens on all addresses goes by each of them, but by no foreign name") {
  for (const char* all : {"0.0.0.0", "::"}) {
    const BrowserGuard guard(all, {});
    CHECK(guard.admits_host("192.0.2.8:8080"));
    CHECK(guard.admits_host("[2001:db8::1]:8080"));
    CHECK_FALSE(guard.admits_host("evil.example"));
  }
}

TEST_CASE("only methods that change something are refused to foreign origins") {
  const Cors cors({"http://localhost:3000"});
  for (const char* method : {"POST", "DELETE", "PUT", "PATCH"}) {
    CHECK(is_foreign_change(request(method, "http://evil.example"), cors, "http"));
    CHECK(is_foreign_change(request(method, "null"), cors, "http"));
    CHECK(is_foreign_change(request(method, "https://localhost:8080"), cors, "http"));
    CHECK(is_foreign_change(request(method, "", "cross-site"), cors, "http"));
    CHECK_FALSE(is_foreign_change(request(method, "http://localhost:3000", "cross-site"), cors, "http"));
    CHECK_FALSE(is_foreign_change(request(method, "http://localhost:8080"), cors, "http"));
    CHECK_FALSE(is_foreign_change(request(method, "", "same-origin"), cors, "http"));
    CHECK_FALSE(is_foreign_change(request(method, ""), cors, "http"));
  }
  for (const char* method : {"GET", "HEAD", "OPTIONS"}) {
    CHECK_FALSE(is_foreign_change(request(method, "http://evil.example", "cross-site"), cors, "http"));
  }
}

TEST_CASE("the agent's own origin has the scheme that it listens with") {
  const Cors cors({});
  CHECK_FALSE(is_foreign_change(request("POST", "https://localhost:8080"), cors, "https"));
  CHECK(is_foreign_change(request("POST", "http://localhost:8080"), cors, "https"));
}

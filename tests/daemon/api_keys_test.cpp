// API keys: their entries, who holds them, and the bearer header.
#include "api_keys.h"

#include <doctest/doctest.h>

#include "message.h"

using dev8agent::Secret;
using namespace dev8agentd;

namespace {

const std::string kFirst = "first-key-of-32-characters-00001";
const std::string kSecond = "second-key-of-32-characters-0002";

std::vector<ApiKey> keys_of(const std::string& text) {
  auto keys = parse_api_keys(text, "keys");
  REQUIRE_MESSAGE(keys.ok(), keys.error().message);
  return std::move(*keys);
}

std::string token_of(std::string value) {
  Request request;
  request.headers.push_back({"authorization", std::move(value)});
  return std::string(request.bearer_token());
}

}  // namespace

TEST_CASE("a key is found by its whole text only, with its holder") {
  const ApiKeys keys(keys_of(kFirst + "\nci:operate:" + kSecond + "\n"));
  CHECK(keys.find(kFirst) == KeyHolder{"file-0", Scope::kAdmin, ""});
  CHECK(keys.find(kSecond) == KeyHolder{"ci", Scope::kOperate, ""});
  for (const std::string& token : {std::string(), kFirst.substr(1), kFirst + " ", "ci:operate:" + kSecond}) {
    CHECK_FALSE(keys.find(token));
  }
}

TEST_CASE("no keys, nothing found") {
  const ApiKeys none({});
  CHECK(none.empty());
  CHECK_FALSE(none.find(""));
}

TEST_CASE("keys that are replaced no longer count, and the door stays closed") {
  ApiKeys keys(keys_of(kFirst));
  keys.replace({}, keys_of("web:user=ada:" + kSecond));
  CHECK_FALSE(keys.find(kFirst));
  CHECK(keys.find(kSecond) == KeyHolder{"web", Scope::kAdmin, "ada"});
  keys.replace({}, {});
  CHECK_FALSE(keys.empty());
  CHECK_FALSE(keys.find(kSecond));
}

TEST_CASE("entries of keys, and what is wrong with others") {
  struct Row {
    std::string entry;
    std::string rule;  // a part of the message; empty: the entry is good
  };
  const Row rows[] = {
      {kFirst, ""},
      {"reader:read:" + kFirst, ""},
      {"a_B-9:admin:" + kFirst, ""},
      {"web:user=auth0|ada@example.com:" + kFirst, ""},
      {"b:user=tenant:ada:" + kFirst, ""},
      {"", "at least 32"},
      {kFirst.substr(1), "at least 32"},
      {"a:read:" + kFirst.substr(1), "at least 32"},
      {"a:read:" + kFirst + ":", "read, operate, admin or user="},
      {"a:write:" + kFirst, "read, operate, admin or user="},
      {"a:user=:" + kFirst, "must name a user"},
      {":read:" + kFirst, "must have a name"},
      {"a b:read:" + kFirst, "must have a name"},
      {std::string(33, 'n') + ":read:" + kFirst, "must have a name"},
      {"a:" + kFirst, "read, operate, admin or user="},
  };
  for (const Row& row : rows) {
    CAPTURE(row.entry);
    const auto key = parse_api_key(row.entry);
    CHECK(key.ok() == row.rule.empty());
    if (key.ok()) CHECK(key->secret.reveal() == kFirst);
    if (key.ok()) continue;
    CHECK(key.error().message.find(row.rule) != std::string::npos);
    CHECK(key.error().message.find("characters-0000") == std::string::npos);
  }
}

TEST_CASE("a file of keys: comments, blank lines, CRLF, and the number of a wrong line") {
  CHECK(keys_of("# ours\r\n\r\n  ops:admin:" + kFirst + "  \r\n\n#x\n" + kSecond).size() == 2);
  const auto wrong = parse_api_keys("# ours\n" + kFirst + "\nops:root:" + kSecond, "/etc/keys");
  REQUIRE_FALSE(wrong.ok());
  CHECK(wrong.error().message.starts_with("/etc/keys line 3 must have the scope"));
  for (const char* text : {"", "\n", "# nothing\n"}) {
    CHECK(parse_api_keys(text, "/etc/keys").error().message == "/etc/keys must hold a key");
  }
}

TEST_CASE("the bearer scheme is read without regard to case, and no other") {
  CHECK(token_of("Bearer abc") == "abc");
  CHECK(token_of("bearer abc") == "abc");
  CHECK(token_of("Basic abc").empty());
  CHECK(token_of("Bearer").empty());
  CHECK(token_of("Bearer ").empty());
  CHECK(token_of("").empty());
}

TEST_CASE("one key under two names is told with both, in one list or in two") {
  const auto key = [](const std::string& text) { return std::move(*parse_api_key(text)); };
  std::vector<ApiKey> first;
  first.push_back(key("root:admin:" + std::string(32, 'a')));
  first.push_back(key("ops:operate:" + std::string(32, 'b')));
  std::vector<ApiKey> second;
  second.push_back(key("board:read:" + std::string(32, 'a')));
  CHECK(repeated_key(first, {}).empty());
  CHECK(repeated_key({}, second).empty());
  CHECK(repeated_key(first, second) == "must not hold one key twice, as 'root' and 'board' do");
  first.push_back(key("again:read:" + std::string(32, 'b')));
  CHECK(repeated_key(first, {}) == "must not hold one key twice, as 'ops' and 'again' do");
}

// API keys and the bearer header.
#include "api_keys.h"

#include <doctest/doctest.h>

#include "message.h"

using dev8agent::Secret;
using dev8agentd::ApiKeys;
using dev8agentd::Request;

namespace {

ApiKeys two_keys() {
  std::vector<Secret> keys;
  keys.emplace_back("first-key");
  keys.emplace_back("second-key");
  return ApiKeys(keys);
}

std::string token_of(std::string value) {
  Request request;
  request.headers.push_back({"authorization", std::move(value)});
  return std::string(request.bearer_token());
}

}  // namespace

TEST_CASE("a key is found by its whole text only") {
  const ApiKeys keys = two_keys();
  CHECK(keys.find("first-key") == 0U);
  CHECK(keys.find("second-key") == 1U);
  for (const char* token : {"", "first-ke", "first-key ", "FIRST-KEY", "first-key,second-key"}) {
    CHECK_FALSE(keys.find(token));
  }
}

TEST_CASE("no keys, nothing found") {
  CHECK(ApiKeys().empty());
  CHECK_FALSE(ApiKeys().find(""));
}

TEST_CASE("the bearer scheme is read without regard to case, and no other") {
  CHECK(token_of("Bearer abc") == "abc");
  CHECK(token_of("bearer abc") == "abc");
  CHECK(token_of("Basic abc").empty());
  CHECK(token_of("Bearer").empty());
  CHECK(token_of("Bearer ").empty());
  CHECK(token_of("").empty());
}

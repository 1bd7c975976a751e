// Known secrets are taken out of foreign text, wholly.
#include "orchestrator/redact.h"

#include <doctest/doctest.h>

#include "support/plan_samples.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

namespace {

std::string clean(const std::vector<std::string>& secrets, std::string text) {
  Redactor redactor;
  for (const std::string& one : secrets) redactor.add(secret(one));
  return redactor.clean(std::move(text));
}

}  // namespace

TEST_CASE("redact: every occurrence, at every place") {
  CHECK(clean({"hunter22"}, "hunter22") == "***");
  CHECK(clean({"hunter22"}, "a hunter22 b hunter22") == "a *** b ***");
  CHECK(clean({"hunter22"}, "hunter22hunter22hunter22") == "*********");
  CHECK(clean({"one-1", "two-2"}, "two-2 one-1") == "*** ***");
  CHECK(clean({}, "text") == "text");
  CHECK(clean({"hunter22"}, "") == "");
  CHECK(clean({"hunter22"}, "hunter2 Hunter22") == "hunter2 Hunter22");
}

TEST_CASE("redact: short and empty secrets would tear ordinary words apart") {
  CHECK(clean({"", "a", "abc"}, "abc a") == "abc a");
  CHECK(clean({"abcd"}, "abcd") == "***");
}

TEST_CASE("redact: replacements end, also for secrets made of stars") {
  CHECK(clean({"****"}, "********") == "***");
  CHECK(clean({"***x"}, "***x***x") == "******");
}

TEST_CASE("redact: a secret that holds another is taken out as a whole, in any order") {
  for (const auto& order : {std::vector<std::string>{"alice", "alice@secret.example"},
                            std::vector<std::string>{"alice@secret.example", "alice"}}) {
    const std::string text = clean(order, "mail alice@secret.example for alice");
    CHECK(text.find("secret.example") == std::string::npos);
    CHECK(text.find("alice") == std::string::npos);
  }
}

TEST_CASE("redact: overlapping secrets leave nothing of either") {
  CHECK(clean({"abcdef", "defghi"}, "-abcdefghi-") == "-***-");
  CHECK(clean({"defghi", "abcdef"}, "-abcdefghi-") == "-***-");
  CHECK(clean({"abab"}, "-ababab-") == "-***-");
}

TEST_CASE("redact: all eight values of an environment") {
  EnvironmentSecrets secrets;
  Secret* const each[] = {&secrets.github_token,   &secrets.git_user_name,        &secrets.git_user_email,
                          &secrets.ssh_public_key, &secrets.code_server_password, &secrets.anthropic_api_key,
                          &secrets.openai_api_key, &secrets.gemini_api_key};
  std::string text;
  for (int i = 0; i < 8; ++i) {
    const std::string value = "canary-" + std::to_string(i);
    *each[i] = secret(value);
    text += value + " ";
  }
  Redactor redactor;
  redactor.add(secrets);
  CHECK(redactor.clean(text).find("canary") == std::string::npos);
}

// What is masked in text that programs print, and what is left as it is.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "plan/mask_credentials.h"

using namespace dev8agent::internal::plan;

namespace {

struct Row {
  std::string text;
  std::string masked;
};

void check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(mask_credentials(row.text) == row.masked);
  }
}

// Every row is left as it is.
void check_kept(const std::vector<std::string>& rows) {
  for (const std::string& row : rows) {
    CAPTURE(row);
    CHECK(mask_credentials(row) == row);
  }
}

}  // namespace

TEST_CASE("mask: tokens with a prefix, wherever they stand") {
  for (const char* prefix :
       {"ghp_", "gho_", "ghs_", "ghu_", "ghr_", "github_pat_", "sk-ant-", "sk-", "AIza"}) {
    const std::string token = std::string(prefix) + "Canary0123_456-789";
    check({{token, "***"},
           {"say " + token + " twice " + token, "say *** twice ***"},
           {"export X=" + token, "export X=***"},
           {"\"" + token + "\"", "\"***\""},
           {"'" + token + "',", "'***',"},
           {"https://user:" + token + "@github.com/a", "https://user:***@github.com/a"},
           {"(" + token + ")", "(***)"},
           {"_" + token, "_***"},
           {"a/" + token + "/b", "a/***/b"}});
  }
}

TEST_CASE("mask: a token after an escape sequence begins a word") {
  const std::string token = "sk-Canary0123";
  check({{R"({"text":"one\n)" + token + R"("})", R"({"text":"one\n***"})"},
         {"a%20" + token, "a%20***"},
         {"\x1b[1;32m" + token + "\x1b[0m", "\x1b[1;32m***\x1b[0m"},
         {R"(\u001b[32m)" + token, R"(\u001b[32m***)"},
         {"\x1b[32meyJhbGci.eyJzdWIi.c2ln", "\x1b[32m***"}});
}

TEST_CASE("mask: values of Bearer, in any case") {
  check({{"Authorization: Bearer canary.value+/=", "Authorization: Bearer ***"},
         {"authorization: bearer   canary", "authorization: bearer   ***"},
         {"-H 'Authorization: BEARER canary'", "-H 'Authorization: BEARER ***'"},
         {R"({"Authorization":"Bearer canary","next":1})", R"({"Authorization":"Bearer ***","next":1})"},
         {"Bearer canary, Bearer other", "Bearer *** Bearer ***"}});
}

TEST_CASE("mask: JSON web tokens") {
  check({{"eyJhbGci.eyJzdWIi.c2ln-_", "***"},
         {"jwt eyJhbGci.eyJzdWIi. done", "jwt *** done"},
         {"cookie=eyJhbGci.eyJzdWIi.c2ln; path=/", "cookie=***; path=/"},
         {"encrypted eyJhbGci.a2V5.aXY.dGV4dA.dGFn done", "encrypted *** done"}});
}

TEST_CASE("mask: the value after a word, in the ways programs write it") {
  for (const std::string word : {"password", "passwd", "secret", "token", "api_key", "PASSWORD", "Api_Key"}) {
    check({{word + "=canary", word + "=***"},
           {word + ": canary next", word + ": *** next"},
           {"export MY_" + word + "=canary", "export MY_" + word + "=***"},
           {"export " + word + "=\"can ary\" done", "export " + word + "=\"***\" done"},
           {"export " + word + "='can ary' done", "export " + word + "='***' done"},
           {R"({")" + word + R"(":"canary","n":1})", R"({")" + word + R"(":"***","n":1})"},
           {R"({")" + word + R"(" : "can\"ary" })", R"({")" + word + R"(" : "***" })"},
           {R"("{\")" + word + R"(\":\"canary\"}")", R"("{\")" + word + R"(\":\"***\"}")"},
           {"['" + word + "'] = 'canary'", "['" + word + "'] = '***'"},
           {":" + word + " => 'canary'", ":" + word + " => '***'"},
           {word + std::string(30, ' ') + ": canary", word + std::string(30, ' ') + ": ***"},
           {word + "\x1b[0m=\x1b[32mcanary\x1b[0m!", word + "\x1b[0m=\x1b[32m***\x1b[0m!"},
           {"https://x.example/?" + word + "=canary", "https://x.example/?" + word + "=***"}});
  }
  check({{"token: Bearer canary end", "token: Bearer *** end"},
         {"password=one secret=two token:three", "password=*** secret=*** token:***"},
         {"password=\"never closed", "password=\"***"},
         {"a password=", "a password="},
         {"password=\"\" next", "password=\"\" next"},
         {"api-key=canary apikey: canary", "api-key=*** apikey: ***"}});
}

TEST_CASE("mask: names, addresses and ordinary words are kept") {
  check_kept({"",
              " ",
              "\n",
              "a\n\nb\n",
              "user Ann Example <ann@example.com> has logged in",
              "tokenizer: fast",
              "tokens: 5",
              "token_count=5",
              "the secret is safe",
              "enter password",
              "secretary: Bob",
              "passwords differ",
              "disk-usage-report 5",
              "task-runner-started",
              "risk-free",
              "ghp_",
              "AIza",
              "sk-",
              "sk-ip",
              "forbearer of this",
              "bearer",
              "Bearer ",
              "eyJhbGci",
              "eyJhbGci.",
              "eyJhbGci.eyJzdWIi",
              "eyJ..",
              "https://example.com/a?b=c&d=e",
              "-----BEGIN CERTIFICATE-----",
              "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n-----END PUBLIC KEY-----",
              "gr\xc3\xbc\xc3\x9f"
              "e \xff\xfe bytes"});
}

TEST_CASE("mask: the last line keeps its end, or has none") {
  check({{"password=a\npassword=b\n", "password=***\npassword=***\n"},
         {"password=a\r\nnext\r\n", "password=***\r\nnext\r\n"},
         {"\npassword=a", "\npassword=***"}});
}

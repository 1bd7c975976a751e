// SharedKey signatures against the vectors of Microsoft's own client, and what cannot be signed.
#include "azure/shared_key.h"

#include <doctest/doctest.h>

#include "support/data_file.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::internal::azure;
using namespace dev8agent::test;

namespace {

const std::string kKey =
    "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==";

HttpRequest simple(std::string url = "https://acct.file.core.windows.net/share?restype=share") {
  HttpRequest request;
  request.method = "GET";
  request.url = std::move(url);
  request.headers = {{"x-ms-date", "Thu, 15 Jan 2026 08:30:00 GMT"}, {"x-ms-version", "2022-11-02"}};
  return request;
}

std::string resource(const std::string& url) {
  const auto text = string_to_sign(simple(url), "acct");
  if (!text) return "none";
  return text->substr(text->find("2022-11-02\n") + 11);
}

}  // namespace

TEST_CASE("shared key: the 20 vectors of @azure/storage-file-share") {
  const json::Value file = data_file("azure-files-sharedkey-vectors.json");
  const std::string account(file.string_at({"account"}));
  const auto& vectors = file.find("vectors")->array();
  REQUIRE(vectors.size() == 20);
  for (const json::Value& vector : vectors) {
    CAPTURE(std::string(vector.string_at({"name"})));
    HttpRequest request;
    request.method = vector.string_at({"method"});
    request.url = vector.string_at({"url"});
    request.body = vector.string_at({"body"});
    for (const json::Member& header : vector.find("headers")->object()) {
      if (header.name != "Authorization")
        request.headers.push_back({header.name, std::string(header.value.string())});
    }
    CHECK(string_to_sign(request, account) == vector.string_at({"stringToSign"}));
    CHECK(shared_key_authorization(request, account, file.string_at({"accountKeyBase64"})) ==
          vector.string_at({"authorization"}));
  }
}

TEST_CASE("shared key: the canonical resource") {
  const std::string host = "https://acct.file.core.windows.net";
  CHECK(resource(host) == "/acct/");
  CHECK(resource(host + "/") == "/acct/");
  CHECK(resource(host + "?comp=list") == "/acct/\ncomp:list");
  CHECK(resource(host + "/a%20b?B=2&a=1&&c&B=1&d=") == "/acct/a%20b\na:1\nb:1,2\nc:\nd:");
  CHECK(resource(host + "/?prefix=a%2Fb%C3%A9&marker=x+y") == "/acct/\nmarker:x+y\nprefix:a/b\xc3\xa9");
  CHECK(resource("http://127.0.0.1:10004/acct/share?comp=x") == "/acct/acct/share\ncomp:x");
  CHECK(resource("no url") == "none");
  CHECK(resource(host + "/?a=%zz") == "none");
  CHECK(resource(host + "/?a=%4") == "none");
}

TEST_CASE("shared key: headers are sorted, trimmed, lower-case; Date gives way to x-ms-date") {
  HttpRequest request = simple();
  request.headers.push_back({"X-Ms-Meta-B", "  two "});
  request.headers.push_back({"x-ms-meta-a", ""});
  request.headers.push_back({"Date", "ignored"});
  request.headers.push_back({"Content-Type", " text/plain "});
  request.body = "12345";
  CHECK(string_to_sign(request, "acct") ==
        "GET\n\n\n5\n\ntext/plain\n\n\n\n\n\n\nx-ms-date:Thu, 15 Jan 2026 08:30:00 "
        "GMT\nx-ms-meta-a:\nx-ms-meta-b:two\n"
        "x-ms-version:2022-11-02\n/acct/share\nrestype:share");
}

TEST_CASE("shared key: control characters cannot be signed: they could forge lines") {
  for (const std::string& bad : {std::string("a\nx-ms-evil:1"), std::string("a\rb"), std::string("a\0b", 3),
                                 std::string("a\x7f"), std::string("a\tb")}) {
    HttpRequest request = simple();
    request.headers.push_back({"x-ms-meta-a", bad});
    CHECK_FALSE(string_to_sign(request, "acct").has_value());
    request = simple();
    request.headers.push_back({bad, "v"});
    CHECK_FALSE(string_to_sign(request, "acct").has_value());
    request = simple("https://acct.file.core.windows.net/" + bad);
    CHECK_FALSE(shared_key_authorization(request, "acct", kKey).has_value());
  }
}

TEST_CASE("shared key: a key that is not base64 signs nothing") {
  CHECK(shared_key_authorization(simple(), "acct", kKey).has_value());
  for (const char* bad : {"", "=", "not base64", "AAEC AwQ=", "AAECAwQ"}) {
    CHECK_FALSE(shared_key_authorization(simple(), "acct", bad).has_value());
  }
}

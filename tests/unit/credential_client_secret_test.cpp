// The client secret credential, and with it the request to Entra and the reading of its answers.
#include "support/credential_bench.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

namespace {

constexpr const char* kSecret = "canary secret/+&";

CredentialOptions options() {
  CredentialOptions options = application();
  options.client_secret = Secret(std::string_view(kSecret));
  return options;
}

Result<AccessToken> answered(CredentialBench& bench, int status, std::string body,
                             std::vector<HttpHeader> headers = {}) {
  bench.transport.answer = [=](const HttpRequest&) { return http(status, body, headers); };
  return bench.fetch(*make_client_secret_credential(options()));
}

}  // namespace

TEST_CASE("the client secret travels percent-encoded in a form") {
  CredentialBench bench;
  const WallTime begin = bench.scheduler.wall_now();
  const auto token =
      answered(bench, 200, R"({"token_type":"Bearer","expires_in":3599,"access_token":"abc"})");
  REQUIRE(token.ok());
  CHECK(token->token.reveal() == "abc");
  CHECK(token->expires_at == begin + std::chrono::seconds(3599));
  CHECK(token->refresh_at == token->expires_at);
  REQUIRE(bench.transport.requests.size() == 1);
  const HttpRequest& request = bench.transport.requests[0];
  CHECK(request.method == "POST");
  CHECK(request.url ==
        "https://login.microsoftonline.com/11111111-1111-4111-8111-111111111111/oauth2/v2.0/token");
  CHECK(find_header(request.headers, "content-type") == "application/x-www-form-urlencoded");
  CHECK(request.label == "entra.token");
  CHECK(request.body ==
        "grant_type=client_credentials&client_id=22222222-2222-4222-8222-222222222222"
        "&scope=https%3A%2F%2Fmanagement.azure.com%2F.default&client_secret=canary%20secret%2F%2B%26");
}

TEST_CASE("lifetimes come as numbers or strings") {
  struct Row {
    const char* fields;
    int expires;  // seconds from now
    int refresh;
  };
  // The virtual clock starts at 2026-01-15T08:30:00Z = 1768465800.
  const Row rows[] = {
      {R"("expires_in":60)", 60, 60},
      {R"("expires_in":"60")", 60, 60},
      {R"("expires_in":60.0)", 60, 60},
      {R"("expires_in":60,"expires_on":1768465900)", 60, 60},
      {R"("expires_on":1768465900)", 100, 100},
      {R"("expires_on":"1768465900")", 100, 100},
      {R"("expires_on":"2026-01-15T08:31:00+00:00")", 60, 60},
      {R"("expires_on":"01/15/2026 08:31:00 +00:00")", 60, 60},
      {R"("expires_in":86400,"refresh_in":43200)", 86400, 43200},
      {R"("expires_in":"86400","refresh_in":"43200")", 86400, 43200},
      {R"("expires_in":60,"refresh_in":600)", 60, 60},
  };
  for (const Row& row : rows) {
    INFO(row.fields);
    CredentialBench bench;
    const WallTime begin = bench.scheduler.wall_now();
    const auto token = answered(bench, 200, std::string(R"({"access_token":"abc",)") + row.fields + "}");
    REQUIRE(token.ok());
    CHECK(token->expires_at == begin + std::chrono::seconds(row.expires));
    CHECK(token->refresh_at == begin + std::chrono::seconds(row.refresh));
  }
}

TEST_CASE("an endless lifetime does not overflow") {
  CredentialBench bench;
  const auto token =
      answered(bench, 200, R"({"access_token":"abc","expires_in":99999999999,"refresh_in":1e300})");
  REQUIRE(token.ok());
  CHECK(token->expires_at == WallTime::max());
}

TEST_CASE("a success without a usable token may be repeated") {
  for (const char* body :
       {"", "<html>", "[]", R"({"expires_in":60})", R"({"access_token":"","expires_in":60})"}) {
    INFO(body);
    CredentialBench bench;
    const auto token = answered(bench, 200, body);
    REQUIRE_FALSE(token.ok());
    CHECK(token.error().code == ErrorCode::kAzureCredentials);
    CHECK(token.error().retryable);
    CHECK(token.error().lasting);
  }
  // Its expiry stays as it is.
  for (const char* body : {R"({"access_token":"abc"})", R"({"access_token":"abc","expires_in":-1})"}) {
    CredentialBench bench;
    CHECK_FALSE(answered(bench, 200, body).error().retryable);
  }
}

TEST_CASE("a refusal carries Entra's code and first line, without the secret") {
  CredentialBench bench;
  const auto token =
      answered(bench, 401,
               R"({"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret )"
               R"(canary secret/+& provided. Trace ID: 1\r\nCorrelation ID: 2","error_codes":[7000215],)"
               R"("trace_id":"trace-1"})");
  REQUIRE_FALSE(token.ok());
  const Error& error = token.error();
  CHECK(error.code == ErrorCode::kAzureCredentials);
  CHECK(error.azure_status == 401);
  CHECK(error.azure_code == "AADSTS7000215");
  CHECK(error.azure_request_id == "trace-1");
  CHECK(error.message == "Microsoft Entra answered 401: AADSTS7000215: Invalid client secret *** provided.");
  CHECK_FALSE(error.retryable);
}

TEST_CASE("what may be repeated and what not") {
  struct Row {
    int status;
    const char* body;
    bool retryable;
    const char* code;
  };
  const Row rows[] = {
      {400, R"({"error":"unauthorized_client","error_codes":[700016]})", false, "AADSTS700016"},
      {400, R"({"error":"x","error_description":"AADSTS90002: Tenant not found."})", false, "AADSTS90002"},
      {400, R"({"error":"temporarily_unavailable"})", true, "temporarily_unavailable"},
      {401, "no json", false, ""},
      {408, "", true, ""},
      {429, "", true, ""},
      {500, "", true, ""},
      {503, "<html>", true, ""},
      {302, "", false, ""},
  };
  for (const Row& row : rows) {
    INFO(row.status << row.body);
    CredentialBench bench;
    const auto token = answered(bench, row.status, row.body, {{"Retry-After", "7"}});
    REQUIRE_FALSE(token.ok());
    CHECK(token.error().code == ErrorCode::kAzureCredentials);
    CHECK(token.error().retryable == row.retryable);
    CHECK(token.error().azure_code == row.code);
    CHECK(token.error().retry_after == std::chrono::seconds(7));
  }
}

TEST_CASE("failures of the transport may be repeated, except those of TLS") {
  const std::pair<ErrorCode, bool> rows[] = {
      {ErrorCode::kAzureUnavailable, true}, {ErrorCode::kTimeout, true}, {ErrorCode::kAzureRefused, false}};
  for (const auto& [code, retryable] : rows) {
    CredentialBench bench;
    bench.transport.answer = [code = code](const HttpRequest&) { return make_error(code, "down"); };
    const auto token = bench.fetch(*make_client_secret_credential(options()));
    REQUIRE_FALSE(token.ok());
    CHECK(token.error().code == ErrorCode::kAzureCredentials);
    CHECK(token.error().retryable == retryable);
  }
}

TEST_CASE("a silent server leaves time for another attempt") {
  CredentialBench bench;
  const TimePoint begin = bench.scheduler.now();
  bench.transport.answer = [](const HttpRequest&) { return std::nullopt; };
  const auto token = bench.fetch(*make_client_secret_credential(options()));
  REQUIRE_FALSE(token.ok());
  CHECK(token.error().retryable);
  CHECK(bench.scheduler.now() == begin + std::chrono::seconds(30));
}

TEST_CASE("without its settings nothing is sent") {
  CredentialBench bench;
  const auto token = bench.fetch(*make_client_secret_credential(CredentialOptions()));
  REQUIRE_FALSE(token.ok());
  CHECK(token.error().message ==
        "ClientSecret needs AZURE_TENANT_ID and AZURE_CLIENT_ID and AZURE_CLIENT_SECRET");
  CHECK(bench.transport.requests.empty());
}

TEST_CASE("a fetch outlives its credential") {
  CredentialBench bench;
  bench.transport.answer = [](const HttpRequest&) { return http(400, R"({"error":"invalid_client"})"); };
  auto credential = make_client_secret_credential(options());
  int calls = 0;
  credential->fetch(bench.context(), "x/.default", TimePoint::max(), [&](Result<AccessToken>) { ++calls; });
  credential.reset();
  while (bench.scheduler.run_one()) {
  }
  CHECK(calls == 1);
}

TEST_CASE("a static token is given out as it is") {
  CredentialBench bench;
  const auto token = bench.fetch(*make_static_credential(Secret("abc")));
  REQUIRE(token.ok());
  CHECK(token->token.reveal() == "abc");
  CHECK(token->expires_at == WallTime::max());
  CHECK_FALSE(bench.fetch(*make_static_credential(Secret())).ok());
}

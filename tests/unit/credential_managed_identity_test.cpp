// The managed identity credential: both endpoints, lifetimes, and what may be repeated.
#include "support/credential_bench.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

namespace {

// The metadata service writes every field as a string.
constexpr const char* kToken =
    R"({"access_token":"abc","expires_in":"86399","expires_on":"1768552199","token_type":"Bearer"})";

CredentialBench& answering(CredentialBench& bench, int status, std::string body,
                           std::vector<HttpHeader> headers = {}) {
  bench.transport.answer = [=](const HttpRequest&) { return http(status, body, headers); };
  return bench;
}

CredentialOptions app_service() {
  CredentialOptions options;
  options.identity_endpoint = "http://localhost:42356/msi/token";
  options.identity_header = Secret("canary");
  return options;
}

}  // namespace

TEST_CASE("the metadata service") {
  CredentialBench bench;
  CredentialOptions options;
  auto token = answering(bench, 200, kToken).fetch(*make_managed_identity_credential(options));
  REQUIRE(token.ok());
  CHECK(token->token.reveal() == "abc");
  const HttpRequest& request = bench.transport.requests[0];
  CHECK(request.method == "GET");
  CHECK(request.url ==
        "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01"
        "&resource=https%3A%2F%2Fmanagement.azure.com");
  CHECK(find_header(request.headers, "Metadata") == "true");
  CHECK(request.body.empty());
  CHECK(request.label == "imds.token");

  options.client_id = "2222";
  options.imds_endpoint = "http://127.0.0.1:7";
  REQUIRE(bench.fetch(*make_managed_identity_credential(options)).ok());
  CHECK(bench.transport.requests[1].url ==
        "http://127.0.0.1:7/metadata/identity/oauth2/token?api-version=2018-02-01"
        "&resource=https%3A%2F%2Fmanagement.azure.com&client_id=2222");
}

TEST_CASE("the endpoint of App Service and Container Apps") {
  CredentialBench bench;
  CredentialOptions options = app_service();
  options.client_id = "2222";
  const WallTime begin = bench.scheduler.wall_now();
  const auto token =
      answering(bench, 200,
                R"({"access_token":"abc","expires_on":"1768469400","resource":"x","token_type":"Bearer"})")
          .fetch(*make_managed_identity_credential(options));
  REQUIRE(token.ok());
  CHECK(token->expires_at == begin + std::chrono::hours(1));
  const HttpRequest& request = bench.transport.requests[0];
  CHECK(request.url ==
        "http://localhost:42356/msi/token?api-version=2019-08-01"
        "&resource=https%3A%2F%2Fmanagement.azure.com&client_id=2222");
  CHECK(find_header(request.headers, "X-IDENTITY-HEADER") == "canary");
  CHECK_FALSE(find_header(request.headers, "Metadata"));
  CHECK(request.label == "identity.token");
}

TEST_CASE("an identity endpoint without its header belongs to something else") {
  CredentialBench bench;
  CredentialOptions options = app_service();
  options.identity_header = Secret();
  REQUIRE(answering(bench, 200, kToken).fetch(*make_managed_identity_credential(options)).ok());
  CHECK(bench.transport.labels() == "imds.token ");
}

TEST_CASE("long tokens are renewed at half-time, unless the service advises otherwise") {
  struct Row {
    const char* fields;
    int refresh;
  };
  const Row rows[] = {
      {R"("expires_in":"86400")", 43200},
      {R"("expires_in":"7200")", 3600},
      {R"("expires_in":"7199")", 7199},
      {R"("expires_in":"86400","refresh_in":"40000")", 40000},
  };
  for (const Row& row : rows) {
    CredentialBench bench;
    const WallTime begin = bench.scheduler.wall_now();
    const auto token = answering(bench, 200, std::string(R"({"access_token":"abc",)") + row.fields + "}")
                           .fetch(*make_managed_identity_credential(CredentialOptions()));
    REQUIRE(token.ok());
    CHECK(token->refresh_at == begin + std::chrono::seconds(row.refresh));
  }
}

TEST_CASE("what may be repeated, and when") {
  struct Row {
    int status;
    bool retryable;
    std::optional<std::chrono::milliseconds> retry_after;
    std::vector<HttpHeader> headers;
  };
  const Row rows[] = {
      {400, false, {}, {}},
      {401, false, {}, {}},
      {403, false, {}, {}},
      {404, true, {}, {}},
      {408, true, {}, {}},
      {410, true, std::chrono::seconds(10), {}},
      {410, true, std::chrono::seconds(3), {{"Retry-After", "3"}}},
      {429, true, std::chrono::seconds(3), {{"Retry-After", "3"}}},
      {500, true, {}, {}},
      {504, true, {}, {}},
  };
  for (const Row& row : rows) {
    INFO(row.status);
    CredentialBench bench;
    const auto token =
        answering(bench, row.status,
                  R"({"error":"invalid_request","error_description":"Identity not found\nmore"})",
                  row.headers)
            .fetch(*make_managed_identity_credential(CredentialOptions()));
    REQUIRE_FALSE(token.ok());
    CHECK(token.error().code == ErrorCode::kAzureCredentials);
    CHECK(token.error().retryable == row.retryable);
    CHECK(token.error().retry_after == row.retry_after);
    CHECK(token.error().azure_code == "invalid_request");
    CHECK(token.error().message ==
          "the managed identity endpoint answered " + std::to_string(row.status) + ": Identity not found");
  }
}

TEST_CASE("App Service's own form of an error") {
  CredentialBench bench;
  const auto token = answering(bench, 400, R"({"statusCode":400,"message":"No managed identity was found"})")
                         .fetch(*make_managed_identity_credential(app_service()));
  REQUIRE_FALSE(token.ok());
  CHECK(token.error().message == "the managed identity endpoint answered 400: No managed identity was found");
}

TEST_CASE("expiry in every form that identity endpoints use") {
  for (const char* expiry :
       {R"("expires_in":"3600")", R"("expires_in":3600)", R"("expires_in":3600.0)",
        R"("expires_in":"3600.5")", R"("expires_on":"4102444800")", R"("expires_on":4102444800)",
        R"("expires_on":"4102444800.25")", R"("expires_on":"2100-01-01T00:00:00Z")",
        R"("expires_on":"2100-01-01T00:00:00.0000000+00:00")", R"("expires_on":"01/01/2100 00:00:00 +00:00")",
        R"("expires_on":"1/1/2100 12:00:00 AM +00:00")", R"("expires_in":"","expires_on":"4102444800")"}) {
    CAPTURE(std::string(expiry));
    CredentialBench bench;
    const auto token = answering(bench, 200, R"({"access_token":"t",)" + std::string(expiry) + "}")
                           .fetch(*make_managed_identity_credential(CredentialOptions()));
    REQUIRE(token.ok());
    CHECK(token->expires_at > bench.scheduler.wall_now());
  }
  for (const char* expiry : {R"("expires_on":"soon")", R"("expires_on":"13/41/2100 12:00:00 AM +00:00")",
                             R"("expires_in":-5)", R"("expires_in":null)"}) {
    CAPTURE(std::string(expiry));
    CredentialBench bench;
    const auto token = answering(bench, 200, R"({"access_token":"t",)" + std::string(expiry) + "}")
                           .fetch(*make_managed_identity_credential(CredentialOptions()));
    REQUIRE_FALSE(token.ok());
    CHECK_FALSE(token.error().retryable);
    CHECK(token.error().message.find("expires_on") != std::string::npos);
  }
}

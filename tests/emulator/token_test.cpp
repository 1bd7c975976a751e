// Entra ID: tokens by secret, their life, the discovery documents.
#include "cloud.h"

using namespace emulator_test;

namespace {

struct Refused {
  const char* from;  // replaced in the form
  const char* to;
  int status;
  const char* error;
  int code;
};

}  // namespace

TEST_SUITE("tokens") {
  TEST_CASE("a secret buys a bearer token") {
    Cloud cloud;
    const HttpResponse response = cloud.post_form(cloud.secret_form());
    CHECK(response.status == 200);
    const Value body = body_of(response);
    CHECK(body.string_at({"token_type"}) == "Bearer");
    CHECK(body.find("expires_in")->integer() == 3599);
    CHECK(body.find("ext_expires_in")->integer() == 3599);
  }

  TEST_CASE("refusals come in Entra's form") {
    for (const Refused& r : {Refused{"emulator-client-secret", "wrong", 401, "invalid_client", 7000215},
                             Refused{"2222-4222", "9999-4222", 400, "unauthorized_client", 700016},
                             Refused{"client_credentials", "password", 400, "unsupported_grant_type", 70003},
                             Refused{"%2F.default", "%2Fuser", 400, "invalid_scope", 1002012},
                             Refused{"client_secret", "secret", 401, "invalid_client", 7000218}}) {
      CAPTURE(r.from);
      Cloud cloud;
      const HttpResponse response = cloud.post_form(replaced(cloud.secret_form(), r.from, r.to));
      CHECK(response.status == r.status);
      const Value body = body_of(response);
      CHECK(body.string_at({"error"}) == r.error);
      CHECK(body.find("error_codes")->array()[0].integer() == r.code);
      CHECK(body.string_at({"error_description"}).starts_with("AADSTS" + std::to_string(r.code)));
      CHECK(body.find("trace_id"));
      CHECK(body.find("correlation_id"));
      CHECK(body.string_at({"timestamp"}) == "2026-01-15 08:30:00Z");
    }
  }

  TEST_CASE("another tenant is not found") {
    Cloud cloud;
    const auto url = "https://login.microsoftonline.com/contoso/oauth2/v2.0/token";
    const HttpResponse response = cloud.emulator.handle(make_request("POST", url, {}, cloud.secret_form()));
    CHECK(response.status == 400);
    CHECK(body_of(response).find("error_codes")->array()[0].integer() == 90002);
  }

  TEST_CASE("rejected credentials") {
    Cloud cloud;
    cloud.emulator.reject_credentials(true);
    CHECK(cloud.post_form(cloud.secret_form()).status == 401);
    cloud.emulator.reject_credentials(false);
    CHECK(cloud.post_form(cloud.secret_form()).status == 200);
  }

  TEST_CASE("a token ends with its lifetime, or at once on demand") {
    Cloud cloud;
    cloud.clock->advance(3598s);
    CHECK(cloud.arm("GET", cloud.group("one")).status == 404);
    cloud.clock->advance(1s);
    const HttpResponse expired = cloud.arm("GET", cloud.group("one"));
    CHECK(expired.status == 401);
    CHECK(code_of(expired) == "ExpiredAuthenticationToken");
    CHECK(header(expired, "WWW-Authenticate").starts_with("Bearer authorization_uri="));
    cloud.token = cloud.fresh_token();
    CHECK(cloud.arm("GET", cloud.group("one")).status == 404);
    cloud.emulator.expire_tokens();
    CHECK(code_of(cloud.arm("GET", cloud.group("one"))) == "ExpiredAuthenticationToken");
  }

  TEST_CASE("unknown tokens and tokens for other audiences are refused") {
    Cloud cloud;
    const std::string scope = "management.azure.com";
    const auto other = body_of(cloud.post_form(replaced(cloud.secret_form(), scope, "storage.azure.com")));
    cloud.token = "made-up";
    CHECK(code_of(cloud.arm("GET", cloud.group("one"))) == "InvalidAuthenticationToken");
    cloud.token = other.string_at({"access_token"});
    CHECK(code_of(cloud.arm("GET", cloud.group("one"))) == "InvalidAuthenticationTokenAudience");
    HttpRequest bare = cloud.arm_request("GET", cloud.group("one"));
    bare.headers.clear();
    const HttpResponse response = cloud.emulator.handle(bare);
    CHECK(response.status == 401);
    CHECK(code_of(response) == "AuthenticationFailed");
    CHECK_FALSE(header(response, "WWW-Authenticate").empty());
  }

  TEST_CASE("discovery documents name the endpoints of the host that was asked") {
    Cloud cloud;
    const std::string host = "https://login.microsoftonline.com/";
    const auto openid = body_of(cloud.emulator.handle(make_request(
        "GET", host + cloud.emulator.options().tenant_id + "/v2.0/.well-known/openid-configuration")));
    CHECK(openid.string_at({"token_endpoint"}) == cloud.token_url());
    const auto instance = body_of(
        cloud.emulator.handle(make_request("GET", host + "common/discovery/instance?api-version=1.1")));
    CHECK(instance.find("metadata")->array()[0].string_at({"preferred_network"}) ==
          "login.microsoftonline.com");
  }
}

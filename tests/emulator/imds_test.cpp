// The managed identity endpoint.
#include "cloud.h"

using namespace emulator_test;

namespace {

HttpResponse ask(Cloud& cloud, const std::string& more,
                 std::vector<HttpHeader> headers = {{"Metadata", "true"}}) {
  return cloud.emulator.handle(make_request(
      "GET", "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01" + more,
      std::move(headers)));
}

constexpr const char* kResource = "&resource=https%3A%2F%2Fmanagement.azure.com%2F";

}  // namespace

TEST_SUITE("managed identity") {
  TEST_CASE("a token whose fields are all strings") {
    Cloud cloud;
    const HttpResponse response = ask(cloud, kResource);
    CHECK(response.status == 200);
    const Value body = body_of(response);
    CHECK(body.string_at({"expires_in"}) == "3599");
    CHECK(body.string_at({"not_before"}) == "1768465800");
    CHECK(body.string_at({"expires_on"}) == "1768469399");
    CHECK(body.string_at({"resource"}) == "https://management.azure.com/");
    cloud.token = body.string_at({"access_token"});
    CHECK(cloud.arm("GET", cloud.group("one")).status == 404);
  }

  TEST_CASE("the client id may name the identity") {
    Cloud cloud;
    CHECK(ask(cloud, std::string(kResource) + "&client_id=" + cloud.emulator.options().client_id).status ==
          200);
    const HttpResponse unknown = ask(cloud, std::string(kResource) + "&client_id=other");
    CHECK(unknown.status == 400);
    CHECK(body_of(unknown).string_at({"error_description"}) == "Identity not found");
  }

  TEST_CASE("the Metadata header and the resource are required") {
    Cloud cloud;
    CHECK(ask(cloud, kResource, {}).status == 400);
    CHECK(ask(cloud, "").status == 400);
  }
}

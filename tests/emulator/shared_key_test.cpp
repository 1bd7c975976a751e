// SharedKey: what Microsoft's client signs is accepted, what was changed afterwards is not.
#include "files.h"
#include "vectors.h"

using namespace emulator_test;

namespace {

bool refused(const HttpResponse& response) {
  const bool failed = header(response, "x-ms-error-code") == "AuthenticationFailed";
  CHECK(failed == (response.status == 403));
  return failed;
}

}  // namespace

TEST_SUITE("shared key") {
  TEST_CASE("the vectors of the official client are accepted") {
    const Vectors vectors;
    Cloud cloud(vectors.options());
    const auto requests = vectors.requests("host:");
    CHECK(requests.size() == 10);
    for (const HttpRequest& request : requests) {
      CAPTURE(request.url);
      CHECK_FALSE(refused(cloud.emulator.handle(request)));
    }
  }

  TEST_CASE("a changed header, method, path, parameter or key is refused") {
    const Vectors vectors;
    Cloud cloud(vectors.options());
    for (HttpRequest request : vectors.requests("host:")) {
      CAPTURE(request.url);
      HttpRequest changed = request;
      changed.headers.push_back({"x-ms-meta-added", "later"});
      CHECK(refused(cloud.emulator.handle(changed)));
      changed = request;
      changed.method = "OPTIONS";
      CHECK(refused(cloud.emulator.handle(changed)));
      changed = request;
      changed.url += changed.url.find('?') == std::string::npos ? "?timeout=1" : "&timeout=1";
      CHECK(refused(cloud.emulator.handle(changed)));
      changed = request;
      changed.url = replaced(changed.url, "windows.net/", "windows.net/x");
      CHECK(refused(cloud.emulator.handle(changed)));
      changed = request;
      changed.body += "more";
      CHECK(refused(cloud.emulator.handle(changed)) == !request.body.starts_with("hello"));
    }
    cloud.emulator.rotate_storage_key("mystorageacct", "b25l", "dHdv");
    for (const HttpRequest& request : vectors.requests("host:"))
      CHECK(refused(cloud.emulator.handle(request)));
  }

  TEST_CASE("the date may be 15 minutes off, and no more") {
    Files cloud;
    CHECK(cloud.create("fs-one").status == 201);
    cloud.clock->advance(15min);
    CHECK(cloud.create("fs-two").status == 201);
    cloud.clock->advance(1s);
    CHECK(refused(cloud.create("fs-three")));
    cloud.date = "Thu, 15 Jan 2026 09:01:00 GMT";
    CHECK(refused(cloud.create("fs-three")));
    cloud.date = "yesterday";
    CHECK(refused(cloud.create("fs-three")));
  }

  TEST_CASE("an unsigned request is refused with the reason") {
    Cloud cloud;
    const HttpResponse response = cloud.emulator.handle(
        make_request("PUT", "https://dev8emulator.file.core.windows.net/fs-one?restype=share"));
    CHECK(refused(response));
    CHECK(response.body.find("<AuthenticationErrorDetail>") != std::string::npos);
  }

  TEST_CASE("the version is required and must be known") {
    Files cloud;
    cloud.version = "2001-01-01";
    CHECK(header(cloud.create("fs-one"), "x-ms-error-code") == "InvalidHeaderValue");
    cloud.version = "2024-11-04";
    CHECK(cloud.create("fs-one").status == 201);
  }
}

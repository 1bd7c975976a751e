// Offers of tokens by registries of images. What is asked of one: simulation/doctor_test.
#include "azure/image_registry.h"

#include <doctest/doctest.h>

using namespace dev8agent::internal::azure;

TEST_CASE("image registry: where a challenge offers tokens for everybody") {
  const struct {
    const char *challenge, *url;
  } kRows[] = {
      {R"(Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/nginx:pull")",
       "https://auth.docker.io/token?service=registry.docker.io&scope=repository%3Alibrary%2Fnginx%3Apull"},
      {R"(bearer Scope="repository:a:pull,push" , Realm="https://ghcr.io/token")",
       "https://ghcr.io/token?scope=repository%3Aa%3Apull%2Cpush"},
      {R"(Bearer realm="https://a.example/t?x=1",service="a&b")", "https://a.example/t?x=1&service=a%26b"},
      {R"(Bearer realm=https://a.example/t,service=s)", "https://a.example/t?service=s"},
      {R"(Bearer realm="http://127.0.0.1:5001/t")", "http://127.0.0.1:5001/t"},
      {R"(Bearer realm="http://localhost:5001/t")", "http://localhost:5001/t"},
      // A network in between could read and change what goes over plain HTTP.
      {R"(Bearer realm="http://auth.example/t")", ""},
      {R"(Bearer realm="http://localhost.example/t")", ""},
      {R"(Bearer realm="http://127.auth.example/t")", ""},
      {R"(Bearer realm="file:///etc/passwd")", ""},
      {R"(Bearer service="s")", ""},
      {R"(Basic realm="https://a.example/t")", ""},
      {"Bearer", ""},
      {"Bearer realm", ""},
      {R"(Bearer realm="https://a.example/unfinished)", "https://a.example/unfinished"},
      {"", ""},
  };
  for (const auto& row : kRows) {
    CAPTURE(row.challenge);
    CHECK(token_url(row.challenge) == row.url);
  }
}

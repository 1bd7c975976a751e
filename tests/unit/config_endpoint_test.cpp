// Endpoints: normal form, and where http:// is allowed.
#include <doctest/doctest.h>

#include "config/endpoint.h"

using namespace dev8agent;
using namespace dev8agent::internal;

namespace {

struct Row {
  const char* url;
  const char* normal;  // null: refused
  PlainHttp plain = PlainHttp::kLoopback;
};

constexpr auto kLinkLocal = PlainHttp::kLoopbackOrLinkLocal;
constexpr auto kAny = PlainHttp::kAnyHost;

constexpr Row kRows[] = {
    {"https://management.azure.com", "https://management.azure.com"},
    {"HTTPS://Management.Azure.com//", "https://management.azure.com"},
    {"https://host:8443/Some/Path/", "https://host:8443/Some/Path"},
    {"https://[2001:db8::1]:443", "https://[2001:db8::1]:443"},
    {"http://127.0.0.1:10000", "http://127.0.0.1:10000"},
    {"http://127.255.0.9", "http://127.255.0.9"},
    {"http://localhost:1/x", "http://localhost:1/x"},
    {"http://[::1]:8080", "http://[::1]:8080"},
    {"http://management.azure.com", nullptr},
    {"http://127.0.0.1.example.com", nullptr},
    {"http://127.example.com", nullptr},
    {"http://127.1", nullptr},
    {"http://0127.0.0.1", nullptr},
    {"http://localhost.example.com", nullptr},
    {"http://127.0.0.1@example.com", nullptr},
    {"http://[::2]", nullptr},
    {"http://[::1].example.com", nullptr},
    {"http://10.0.0.1", nullptr},
    {"http://169.254.169.254", nullptr},
    {"http://169.254.169.254", "http://169.254.169.254", kLinkLocal},
    {"http://169.255.169.254", nullptr, kLinkLocal},
    {"http://169.254.169.254.example.com", nullptr, kLinkLocal},
    {"http://localhost:42356/msi/token/", "http://localhost:42356/msi/token", kLinkLocal},
    {"http://agent.example.com", "http://agent.example.com", kAny},
    {"ftp://agent.example.com", nullptr, kAny},
    {"https://user:password@host", nullptr, kAny},
    {"https://host?query", nullptr},
    {"https://host/path?query=1", nullptr},
    {"https://host/path#fragment", nullptr},
    {"https://host#fragment", nullptr},
    {"https://host:0", nullptr},
    {"https://host:65536", nullptr},
    {"https://host:", nullptr},
    {"https://host:80:80", nullptr},
    {"https://", nullptr},
    {"https:///path", nullptr},
    {"https://ho st", nullptr},
    {"https://host/a b", nullptr},
    {"https://host\\path", nullptr},
    {"https://host/\r\nX: y", nullptr},
    {"https://.host", nullptr},
    {"https://ho..st", nullptr},
    {"https://[::1", nullptr},
    {"https://[", nullptr},
    {"management.azure.com", nullptr},
    {"", nullptr},
};

}  // namespace

TEST_CASE("endpoints are normalised or refused") {
  for (const Row& row : kRows) {
    INFO(row.url);
    std::string url = row.url;
    CHECK(normalise_endpoint(url, row.plain) == (row.normal != nullptr));
    CHECK(url == (row.normal != nullptr ? row.normal : row.url));
  }
}

TEST_CASE("the host of an endpoint") {
  CHECK(host_of("https://a.b.c:99/x") == "a.b.c");
  CHECK(host_of("http://[::1]:99/x") == "[::1]");
  CHECK(host_of("nonsense") == "");
}

// The certificate and the federated token credential: what they send as client assertion.
#include "base/crypto.h"
#include "base/text.h"
#include "json/parse.h"
#include "support/credential_bench.h"
#include "support/temp_directory.h"
#include "support/test_certificate.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

namespace {

constexpr const char* kToken = R"({"expires_in":3599,"access_token":"abc"})";

std::string base64url_decode(std::string text) {
  for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
  text.append((4 - text.size() % 4) % 4, '=');
  return base64_decode(text).value();
}

// The value of a form field, decoded.
std::string form_field(const std::string& body, const std::string& name) {
  for (const std::string& field : split(body, '&')) {
    if (field.starts_with(name + "=")) return percent_decode(field.substr(name.size() + 1)).value();
  }
  return "";
}

json::Value decode(const std::string& part) {
  return json::parse(base64url_decode(part)).value();
}

struct Bench : CredentialBench {
  Bench() {
    transport.answer = [](const HttpRequest&) { return http(200, kToken); };
  }
  std::string assertion() const { return form_field(transport.requests.back().body, "client_assertion"); }
};

CredentialOptions with_certificate(const std::string& path, std::string_view password = "") {
  CredentialOptions options = application();
  options.client_certificate_path = path;
  options.client_certificate_password = Secret(password);
  return options;
}

}  // namespace

TEST_CASE("the assertion is a PS256 token of the certificate's key") {
  const TempDirectory directory;
  const TestCertificate certificate;
  const TestCertificate other;  // the rest of a chain
  const auto path = directory.write(
      "app.pem", certificate.key_pem() + other.certificate_pem() + certificate.certificate_pem());
  Bench bench;
  const auto credential = make_client_certificate_credential(with_certificate(path));
  CHECK(credential->name() == "ClientCertificate");
  REQUIRE(bench.fetch(*credential).ok());

  const HttpRequest& request = bench.transport.requests.back();
  CHECK(form_field(request.body, "client_assertion_type") ==
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
  CHECK(form_field(request.body, "client_secret").empty());
  CHECK(form_field(request.body, "grant_type") == "client_credentials");
  const auto parts = split(bench.assertion(), '.');
  REQUIRE(parts.size() == 3);
  CHECK(certificate.verify(parts[0] + "." + parts[1], base64url_decode(parts[2])));
  CHECK_FALSE(other.verify(parts[0] + "." + parts[1], base64url_decode(parts[2])));

  const json::Value header = decode(parts[0]);
  CHECK(header.string_at({"alg"}) == "PS256");
  CHECK(header.string_at({"typ"}) == "JWT");
  CHECK(header.string_at({"x5t#S256"}) == base64url_encode(certificate.sha256_thumbprint()));
  const json::Value claims = decode(parts[1]);
  CHECK(claims.string_at({"aud"}) == request.url);
  CHECK(claims.string_at({"iss"}) == application().client_id);
  CHECK(claims.string_at({"sub"}) == application().client_id);
  const auto now = std::chrono::system_clock::to_time_t(bench.scheduler.wall_now());
  CHECK(claims.find("nbf")->integer() == now);
  CHECK(claims.find("exp")->integer() == now + 600);
}

TEST_CASE("each assertion has an id of its own") {
  const TempDirectory directory;
  const TestCertificate certificate;
  Bench bench;
  const auto credential = make_client_certificate_credential(
      with_certificate(directory.write("app.pem", certificate.certificate_pem() + certificate.key_pem())));
  REQUIRE(bench.fetch(*credential).ok());
  const std::string first(decode(split(bench.assertion(), '.')[1]).string_at({"jti"}));
  REQUIRE(bench.fetch(*credential).ok());
  const std::string second(decode(split(bench.assertion(), '.')[1]).string_at({"jti"}));
  CHECK(first.size() == 36);
  CHECK(first != second);
}

TEST_CASE("an encrypted key needs its password") {
  const TempDirectory directory;
  const TestCertificate certificate;
  const auto path = directory.write("app.pem", certificate.key_pem("canary") + certificate.certificate_pem());
  Bench bench;
  CHECK(bench.fetch(*make_client_certificate_credential(with_certificate(path, "canary"))).ok());
  for (const char* password : {"", "wrong"}) {
    const auto token = bench.fetch(*make_client_certificate_credential(with_certificate(path, password)));
    REQUIRE_FALSE(token.ok());
    CHECK(token.error().message.find("no private key") != std::string::npos);
    CHECK(token.error().message.find("canary") == std::string::npos);
  }
}

TEST_CASE("files without a usable pair are refused for good") {
  const TempDirectory directory;
  const TestCertificate certificate;
  const TestCertificate other;
  const TestCertificate curve(false);
  const std::pair<std::string, std::string> rows[] = {
      {directory.write("empty", ""), "is empty"},
      {directory.write("text", "hello"), "no private key"},
      {directory.write("no-key", certificate.certificate_pem()), "no private key"},
      {directory.write("no-cert", certificate.key_pem()), "no certificate"},
      {directory.write("mixed", certificate.key_pem() + other.certificate_pem()), "no certificate"},
      {directory.write("curve", curve.key_pem() + curve.certificate_pem()), "not an RSA key"},
      {directory.write("huge", std::string(70000, 'x')), "larger"},
      {(directory.path() / "absent").string(), "cannot be read: No such file or directory"},
      {directory.path().string(), "is no regular file"},
      {directory.make_fifo("fifo"), "is no regular file"},
      {"", "needs AZURE_CLIENT_CERTIFICATE_PATH"},
  };
  for (const auto& [path, expected] : rows) {
    Bench bench;
    const auto token = bench.fetch(*make_client_certificate_credential(with_certificate(path)));
    REQUIRE_FALSE(token.ok());
    INFO(token.error().message);
    CHECK(token.error().code == ErrorCode::kAzureCredentials);
    CHECK_FALSE(token.error().retryable);
    CHECK(token.error().message.find(expected) != std::string::npos);
    CHECK(bench.transport.requests.empty());
  }
}

TEST_CASE("the federated token is read at every fetch") {
  const TempDirectory directory;
  CredentialOptions options = application();
  options.federated_token_file = directory.write("token", "first\n");
  const auto credential = make_workload_identity_credential(options);
  CHECK(credential->name() == "WorkloadIdentity");
  Bench bench;
  REQUIRE(bench.fetch(*credential).ok());
  CHECK(bench.assertion() == "first");
  directory.write("token", "second");
  REQUIRE(bench.fetch(*credential).ok());
  CHECK(bench.assertion() == "second");
  directory.write("token", "");
  CHECK_FALSE(bench.fetch(*credential).ok());
  CHECK(bench.transport.requests.size() == 2);
}

TEST_CASE("a refused assertion is not quoted") {
  const TempDirectory directory;
  CredentialOptions options = application();
  options.federated_token_file = directory.write("token", "canary");
  Bench bench;
  bench.transport.answer = [](const HttpRequest&) {
    return http(401, R"({"error":"invalid_client","error_description":"AADSTS70021: no match for canary"})");
  };
  const auto token = bench.fetch(*make_workload_identity_credential(options));
  REQUIRE_FALSE(token.ok());
  CHECK(token.error().azure_code == "AADSTS70021");
  CHECK(token.error().message == "Microsoft Entra answered 401: AADSTS70021: no match for ***");
}

// The default chain: order, selection, what is passed over, what ends it, and what is kept.
#include <stdlib.h>

#include <map>

#include "support/credential_bench.h"
#include "support/temp_directory.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

namespace {

constexpr const char* kToken = R"({"expires_in":"3599","access_token":"abc"})";

// A PATH in which `az` is what the test makes of it, or nothing.
class Path {
 public:
  Path() : before_(getenv("PATH")) { setenv("PATH", directory_.path().c_str(), 1); }
  ~Path() { setenv("PATH", before_.c_str(), 1); }

 private:
  TempDirectory directory_;
  std::string before_;
};

struct Bench : CredentialBench {
  Path path;
  // The answers by label; what is not listed is silent.
  std::map<std::string, HttpResponse> answers;

  Bench() {
    transport.answer = [this](const HttpRequest& request) -> FakeTransport::Answer {
      const auto found = answers.find(request.label);
      if (found == answers.end()) return std::nullopt;
      return found->second;
    };
  }
};

CredentialOptions with_secret() {
  CredentialOptions options = application();
  options.client_secret = Secret("canary");
  return options;
}

}  // namespace

TEST_CASE("the environment's secret comes first, before its certificate") {
  Bench bench;
  bench.answers["entra.token"] = http(200, kToken);
  CredentialOptions options = with_secret();
  options.client_certificate_path = "absent.pem";
  options.federated_token_file = "absent";
  const auto credential = make_default_credential(options);
  CHECK(credential->name() == "Default");
  REQUIRE(bench.fetch(*credential).ok());
  CHECK(credential->passed_over() == "");
  CHECK(bench.transport.requests[0].body.find("client_secret=") != std::string::npos);
  CHECK(credential->name() == "Environment");
}

TEST_CASE("a configured credential that is refused ends the search") {
  const TempDirectory directory;
  Bench bench;
  CredentialOptions options = with_secret();
  options.federated_token_file = directory.write("token", "jwt");
  SUBCASE("for good") {
    bench.answers["entra.token"] = http(401, R"({"error_codes":[7000215]})");
  }
  SUBCASE("for now") {
    bench.answers["entra.token"] = http(503, "");
  }
  const auto token = bench.fetch(*make_default_credential(options));
  REQUIRE_FALSE(token.ok());
  CHECK(token.error().azure_status == bench.answers["entra.token"].status);
  CHECK(token.error().retryable == (token.error().azure_status == 503));
  CHECK(bench.transport.labels() == "entra.token ");
}

TEST_CASE("a certificate that cannot be read ends the search") {
  Bench bench;
  CredentialOptions options = application();
  options.client_certificate_path = "absent.pem";
  const auto token = bench.fetch(*make_default_credential(options));
  REQUIRE_FALSE(token.ok());
  CHECK(token.error().message ==
        "the file of AZURE_CLIENT_CERTIFICATE_PATH cannot be read: No such file or directory");
}

TEST_CASE("workload identity stands behind an environment without a secret") {
  const TempDirectory directory;
  Bench bench;
  bench.answers["entra.token"] = http(200, kToken);
  CredentialOptions options = application();
  options.federated_token_file = directory.write("token", "jwt");
  const auto credential = make_default_credential(options);
  REQUIRE(bench.fetch(*credential).ok());
  CHECK(credential->name() == "WorkloadIdentity");
  CHECK(credential->passed_over() ==
        "Environment needs AZURE_CLIENT_SECRET or AZURE_CLIENT_CERTIFICATE_PATH");
}

TEST_CASE("managed identity is probed once, and then kept") {
  Bench bench;
  bench.answers["imds.probe"] = http(400, R"({"error":"invalid_request"})");
  bench.answers["imds.token"] = http(200, kToken);
  const auto credential = make_default_credential(application());
  REQUIRE(bench.fetch(*credential).ok());
  CHECK(credential->name() == "ManagedIdentity");
  CHECK(credential->passed_over() ==
        "Environment needs AZURE_CLIENT_SECRET or AZURE_CLIENT_CERTIFICATE_PATH; WorkloadIdentity needs "
        "AZURE_FEDERATED_TOKEN_FILE");
  CHECK_FALSE(find_header(bench.transport.requests[0].headers, "Metadata"));
  bench.answers.erase("imds.probe");
  REQUIRE(bench.fetch(*credential, "https://storage.azure.com/.default").ok());
  CHECK(bench.transport.labels() == "imds.probe imds.token imds.token ");
  // What is kept is kept when it fails as well.
  bench.answers["imds.token"] = http(400, R"({"error":"invalid_request"})");
  const auto token = bench.fetch(*credential);
  REQUIRE_FALSE(token.ok());
  CHECK(token.error().azure_status == 400);
}

TEST_CASE("when nothing works the error says why for each") {
  struct Row {
    const char* what;
    std::map<std::string, HttpResponse> answers;
    std::string reason;
    std::chrono::seconds took;
  };
  const Row rows[] = {
      {"silence for a second",
       {},
       "ManagedIdentity no instance metadata service answers",
       std::chrono::seconds(1)},
      {"another cloud's service",
       {{"imds.probe", http(404, "")}},
       "ManagedIdentity the instance metadata service is not Azure's",
       std::chrono::seconds(0)},
      {"a machine without identity",
       {{"imds.probe", http(400, "")},
        {"imds.token", http(400, R"({"error_description":"Identity not found"})")}},
       "ManagedIdentity is not available: the managed identity endpoint answered 400: Identity not found",
       std::chrono::seconds(0)},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    Bench bench;
    bench.answers = row.answers;
    const TimePoint begin = bench.scheduler.now();
    const auto token = bench.fetch(*make_default_credential(CredentialOptions()));
    REQUIRE_FALSE(token.ok());
    CHECK(token.error().code == ErrorCode::kAzureCredentials);
    CHECK_FALSE(token.error().retryable);
    CHECK(token.error().message ==
          "no Azure credential works: Environment needs AZURE_TENANT_ID and AZURE_CLIENT_ID and "
          "AZURE_CLIENT_SECRET or "
          "AZURE_CLIENT_CERTIFICATE_PATH; WorkloadIdentity needs AZURE_TENANT_ID and AZURE_CLIENT_ID and "
          "AZURE_FEDERATED_TOKEN_FILE; " +
              row.reason + "; AzureCli is not available: az cannot be run: No such file or directory");
    CHECK(bench.scheduler.now() - begin == row.took);
  }
}

TEST_CASE("a metadata service that fails for now ends the search for now") {
  Bench bench;
  bench.answers["imds.probe"] = http(400, "");
  bench.answers["imds.token"] = http(410, "");
  const auto token = bench.fetch(*make_default_credential(CredentialOptions()));
  REQUIRE_FALSE(token.ok());
  CHECK(token.error().retryable);
  CHECK(token.error().retry_after == std::chrono::seconds(10));
}

TEST_CASE("App Service's endpoint needs no probe, and its refusal ends the search") {
  Bench bench;
  bench.answers["identity.token"] = http(400, "");
  CredentialOptions options;
  options.identity_endpoint = "http://localhost:1/token";
  options.identity_header = Secret("canary");
  const auto token = bench.fetch(*make_default_credential(options));
  REQUIRE_FALSE(token.ok());
  CHECK(bench.transport.labels() == "identity.token ");
  CHECK(token.error().azure_status == 400);
}

TEST_CASE("the selection narrows the chain") {
  struct Row {
    const char* selection;
    const char* labels;
    std::string message;  // a part of it
  };
  const Row rows[] = {
      {"prod", "imds.probe ", "ManagedIdentity no instance metadata service answers"},
      {"DEV", "", "no Azure credential works: AzureCli is not available: az cannot be run"},
      {"AzureCliCredential", "", "az cannot be run"},
      {"azurecli", "", "az cannot be run"},
      {"ManagedIdentityCredential", "imds.token ", "the managed identity endpoint gave no answer"},
      {"EnvironmentCredential", "", "no Azure credential works: Environment needs"},
      {"workloadidentitycredential", "", "no Azure credential works: WorkloadIdentity needs"},
      {"BrokerCredential", "", "AZURE_TOKEN_CREDENTIALS"},
  };
  for (const Row& row : rows) {
    INFO(row.selection);
    Bench bench;
    CredentialOptions options;
    options.selection = row.selection;
    const auto token = bench.fetch(*make_default_credential(options));
    REQUIRE_FALSE(token.ok());
    INFO(token.error().message);
    CHECK(bench.transport.labels() == row.labels);
    CHECK(token.error().message.find(row.message) != std::string::npos);
    CHECK(
        (token.error().message.find("AzureCli") == std::string::npos || std::string(row.selection) == "DEV"));
  }
}

TEST_CASE("the words of a selection") {
  for (const char* word :
       {"prod", "Dev", "EnvironmentCredential", "workloadidentity", "MANAGEDIDENTITYCREDENTIAL"}) {
    CHECK(is_credential_selection(word));
  }
  for (const char* word : {"", "credential", "production", "ClientSecret", "AzureCli Credential"}) {
    CHECK_FALSE(is_credential_selection(word));
  }
}

TEST_CASE("a search outlives its credential, and ends with its scheduler") {
  Bench bench;
  bench.answers["imds.probe"] = http(400, "");
  bench.answers["imds.token"] = http(200, kToken);
  int calls = 0;
  make_default_credential(CredentialOptions())
      ->fetch(bench.context(), "x/.default", TimePoint::max(),
              [&](Result<AccessToken> token) { calls += token.ok() ? 1 : 100; });
  while (bench.scheduler.run_one()) {
  }
  CHECK(calls == 1);
  {
    Bench short_lived;
    make_default_credential(CredentialOptions())
        ->fetch(short_lived.context(), "x/.default", TimePoint::max(), [&](Result<AccessToken>) { ++calls; });
  }
  CHECK(calls == 1);
}

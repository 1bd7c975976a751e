// The daemon with TLS of its own: what clients agree on, and that everything works as over plain HTTP.
#include <doctest/doctest.h>

#include "stack.h"
#include "support/certificate_chain.h"
#include "support/temp_directory.h"
#include "support/tls_client.h"

using dev8agent::test::CertificateChain;
using dev8agent::test::TempDirectory;

namespace {

const std::string kAll = "/api/v1/environments";
const std::string kOne = kAll + "/workspace-0001";

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// A daemon with TLS, the files of its certificate, and a client that trusts it.
struct TlsStack {
  explicit TlsStack(const Variables& extra = {},
                    dev8agent::emulator::EmulatorOptions options = TestAzure::quick())
      : stack(with_files(extra), std::move(options)), client(stack.daemon.url(), root) {}

  int port() const { return stack.daemon.port(); }
  TlsClient connect(const TlsClient::Options& options = {}) const { return TlsClient(port(), options); }

  CertificateChain chain{"first"};
  TempDirectory directory;
  std::string root = directory.write("root.pem", chain.root());
  std::string certificate = directory.write("certificate.pem", chain.chain());
  std::string key = directory.write("key.pem", chain.key());
  Stack stack;
  RestClient client;

 private:
  Variables with_files(Variables extra) const {
    extra["AGENT_TLS_CERTIFICATE"] = certificate;
    extra["AGENT_TLS_KEY"] = key;
    return extra;
  }
};

}  // namespace

TEST_CASE("a lifecycle over TLS") {
  TlsStack tls;
  CHECK(tls.stack.daemon.url().starts_with("https://127.0.0.1:"));
  CHECK(tls.client.post(kAll, create_body("workspace-0001")).status == 201);
  CHECK(tls.client.get(kOne).text({"data", "environment", "status"}) == "RUNNING");
  CHECK(tls.client.post(kOne + "/stop").status == 200);
  CHECK(tls.client.post(kOne + "/start").status == 200);
  CHECK(tls.client.remove(kOne + "?force=true").status == 200);
  CHECK(tls.client.get(kOne).status == 404);
  CHECK(tls.stack.azure.emulator().groups().empty());
  const std::string metrics = tls.client.get("/metrics").body;
  CHECK(contains(metrics, "dev8_listener_info{scheme=\"https\"} 1"));
  CHECK(contains(metrics, "dev8_tls_certificate_expiry_timestamp_seconds "));
  CHECK(tls.stack.daemon.wait_for_log("\"url\":\"https://127.0.0.1:"));
  CHECK(tls.stack.daemon.wait_for_log("tls.certificate"));
}

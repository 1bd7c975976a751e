// The daemon with TLS of its own: what clients agree on, and that everything works as over plain HTTP.
#include <doctest/doctest.h>
#include <signal.h>

#include "stack.h"
#include "support/certificate_chain.h"
#include "support/temp_directory.h"
#include "support/tls_client.h"

using dev8agent::test::CertificateChain;
using dev8agent::test::TempDirectory;

namespace {

const std::string kAll = "/api/v1/environments";
const std::string kOne = kAll + "/workspace-0001";
const std::string kLive = "GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n";

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

TEST_CASE("TLS 1.2 and 1.3 are spoken, older versions are not; the protocol is HTTP/1.1") {
  TlsStack tls;
  for (const auto& [version, name] : {std::pair(TLS1_2_VERSION, std::string("TLSv1.2")),
                                      std::pair(TLS1_3_VERSION, std::string("TLSv1.3"))}) {
    TlsClient client = tls.connect({.version = version, .protocols = "\x02h2\x08http/1.1"});
    REQUIRE(client.agreed());
    CHECK(client.version() == name);
    CHECK(client.protocol() == "http/1.1");
    CHECK(client.send(kLive));
    CHECK(client.read_until("\r\n") == "HTTP/1.1 200 OK\r\n");
  }
  CHECK(tls.connect().protocol().empty());
  for (const int version : {TLS1_VERSION, TLS1_1_VERSION}) {
    const TlsClient old = tls.connect({.version = version});
    CHECK_FALSE(old.agreed());
    CHECK(contains(old.failure(), "protocol version"));
  }
  CHECK(contains(tls.connect({.protocols = "\x02h2"}).failure(), "no application protocol"));
  CHECK(tls.stack.daemon.wait_for_log("tls.handshake_failed"));
}

TEST_CASE("the chain is sent, so that a client needs to know the root alone") {
  const TlsStack tls;
  const TlsClient client = tls.connect({.trusted = tls.chain.root()});
  CHECK(client.agreed());
  CHECK(client.chain_length() == 2);
  CHECK_FALSE(tls.connect({.trusted = CertificateChain("other").root()}).agreed());
}

TEST_CASE("SIGHUP changes the certificate of new connections; a broken file changes nothing") {
  TlsStack tls;
  TlsClient open = tls.connect();
  const auto serves = [&] {
    CHECK(open.send(kLive));
    return open.read_until("\"alive\"}").starts_with("HTTP/1.1 200 ");
  };
  CHECK(serves());
  const auto replace = [&](const CertificateChain& with, const std::string& event) {
    tls.directory.write("certificate.pem", with.chain());
    tls.stack.daemon.signal(SIGHUP);
    return tls.stack.daemon.log_line(event);
  };
  const CertificateChain next("next");
  // The key is still the old one.
  CHECK(contains(replace(next, "tls.refused"), "AGENT_TLS_CERTIFICATE"));
  const auto findings = [&] { return tls.client.get("/health?verbose=true").body; };
  CHECK(eventually([&] { return contains(findings(), "DEV8-CERTIFICATE-NOT-RELOADED"); }));
  CHECK(tls.connect().server_name() == "first");
  tls.directory.write("key.pem", next.key());
  tls.stack.daemon.signal(SIGHUP);
  CHECK(eventually([&] { return tls.connect().server_name() == "next"; }));
  CHECK(serves());
  tls.directory.write("certificate.pem", tls.chain.chain());
  tls.directory.write("key.pem", tls.chain.key());
  tls.stack.daemon.signal(SIGHUP);  // the client trusts this one, and is not answered before
  std::string told;
  CHECK(eventually([&] { return contains(told = findings(), "\"findings\":"); }));
  CHECK_FALSE(contains(told, "DEV8-CERTIFICATE-NOT-RELOADED"));
  CHECK_FALSE(contains(tls.stack.daemon.standard_error(), "PRIVATE KEY"));
}

TEST_CASE("plain HTTP is told that the port speaks TLS, and other noise is cut off") {
  const TlsStack tls;
  for (const char* request : {"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "DELETE /x HTTP/1.1\r\n"}) {
    const RawConnection plain(tls.port());
    plain.send(request);
    const std::string answer = plain.read_all();
    CHECK(answer.starts_with("HTTP/1.1 400 "));
    CHECK(contains(answer, "\r\nConnection: close\r\n"));
    CHECK(answer.ends_with("\r\n\r\nThis port speaks TLS: use https.\r\n"));
  }
  const RawConnection noise(tls.port());
  noise.send(std::string(100, '\0'));
  CHECK(noise.read_all().find("HTTP") == std::string::npos);
  CHECK(tls.client.get("/live").status == 200);
}

TEST_CASE("unfinished handshakes keep nobody out, not even of the same address") {
  const TlsStack tls(Variables{{"AGENT_MAX_CONNECTIONS_PER_ADDRESS", "100"}});
  std::vector<std::unique_ptr<RawConnection>> slow;
  for (int i = 0; i < 300; ++i) {
    slow.push_back(std::make_unique<RawConnection>(tls.port()));
    if (i % 2 == 0) slow.back()->send("\x16\x03\x01\x02");
  }
  for (const char* path : {"/live", "/metrics", "/api/v1/environments"}) {
    CHECK(tls.client.get(path).status == 200);
  }
  CHECK(slow.front()->read_all().empty());
}

TEST_CASE("large bodies come in, too large ones are refused with an answer") {
  const TlsStack tls;
  const std::string blanks(900000, ' ');
  CHECK(tls.client.post(kAll, blanks + create_body("workspace-0001")).status == 201);
  CHECK(tls.client.post(kAll, std::string(2 << 20, ' ')).status == 413);
  CHECK(tls.client.get("/nothing").status == 404);
}

TEST_CASE("events come over TLS while they happen, and the stream ends with the environment") {
  const TlsStack tls;
  REQUIRE(tls.client.post(kAll, create_body("workspace-0001")).status == 201);
  TlsClient reader = tls.connect();
  CHECK(reader.send("GET " + kOne +
                    "/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n"));
  CHECK(contains(reader.read_until("\r\n\r\n"), "text/event-stream"));
  CHECK(reader.read_until("RUNNING").ends_with("RUNNING"));
  CHECK(tls.client.post(kOne + "/stop").status == 200);
  CHECK(reader.read_until("STOPPED").ends_with("STOPPED"));
  CHECK(tls.client.remove(kOne + "?force=true").status == 200);
  CHECK(reader.read_until("event: done").ends_with("event: done"));
  CHECK(reader.read_until("0\r\n\r\n").ends_with("\r\n0\r\n\r\n"));
  CHECK(reader.send(kLive));
  CHECK(reader.read_until("\"alive\"}").starts_with("HTTP/1.1 200 "));
}

TEST_CASE("SIGTERM: who waits over TLS is answered, idle and streaming connections end properly") {
  TlsStack tls(Variables{{"AGENT_SHUTDOWN_GRACE_SECONDS", "3600"}}, TestAzure::held());
  const std::string body = create_body("workspace-0001");
  TlsClient waiting = tls.connect();
  CHECK(waiting.send("POST " + kAll + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" +
                     "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body));
  TlsClient idle = tls.connect();
  CHECK(idle.send(kLive));
  CHECK(idle.read_until("\"alive\"}").starts_with("HTTP/1.1 200 "));
  TlsClient reader = tls.connect();
  CHECK(reader.send("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n"));
  CHECK(reader.read_until("\r\n\r\n").starts_with("HTTP/1.1 200 "));
  REQUIRE(eventually([&] { return !tls.stack.azure.emulator().groups().empty(); }));
  tls.stack.daemon.signal(SIGTERM);
  REQUIRE(tls.stack.daemon.wait_for_log("daemon.stopping"));
  tls.stack.azure.come_up();
  CHECK(waiting.read_all().starts_with("HTTP/1.1 201 "));
  for (TlsClient* client : {&waiting, &idle, &reader}) {
    client->read_all();
    CHECK(client->ended_properly());
  }
  CHECK(tls.stack.daemon.wait() == 0);
}

TEST_CASE(
    "a page of the agent's own origin may change something, one of the same name over plain HTTP may not") {
  const TlsStack tls;
  const std::string host = "127.0.0.1:" + std::to_string(tls.port());
  CHECK(tls.client.post(kAll, create_body("workspace-0001"), {"Origin: http://" + host}).status == 403);
  CHECK(tls.client.post(kAll, create_body("workspace-0001"), {"Origin: https://" + host}).status == 201);
}

TEST_CASE("broken TLS files or half of the variables end the start with what is wrong") {
  const TempDirectory directory;
  const CertificateChain chain;
  const std::string certificate = directory.write("certificate.pem", chain.chain());
  const std::string fifo = directory.make_fifo("key.pem");
  DaemonProcess waits_for_nothing({"--dev", "--port", "0"},
                                  {{"AGENT_TLS_CERTIFICATE", certificate}, {"AGENT_TLS_KEY", fifo}});
  CHECK(waits_for_nothing.wait() == 1);
  CHECK(contains(waits_for_nothing.standard_error(), "AGENT_TLS_KEY: " + fifo + " is no regular file"));
  DaemonProcess half({"--dev", "--port", "0"}, {{"AGENT_TLS_CERTIFICATE", certificate}});
  CHECK(half.wait() == 1);
  CHECK(contains(half.standard_error(), "AGENT_TLS_CERTIFICATE and AGENT_TLS_KEY must be set together"));
  const std::string key = directory.write("good.pem", chain.key());
  DaemonProcess everywhere({"--dev", "--port", "0", "--host", "0.0.0.0"},
                           {{"AGENT_TLS_CERTIFICATE", certificate},
                            {"AGENT_TLS_KEY", key},
                            {"API_KEYS", "first-key-of-32-characters-00001"}});
  CHECK(everywhere.url().starts_with("https://0.0.0.0:"));
}

// The loopback server, over plain sockets: services by port, absolute links, faults, shutdown.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <list>
#include <thread>

#include "cloud.h"
#include "support/raw_client.h"
#include "vectors.h"

using namespace emulator_test;
using dev8agent::emulator::EmulatorServer;
using dev8agent::emulator::Fault;

namespace {

int port_of(const std::string& endpoint) {
  return std::stoi(endpoint.substr(endpoint.rfind(':') + 1));
}

int connect_to(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  return fd;
}

// Sends `request` on a connection of its own; `port` replaces that of its URL. Empty when nothing came back.
std::string send_raw(int port, const HttpRequest& request) {
  const auto path = request.url.find('/', request.url.find("://") + 3);
  std::string text = request.method + " " + request.url.substr(path) + " HTTP/1.1\r\nConnection: close\r\n";
  text += "Host: 127.0.0.1:" + std::to_string(port) + "\r\n";
  for (const HttpHeader& h : request.headers) {
    if (h.name != "host" && h.name != "content-length") text += h.name + ": " + h.value + "\r\n";
  }
  text += "content-length: " + std::to_string(request.body.size()) + "\r\n\r\n" + request.body;
  const int fd = connect_to(port);
  REQUIRE(write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  std::string answer;
  char buffer[4096];
  for (ssize_t length = 0; (length = read(fd, buffer, sizeof buffer)) > 0;) {
    answer.append(buffer, static_cast<std::size_t>(length));
  }
  close(fd);
  return answer;
}

int status_of(const std::string& answer) {
  return answer.size() > 12 ? std::stoi(answer.substr(9, 3)) : 0;
}

Value json_of(const std::string& answer) {
  auto parsed = dev8agent::internal::json::parse(answer.substr(answer.find("\r\n\r\n") + 4));
  REQUIRE_MESSAGE(parsed.ok(), answer);
  return std::move(*parsed);
}

struct Served : Cloud {
  explicit Served(EmulatorOptions options = {}) : Cloud(std::move(options)) {
    auto started = EmulatorServer::start(emulator, {});
    REQUIRE(started.ok());
    server = std::move(started.value());
  }
  std::string arm_raw(std::string method, std::string path, std::string body = {}) {
    return send_raw(port_of(server->resource_manager_endpoint()),
                    arm_request(std::move(method), std::move(path), std::move(body)));
  }
  std::unique_ptr<EmulatorServer> server;
};

}  // namespace

TEST_SUITE("server") {
  TEST_CASE("each service has a port of its own") {
    Served cloud;
    const auto form =
        make_request("POST", cloud.token_url(), {{"content-type", "application/x-www-form-urlencoded"}},
                     cloud.secret_form());
    CHECK(send_raw(port_of(cloud.server->authority_endpoint()), form).find("access_token") !=
          std::string::npos);
    CHECK(status_of(cloud.arm_raw("GET", cloud.group("one"))) == 404);
    const auto identity =
        make_request("GET", "http://x/metadata/identity/oauth2/token?api-version=2018-02-01&resource=r",
                     {{"Metadata", "true"}});
    CHECK(status_of(send_raw(port_of(cloud.server->imds_endpoint()), identity)) == 200);
    CHECK(cloud.server->file_endpoint().ends_with("/{account}"));
    CHECK(cloud.server->ca_certificate().empty());
  }

  TEST_CASE("the authority has an AD FS, which knows no tenants and has errors of its own") {
    Served cloud;
    const std::string authority = cloud.server->authority_endpoint();
    const auto send = [&](const HttpRequest& request) { return send_raw(port_of(authority), request); };
    const Value openid =
        json_of(send(make_request("GET", authority + "/adfs/.well-known/openid-configuration")));
    CHECK(openid.string_at({"issuer"}) == authority + "/adfs");
    const std::string url(openid.string_at({"token_endpoint"}));
    CHECK(url == authority + "/adfs/oauth2/token/");
    const std::vector<HttpHeader> headers{{"content-type", "application/x-www-form-urlencoded"}};
    const Value granted = json_of(send(make_request("POST", url, headers, cloud.secret_form())));
    cloud.token = granted.string_at({"access_token"});
    CHECK(status_of(cloud.arm_raw("GET", cloud.group("one"))) == 404);
    struct Refused {
      const char* from;  // replaced in the form
      const char* to;
      const char* error;
      const char* number;
    };
    for (const Refused& r : {Refused{"emulator-client-secret", "wrong", "invalid_client", "MSIS9622: "},
                             Refused{"2222-4222", "9999-4222", "invalid_client", "MSIS9622: "},
                             Refused{"client_credentials", "code", "unsupported_grant_type", "MSIS9611: "},
                             Refused{"%2F.default", "%2Fuser", "invalid_resource", "MSIS9602: "}}) {
      CAPTURE(r.from);
      const std::string answer =
          send(make_request("POST", url, headers, replaced(cloud.secret_form(), r.from, r.to)));
      CHECK(status_of(answer) == 400);
      const Value body = json_of(answer);
      CHECK(body.string_at({"error"}) == r.error);
      CHECK(body.string_at({"error_description"}).starts_with(r.number));
      CHECK(body.find("error_codes") == nullptr);
    }
    // Entra ID itself has none.
    const std::string entra = "https://login.microsoftonline.com/adfs/oauth2/token";
    CHECK(cloud.emulator.handle(make_request("POST", entra, headers, cloud.secret_form())).status == 404);
  }

  TEST_CASE("the state is shown as JSON, without values of secure variables, and counts what was asked") {
    Served cloud;
    REQUIRE(status_of(cloud.arm_raw("PUT", cloud.group("one"), group_json())) == 201);
    REQUIRE(status_of(cloud.arm_raw("GET", cloud.group("one"))) == 200);
    const std::string url = cloud.server->state_url();
    CHECK(url.starts_with(cloud.server->resource_manager_endpoint()));
    const std::string answer =
        send_raw(port_of(cloud.server->resource_manager_endpoint()), make_request("GET", url));
    CHECK(status_of(answer) == 200);
    CHECK(answer.find("canary-variable") == std::string::npos);
    const Value state = json_of(answer);
    const Value& group = state.find("containerGroups")->array().at(0);
    CHECK(group.string_at({"name"}) == "one");
    CHECK(group.string_at({"variables", "PLAIN"}) == "1");
    CHECK(group.find("secureVariables")->array().at(0).string() == "HIDDEN");
    CHECK(group.string_at({"tags", "environment"}) == "one");
    CHECK(state.find_path({"calls", "ContainerGroups_Get"})->integer() == 1);
    CHECK(state.find_path({"calls", "ContainerGroups_CreateOrUpdate"})->integer() == 1);
    CHECK(state.find("shares")->array().empty());
    CHECK(state.find("faults")->object().empty());
    // A path of Azure's that ends alike is Azure's.
    CHECK(status_of(cloud.arm_raw("GET", "/subscriptions/s/emulator/state")) != 200);
  }

  TEST_CASE("the state counts the faults that the script has sent, by their words") {
    Served cloud;
    cloud.emulator.set_fault_script(
        *dev8agent::emulator::parse_fault_script("GET */containerGroups/* 1-2 status 503 ServiceUnavailable\n"
                                                 "GET */containerGroups/* 4 empty-body\n"));
    for (int i = 0; i < 4; ++i) cloud.arm_raw("GET", cloud.group("one"));
    const auto state = dev8agent::internal::json::parse(cloud.emulator.state_json());
    REQUIRE(state.ok());
    CHECK(state->find_path({"faults", "status"})->integer() == 2);
    CHECK(state->find_path({"faults", "empty-body"})->integer() == 1);
    CHECK(state->find("faults")->object().size() == 2);
  }

  TEST_CASE("a very long path is refused and does no harm") {
    Served cloud;
    CHECK(status_of(cloud.arm_raw("GET", "/" + std::string(8000, 'a') + "?api-version=2025-09-01")) == 414);
    CHECK(status_of(cloud.arm_raw("GET", cloud.group("one"))) == 404);
  }

  TEST_CASE("operation URLs and next links point back to the server") {
    EmulatorOptions options;
    options.list_page_size = 1;
    Served cloud(options);
    const std::string here = cloud.server->resource_manager_endpoint() + "/subscriptions/";
    const std::string created = cloud.arm_raw("PUT", cloud.group("one"), group_json());
    CHECK(status_of(created) == 201);
    CHECK(created.find("Azure-AsyncOperation: " + here) != std::string::npos);
    cloud.arm_raw("PUT", cloud.group("two"), replaced(group_json(), "ws-one", "ws-two"));
    const std::string path = cloud.group("");
    CHECK(cloud.arm_raw("GET", replaced(path, "/?", "?")).find("\"nextLink\":\"" + here) !=
          std::string::npos);
  }

  TEST_CASE("path-style vectors of the official client are accepted") {
    const Vectors vectors;
    Served cloud(vectors.options());
    const std::string endpoint = replaced(cloud.server->file_endpoint(), "/{account}", "");
    const auto requests = vectors.requests("wire:");
    CHECK(requests.size() == 10);
    for (HttpRequest request : requests) {
      CAPTURE(request.url);
      const int accepted = status_of(send_raw(port_of(endpoint), request));
      CHECK(accepted >= 200);
      CHECK(accepted != 403);
      request.headers.push_back({"x-ms-meta-added", "later"});
      CHECK(status_of(send_raw(port_of(endpoint), request)) == 403);
    }
  }

  TEST_CASE("faults cut the connection") {
    for (const Fault::Kind kind : {Fault::kRefuseConnection, Fault::kLoseBefore, Fault::kLoseAfter}) {
      Served cloud;
      cloud.emulator.set_fault_script([kind](const HttpRequest&, std::uint64_t) {
        return Fault{kind, 0, "", ""};
      });
      CHECK(cloud.arm_raw("PUT", cloud.group("one"), group_json()).empty());
      CHECK(cloud.emulator.groups().size() == (kind == Fault::kLoseAfter ? 1 : 0));
    }
  }

  TEST_CASE("a silent request ends when the server does") {
    Served cloud;
    cloud.emulator.set_fault_script([](const HttpRequest&, std::uint64_t) {
      return Fault{Fault::kHangAfter, 0, "", ""};
    });
    std::string answer = "none yet";
    std::thread client([&] { answer = cloud.arm_raw("PUT", cloud.group("one"), group_json()); });
    while (cloud.emulator.groups().empty()) std::this_thread::yield();
    cloud.server.reset();
    client.join();
    CHECK(answer.empty());
  }

  TEST_CASE("an idle connection does not hold up the end") {
    Served cloud;
    const int idle = connect_to(port_of(cloud.server->resource_manager_endpoint()));
    cloud.server.reset();
    char byte = 0;
    CHECK(read(idle, &byte, 1) <= 0);
    close(idle);
  }

  TEST_CASE("a DELETE without a body does not swallow the next request of its connection") {
    Served cloud;
    const RawClient client(port_of(cloud.server->resource_manager_endpoint()));
    const std::string path = cloud.group("nothing");
    const std::string rest = " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + cloud.token + "\r\n";
    REQUIRE(client.send("DELETE " + path + rest + "\r\n"));
    CHECK(client.read_until("\r\n\r\n").starts_with("HTTP/1.1 204"));
    REQUIRE(client.send("GET " + path + rest + "Connection: close\r\n\r\n"));
    CHECK(client.read_all().starts_with("HTTP/1.1 404"));
  }

  TEST_CASE("a port that is taken") {
    Served cloud;
    dev8agent::emulator::ServerOptions options;
    options.file_port = port_of(cloud.server->resource_manager_endpoint());
    CHECK_FALSE(EmulatorServer::start(cloud.emulator, options).ok());
  }

  TEST_CASE("TLS has a certificate authority of its own") {
    Cloud cloud;
    dev8agent::emulator::ServerOptions options;
    options.tls = true;
    const auto server = EmulatorServer::start(cloud.emulator, options);
    REQUIRE(server.ok());
    CHECK(server.value()->authority_endpoint().starts_with("https://127.0.0.1:"));
    const std::string pem = server.value()->ca_certificate();
    std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                                  BIO_free);
    std::unique_ptr<X509, decltype(&X509_free)> ca(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr),
                                                   X509_free);
    REQUIRE(ca);
    CHECK(X509_check_ca(ca.get()) == 1);
    const auto plain = make_request("GET", "http://x/");
    CHECK(status_of(send_raw(port_of(server.value()->authority_endpoint()), plain)) == 0);
  }
}

TEST_CASE("a server has no thread for a connection before there is one, and enough for many at once") {
  const auto threads = [] {
    const std::filesystem::directory_iterator tasks("/proc/self/task");
    return std::distance(begin(tasks), end(tasks));
  };
  const auto before = threads();
  const Served served;
  CHECK(threads() <= before + 4);  // one for each port
  std::list<RawClient> clients;
  const int port = port_of(served.server->imds_endpoint());
  for (int i = 0; i < 40; ++i) clients.emplace_back(port);
  for (const RawClient& client : clients) {
    REQUIRE(client.send("GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n"));
    CHECK(client.read_until("\r\n\r\n").starts_with("HTTP/1.1 "));
  }
}

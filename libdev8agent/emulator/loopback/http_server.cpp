// HttpServer on cpp-httplib: see http_server.h.
#define CPPHTTPLIB_FORM_URL_ENCODED_PAYLOAD_MAX_LENGTH \
  1048576  // a client assertion with its chain is a long field
#include "loopback/http_server.h"

#include <httplib.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "loopback/connection_threads.h"

namespace dev8agent::emulator {
namespace {

constexpr const char* kHost = "127.0.0.1";
constexpr std::size_t kMostThreads = 256;  // a connection has one, so that there may be many
constexpr std::size_t kLongestBody = 16 * 1024 * 1024;
constexpr std::size_t kLongestPath = 1500;
constexpr int kReadTimeoutSeconds = 2;
constexpr std::chrono::milliseconds kPollInterval{50};
constexpr const char* kCut = "x-emulator-cut";  // marks an answer that is not to be sent

// cpp-httplib's own pool makes its threads before they are needed, and forgets a connection when two come at
// once.
class Threads final : public httplib::TaskQueue {
 public:
  bool enqueue(std::function<void()> work) override { return threads_.enqueue(std::move(work)); }
  void shutdown() override { threads_.shutdown(); }

 private:
  ConnectionThreads threads_{kMostThreads};
};

// cpp-httplib closes the connection, with nothing sent, when the headers cannot be written.
ssize_t write_unless_cut(httplib::Stream& stream, httplib::Headers& headers) {
  return headers.contains(kCut) ? -1 : httplib::detail::write_headers(stream, headers);
}

void reuse_address_only(socket_t socket) {
  httplib::set_socket_opt(socket, SOL_SOCKET, SO_REUSEADDR, 1);
}

HttpRequest request_from(const httplib::Request& from, const char* scheme, int port) {
  HttpRequest request;
  request.method = from.method;
  std::string host = from.get_header_value("Host");
  if (host.empty()) host = std::string(kHost) + ":" + std::to_string(port);
  request.url = scheme + host + from.target;
  for (const auto& [name, value] : from.headers) request.headers.push_back({name, value});
  request.body = from.body;
  return request;
}

// A request without both headers has no body (RFC 9112, 6.3). cpp-httplib would wait for one after a DELETE,
// and take the connection's next request for it.
void say_that_no_body_follows(httplib::Request& request) {
  if (request.has_header("Content-Length") || request.has_header("Transfer-Encoding")) return;
  request.set_header("Content-Length", "0");
}

void write_response(const HttpResponse& from, httplib::Response& to) {
  to.status = from.status;
  std::string type = "application/octet-stream";
  for (const HttpHeader& header : from.headers) {
    if (header.name == "Content-Type") {
      type = header.value;
    } else {
      to.set_header(header.name, header.value);
    }
  }
  if (!from.body.empty()) to.set_content(from.body, type);
}

}  // namespace

struct HttpServer::Impl {
  std::unique_ptr<httplib::Server> server;
  Handler handler;
  const char* scheme = "http://";
  int port = 0;
  std::thread thread;
  std::mutex mutex;
  std::condition_variable stopped;
  bool stopping = false;

  void answer(const httplib::Request& from, httplib::Response& to);
  void keep_silent(const httplib::Request& request);
  bool listen(int wanted);
};

void HttpServer::Impl::answer(const httplib::Request& from, httplib::Response& to) {
  const Answer answer = handler(request_from(from, scheme, port));
  if (answer.silent) keep_silent(from);
  if (answer.response) {
    write_response(*answer.response, to);
  } else {
    to.set_header(kCut, "1");
  }
}

void HttpServer::Impl::keep_silent(const httplib::Request& request) {
  std::unique_lock lock(mutex);
  while (!stopping && !request.is_connection_closed()) stopped.wait_for(lock, kPollInterval);
}

bool HttpServer::Impl::listen(int wanted) {
  server->new_task_queue = [] { return new Threads; };
  server->set_socket_options(reuse_address_only);
  server->set_tcp_nodelay(true);
  server->set_payload_max_length(kLongestBody);
  server->set_read_timeout(kReadTimeoutSeconds);
  server->set_header_writer(write_unless_cut);
  // cpp-httplib matches paths with a recursive regular expression: a long one would overflow the stack.
  server->set_pre_routing_handler([](const httplib::Request& from, httplib::Response& to) {
    // The server hands out its own request as const; it is none.
    say_that_no_body_follows(const_cast<httplib::Request&>(from));
    if (from.path.size() <= kLongestPath) return httplib::Server::HandlerResponse::Unhandled;
    to.status = httplib::StatusCode::UriTooLong_414;
    return httplib::Server::HandlerResponse::Handled;
  });
  const auto handle = [this](const httplib::Request& from, httplib::Response& to) { answer(from, to); };
  server->Get(".*", handle).Put(".*", handle).Post(".*", handle).Patch(".*", handle).Delete(".*", handle);
  port = wanted == 0 ? server->bind_to_any_port(kHost) : server->bind_to_port(kHost, wanted) ? wanted : -1;
  if (port <= 0) return false;
  thread = std::thread([this] { server->listen_after_bind(); });
  return true;
}

std::unique_ptr<HttpServer> HttpServer::start(int port, const LoopbackCertificate* certificate,
                                              Handler handler) {
  auto impl = std::make_unique<Impl>();
  impl->handler = std::move(handler);
  if (certificate) {
    httplib::SSLServer::PemMemory pem{};
    pem.cert_pem = certificate->chain.data();
    pem.cert_pem_len = certificate->chain.size();
    pem.key_pem = certificate->key.data();
    pem.key_pem_len = certificate->key.size();
    impl->server = std::make_unique<httplib::SSLServer>(pem);
    impl->scheme = "https://";
  } else {
    impl->server = std::make_unique<httplib::Server>();
  }
  if (!impl->server->is_valid() || !impl->listen(port)) return nullptr;
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

HttpServer::~HttpServer() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->stopped.notify_all();
  impl_->server->wait_until_ready();  // its thread may not have come as far; a stop would be lost
  impl_->server->stop();
  impl_->thread.join();
}

int HttpServer::port() const {
  return impl_->port;
}

}  // namespace dev8agent::emulator

// Binds the daemon's exchanges to cpp-httplib, which parses HTTP and writes it.
#include "server.h"

#include <httplib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>

#include "connection.h"
#include "exchange.h"
#include "worker_pool.h"

namespace dev8agentd {
namespace {

constexpr std::size_t kMaxThreads = 512;
constexpr std::size_t kMaxQueuedConnections = 256;
constexpr std::size_t kMaxBody = std::size_t{1} << 20;
constexpr std::chrono::seconds kIdleConnection{60};
constexpr std::chrono::milliseconds kIdleSlice{250};
constexpr const char* kEveryPath = "/";
constexpr const char* kExchange = "exchange";  // where a response carries its Exchange

// The connection that this thread serves: cpp-httplib's hooks do not see it.
thread_local Connection* serving = nullptr;

// cpp-httplib's queue of connections, run by our pool.
class PoolQueue final : public httplib::TaskQueue {
 public:
  explicit PoolQueue(WorkerPool& pool) : pool_(pool) {}
  bool enqueue(std::function<void()> work) override { return pool_.enqueue(std::move(work)); }
  void shutdown() override { pool_.shutdown(); }

 private:
  WorkerPool& pool_;
};

Request to_request(const httplib::Request& carried) {
  Request request;
  request.method = carried.method;
  request.target = carried.target;
  request.remote_address = carried.remote_addr;
  for (const auto& [name, value] : carried.headers) request.headers.push_back({name, value});
  return request;
}

void put(Response response, httplib::Response& carried) {
  carried.status = response.status;
  for (const dev8agent::HttpHeader& header : response.headers) carried.set_header(header.name, header.value);
  if (response.status != 204) carried.set_content(std::move(response.body), response.content_type);
}

// The exchange that a response belongs to; made here when the request never reached the routes.
std::shared_ptr<Exchange> exchange_of(const httplib::Request& request, httplib::Response& response,
                                      Agent& agent) {
  using Kept = std::shared_ptr<Exchange>;
  if (const Kept* kept = response.user_data.get<Kept>(kExchange)) return *kept;
  auto exchange = std::make_shared<Exchange>(to_request(request), agent);
  response.user_data.set(kExchange, exchange);
  return exchange;
}

}  // namespace

// cpp-httplib's server with connections of our own making: deadlines on reading, and idle connections that
// give way when others wait for a thread.
class Engine final : public httplib::Server {
 public:
  Engine() : wake_fd_(eventfd(0, EFD_CLOEXEC)), pool_(kMaxThreads, kMaxQueuedConnections) {
    new_task_queue = [this] { return new PoolQueue(pool_); };
  }
  ~Engine() override { close(wake_fd_); }
  void wake_connections() const { eventfd_write(wake_fd_, 1); }

 private:
  bool process_and_close_socket(socket_t socket) override {
    Connection connection(socket, wake_fd_);
    const std::string address = connection.remote_address();
    serving = &connection;
    bool answered = true;
    while (answered && !connection.closing() && wait_for_request(connection)) {
      bool closed = false;
      // Ranges are not for JSON. The gate reads the target; cpp-httplib's own match of the path is a
      // recursive regular expression, which a long path would let overflow the stack.
      const auto simplify = [](httplib::Request& request) {
        request.ranges.clear();
        request.path = kEveryPath;
      };
      answered = process_request(connection, address, 0, "", 0, false, closed, simplify);
      if (closed) connection.close_after_answer();
    }
    serving = nullptr;
    connection.finish();
    close(socket);
    return answered;
  }

  // An idle connection gives way as soon as others wait for a thread.
  bool wait_for_request(Connection& connection) const {
    const auto deadline = std::chrono::steady_clock::now() + kIdleConnection;
    while (svr_sock_ != INVALID_SOCKET && std::chrono::steady_clock::now() < deadline) {
      if (connection.wait_for_request(kIdleSlice)) return true;
      if (pool_.saturated()) return false;
    }
    return false;
  }

  int wake_fd_;
  WorkerPool pool_;
};

struct Server::Impl {
  Impl(Agent& daemon, const Log& sink) : agent(daemon), log(sink) {}

  void install_hooks();
  void install_routes();

  Agent& agent;
  const Log& log;
  Engine engine;
  std::thread thread;
};

void Server::Impl::install_hooks() {
  engine.set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
    auto exchange = exchange_of(request, response, agent);
    auto refusal = exchange->turn_away();
    if (!refusal) return httplib::Server::HandlerResponse::Unhandled;
    put(std::move(*refusal), response);
    return httplib::Server::HandlerResponse::Handled;
  });
  // An error without a body is cpp-httplib's own.
  engine.set_error_handler([this](const httplib::Request& request, httplib::Response& response) {
    if (!response.body.empty()) return;
    const auto exchange = exchange_of(request, response, agent);
    const bool headers_too_large = response.status == 400 && exchange->request().route == nullptr &&
                                   (request.headers.size() >= CPPHTTPLIB_HEADER_MAX_COUNT ||
                                    serving->consumed() > CPPHTTPLIB_HEADER_MAX_LENGTH);
    put(protocol_error(headers_too_large ? 431 : response.status, exchange->request().id), response);
  });
  engine.set_exception_handler(
      [this](const httplib::Request& request, httplib::Response& response, std::exception_ptr) {
        put(protocol_error(500, exchange_of(request, response, agent)->request().id), response);
      });
  engine.set_post_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
    auto exchange = exchange_of(request, response, agent);
    Response common;
    exchange->complete(common);
    for (const dev8agent::HttpHeader& header : common.headers) response.set_header(header.name, header.value);
    if (response.get_header_value("Connection") == "close") serving->close_after_answer();
    exchange->record(response.status, response.body.size(), log);
  });
  engine.set_expect_100_continue_handler([](const httplib::Request& request, httplib::Response& response) {
    if (request.get_header_value_u64("Content-Length") <= kMaxBody) return 100;
    return response.status = 413;
  });
}

void Server::Impl::install_routes() {
  const auto handler = [this](const httplib::Request& request, httplib::Response& response) {
    put(exchange_of(request, response, agent)->answer(request.body), response);
  };
  engine.Get(kEveryPath, handler).Post(kEveryPath, handler).Delete(kEveryPath, handler);
}

Server::Server(Agent& agent, const Log& log) : impl_(std::make_unique<Impl>(agent, log)) {
  Engine& engine = impl_->engine;
  // SO_REUSEPORT, cpp-httplib's default, would let a second daemon share the port in silence.
  engine.set_socket_options(
      [](socket_t socket) { httplib::set_socket_opt(socket, SOL_SOCKET, SO_REUSEADDR, 1); });
  engine.set_tcp_nodelay(true);
  engine.set_payload_max_length(kMaxBody);
  engine.set_keep_alive_timeout(kIdleConnection.count());
  impl_->install_hooks();
  impl_->install_routes();
}

Server::~Server() {
  stop();
}

dev8agent::Result<int> Server::bind(const std::string& host, int port) {
  errno = 0;
  const bool bound_as_asked = port != 0 && impl_->engine.bind_to_port(host, port);
  const int bound = port == 0 ? impl_->engine.bind_to_any_port(host) : bound_as_asked ? port : -1;
  if (bound > 0) return bound;
  const std::string cause = errno == 0 ? "the address cannot be used" : std::strerror(errno);
  return dev8agent::make_error(dev8agent::ErrorCode::kConflict,
                               "cannot listen on " + host + ":" + std::to_string(port) + ": " + cause);
}

void Server::start(std::function<void()> on_end) {
  impl_->thread = std::thread([this, on_end = std::move(on_end)] {
    impl_->engine.listen_after_bind();
    on_end();
  });
  impl_->engine.wait_until_ready();
}

void Server::stop() {
  if (!impl_->thread.joinable()) return;
  impl_->engine.stop();
  impl_->engine.wake_connections();
  impl_->thread.join();
}

}  // namespace dev8agentd

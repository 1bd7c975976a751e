// Binds exchanges to cpp-httplib.
#include "httplib_adapter.h"

#include <httplib.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace dev8agentd {
namespace {

constexpr const char* kEveryPath = "/";

// A whole request to read from, and a string to write to.
class MemoryStream final : public httplib::Stream {
 public:
  explicit MemoryStream(std::string input) : input_(std::move(input)) {}

  std::string take_output() { return std::move(output_); }

  bool is_readable() const override { return at_ < input_.size(); }
  bool wait_readable() const override { return true; }
  bool wait_writable() const override { return true; }
  ssize_t read(char* buffer, size_t size) override {
    const std::size_t count = std::min(size, input_.size() - at_);
    std::memcpy(buffer, input_.data() + at_, count);
    at_ += count;
    return static_cast<ssize_t>(count);
  }
  ssize_t write(const char* data, size_t size) override {
    output_.append(data, size);
    return static_cast<ssize_t>(size);
  }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return INVALID_SOCKET; }
  time_t duration() const override { return 0; }

 private:
  std::string input_;
  std::string output_;
  std::size_t at_ = 0;
};

// The request that this thread processes: the hooks of cpp-httplib see nothing but its own structs.
struct Current {
  Exchange& exchange;
  std::function<Response()> late_answer{};  // set when only the answer is to be written
  std::optional<Pending> pending{};
};

thread_local Current* current = nullptr;

void put(Response response, httplib::Response& carried) {
  carried.status = response.status;
  current->exchange.set_reason(response.reason);
  for (const dev8agent::HttpHeader& header : response.headers) carried.set_header(header.name, header.value);
  const bool has_content = response.status != 204 && response.status != 304;
  if (has_content) carried.set_content(std::move(response.body), response.content_type);
}

void put(Reply reply, httplib::Response& carried) {
  if (auto* pending = std::get_if<Pending>(&reply)) {
    current->pending.emplace(std::move(*pending));
  } else {
    put(std::get<Response>(std::move(reply)), carried);
  }
}

// The request in the one form that every version of cpp-httplib reads alike. Of the header fields it gets
// only the length: it would decode percent escapes in their values, and act on Range, Accept and Expect by
// itself.
std::string canonical(std::string_view method, std::string_view target, std::string_view body) {
  std::string text;
  text.reserve(method.size() + target.size() + body.size() + 48);
  text.append(method).append(" ").append(target).append(" HTTP/1.1\r\nContent-Length: ");
  return text.append(std::to_string(body.size())).append("\r\n\r\n").append(body);
}

// For answers that have no request that cpp-httplib would take.
std::string substitute(const Request& request) {
  return canonical(request.method == "HEAD" ? "HEAD" : "GET", kEveryPath, "");
}

// The rules of connections are the agent's own: cpp-httplib would close after every error.
void finish_headers(const Exchange& exchange, httplib::Response& response) {
  for (const char* name : {"Connection", "Keep-Alive", "Accept-Ranges"}) response.headers.erase(name);
  // It would say how long the body of a 200 is (RFC 9110, section 8.6).
  if (response.status == 304) response.headers.erase("Content-Length");
  Response common;
  exchange.complete(common);
  for (dev8agent::HttpHeader& header : common.headers) response.set_header(header.name, header.value);
}

}  // namespace

class HttplibAdapter::Engine final : public httplib::Server {
 public:
  Engine() {
    set_payload_max_length(kMaxBody);
    install_hooks();
    const auto handler = [](const httplib::Request& request, httplib::Response& response) {
      put(current->exchange.answer(request.body), response);
    };
    Get(kEveryPath, handler).Post(kEveryPath, handler).Delete(kEveryPath, handler);
    Put(kEveryPath, handler).Patch(kEveryPath, handler);
  }

  std::string run(Current& state, std::string input) {
    // The gate reads the target; cpp-httplib's own match of paths is for one path only.
    const auto simplify = [](httplib::Request& request) { request.path = kEveryPath; };
    MemoryStream stream(std::move(input));
    bool closed = false;
    current = &state;
    process_request(stream, state.exchange.request().remote_address, 0, "", 0, false, closed, simplify);
    current = nullptr;
    return stream.take_output();
  }

 private:
  void install_hooks();
};

void HttplibAdapter::Engine::install_hooks() {
  set_pre_routing_handler([](const httplib::Request&, httplib::Response& response) {
    auto answer =
        current->late_answer ? std::optional(current->late_answer()) : current->exchange.reject_early();
    if (!answer) return HandlerResponse::Unhandled;
    put(std::move(*answer), response);
    return HandlerResponse::Handled;
  });
  // An error without a body is cpp-httplib's own.
  set_error_handler([](const httplib::Request&, httplib::Response& response) {
    if (!response.body.empty()) return;
    put(protocol_error(response.status, "the request is not well-formed HTTP",
                       current->exchange.request().id),
        response);
  });
  set_exception_handler([](const httplib::Request&, httplib::Response& response, std::exception_ptr) {
    put(protocol_error(500, "the agent failed to answer; the request id identifies this failure in its log",
                       current->exchange.request().id),
        response);
  });
  set_post_routing_handler([](const httplib::Request&, httplib::Response& response) {
    if (current->pending) return;
    finish_headers(current->exchange, response);
    current->exchange.record(response.status, response.body.size());
  });
}

HttplibAdapter::HttplibAdapter() : engine_(std::make_unique<Engine>()) {}
HttplibAdapter::~HttplibAdapter() = default;

std::string HttplibAdapter::process(Exchange& exchange, std::optional<Pending>& pending) {
  const Request& request = exchange.request();
  const std::string body = exchange.take_body();
  Current state{exchange};
  std::string output = engine_->run(
      state, exchange.was_refused() ? substitute(request) : canonical(request.method, request.target, body));
  if (!state.pending) return output;
  pending.emplace(std::move(*state.pending));
  return {};
}

std::string HttplibAdapter::write(Exchange& exchange, std::function<Response()> answer) {
  Current state{.exchange = exchange, .late_answer = std::move(answer)};
  return engine_->run(state, substitute(exchange.request()));
}

}  // namespace dev8agentd

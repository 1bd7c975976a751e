// Binds exchanges to cpp-httplib.
#include "httplib_adapter.h"

#include <httplib.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "stream.h"

namespace dev8agentd {
namespace {

// A whole request to read from, and a string to write to.
class MemoryStream final : public httplib::Stream {
 public:
  explicit MemoryStream(std::string_view input) : input_(input) {}

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
  std::string_view input_;
  std::string output_;
  std::size_t at_ = 0;
};

// The request that this thread processes: the hooks of cpp-httplib see nothing but its own structs.
struct Current {
  Exchange& exchange;
  std::function<Response()> late_answer{};  // set when only the answer is to be written
  std::optional<Pending> pending{};
  std::shared_ptr<Stream> stream{};
};

thread_local Current* current = nullptr;

void put(Response response, httplib::Response& carried) {
  carried.status = response.status;
  current->exchange.note(response);
  for (const dev8agent::HttpHeader& header : response.headers) carried.set_header(header.name, header.value);
  const bool has_content = response.status != 204 && response.status != 304;
  current->stream = std::move(response.stream);
  if (current->stream) {
    carried.set_header("Content-Type", response.content_type);
    return;
  }
  if (has_content) carried.set_content(std::move(response.body), response.content_type);
}

void put(Reply reply, httplib::Response& carried) {
  if (auto* pending = std::get_if<Pending>(&reply)) {
    current->pending.emplace(std::move(*pending));
  } else {
    put(std::get<Response>(std::move(reply)), carried);
  }
}

// A request without fields and body, which every version of cpp-httplib reads alike. The agent reads both
// itself: cpp-httplib would decode percent escapes in values, and act on Range, Accept and Expect. The target
// is the agent's business, too. Of the method only HEAD matters: its answer has no body.
constexpr std::string_view request_line(std::string_view method) {
  return method == "HEAD" ? "HEAD / HTTP/1.1\r\n\r\n" : "GET / HTTP/1.1\r\n\r\n";
}

Reply reply_of(Current& state) {
  if (state.late_answer) return state.late_answer();
  if (auto refusal = state.exchange.reject_early()) return std::move(*refusal);
  return state.exchange.answer();
}

// A stream follows its head, but for HEAD. Without chunks the end of the connection is the end of the stream.
Answer answer_of(std::string bytes, Current& state) {
  Answer answer{std::move(bytes), state.exchange.closes()};
  if (!state.stream || state.exchange.request().method == "HEAD") return answer;
  const bool chunked = state.exchange.takes_chunks();
  if (chunked) state.stream->use_chunks();
  answer.close = answer.close || !chunked;
  answer.stream = std::move(state.stream);
  return answer;
}

// The rules of connections are the agent's own: cpp-httplib would close after every error.
void finish_headers(const Exchange& exchange, httplib::Response& response) {
  for (const char* name : {"Connection", "Keep-Alive", "Accept-Ranges"}) response.headers.erase(name);
  // It would say how long the body of a 200 is (RFC 9110, section 8.6).
  if (response.status == 304) response.headers.erase("Content-Length");
  if (current->stream) {
    response.headers.erase("Content-Length");
    if (exchange.takes_chunks()) response.set_header("Transfer-Encoding", "chunked");
  }
  Response common;
  exchange.complete(common);
  for (dev8agent::HttpHeader& header : common.headers) response.set_header(header.name, header.value);
  if (!current->stream || exchange.takes_chunks()) return;
  response.headers.erase("Keep-Alive");
  response.headers.erase("Connection");
  response.set_header("Connection", "close");
}

}  // namespace

std::string_view reason_phrase(int status) {
  return httplib::status_message(status);
}

class HttplibAdapter::Engine final : public httplib::Server {
 public:
  Engine() { install_hooks(); }

  std::string run(Current& state) {
    const Request& request = state.exchange.request();
    MemoryStream stream(request_line(request.method));
    bool closed = false;
    current = &state;
    process_request(stream, request.remote_address, 0, "", 0, false, closed, nullptr);
    current = nullptr;
    return stream.take_output();
  }

 private:
  void install_hooks();
};

void HttplibAdapter::Engine::install_hooks() {
  set_pre_routing_handler([](const httplib::Request&, httplib::Response& response) {
    put(reply_of(*current), response);
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
    put(current->exchange.failure(), response);
  });
  set_post_routing_handler([](const httplib::Request&, httplib::Response& response) {
    if (current->pending) return;
    finish_headers(current->exchange, response);
    current->exchange.record(response.status, response.body.size());
  });
}

HttplibAdapter::HttplibAdapter() : engine_(std::make_unique<Engine>()) {}
HttplibAdapter::~HttplibAdapter() = default;

Answer HttplibAdapter::process(Exchange& exchange, std::optional<Pending>& pending) {
  Current state{exchange};
  std::string output = engine_->run(state);
  if (!state.pending) return answer_of(std::move(output), state);
  pending.emplace(std::move(*state.pending));
  return {};
}

Answer HttplibAdapter::write(Exchange& exchange, std::function<Response()> answer) {
  Current state{.exchange = exchange, .late_answer = std::move(answer)};
  std::string output = engine_->run(state);
  return answer_of(std::move(output), state);
}

}  // namespace dev8agentd

// Transport: the seam to the network. It sends one HTTP request and reports one outcome. Programs use the
// default (libcurl); tests pass the emulator's memory transport (emulator.h). Everything that the library
// sends to Azure goes through it. Redirects are not followed, and nothing is repeated here.
//
// A transport of your own, for example one that counts and passes on:
//
//   class Counting final : public dev8agent::Transport {
//    public:
//     explicit Counting(std::shared_ptr<dev8agent::Transport> next) : next_(std::move(next)) {}
//     RequestId send(dev8agent::HttpRequest request, Completion completion) override {
//       ++sent;
//       return next_->send(std::move(request), std::move(completion));
//     }
//     void cancel(RequestId id) override { next_->cancel(id); }
//     int sent = 0;
//
//    private:
//     std::shared_ptr<dev8agent::Transport> next_;
//   };
//   auto next = dev8agent::make_default_transport(scheduler, {});
//   if (!next.ok()) return fail(next.error());
//   options.scheduler = scheduler;  // the one that the transport calls back on
//   options.transport = std::make_shared<Counting>(*next);
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/export.h"
#include "dev8agent/result.h"
#include "dev8agent/scheduler.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

// One header field, as sent or received.
struct HttpHeader {
  std::string name{};
  std::string value{};
};

// The value of the first header called `name`, compared without regard to case; none when there is no such
// header. The view is valid while `headers` is.
DEV8AGENT_EXPORT std::optional<std::string_view> find_header(const std::vector<HttpHeader>& headers,
                                                             std::string_view name);

// What to send. Header values and body may hold secrets: a transport must not log them.
struct HttpRequest {
  std::string method{};  // upper case
  std::string url{};     // absolute, already percent-encoded; sent as it is
  std::vector<HttpHeader> headers{};
  std::string body{};                     // empty: none; a POST or PUT then says Content-Length: 0
  TimePoint deadline = TimePoint::max();  // when to give up, on the scheduler's clock
  std::string label{};                    // what it is, for logs: "containerGroups.get"; never sent
  bool any_certificate = false;  // whoever answers is believed; never for what carries or brings a secret
};

// What the server answered, with any status.
struct HttpResponse {
  int status = 0;  // the last one, after any 1xx
  std::vector<HttpHeader> headers{};
  std::string body{};
};

// Implementations are called on the loop thread only, so they need no locks. An orchestrator holds its
// transport through a shared_ptr and may destroy it on any thread.
class DEV8AGENT_EXPORT Transport {
 public:
  using Completion = std::function<void(Result<HttpResponse>)>;  // gets the outcome of a request
  using RequestId = std::uint64_t;                               // unique within one transport

  virtual ~Transport() = default;

  // Sends `request` and calls `completion` exactly once on the loop thread, never from inside send(); not at
  // all when the request is cancelled or the transport or the loop is destroyed first.
  // Every HTTP status is a success here. Failures: kAzureUnavailable (no connection, cut, garbled, or an
  // answer that is too large), kTimeout (deadline passed), kAzureRefused (TLS verification), kInternal (a URL
  // that cannot be sent). Error::request_sent says whether the server may have acted. Loop thread only.
  virtual RequestId send(HttpRequest request, Completion completion) = 0;

  // Gives up on a request: after this returns its completion is not called. The server may still act.
  // Unknown ids are ignored. Loop thread only.
  virtual void cancel(RequestId id) = 0;
};

// Options of the default transport.
struct TransportOptions {
  std::string ca_file{};    // extra CA bundle in PEM; empty: the system's alone
  bool allow_http = false;  // accept http:// URLs, for emulators on loopback
};

// libcurl (HTTP/2, TLS verification always on) on the loop of `scheduler`, which make_default_scheduler()
// made. It keeps connections open for reuse, obeys the usual proxy variables except for local addresses, and
// refuses answers of more than 8 MiB or with more than 64 KiB of headers. kInvalidRequest: the CA file cannot
// be read, or the scheduler is of another kind. kInternal: the system has no descriptor or memory to spare.
DEV8AGENT_EXPORT Result<std::shared_ptr<Transport>> make_default_transport(
    std::shared_ptr<Scheduler> scheduler, TransportOptions options);

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent

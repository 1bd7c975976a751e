// Transport: the seam to the network. It sends one HTTP request and reports one outcome.
// Programs use the default (libcurl); tests pass the emulator's memory transport (emulator.h).
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

// One header field, as sent or received.
struct HttpHeader {
  std::string name;
  std::string value;
};

// The value of the first header called `name`, compared without regard to case; none when there is no such
// header. The view is valid while `headers` is.
DEV8AGENT_EXPORT std::optional<std::string_view> find_header(const std::vector<HttpHeader>& headers,
                                                             std::string_view name);

struct HttpRequest {
  std::string method;  // upper case
  std::string url;     // absolute, already percent-encoded; sent as it is
  std::vector<HttpHeader> headers;
  std::string body;
  TimePoint deadline = TimePoint::max();  // when to give up, on the scheduler's clock
  std::string label;                      // what it is, for logs: "containerGroups.get"; never sent
};

// What the server answered, with any status.
struct HttpResponse {
  int status = 0;
  std::vector<HttpHeader> headers;
  std::string body;
};

class DEV8AGENT_EXPORT Transport {
 public:
  using Completion = std::function<void(Result<HttpResponse>)>;
  using RequestId = std::uint64_t;

  virtual ~Transport() = default;

  // Sends `request` and calls `completion` exactly once on the loop thread, never from inside send(); not at
  // all when the request is cancelled or the transport or the loop is destroyed first.
  // Every HTTP status is a success here. Failures: kAzureUnavailable (no connection, cut, garbled),
  // kTimeout (deadline passed), kAzureRefused (TLS verification), with Error::request_sent telling whether
  // the server may have acted. Loop thread only.
  virtual RequestId send(HttpRequest request, Completion completion) = 0;

  // Gives up on a request: after this returns its completion is not called. The server may still act.
  // Unknown ids are ignored. Loop thread only.
  virtual void cancel(RequestId id) = 0;
};

// Options of the default transport.
struct TransportOptions {
  std::string ca_file;      // extra CA bundle in PEM; empty: the system's alone
  bool allow_http = false;  // accept http:// URLs, for emulators on loopback
};

// libcurl (HTTP/2, TLS verification always on) on the loop of `scheduler`, which make_default_scheduler()
// made. kInvalidRequest: the CA file cannot be read, or the scheduler is of another kind.
DEV8AGENT_EXPORT Result<std::shared_ptr<Transport>> make_default_transport(
    std::shared_ptr<Scheduler> scheduler, TransportOptions options);

}  // namespace dev8agent

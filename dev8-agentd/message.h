// One HTTP exchange as the daemon's logic sees it: plain structs, independent of the HTTP server that carries
// them. Handlers take a Request and make a Response. Any thread, one at a time.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/error.h"
#include "dev8agent/transport.h"
#include "rate_limiter.h"

namespace dev8agentd {

struct Route;

// A request that was read whole. The front door fills it in, then the gate (gate.h).
struct Request {
  std::string id;        // the client's X-Request-ID, else trace_id, else a new UUID
  std::string trace_id;  // of the client's traceparent (W3C Trace Context); empty without one
  std::string method;    // upper case
  std::string target;    // path and query as they were sent, still percent-encoded, or "*"
  std::string host;      // as the client named it, with its port if any
  std::vector<dev8agent::HttpHeader> headers;  // in their order, values as they were sent
  std::string body;                            // decoded; empty until the gate has let the request in
  std::string remote_address;                  // without port

  // Entered by the gate.
  const Route* route = nullptr;  // null: no such path, or not with this method
  std::string path_id;           // the {id} of the path, decoded; else empty
  std::string caller;            // whose rate limit counts: "key 0", "workspace ...", "address ..."
  std::string user;              // the caller sees this user's environments alone; empty: everybody's
  std::optional<RateLimiter::Standing> rate;  // of the caller; nothing for probes
  std::map<std::string, std::string> query;   // decoded; see parse_query()

  // The value of the first header called `name`, without regard to case; empty when absent. Valid while the
  // request is.
  std::string_view header(std::string_view name) const;
  // The token of "Authorization: Bearer <token>" (RFC 6750); empty when there is none.
  std::string_view bearer_token() const;
  // The value of a query parameter, empty when absent.
  std::string query_value(const std::string& name) const;
  // True when Content-Length (other than 0) or Transfer-Encoding announces a body.
  bool announces_body() const;
};

class Stream;

// An answer before the common headers are added. Only `body` and `status` are needed.
//
//   return Response{.status = 200, .body = success_body("Environment found", data)};
struct Response {
  int status = 200;  // 204 and 304 are sent without body
  std::string body{};
  std::vector<dev8agent::HttpHeader> headers{};
  std::string content_type = "application/json";
  std::string_view reason{};         // of an error, for the log: a constant such as "NOT_FOUND"
  std::shared_ptr<Stream> stream{};  // the body, when it goes out piece by piece; `body` is empty then
  // What the answer is about, for the log, where the path of the request does not tell.
  std::string environment_id{};
  std::string operation_id{};
};

// The error envelope of the REST API (docs/rest.md) for `error`. `status` 0 takes the status of its code.
// Temporary failures carry Retry-After, in whole seconds: what the error says, else 5. A 401 carries
// WWW-Authenticate.
Response error_response(const dev8agent::Error& error, std::string_view request_id, int status = 0);

// A caller who sees one user's environments alone (Request::user) may name no other user: then the result is
// the 403. When it names none, `user_id` becomes its own.
std::optional<Response> claim_for_user(const Request& request, std::string& user_id);

// The error envelope for a request that the HTTP layer itself refuses (400, 408, 413, 414, 431, 501, 505
// ...). `cause` is for people.
Response protocol_error(int status, std::string_view cause, std::string_view request_id);

}  // namespace dev8agentd

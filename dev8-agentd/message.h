// One HTTP exchange as the daemon's logic sees it: plain structs, independent of the HTTP server that carries
// them.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/error.h"
#include "dev8agent/transport.h"

namespace dev8agentd {

struct Route;

struct Request {
  std::string id;      // X-Request-ID
  std::string method;  // upper case
  std::string target;  // path and query as they were sent, still percent-encoded, or "*"
  std::string host;    // as the client named it, with its port if any
  std::vector<dev8agent::HttpHeader> headers;
  std::string body;
  std::string remote_address;  // without port

  // Worked out by the router.
  const Route* route = nullptr;
  std::string path_id;
  std::string caller;  // whose rate limit counts: "key 0", "workspace ...", "address ..."
  std::map<std::string, std::string> query;

  // The value of a header, empty when absent.
  std::string_view header(std::string_view name) const;
  // The bearer token of the Authorization header, empty when there is none.
  std::string_view bearer_token() const;
  // The value of a query parameter, empty when absent.
  std::string query_value(const std::string& name) const;
  // True when the headers announce a body.
  bool announces_body() const;
};

class Stream;

struct Response {
  int status = 200;
  std::string body{};
  std::vector<dev8agent::HttpHeader> headers{};
  std::string content_type = "application/json";
  std::string_view reason{};         // of an error, for the log
  std::shared_ptr<Stream> stream{};  // the body, when it goes out piece by piece; `body` is empty then
};

// The contract's error envelope for `error`; `status` 0 takes the status of its code.
Response error_response(const dev8agent::Error& error, std::string_view request_id, int status = 0);

// The error envelope for a request that the HTTP layer itself refuses (400, 413, 414, 431 ...).
Response protocol_error(int status, std::string_view cause, std::string_view request_id);

}  // namespace dev8agentd

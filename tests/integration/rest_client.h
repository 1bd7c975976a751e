// What the tests speak to the daemon with: requests through libcurl, each on a
// connection of its own, and raw text over a socket for what no client library would
// send.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/transport.h"
#include "json/value.h"

// One answer of the daemon. Example:
//
//   const Answer answer = client.post("/api/v1/environments", create_body("dev-1"));
//   CHECK(answer.status == 201);
//   CHECK(answer.text({"data", "environment", "status"}) == "RUNNING");
struct Answer {
  int status = 0;  // 0: no answer, or none that is HTTP
  std::vector<dev8agent::HttpHeader> headers;
  std::string body;                       // as sent, also when it is not JSON
  dev8agent::internal::json::Value json;  // null when the body is not JSON

  // The value of the first header of that name, without regard to case; empty when
  // absent.
  std::string header(std::string_view name) const;
  // The string at a path of member names, empty when absent.
  std::string text(std::initializer_list<std::string_view> path) const {
    return std::string(json.string_at(path));
  }
  // The fields that a 400 names ("details" of its body), in order.
  std::vector<std::string> bad_fields() const;
};

// One server. Has no state between requests and no time limit: the daemon ends every
// request. Proxies of the environment are ignored. May be copied, and used by several
// threads.
class RestClient {
 public:
  using Headers = std::vector<std::string>;  // "Name: value"

  // `url` is an origin without a path: "http://127.0.0.1:8080". `ca_file` is a file with the authorities that
  // a server with TLS must follow from; empty: those of the system.
  explicit RestClient(std::string url, std::string ca_file = "")
      : url_(std::move(url)), ca_file_(std::move(ca_file)) {}

  // Sends one request and waits for the answer. `path` is sent as it stands, dots and
  // all. A body is sent as JSON unless `headers` name a Content-Type. A POST without a
  // body has Content-Length 0.
  Answer send(const std::string& method, const std::string& path, const std::string& body = "",
              const Headers& headers = {}) const;
  Answer get(const std::string& path, const Headers& headers = {}) const {
    return send("GET", path, "", headers);
  }
  Answer post(const std::string& path, const std::string& body = "", const Headers& headers = {}) const {
    return send("POST", path, body, headers);
  }
  Answer patch(const std::string& path, const std::string& body, const Headers& headers = {}) const {
    return send("PATCH", path, body, headers);
  }
  Answer remove(const std::string& path, const std::string& body = "", const Headers& headers = {}) const {
    return send("DELETE", path, body, headers);
  }

 private:
  std::string url_;
  std::string ca_file_;
};

// A TCP connection to a port of this machine, for text that is not quite HTTP.
// Blocking, without time limits.
class RawConnection {
 public:
  // Throws std::runtime_error when nobody listens on the port.
  explicit RawConnection(int port);
  ~RawConnection();
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  // Sends all of `text`, or what it can when the other side has closed.
  void send(std::string_view text) const;
  // What arrives until the other side closes.
  std::string read_all() const;
  // What arrives up to and including `mark`, or until the other side closes.
  std::string read_until(std::string_view mark) const;
  // The next `size` bytes, or fewer when the other side closes.
  std::string read_exactly(std::size_t size) const;
  // Sends nothing more; reading goes on.
  void end_sending() const;

 private:
  int socket_;
};

// What the tests speak to the daemon with: one request per connection through libcurl, and raw text over a
// socket for what no client library would send.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/transport.h"
#include "json/value.h"

struct Answer {
  int status = 0;  // 0: no answer
  std::vector<dev8agent::HttpHeader> headers;
  std::string body;
  dev8agent::internal::json::Value json;  // null when the body is not JSON

  // A header's value, empty when absent.
  std::string header(std::string_view name) const;
  // The string at a path of member names, empty when absent.
  std::string text(std::initializer_list<std::string_view> path) const {
    return std::string(json.string_at(path));
  }
  // The fields that a 400 names, in order.
  std::vector<std::string> bad_fields() const;
};

class RestClient {
 public:
  using Headers = std::vector<std::string>;  // "Name: value"

  explicit RestClient(std::string url) : url_(std::move(url)) {}

  // `path` is sent as it stands. A body is sent as JSON unless `headers` say otherwise.
  Answer send(const std::string& method, const std::string& path, const std::string& body = "",
              const Headers& headers = {}) const;
  Answer get(const std::string& path, const Headers& headers = {}) const {
    return send("GET", path, "", headers);
  }
  Answer post(const std::string& path, const std::string& body = "", const Headers& headers = {}) const {
    return send("POST", path, body, headers);
  }
  Answer remove(const std::string& path, const std::string& body = "", const Headers& headers = {}) const {
    return send("DELETE", path, body, headers);
  }

 private:
  std::string url_;
};

// A TCP connection to a port of this machine.
class RawConnection {
 public:
  explicit RawConnection(int port);
  ~RawConnection();
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

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

// HTTP to one daemon with libcurl: several exchanges at once on the caller's thread. One thread.
#pragma once

#include <curl/curl.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/result.h"
#include "dev8agent/secret.h"

namespace dev8ctl {

// True when the host of "http://host..." or "https://host..." is this machine by its name or number.
bool is_local(const std::string& url);

// One request and its answer. Owned by whoever sent it; dropping it ends the transfer.
class HttpExchange {
 public:
  ~HttpExchange();
  HttpExchange(const HttpExchange&) = delete;
  HttpExchange& operator=(const HttpExchange&) = delete;

  bool ended() const { return ended_; }
  // 0 while no answer has begun, or when none came.
  int status() const;
  // What has come; of a stream, what `on_data` has not taken.
  const std::string& body() const { return body_; }
  // The value of the answer's header, by its lower-case name; empty when there is none.
  std::string header(const std::string& name) const;
  // Why there is no answer; empty when there is one.
  const std::string& failure() const { return failure_; }
  // The daemon's URL.
  const std::string& agent() const { return agent_; }

 private:
  friend class HttpClient;
  HttpExchange() = default;
  static std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* exchange);

  CURLM* multi_ = nullptr;         // the client's, while the transfer runs
  CURL* easy_ = nullptr;           // owned
  curl_slist* headers_ = nullptr;  // owned; libcurl reads it until the end
  dev8agent::Secret sent_;         // the body, which libcurl reads until the end
  std::string agent_, body_, failure_;
  std::function<void(std::string_view)> on_data_;  // for answers 2xx; null: body_
  bool ended_ = false;
};

// A request as it goes out.
struct HttpRequestText {
  std::string method, target;          // target: path and query
  std::vector<std::string> headers{};  // "Name: value"
  dev8agent::Secret body{};            // JSON
  // Gets the body of a 2xx answer piece by piece, in drive(); null: body() collects it.
  std::function<void(std::string_view)> on_data{};
};

// The connections to one daemon. A request gets the API key, if there is one, as its bearer token.
class HttpClient {
 public:
  // `base_url` without a slash at its end; `key` may be empty.
  HttpClient(std::string base_url, dev8agent::Secret key, std::string ca_file);
  // All exchanges must have gone.
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Begins; drive() carries it on.
  std::unique_ptr<HttpExchange> send(HttpRequestText request);
  // Carries all exchanges on until something happens, `time` at most.
  void drive(std::chrono::milliseconds time);
  // Sends and waits for the end.
  std::unique_ptr<HttpExchange> fetch(HttpRequestText request);

 private:
  void set_options(HttpExchange& exchange, const HttpRequestText& request);
  void set_headers(HttpExchange& exchange, const HttpRequestText& request);

  std::string base_url_;
  dev8agent::Secret key_;
  std::string ca_file_;
  CURLM* multi_;
};

}  // namespace dev8ctl

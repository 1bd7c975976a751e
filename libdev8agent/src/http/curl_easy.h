// One libcurl transfer: options, body and header sinks, and the outcome in this library's terms.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>

#include "dev8agent/transport.h"
#include "http/memory_file.h"

namespace dev8agent::internal::http {

// How every transfer of one transport is set up.
struct CurlOptions {
  bool allow_http = false;
  // The CA bundle to trust instead of libcurl's default file; null: that file. A file and not a blob, because
  // libcurl parses a blob anew for each connection.
  std::shared_ptr<const MemoryFile> ca_bundle{};
};

class Transfer {
 public:
  Transfer(Transport::RequestId id, HttpRequest request, Transport::Completion completion);
  ~Transfer();
  Transfer(const Transfer&) = delete;

  // Sets every option; false (and the outcome is set) when libcurl refuses one.
  bool prepare(const CurlOptions& options, TimePoint now);
  // The outcome after libcurl finished with `code`.
  Result<HttpResponse> outcome(CURLcode code);

  CURL* handle() const { return easy_; }
  Transport::RequestId id() const { return id_; }
  Transport::Completion take_completion() { return std::move(completion_); }

 private:
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self) noexcept;
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self) noexcept;
  template <class V>
  void set(CURLoption option, V value);

  // The parts of prepare().
  void set_peer(const CurlOptions& options);
  void set_limits(TimePoint now);
  void set_body();
  bool set_headers();
  // Sets code and retryable of the failure `code`, as far as they are not the usual ones.
  void classify(CURLcode code, Error& error) const;
  // Words a time-out and a failure to reach the host; returns whether it was the latter.
  bool explain_connection(CURLcode code, Error& error) const;

  Transport::RequestId id_;
  HttpRequest request_;
  Transport::Completion completion_;
  CURL* easy_;
  curl_slist* headers_ = nullptr;
  HttpResponse response_;
  std::size_t header_bytes_ = 0;
  bool headers_complete_ = false;  // the blank line behind them has come
  const char* refused_ = nullptr;  // why a sink stopped the transfer
  CURLcode failed_option_ = CURLE_OK;
  char error_text_[CURL_ERROR_SIZE] = {};
};

}  // namespace dev8agent::internal::http

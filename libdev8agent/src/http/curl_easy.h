// One libcurl transfer: its options, the sinks of body and headers, and its outcome in this library's terms.
// CurlTransport owns a Transfer for each request. Loop thread only.
//
// Limits of every transfer: 5 s to connect, 30 s without a byte, 8 MiB of body, 64 KiB of headers. Redirects
// are not followed, because the request may carry a token. Certificates are always verified. HTTP/2 is used
// over TLS where the server offers it. Proxies come from the usual environment variables; loopback and
// link-local addresses are never behind one.
#pragma once

#include <curl/curl.h>

#include <chrono>
#include <memory>
#include <string>

#include "dev8agent/transport.h"
#include "http/memory_file.h"

namespace dev8agent::internal::http {

// How every transfer of one transport is set up.
struct CurlOptions {
  bool allow_http = false;                // accept http:// URLs
  std::chrono::seconds longest_idle{90};  // a connection that was idle for longer is not used again
  // The directory of the system's CAs, each in a file named after its hash: a connection reads only those
  // that it needs. Empty: there is none.
  std::string ca_directory{};
  // The CA bundle to trust besides `ca_directory`, or, without one, instead of libcurl's default file; null:
  // that file. It is a file and not a blob, because libcurl parses a blob anew for each connection.
  std::shared_ptr<const MemoryFile> ca_bundle{};
};

// The steps are prepare(), the transfer itself by libcurl, outcome(), take_completion(). The address must not
// change, because libcurl holds pointers to it. The destructor overwrites body and header values in memory:
// they hold secrets.
class Transfer {
 public:
  Transfer(Transport::RequestId id, HttpRequest request, Transport::Completion completion);
  ~Transfer();
  Transfer(const Transfer&) = delete;

  // Makes libcurl's handle, which takes most of a transfer's memory, and sets every option. False when
  // libcurl refuses one or has no memory; outcome() then returns that failure. `now` is the scheduler's time,
  // from which the request's deadline is counted.
  bool prepare(const CurlOptions& options, TimePoint now);
  // The outcome after libcurl finished with `code`. Any HTTP status is a success. Failures are those that
  // Transport::send() lists; also kInternal when the request could not be set up. Error::request_sent is set
  // when libcurl had begun to send. Call it once: the response is moved out.
  Result<HttpResponse> outcome(CURLcode code);

  // For the multi interface; owned by this object. Null before prepare().
  CURL* handle() const { return easy_; }
  Transport::RequestId id() const { return id_; }
  // What the caller of send() waits for. It is taken before this object is destroyed, and called afterwards.
  Transport::Completion take_completion() { return std::move(completion_); }

 private:
  // Called by libcurl before it asks for the addresses of a name; `self` is the Transfer.
  static int on_resolve(void*, void*, void* self) noexcept;
  // Called by libcurl before each sending of the request; `self` is the Transfer.
  static int on_send(void* self, char*, char*, int, int) noexcept;
  // The sinks, called by libcurl; `self` is the Transfer. A return value below size * count stops the
  // transfer.
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self) noexcept;
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self) noexcept;
  // Sets one option, and keeps the first failure in failed_option_.
  template <class V>
  void set(CURLoption option, V value);

  // The parts of prepare().
  void set_peer(const CurlOptions& options);
  void set_trust(const CurlOptions& options);
  void set_limits(TimePoint now);
  void set_body();
  bool set_headers();
  // Sets code and retryable of the failure `code`, as far as they are not the usual ones.
  void classify(CURLcode code, Error& error) const;
  // Once the headers are there.
  void make_room();
  // Whether the transfer has ended while it waited for the addresses of its own host.
  bool waits_for_resolver() const;
  // Words a time-out and a failure to reach the host; returns whether it was the latter.
  bool explain_connection(CURLcode code, Error& error) const;

  Transport::RequestId id_;
  HttpRequest request_;
  Transport::Completion completion_;       // empty once it was taken
  CURL* easy_ = nullptr;                   // null before prepare(), and when libcurl has no memory for it
  curl_slist* headers_ = nullptr;          // libcurl reads it during the transfer
  HttpResponse response_;                  // what has come so far
  std::size_t header_bytes_ = 0;           // of all header lines, those of 1xx answers too
  bool resolves_ = false;                  // libcurl has asked for the addresses of a name
  bool begun_ = false;                     // libcurl has begun to send
  bool headers_complete_ = false;          // the blank line behind them has come
  const char* refused_ = nullptr;          // why a sink stopped the transfer
  CURLcode failed_option_ = CURLE_OK;      // the first failure of prepare()
  char error_text_[CURL_ERROR_SIZE] = {};  // libcurl's own words
};

}  // namespace dev8agent::internal::http

// One libcurl transfer: its options, its sinks and its outcome.
#include "http/curl_easy.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <limits>
#include <utility>

#include "base/origin.h"
#include "base/text.h"

namespace dev8agent::internal::http {
namespace {

// Azure's answers are small: a page of groups is tens of KB, ARM's own limit is 4 MB a body.
constexpr std::size_t kMaxBody = 8 * 1024 * 1024;
constexpr std::size_t kMaxHeaders = 64 * 1024;
constexpr long kConnectTimeoutMs = 5'000;
constexpr long kStallSeconds = 30;

std::string host_of(const std::string& url) {
  const auto origin = origin_of(url);
  return origin ? printable(origin->host, 253) : "";
}

// Whether the environment names a proxy for some hosts: the variables that libcurl reads.
bool names_a_proxy() {
  const char* const variables[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};
  return std::any_of(std::begin(variables), std::end(variables), [](const char* variable) {
    const char* value = std::getenv(variable);
    return value != nullptr && *value != '\0';
  });
}

}  // namespace

Transfer::Transfer(Transport::RequestId id, HttpRequest request, Transport::Completion completion)
    : id_(id), request_(std::move(request)), completion_(std::move(completion)) {}

Transfer::~Transfer() {
  curl_easy_cleanup(easy_);
  for (curl_slist* item = headers_; item != nullptr; item = item->next) {
    OPENSSL_cleanse(item->data, std::char_traits<char>::length(item->data));
  }
  curl_slist_free_all(headers_);
  OPENSSL_cleanse(request_.body.data(), request_.body.size());
  for (HttpHeader& header : request_.headers) OPENSSL_cleanse(header.value.data(), header.value.size());
}

template <class V>
void Transfer::set(CURLoption option, V value) {
  const CURLcode code = curl_easy_setopt(easy_, option, value);
  if (code != CURLE_OK && failed_option_ == CURLE_OK) failed_option_ = code;
}

bool Transfer::prepare(const CurlOptions& options, TimePoint now) {
  easy_ = curl_easy_init();
  if (easy_ == nullptr) {
    failed_option_ = CURLE_FAILED_INIT;
    return false;
  }
  set_peer(options);
  set_limits(now);
  set(CURLOPT_MAXAGE_CONN, static_cast<long>(options.longest_idle.count()));
  set(CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  set(CURLOPT_WRITEDATA, static_cast<void*>(this));
  set(CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  set(CURLOPT_HEADERDATA, static_cast<void*>(this));
  set(CURLOPT_RESOLVER_START_FUNCTION, &Transfer::on_resolve);
  set(CURLOPT_RESOLVER_START_DATA, static_cast<void*>(this));
  set(CURLOPT_PREREQFUNCTION, &Transfer::on_send);
  set(CURLOPT_PREREQDATA, static_cast<void*>(this));
  set(CURLOPT_PRIVATE, static_cast<void*>(this));
  set_body();
  return set_headers() && failed_option_ == CURLE_OK;
}

void Transfer::set_peer(const CurlOptions& options) {
  set(CURLOPT_URL, request_.url.c_str());
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_ERRORBUFFER, error_text_);
  set(CURLOPT_PROTOCOLS_STR, options.allow_http ? "http,https" : "https");
  // The instance metadata service and emulators on this machine are never behind a proxy.
  const auto origin = origin_of(request_.url);
  if (origin && is_local(*origin)) set(CURLOPT_PROXY, "");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  set(CURLOPT_PIPEWAIT, 1L);
  set_trust(options);
  if (request_.any_certificate) {
    set(CURLOPT_SSL_VERIFYPEER, 0L);
    set(CURLOPT_SSL_VERIFYHOST, 0L);
  }
}

// The system's bundle costs tens of milliseconds and 0.7 MB when it is read as a whole. libcurl keeps it for
// the next connection, but only without a CA path.
void Transfer::set_trust(const CurlOptions& options) {
  const char* bundle = options.ca_bundle ? options.ca_bundle->path().c_str() : nullptr;
  if (!options.ca_directory.empty()) {
    set(CURLOPT_CAPATH, options.ca_directory.c_str());
    set(CURLOPT_CAINFO, bundle);
    return;
  }
  set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  set(CURLOPT_CA_CACHE_TIMEOUT, 3600L);
  if (bundle != nullptr) set(CURLOPT_CAINFO, bundle);
}

void Transfer::set_limits(TimePoint now) {
  set(CURLOPT_CONNECTTIMEOUT_MS, kConnectTimeoutMs);
  if (request_.deadline != TimePoint::max()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(request_.deadline - now).count();
    set(CURLOPT_TIMEOUT_MS,
        static_cast<long>(std::clamp<long long>(left, 1, std::numeric_limits<int>::max())));
  }
  set(CURLOPT_LOW_SPEED_LIMIT, 1L);
  set(CURLOPT_LOW_SPEED_TIME, kStallSeconds);
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_TCP_KEEPIDLE, 30L);
  set(CURLOPT_TCP_KEEPINTVL, 15L);
  set(CURLOPT_MAXLIFETIME_CONN, 600L);
  set(CURLOPT_QUICK_EXIT, 1L);
}

void Transfer::set_body() {
  const bool has_body = !request_.body.empty() || request_.method == "POST" || request_.method == "PUT";
  if (has_body) {
    set(CURLOPT_POSTFIELDS, request_.body.c_str());
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
  }
  if (request_.method == "HEAD") set(CURLOPT_NOBODY, 1L);
  set(CURLOPT_CUSTOMREQUEST, request_.method.c_str());
}

bool Transfer::set_headers() {
  // libcurl adds these by itself; an empty value takes them out.
  std::vector<std::string> lines = {"Expect:"};
  if (!find_header(request_.headers, "Content-Type")) lines.push_back("Content-Type:");
  for (const HttpHeader& header : request_.headers) {
    lines.push_back(header.value.empty() ? header.name + ";" : header.name + ": " + header.value);
  }
  for (std::string& line : lines) {
    curl_slist* longer = curl_slist_append(headers_, line.c_str());
    OPENSSL_cleanse(line.data(), line.size());
    if (longer == nullptr) {
      failed_option_ = CURLE_OUT_OF_MEMORY;
      return false;
    }
    headers_ = longer;
  }
  set(CURLOPT_HTTPHEADER, headers_);
  return true;
}

int Transfer::on_resolve(void*, void*, void* self) noexcept {
  static_cast<Transfer*>(self)->resolves_ = true;
  return 0;
}

// When a connection of the pool ends without a byte of an answer, libcurl sends the request again by itself.
// The peer may have carried it out, so only a read may go that way.
int Transfer::on_send(void* self, char*, char*, int, int) noexcept {
  Transfer& transfer = *static_cast<Transfer*>(self);
  const bool reads = transfer.request_.method == "GET" || transfer.request_.method == "HEAD";
  if (!std::exchange(transfer.begun_, true) || reads) return CURL_PREREQFUNC_OK;
  transfer.refused_ = "the connection ended before an answer";
  return CURL_PREREQFUNC_ABORT;
}

std::size_t Transfer::on_body(char* data, std::size_t size, std::size_t count, void* self) noexcept {
  Transfer& transfer = *static_cast<Transfer*>(self);
  if (transfer.response_.body.size() + size * count > kMaxBody) {
    transfer.refused_ = "the answer's body is larger than 8 MiB";
    return 0;
  }
  transfer.response_.body.append(data, size * count);
  return size * count;
}

std::size_t Transfer::on_header(char* data, std::size_t size, std::size_t count, void* self) noexcept {
  Transfer& transfer = *static_cast<Transfer*>(self);
  const std::string_view line(data, size * count);
  transfer.header_bytes_ += line.size();
  if (transfer.header_bytes_ > kMaxHeaders) {
    transfer.refused_ = "the answer's headers are larger than 64 KiB";
    return 0;
  }
  if (line.starts_with("HTTP/")) {
    transfer.response_.headers.clear();  // what came before was a 1xx
    transfer.headers_complete_ = false;
  } else if (trim(line).empty()) {
    transfer.headers_complete_ = true;
    transfer.make_room();
  } else if (auto colon = line.find(':'); colon != line.npos) {
    transfer.response_.headers.push_back(
        {std::string(line.substr(0, colon)), std::string(trim(line.substr(colon + 1)))});
  }
  return line.size();
}

// At once for a body whose length is told: a string that grows takes up to three times the length meanwhile.
void Transfer::make_room() {
  curl_off_t length = -1;
  curl_easy_getinfo(easy_, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
  const bool has_body = request_.method != "HEAD";
  if (has_body && length > 0 && static_cast<std::size_t>(length) <= kMaxBody)
    response_.body.reserve(static_cast<std::size_t>(length));
}

bool Transfer::waits_for_resolver() const {
  curl_off_t resolved_at = 0;
  curl_easy_getinfo(easy_, CURLINFO_NAMELOOKUP_TIME_T, &resolved_at);
  // libcurl does not tell whether it asks for the addresses of the host or of a proxy.
  const auto origin = origin_of(request_.url);
  const bool is_own = (origin && is_local(*origin)) || !names_a_proxy();
  return resolves_ && resolved_at == 0 && is_own;
}

bool Transfer::explain_connection(CURLcode code, Error& error) const {
  const std::string host = host_of(request_.url);
  const bool late = code == CURLE_OPERATION_TIMEDOUT;
  if (code == CURLE_COULDNT_RESOLVE_HOST || (late && waits_for_resolver())) {
    const std::string what = late ? " was not resolved in time" : " cannot be resolved";
    error.message = "the name of the host " + host + what;
    error.unresolved_host = host;
    error.lasting = !late;
    return !late;
  }
  if (late) {
    // libcurl's own words blame the resolver for a transfer that waits for a connection.
    error.message =
        std::string(error.request_sent ? "no answer from " : "no connection to ") + host + " in time";
    return false;
  }
  long proxy_status = 0;
  curl_easy_getinfo(easy_, CURLINFO_HTTP_CONNECTCODE, &proxy_status);
  if (code == CURLE_COULDNT_RESOLVE_PROXY) {
    error.message = "the name of the proxy for " + host + " cannot be resolved";
  } else if (proxy_status >= 400) {
    error.message =
        "the proxy refused the connection to " + host + " with status " + std::to_string(proxy_status);
  } else {
    return false;
  }
  error.lasting = proxy_status < 500;
  return true;
}

void Transfer::classify(CURLcode code, Error& error) const {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      if (std::chrono::steady_clock::now() >= request_.deadline) error.code = ErrorCode::kTimeout;
      break;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
      error.message = "the certificate of " + host_of(request_.url) + " is not trusted: " + error.message;
      error.code = ErrorCode::kAzureRefused;
      error.retryable = false;
      break;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_OUT_OF_MEMORY:
      // After the request was sent, these codes mean a malformed response, for example from a proxy; that may
      // be transient.
      if (error.request_sent) break;
      error.code = ErrorCode::kInternal;
      error.retryable = false;
      break;
    default:
      break;
  }
}

Result<HttpResponse> Transfer::outcome(CURLcode code) {
  if (failed_option_ != CURLE_OK) {
    return make_error(ErrorCode::kInternal, std::string("libcurl: ") + curl_easy_strerror(failed_option_));
  }
  // libcurl takes a connection that ends inside the headers for a whole answer.
  if (code == CURLE_OK && !headers_complete_) code = CURLE_RECV_ERROR;
  if (code == CURLE_OK) {
    long status = 0;
    curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
    response_.status = static_cast<int>(status);
    return std::move(response_);
  }
  Error error = make_error(ErrorCode::kAzureUnavailable, refused_ ? refused_ : curl_easy_strerror(code));
  error.retryable = true;
  if (error_text_[0] != '\0' && refused_ == nullptr) error.message += std::string(" (") + error_text_ + ")";
  curl_off_t sent_at = 0;
  curl_easy_getinfo(easy_, CURLINFO_PRETRANSFER_TIME_T, &sent_at);
  error.request_sent = sent_at > 0 || (begun_ && refused_ != nullptr);
  if (explain_connection(code, error)) return error;
  classify(code, error);
  return error;
}

}  // namespace dev8agent::internal::http

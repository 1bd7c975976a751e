// libcurl's multi interface.
#include "dev8ctl/http_client.h"

#include <algorithm>
#include <utility>

#include "dev8agent/version.h"

namespace dev8ctl {
namespace {

// Of an answer that is kept whole.
constexpr std::size_t kMaxBody = std::size_t{64} << 20;
constexpr long kConnectSeconds = 20;
// The daemon's streams show a sign of life every 10 s, and its answers come within 290 s.
constexpr long kSilenceSeconds = 300;

}  // namespace

bool is_local(const std::string& url) {
  const auto begin = url.find("://") + 3;
  const std::string host = url.substr(begin, url.find_first_of("/:", begin) - begin);
  return host == "localhost" || host.starts_with("127.") || url.compare(begin, 5, "[::1]") == 0;
}

HttpExchange::~HttpExchange() {
  if (easy_ != nullptr) {
    curl_multi_remove_handle(multi_, easy_);
    curl_easy_cleanup(easy_);
  }
  curl_slist_free_all(headers_);
}

int HttpExchange::status() const {
  long code = 0;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &code);
  return static_cast<int>(code);
}

std::string HttpExchange::header(const std::string& name) const {
  curl_header* found = nullptr;
  const bool there = curl_easy_header(easy_, name.c_str(), 0, CURLH_HEADER, -1, &found) == CURLHE_OK;
  return there ? found->value : "";
}

std::size_t HttpExchange::on_body(char* bytes, std::size_t size, std::size_t count, void* exchange) {
  auto& self = *static_cast<HttpExchange*>(exchange);
  const std::string_view text(bytes, size * count);
  if (self.on_data_ && self.status() >= 200 && self.status() < 300) {
    self.on_data_(text);
    return text.size();
  }
  if (self.body_.size() + text.size() > kMaxBody) return 0;
  self.body_ += text;
  return text.size();
}

HttpClient::HttpClient(std::string base_url, dev8agent::Secret key, std::string ca_file)
    : base_url_(std::move(base_url)), key_(std::move(key)), ca_file_(std::move(ca_file)) {
  curl_global_init(CURL_GLOBAL_DEFAULT);
  multi_ = curl_multi_init();
}

HttpClient::~HttpClient() {
  curl_multi_cleanup(multi_);
}

void HttpClient::set_headers(HttpExchange& exchange, const HttpRequestText& request) {
  const auto add = [&](const std::string& line) {
    exchange.headers_ = curl_slist_append(exchange.headers_, line.c_str());
  };
  for (const std::string& line : request.headers) add(line);
  if (!key_.empty()) add("Authorization: Bearer " + std::string(key_.reveal()));
  if (!request.body.empty()) add("Content-Type: application/json");
  add("Expect:");
  curl_easy_setopt(exchange.easy_, CURLOPT_HTTPHEADER, exchange.headers_);
}

void HttpClient::set_options(HttpExchange& exchange, const HttpRequestText& request) {
  CURL* easy = exchange.easy_;
  curl_easy_setopt(easy, CURLOPT_URL, (base_url_ + request.target).c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_USERAGENT, ("dev8ctl/" + std::string(dev8agent::version())).c_str());
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, kSilenceSeconds);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &HttpExchange::on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &exchange);
  if (is_local(base_url_)) curl_easy_setopt(easy, CURLOPT_PROXY, "");
  if (!ca_file_.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file_.c_str());
  const bool has_body = request.method == "POST" || request.method == "PATCH";
  if (has_body) curl_easy_setopt(easy, CURLOPT_POST, 1L);
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  if (!has_body) return;
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(exchange.sent_.size()));
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, exchange.sent_.empty() ? "" : exchange.sent_.reveal().data());
}

std::unique_ptr<HttpExchange> HttpClient::send(HttpRequestText request) {
  std::unique_ptr<HttpExchange> exchange(new HttpExchange());
  exchange->multi_ = multi_;
  exchange->agent_ = base_url_;
  exchange->easy_ = curl_easy_init();
  if (exchange->easy_ == nullptr) {
    exchange->failure_ = "libcurl cannot make a handle";
    exchange->ended_ = true;
    return exchange;
  }
  set_headers(*exchange, request);
  exchange->sent_ = std::move(request.body);
  exchange->on_data_ = std::move(request.on_data);
  set_options(*exchange, request);
  curl_easy_setopt(exchange->easy_, CURLOPT_PRIVATE, exchange.get());
  curl_multi_add_handle(multi_, exchange->easy_);
  return exchange;
}

void HttpClient::drive(std::chrono::milliseconds time) {
  int running = 0;
  curl_multi_perform(multi_, &running);
  if (time.count() > 0) curl_multi_poll(multi_, nullptr, 0, static_cast<int>(time.count()), nullptr);
  curl_multi_perform(multi_, &running);
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    HttpExchange* exchange = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &exchange);
    exchange->ended_ = true;
    if (message->data.result != CURLE_OK) exchange->failure_ = curl_easy_strerror(message->data.result);
  }
}

std::unique_ptr<HttpExchange> HttpClient::fetch(HttpRequestText request) {
  auto exchange = send(std::move(request));
  while (!exchange->ended()) drive(std::chrono::milliseconds(1000));
  return exchange;
}

}  // namespace dev8ctl

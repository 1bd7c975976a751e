// CurlTransport: libcurl's multi interface on the event loop.
#include "http/curl_transport.h"

#include <sys/epoll.h>

#include <optional>
#include <unordered_map>

#include "base/ca_bundle.h"
#include "base/file.h"
#include "http/curl_easy.h"

namespace dev8agent::internal::http {
namespace {

// libcurl counts users; a library must not be the one that shuts it down for the whole process.
void initialise_curl_once() {
  static const CURLcode result = curl_global_init(CURL_GLOBAL_DEFAULT);
  (void)result;  // a failure shows in every curl_easy_init() after it
}

constexpr long kConnectionsPerHost = 4;
constexpr long kIdleConnections = 32;

// The certificates that libcurl was built to trust. Empty where there are none (a container without
// ca-certificates): then the operator's own file is all there is.
std::string system_bundle() {
  const char* path = curl_version_info(CURLVERSION_NOW)->cainfo;
  auto bundle = path ? read_file(path, kLargestBundle) : Result<std::string>(std::string());
  return bundle.ok() ? std::move(*bundle) : std::string();
}

// The directory of certificates that libcurl was built to trust; empty where it is none that can be used.
std::string system_directory() {
  const char* path = curl_version_info(CURLVERSION_NOW)->capath;
  return path && is_hashed_directory(path) ? path : std::string();
}

}  // namespace

// The CURLM and its transfers. Lives on the loop thread.
struct CurlTransport::Multi : std::enable_shared_from_this<CurlTransport::Multi> {
  Multi(EventLoop& event_loop, CurlOptions curl_options);
  ~Multi();
  RequestId send(HttpRequest request, Completion completion);
  void cancel(RequestId id);
  void shut_down();
  void on_socket_ready(int fd, unsigned events);
  void on_timer();
  void finish_transfers();

  static int socket_changed(CURL*, curl_socket_t fd, int what, void* self, void*) noexcept;
  static int timer_changed(CURLM*, long timeout_ms, void* self) noexcept;

  EventLoop& loop;
  const CurlOptions options;
  CURLM* multi = nullptr;
  std::optional<Scheduler::TimerId> timer;
  RequestId last_id = 0;
  std::unordered_map<RequestId, std::unique_ptr<Transfer>> transfers;
};

CurlTransport::Multi::Multi(EventLoop& event_loop, CurlOptions curl_options)
    : loop(event_loop), options(std::move(curl_options)) {
  initialise_curl_once();
  multi = curl_multi_init();
  curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &Multi::socket_changed);
  curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &Multi::timer_changed);
  curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, kConnectionsPerHost);
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, kIdleConnections);
}

CurlTransport::Multi::~Multi() {
  shut_down();
}

void CurlTransport::Multi::shut_down() {
  for (auto& [id, transfer] : transfers) curl_multi_remove_handle(multi, transfer->handle());
  transfers.clear();
  if (timer) loop.cancel(*std::exchange(timer, std::nullopt));
  if (multi) curl_multi_cleanup(std::exchange(multi, nullptr));
}

// libcurl forbids calls into itself from these two callbacks: they only note what it wants.
int CurlTransport::Multi::socket_changed(CURL*, curl_socket_t fd, int what, void* self, void*) noexcept {
  Multi& multi = *static_cast<Multi*>(self);
  if (what == CURL_POLL_REMOVE) {
    multi.loop.unwatch(fd);
    return 0;
  }
  const unsigned events = ((what & CURL_POLL_IN) ? EPOLLIN : 0u) | ((what & CURL_POLL_OUT) ? EPOLLOUT : 0u);
  // A socket that epoll refuses is not watched: its transfer ends at its deadline.
  multi.loop.watch(fd, events, [weak = multi.weak_from_this(), fd](unsigned ready) {
    if (auto alive = weak.lock()) alive->on_socket_ready(fd, ready);
  });
  return 0;
}

int CurlTransport::Multi::timer_changed(CURLM*, long timeout_ms, void* self) noexcept {
  Multi& multi = *static_cast<Multi*>(self);
  if (multi.timer) multi.loop.cancel(*std::exchange(multi.timer, std::nullopt));
  if (timeout_ms < 0) return 0;
  multi.timer = multi.loop.call_at(multi.loop.now() + std::chrono::milliseconds(timeout_ms),
                                   [weak = multi.weak_from_this()] {
                                     if (auto alive = weak.lock()) alive->on_timer();
                                   });
  return 0;
}

void CurlTransport::Multi::on_socket_ready(int fd, unsigned events) {
  const int mask = ((events & EPOLLIN) ? CURL_CSELECT_IN : 0) | ((events & EPOLLOUT) ? CURL_CSELECT_OUT : 0) |
                   ((events & (EPOLLERR | EPOLLHUP)) ? CURL_CSELECT_ERR : 0);
  int running = 0;
  curl_multi_socket_action(multi, fd, mask, &running);
  finish_transfers();
}

void CurlTransport::Multi::on_timer() {
  timer.reset();
  int running = 0;
  curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
  finish_transfers();
}

void CurlTransport::Multi::finish_transfers() {
  int queued = 0;
  while (multi != nullptr) {
    CURLMsg* message = curl_multi_info_read(multi, &queued);
    if (message == nullptr) return;
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;  // the message dies with the removal below
    Transfer* transfer = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
    auto node = transfers.extract(transfer->id());
    Result<HttpResponse> outcome = transfer->outcome(code);
    curl_multi_remove_handle(multi, transfer->handle());
    Completion completion = transfer->take_completion();
    node.mapped().reset();
    completion(std::move(outcome));
  }
}

Transport::RequestId CurlTransport::Multi::send(HttpRequest request, Completion completion) {
  const RequestId id = ++last_id;
  auto transfer = std::make_unique<Transfer>(id, std::move(request), std::move(completion));
  const bool prepared = multi != nullptr && transfer->prepare(options, loop.now());
  Transfer& added = *transfers.emplace(id, std::move(transfer)).first->second;
  if (prepared && curl_multi_add_handle(multi, added.handle()) == CURLM_OK) return id;
  loop.post([weak = weak_from_this(), id] {
    auto alive = weak.lock();
    if (!alive) return;
    auto node = alive->transfers.extract(id);
    if (node.empty()) return;
    node.mapped()->take_completion()(node.mapped()->outcome(CURLE_FAILED_INIT));
  });
  return id;
}

void CurlTransport::Multi::cancel(RequestId id) {
  auto node = transfers.extract(id);
  if (!node.empty() && multi) curl_multi_remove_handle(multi, node.mapped()->handle());
}

CurlTransport::CurlTransport(std::shared_ptr<EventLoop> loop, CurlOptions options)
    : loop_(std::move(loop)), multi_(std::make_shared<Multi>(*loop_, std::move(options))) {}

CurlTransport::~CurlTransport() {
  if (loop_->on_loop_thread()) {
    multi_->shut_down();
  } else {
    // The closure keeps the loop too: whichever way the loop ends, the CURLM goes first.
    EventLoop& loop = *loop_;
    loop.post([multi = std::move(multi_)]() mutable {
      multi->shut_down();
      multi.reset();
    });
  }
}

Transport::RequestId CurlTransport::send(HttpRequest request, Completion completion) {
  return multi_->send(std::move(request), std::move(completion));
}

void CurlTransport::cancel(RequestId id) {
  multi_->cancel(id);
}

}  // namespace dev8agent::internal::http

namespace dev8agent {

using namespace internal;

Result<std::shared_ptr<Transport>> make_default_transport(std::shared_ptr<Scheduler> scheduler,
                                                          TransportOptions options) {
  auto loop = std::dynamic_pointer_cast<http::EventLoop>(scheduler);
  if (!loop) return invalid_request({{"scheduler", "must come from make_default_scheduler()"}});
  http::CurlOptions curl_options;
  curl_options.allow_http = options.allow_http;
  curl_options.ca_directory = http::system_directory();
  if (!options.ca_file.empty()) {
    const auto extra = read_ca_bundle(options.ca_file);
    if (!extra.ok()) return invalid_request({{"AZURE_CA_FILE", extra.error().message}});
    auto file = http::MemoryFile::make(
        curl_options.ca_directory.empty() ? http::system_bundle() + "\n" + *extra : *extra);
    if (!file.ok()) return file.error();
    curl_options.ca_bundle = std::move(*file);
  }
  return std::shared_ptr<Transport>(
      std::make_shared<http::CurlTransport>(std::move(loop), std::move(curl_options)));
}

}  // namespace dev8agent

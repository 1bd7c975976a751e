// CurlTransport: libcurl's multi interface on the event loop.
#include "http/curl_transport.h"

#include <sys/epoll.h>

#include <optional>
#include <unordered_map>

#include "base/ca_bundle.h"
#include "base/file.h"
#include "base/origin.h"
#include "http/curl_easy.h"
#include "http/host_queue.h"

namespace dev8agent::internal::http {
namespace {

// libcurl counts users; a library must not be the one that shuts it down for the whole process.
void initialise_curl_once() {
  static const CURLcode result = curl_global_init(CURL_GLOBAL_DEFAULT);
  (void)result;  // a failure shows in every curl_easy_init() after it
}

constexpr long kConnectionsPerHost = 4;
constexpr long kIdleConnections = 32;
// As many writes as Azure Resource Manager takes at once from a principal; each lasts 3-4 s, and reads must
// not wait for many of them. libcurl needs some 20 KB for each request. Source: Microsoft Learn, "Understand
// how Azure Resource Manager throttles requests". Two connections carry so many with HTTP/2.
constexpr std::size_t kTransfersPerHost = 200;

std::string host_key(const std::string& url) {
  const auto origin = origin_of(url);
  return origin ? origin->host + ":" + std::to_string(origin->port) : "";
}

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

  // One request, from send() to its completion.
  struct Pending {
    std::unique_ptr<Transfer> transfer;
    std::string host;                            // its name in `queue`
    std::optional<Scheduler::TimerId> expiry{};  // while it waits for its turn
  };
  using Node = std::unordered_map<RequestId, Pending>::node_type;
  // Hands a request to libcurl.
  void begin(Pending& pending);
  // A request that has waited in vain.
  void expire(RequestId id);
  // Takes a request out, and lets the next one to its host begin. Empty when there is none of that id.
  Node take(RequestId id);

  static int socket_changed(CURL*, curl_socket_t fd, int what, void* self, void*) noexcept;
  static int timer_changed(CURLM*, long timeout_ms, void* self) noexcept;

  EventLoop& loop;
  const CurlOptions options;
  CURLM* multi = nullptr;
  std::optional<Scheduler::TimerId> timer;
  RequestId last_id = 0;
  std::unordered_map<RequestId, Pending> requests;
  HostQueue queue{kTransfersPerHost};
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
  // A completion that is destroyed here may cancel another request, which is gone by then.
  const auto dropped = std::exchange(requests, {});
  queue = HostQueue(kTransfersPerHost);
  for (const auto& [id, pending] : dropped) {
    if (pending.expiry) loop.cancel(*pending.expiry);
    if (pending.transfer->handle()) curl_multi_remove_handle(multi, pending.transfer->handle());
  }
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
    Result<HttpResponse> outcome = transfer->outcome(code);
    Completion completion = transfer->take_completion();
    take(transfer->id());
    completion(std::move(outcome));
  }
}

Transport::RequestId CurlTransport::Multi::send(HttpRequest request, Completion completion) {
  const RequestId id = ++last_id;
  const TimePoint deadline = request.deadline;
  std::string host = host_key(request.url);
  const bool now = queue.enter(host, id);
  Pending& pending = requests[id];
  pending.host = std::move(host);
  pending.transfer = std::make_unique<Transfer>(id, std::move(request), std::move(completion));
  if (now) {
    begin(pending);
  } else if (deadline != TimePoint::max()) {
    pending.expiry = loop.call_at(deadline, [weak = weak_from_this(), id] {
      if (auto alive = weak.lock()) alive->expire(id);
    });
  }
  return id;
}

void CurlTransport::Multi::begin(Pending& pending) {
  Transfer& transfer = *pending.transfer;
  if (pending.expiry) loop.cancel(*std::exchange(pending.expiry, std::nullopt));
  const bool prepared = transfer.prepare(options, loop.now());
  if (prepared && multi && curl_multi_add_handle(multi, transfer.handle()) == CURLM_OK) return;
  loop.post([weak = weak_from_this(), id = transfer.id()] {
    auto alive = weak.lock();
    if (!alive) return;
    auto node = alive->take(id);
    if (node.empty()) return;
    Transfer& failed = *node.mapped().transfer;
    failed.take_completion()(failed.outcome(CURLE_FAILED_INIT));
  });
}

void CurlTransport::Multi::expire(RequestId id) {
  auto node = take(id);
  if (node.empty()) return;
  Transfer& transfer = *node.mapped().transfer;
  transfer.prepare(options, loop.now());  // outcome() words the failure with the help of libcurl's handle
  transfer.take_completion()(transfer.outcome(CURLE_OPERATION_TIMEDOUT));
}

CurlTransport::Multi::Node CurlTransport::Multi::take(RequestId id) {
  auto node = requests.extract(id);
  if (node.empty()) return node;
  Pending& pending = node.mapped();
  if (pending.expiry) loop.cancel(*std::exchange(pending.expiry, std::nullopt));
  if (multi && pending.transfer->handle()) curl_multi_remove_handle(multi, pending.transfer->handle());
  if (const auto next = queue.leave(pending.host, id); next && multi) begin(requests.at(*next));
  return node;
}

void CurlTransport::Multi::cancel(RequestId id) {
  take(id);
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
inline namespace DEV8AGENT_ABI {

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

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent

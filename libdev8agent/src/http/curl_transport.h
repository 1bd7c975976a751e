// The default Transport: libcurl's multi interface on the event loop. See make_default_transport() in
// dev8agent/transport.h for what it promises.
#pragma once

#include <memory>

#include "dev8agent/transport.h"
#include "http/curl_easy.h"
#include "http/event_loop.h"

namespace dev8agent::internal::http {

// All transfers of one transport share connections: at most 4 for each host (HTTP/2 carries many requests on
// one), and 32 idle ones in all. libcurl has at most 200 requests to one host; more of them wait here, within
// their deadlines, where they take a tenth of the memory. A connection is reused for 10 minutes at the
// longest, and not after 90 idle seconds. Loop thread only, but for construction and destruction.
//
// libcurl says which sockets and which time-out it waits for; the event loop watches them and calls libcurl
// when they are ready. A completion may send or cancel other requests, and may destroy the transport.
class CurlTransport final : public Transport {
 public:
  CurlTransport(std::shared_ptr<EventLoop> loop, CurlOptions options);
  // Cancels all transfers; their completions are not called. On another thread than the loop's, it hands the
  // rest of the work to the loop and returns.
  ~CurlTransport() override;
  RequestId send(HttpRequest request, Completion completion) override;
  void cancel(RequestId id) override;

 private:
  struct Multi;
  std::shared_ptr<EventLoop> loop_;
  std::shared_ptr<Multi> multi_;  // callbacks of the loop hold weak references to it
};

}  // namespace dev8agent::internal::http

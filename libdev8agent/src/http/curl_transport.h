// The default Transport: libcurl's multi interface on the event loop.
#pragma once

#include <memory>

#include "dev8agent/transport.h"
#include "http/curl_easy.h"
#include "http/event_loop.h"

namespace dev8agent::internal::http {

class CurlTransport final : public Transport {
 public:
  CurlTransport(std::shared_ptr<EventLoop> loop, CurlOptions options);
  ~CurlTransport() override;
  RequestId send(HttpRequest request, Completion completion) override;
  void cancel(RequestId id) override;

 private:
  struct Multi;
  std::shared_ptr<EventLoop> loop_;
  std::shared_ptr<Multi> multi_;
};

}  // namespace dev8agent::internal::http

// UserAgentTransport: another transport's requests, each with a User-Agent header that names the program and
// this library. Azure's support finds a program's requests by it (source: the Azure SDKs' design guidelines).
#pragma once

#include <memory>
#include <string>

#include "dev8agent/transport.h"

namespace dev8agent::internal {

// "APPLICATION libdev8agent/VERSION", without the first word when it is empty.
std::string user_agent(const std::string& application_id);

// Passes every request on with the header; ids are those of the transport behind it. Loop thread only.
class UserAgentTransport final : public Transport {
 public:
  UserAgentTransport(std::shared_ptr<Transport> next, std::string agent)
      : next_(std::move(next)), agent_(std::move(agent)) {}
  RequestId send(HttpRequest request, Completion completion) override;
  void cancel(RequestId id) override { next_->cancel(id); }

 private:
  std::shared_ptr<Transport> next_;
  std::string agent_;
};

}  // namespace dev8agent::internal

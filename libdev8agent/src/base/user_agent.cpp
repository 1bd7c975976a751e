// The User-Agent header of every request.
#include "base/user_agent.h"

#include <utility>

#include "dev8agent/version.h"

namespace dev8agent::internal {

std::string user_agent(const std::string& application_id) {
  const std::string library = "libdev8agent/" + std::string(version());
  return application_id.empty() ? library : application_id + " " + library;
}

Transport::RequestId UserAgentTransport::send(HttpRequest request, Completion completion) {
  request.headers.push_back({"User-Agent", agent_});
  return next_->send(std::move(request), std::move(completion));
}

}  // namespace dev8agent::internal

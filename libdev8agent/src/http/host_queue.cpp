// HostQueue: see host_queue.h.
#include "http/host_queue.h"

namespace dev8agent::internal::http {

bool HostQueue::enter(const std::string& host, RequestId id) {
  Host& queue = hosts_[host];
  if (queue.under_way < limit_) {
    ++queue.under_way;
    return true;
  }
  queue.places[id] = queue.waiting.insert(queue.waiting.end(), id);
  return false;
}

std::optional<HostQueue::RequestId> HostQueue::leave(const std::string& host, RequestId id) {
  const auto found = hosts_.find(host);
  if (found == hosts_.end()) return std::nullopt;
  Host& queue = found->second;
  if (const auto place = queue.places.find(id); place != queue.places.end()) {
    queue.waiting.erase(place->second);
    queue.places.erase(place);
    return std::nullopt;
  }
  if (!queue.waiting.empty()) {
    const RequestId next = queue.waiting.front();
    queue.waiting.pop_front();
    queue.places.erase(next);
    return next;
  }
  if (--queue.under_way == 0) hosts_.erase(found);
  return std::nullopt;
}

}  // namespace dev8agent::internal::http

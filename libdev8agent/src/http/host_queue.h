// HostQueue: how many requests to one host are under way at once; the others wait for their turn, first come,
// first served. A host that answers slowly holds up its own requests alone. Pure bookkeeping, so that it can
// be tested without libcurl. One thread.
//
//   HostQueue queue(100);
//   if (queue.enter("management.azure.com:443", id)) begin(id);
//   ...
//   if (auto next = queue.leave("management.azure.com:443", id)) begin(*next);  // `id` has ended
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>

namespace dev8agent::internal::http {

class HostQueue {
 public:
  using RequestId = std::uint64_t;

  // `limit`: of requests to one host that are under way, at least 1.
  explicit HostQueue(std::size_t limit) : limit_(limit) {}

  // A new request to `host`, which is any text. True: it is under way from now on. False: it waits.
  bool enter(const std::string& host, RequestId id);

  // A request that has entered has ended or is given up, wherever it stood. Returns the request that takes
  // its place and is under way from now on, if one waits.
  std::optional<RequestId> leave(const std::string& host, RequestId id);

 private:
  struct Host {
    std::size_t under_way = 0;
    std::list<RequestId> waiting;
    std::unordered_map<RequestId, std::list<RequestId>::iterator> places;  // in `waiting`
  };
  std::size_t limit_;
  std::unordered_map<std::string, Host> hosts_;  // those with requests
};

}  // namespace dev8agent::internal::http

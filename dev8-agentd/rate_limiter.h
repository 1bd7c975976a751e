// Token buckets, one per client: `rate` requests per second with bursts of `burst`. The number of clients
// remembered is bounded; the one not seen for longest is forgotten first. Any thread.
#pragma once

#include <chrono>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace dev8agentd {

class RateLimiter {
 public:
  using Time = std::chrono::steady_clock::time_point;

  RateLimiter(double rate, double burst, std::size_t max_clients = 10000)
      : rate_(rate), burst_(burst), max_clients_(max_clients) {}

  // Takes one token of `client` at `now`. Nothing: go on. Otherwise: how long until there is a token again.
  std::optional<std::chrono::milliseconds> take(std::string_view client, Time now);

  std::size_t clients() const;

 private:
  struct Bucket {
    std::string client;
    double tokens = 0;
    Time updated{};
  };
  Bucket& bucket_of(std::string_view client, Time now);

  const double rate_;
  const double burst_;
  const std::size_t max_clients_;
  mutable std::mutex mutex_;
  std::list<Bucket> buckets_;                                                    // most recently seen first
  std::unordered_map<std::string_view, std::list<Bucket>::iterator> by_client_;  // keys live in buckets_
};

}  // namespace dev8agentd

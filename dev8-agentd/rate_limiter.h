// RateLimiter: token buckets, one per client. A client may send `rate` requests per second, and after a pause
// up to `burst` at once. Any thread.
//
//   if (auto wait = limiter.take("address 192.0.2.1", now)) ...  // 429 with Retry-After
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

  // `rate` and `burst` must be at least 1 (RATE_LIMIT_RPS, RATE_LIMIT_BURST). At most `max_clients` are
  // remembered, so that made-up addresses cannot fill the memory; the one not seen for longest is forgotten
  // first, and begins with a full bucket when it comes again.
  RateLimiter(double rate, double burst, std::size_t max_clients = 10000)
      : rate_(rate), burst_(burst), max_clients_(max_clients) {}

  // How a client stands after a request.
  struct Standing {
    std::optional<std::chrono::milliseconds> wait;  // set: refused; until there is a token again
    int remaining = 0;                              // whole tokens left
    std::chrono::seconds reset{0};                  // until the bucket is full again, rounded up
  };
  // Takes one token of `client` at `now`. A refused request costs no token. Constant time.
  Standing take(std::string_view client, Time now);

  // How many clients are remembered.
  std::size_t clients() const;

 private:
  // The tokens of one client, as they were at `updated`.
  struct Bucket {
    std::string client;
    double tokens = 0;
    Time updated{};
  };
  // Finds or makes the bucket and marks it as the one seen last.
  Bucket& bucket_of(std::string_view client, Time now);

  const double rate_;   // tokens per second
  const double burst_;  // size of a bucket
  const std::size_t max_clients_;
  mutable std::mutex mutex_;
  std::list<Bucket> buckets_;                                                    // most recently seen first
  std::unordered_map<std::string_view, std::list<Bucket>::iterator> by_client_;  // keys live in buckets_
};

}  // namespace dev8agentd

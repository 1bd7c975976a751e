// Token buckets in least-recently-used order.
#include "rate_limiter.h"

#include <algorithm>
#include <cmath>

namespace dev8agentd {

RateLimiter::Standing RateLimiter::take(std::string_view client, Time now) {
  std::lock_guard lock(mutex_);
  Bucket& bucket = bucket_of(client, now);
  const double elapsed = std::max(0.0, std::chrono::duration<double>(now - bucket.updated).count());
  bucket.tokens = std::min(burst_, bucket.tokens + elapsed * rate_);
  bucket.updated = now;
  Standing standing;
  if (bucket.tokens >= 1) {
    bucket.tokens -= 1;
  } else {
    standing.wait = std::chrono::milliseconds(std::lround(std::ceil((1 - bucket.tokens) / rate_ * 1000)));
  }
  standing.remaining = static_cast<int>(bucket.tokens);
  standing.reset = std::chrono::seconds(std::lround(std::ceil((burst_ - bucket.tokens) / rate_)));
  return standing;
}

std::size_t RateLimiter::clients() const {
  std::lock_guard lock(mutex_);
  return buckets_.size();
}

RateLimiter::Bucket& RateLimiter::bucket_of(std::string_view client, Time now) {
  if (const auto found = by_client_.find(client); found != by_client_.end()) {
    buckets_.splice(buckets_.begin(), buckets_, found->second);
    return buckets_.front();
  }
  if (buckets_.size() >= max_clients_) {
    by_client_.erase(buckets_.back().client);
    buckets_.pop_back();
  }
  buckets_.push_front({std::string(client), burst_, now});
  by_client_.emplace(buckets_.front().client, buckets_.begin());
  return buckets_.front();
}

}  // namespace dev8agentd

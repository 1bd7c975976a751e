// Token buckets on a clock of the test's own.
#include "rate_limiter.h"

#include <doctest/doctest.h>

using dev8agentd::RateLimiter;
using namespace std::chrono_literals;

namespace {
const RateLimiter::Time kStart{1h};
}

TEST_CASE("a burst passes, then the rate counts") {
  RateLimiter limiter(10, 3);
  for (int i = 0; i < 3; ++i) CHECK_FALSE(limiter.take("a", kStart));
  const auto wait = limiter.take("a", kStart);
  REQUIRE(wait);
  CHECK(*wait == 100ms);
  CHECK(limiter.take("a", kStart + 99ms));
  CHECK_FALSE(limiter.take("a", kStart + 200ms));
}

TEST_CASE("a refused request costs nothing") {
  RateLimiter limiter(1, 1);
  CHECK_FALSE(limiter.take("a", kStart));
  for (int i = 0; i < 100; ++i) CHECK(limiter.take("a", kStart + 500ms));
  CHECK_FALSE(limiter.take("a", kStart + 1001ms));
}

TEST_CASE("an idle bucket fills up to the burst and no further") {
  RateLimiter limiter(1000, 2);
  CHECK_FALSE(limiter.take("a", kStart));
  for (int i = 0; i < 2; ++i) CHECK_FALSE(limiter.take("a", kStart + 1h));
  CHECK(limiter.take("a", kStart + 1h));
}

TEST_CASE("clients do not share a bucket") {
  RateLimiter limiter(1, 1);
  CHECK_FALSE(limiter.take("a", kStart));
  CHECK_FALSE(limiter.take("b", kStart));
  CHECK(limiter.take("a", kStart));
}

TEST_CASE("time that goes backwards takes nothing away") {
  RateLimiter limiter(1, 2);
  CHECK_FALSE(limiter.take("a", kStart));
  CHECK_FALSE(limiter.take("a", kStart - 1h));
}

TEST_CASE("the number of clients is bounded and the longest unseen is forgotten") {
  RateLimiter limiter(0.001, 1, 3);
  for (const char* client : {"a", "b", "c"}) CHECK_FALSE(limiter.take(client, kStart));
  CHECK(limiter.take("a", kStart));        // seen again: b is the oldest now
  CHECK_FALSE(limiter.take("d", kStart));  // takes the place of b
  CHECK(limiter.clients() == 3);
  CHECK(limiter.take("a", kStart));
  CHECK(limiter.take("c", kStart));
  CHECK_FALSE(limiter.take("b", kStart));
  for (int i = 0; i < 1000; ++i) (void)limiter.take(std::to_string(i), kStart);
  CHECK(limiter.clients() == 3);
}

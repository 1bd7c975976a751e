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
  for (int i = 0; i < 3; ++i) CHECK_FALSE(limiter.take("a", kStart).wait);
  const auto wait = limiter.take("a", kStart).wait;
  REQUIRE(wait);
  CHECK(*wait == 100ms);
  CHECK(limiter.take("a", kStart + 99ms).wait);
  CHECK_FALSE(limiter.take("a", kStart + 200ms).wait);
}

TEST_CASE("a refused request costs nothing") {
  RateLimiter limiter(1, 1);
  CHECK_FALSE(limiter.take("a", kStart).wait);
  for (int i = 0; i < 100; ++i) CHECK(limiter.take("a", kStart + 500ms).wait);
  CHECK_FALSE(limiter.take("a", kStart + 1001ms).wait);
}

TEST_CASE("an idle bucket fills up to the burst and no further") {
  RateLimiter limiter(1000, 2);
  CHECK_FALSE(limiter.take("a", kStart).wait);
  for (int i = 0; i < 2; ++i) CHECK_FALSE(limiter.take("a", kStart + 1h).wait);
  CHECK(limiter.take("a", kStart + 1h).wait);
}

TEST_CASE("clients do not share a bucket") {
  RateLimiter limiter(1, 1);
  CHECK_FALSE(limiter.take("a", kStart).wait);
  CHECK_FALSE(limiter.take("b", kStart).wait);
  CHECK(limiter.take("a", kStart).wait);
}

TEST_CASE("time that goes backwards takes nothing away") {
  RateLimiter limiter(1, 2);
  CHECK_FALSE(limiter.take("a", kStart).wait);
  CHECK_FALSE(limiter.take("a", kStart - 1h).wait);
}

TEST_CASE("the number of clients is bounded and the longest unseen is forgotten") {
  RateLimiter limiter(0.001, 1, 3);
  for (const char* client : {"a", "b", "c"}) CHECK_FALSE(limiter.take(client, kStart).wait);
  CHECK(limiter.take("a", kStart).wait);        // seen again: b is the oldest now
  CHECK_FALSE(limiter.take("d", kStart).wait);  // takes the place of b
  CHECK(limiter.clients() == 3);
  CHECK(limiter.take("a", kStart).wait);
  CHECK(limiter.take("c", kStart).wait);
  CHECK_FALSE(limiter.take("b", kStart).wait);
  for (int i = 0; i < 1000; ++i) (void)limiter.take(std::to_string(i), kStart);
  CHECK(limiter.clients() == 3);
}

TEST_CASE("a client is told what is left, and when all is there again") {
  RateLimiter limiter(10, 3);
  auto standing = limiter.take("a", kStart);
  CHECK(standing.remaining == 2);
  CHECK(standing.reset == 1s);
  for (int i = 0; i < 3; ++i) standing = limiter.take("a", kStart);
  CHECK(standing.wait);
  CHECK(standing.remaining == 0);
  CHECK(limiter.take("a", kStart + 1h).remaining == 2);
}

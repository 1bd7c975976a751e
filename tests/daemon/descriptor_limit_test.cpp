// How many connections so many descriptors allow.
#include "descriptor_limit.h"

#include <doctest/doctest.h>

using dev8agentd::connection_limits;

TEST_CASE("some descriptors are kept for everything else") {
  CHECK(connection_limits(20000, 0).total == 19872);
  CHECK(connection_limits(1024, 0).total == 896);
  CHECK(connection_limits(64, 0).total == 16);
  CHECK(connection_limits(1, 0).total == 1);
}

TEST_CASE("one address has three quarters of the places, or what is configured") {
  CHECK(connection_limits(1024, 0).per_address == 672);
  CHECK(connection_limits(1024, 8).per_address == 8);
  CHECK(connection_limits(1024, 100000).per_address == 896);
}

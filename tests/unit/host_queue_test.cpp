// Whose turn it is among requests to one host.
#include "http/host_queue.h"

#include <doctest/doctest.h>

using namespace dev8agent::internal::http;

TEST_CASE("host queue: what comes after the limit waits, and goes in the order in which it came") {
  HostQueue queue(2);
  CHECK(queue.enter("a", 1));
  CHECK(queue.enter("a", 2));
  CHECK_FALSE(queue.enter("a", 3));
  CHECK_FALSE(queue.enter("a", 4));
  CHECK(queue.enter("b", 5));  // another host
  CHECK(queue.leave("a", 2) == 3);
  CHECK_FALSE(queue.enter("a", 6));
  CHECK(queue.leave("a", 1) == 4);
  CHECK(queue.leave("a", 3) == 6);
  CHECK_FALSE(queue.leave("a", 4).has_value());
  CHECK(queue.enter("a", 7));
  CHECK_FALSE(queue.enter("a", 8));
}

TEST_CASE("host queue: one that gives up while it waits frees no place") {
  HostQueue queue(1);
  CHECK(queue.enter("a", 1));
  CHECK_FALSE(queue.enter("a", 2));
  CHECK_FALSE(queue.enter("a", 3));
  CHECK_FALSE(queue.leave("a", 2).has_value());
  CHECK_FALSE(queue.enter("a", 4));
  CHECK(queue.leave("a", 1) == 3);
  CHECK(queue.leave("a", 3) == 4);
  CHECK_FALSE(queue.leave("a", 4).has_value());
  CHECK_FALSE(queue.leave("a", 4).has_value());  // nothing is there any more
  CHECK(queue.enter("a", 5));
}

// Which tokens of creates are remembered.
#include <doctest/doctest.h>

#include "orchestrator/succeeded_creates.h"

using dev8agent::internal::SucceededCreates;

TEST_CASE("the latest creates that succeeded are remembered, and of many the oldest is forgotten") {
  SucceededCreates creates;
  CHECK_FALSE(creates.contains("0"));
  for (std::size_t i = 0; i < SucceededCreates::kMost; ++i) creates.note(std::to_string(i));
  CHECK(creates.contains("0"));
  creates.note("one more");
  CHECK_FALSE(creates.contains("0"));
  CHECK(creates.contains("1"));
  CHECK(creates.contains("one more"));
}

TEST_CASE("a token that is noted twice is forgotten once") {
  SucceededCreates creates;
  creates.note("twice");
  creates.note("twice");
  for (std::size_t i = 0; i <= SucceededCreates::kMost + 1; ++i) creates.note(std::to_string(i));
  CHECK_FALSE(creates.contains("twice"));
}

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

// Every operation, every outbound call of its run, every fault there: nothing lost, nothing orphaned, the
// answer true, and the same request afterwards converges.
#include <doctest/doctest.h>

#include "support/fault_cells.h"

using namespace dev8agent::test;

TEST_CASE("no fault at any outbound call loses, orphans or lies") {
  CHECK(run_table(scenarios()) > 3000);
}

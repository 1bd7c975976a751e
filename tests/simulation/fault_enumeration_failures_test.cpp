// The same where Azure does not bring up what was asked for: every fault on top of the failure, in roll-back
// and fail-over too.
#include <doctest/doctest.h>

#include "support/fault_cells.h"

using namespace dev8agent::test;

TEST_CASE("a fault in a create or start that fails: no lost files, no orphans, no false answers") {
  CHECK(run_table(failing_scenarios()) > 2500);
}

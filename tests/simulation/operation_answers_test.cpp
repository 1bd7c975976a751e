// What another process answers about an operation whose process was killed, at every outbound call of it:
// never SUCCEEDED of what is not there, never FAILED of what did not fail, never RUNNING for ever.
#include <doctest/doctest.h>

#include "support/fault_cells.h"

using namespace dev8agent::test;

TEST_CASE("a crash at any outbound call: the other process's answer about the operation is right") {
  CHECK(run_operation_table(scenarios()) > 300);
  CHECK(run_operation_table(kept_scenarios()) > 100);
}

TEST_CASE("the same where the workspace has to answer") {
  CHECK(run_operation_table(ready_scenarios()) > 40);
}

TEST_CASE("the same where Azure does not bring up what was asked for") {
  CHECK(run_operation_table(failing_scenarios()) > 200);
}

// Every operation, every outbound call of its run, every fault there: nothing lost, nothing orphaned, the
// answer true, and the same request afterwards converges.
#include <doctest/doctest.h>

#include "support/fault_cells.h"

using namespace dev8agent::test;

TEST_CASE("a fault at any outbound call: no lost files, no orphans, no false answers") {
  CHECK(run_table(scenarios()) > 3000);
}

TEST_CASE("a fault while an agent notes activity or stops what is idle delays it, and does nothing else") {
  CHECK(run_table(idle_scenarios()) > 100);
}

TEST_CASE("a fault in a create or start that waits for the workspace's answer: the same") {
  CHECK(run_table(ready_scenarios()) > 500);
}

TEST_CASE("a fault where containers keep certificates on a share: the same, and no such share is left") {
  CHECK(run_table(certificate_scenarios()) > 1000);
}

TEST_CASE("a fault while deleted files are asked for or come back: the same") {
  CHECK(run_table(restore_scenarios()) > 300);
}

TEST_CASE("a fault in a delete that keeps the files, or when they are restored or removed: the same") {
  CHECK(run_table(kept_scenarios()) > 1000);
}

TEST_CASE("a fault where nothing has a key: the same") {
  CHECK(run_table(keyless_scenarios()) > 400);
}

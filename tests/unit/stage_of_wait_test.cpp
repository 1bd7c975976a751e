// The stage that a wait is told as: whether Azure goes on by itself when the process ends.
#include <doctest/doctest.h>

#include "plan/situation.h"
#include "support/plan_samples.h"

using namespace dev8agent;
using namespace dev8agent::internal::plan;
using namespace dev8agent::test;

TEST_CASE("stage of a wait: a call that has yet to write is in the stage of its write") {
  CHECK(stage_of_wait(sample_situation(std::nullopt, true)) == Stage::kCreatingContainer);
  CHECK(stage_of_wait(sample_situation(deleting_group(), true)) == Stage::kCreatingContainer);
  CHECK(stage_of_wait(sample_situation(stopped_group(), true)) == Stage::kStarting);
  // Somebody else's container, which this call needs not deploy.
  CHECK(stage_of_wait(sample_situation(pending_group(), true)) == Stage::kProvisioning);
}

TEST_CASE("stage of a wait: Azure goes on with what was accepted, and with what others have asked for") {
  Situation at = sample_situation(deleting_group(), true);
  at.own.group_put = Sent::kAccepted;
  CHECK(stage_of_wait(at) == Stage::kProvisioning);
  at = sample_situation(stopped_group(), true);
  at.own.group_start = Sent::kAccepted;
  CHECK(stage_of_wait(at) == Stage::kProvisioning);
  // A stop or delete.
  at = sample_situation(deleting_group(), true);
  at.own.token.clear();
  CHECK(stage_of_wait(at) == Stage::kProvisioning);
}

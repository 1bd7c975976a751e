// How long to wait between questions to a workspace, what counts as an answer, and when it is asked.
#include "plan/readiness.h"

#include <doctest/doctest.h>

#include "plan/decisions.h"
#include "support/plan_samples.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::internal::plan;
using namespace dev8agent::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE("readiness: the wait between questions grows with the time that has passed, within bounds") {
  CHECK(ask_delay(seconds(0)) == milliseconds(100));
  CHECK(ask_delay(milliseconds(800)) == milliseconds(100));
  CHECK(ask_delay(seconds(4)) == milliseconds(500));
  CHECK(ask_delay(seconds(16)) == seconds(2));
  CHECK(ask_delay(std::chrono::hours(1)) == seconds(2));
}

TEST_CASE("readiness: every answer but a server's failure counts") {
  for (const int status : {200, 204, 302, 401, 404, 499}) CHECK(is_ready(status));
  for (const int status : {500, 502, 503, 504}) CHECK_FALSE(is_ready(status));
  CHECK(readiness_url("http://ws.example:8080") == "http://ws.example:8080/healthz");
}

TEST_CASE("readiness: a running container is asked before a create or start is done, and only then") {
  Situation at = sample_situation(running_group(), true);
  at.seen.share->token.clear();
  const auto step = [&] {
    const Decision next = next_for_create(sample_facts(), false, at);
    REQUIRE(next.ok());
    return next->step;
  };
  CHECK(step() == Step::kDone);
  at.ready.wanted = true;
  CHECK(step() == Step::kAskWorkspace);
  at.ready.answered = true;
  CHECK(step() == Step::kDone);
  // What is stopped has nothing that could answer.
  at = sample_situation(stopped_group(), true);
  at.seen.share->token.clear();
  at.ready.wanted = true;
  CHECK(step() == Step::kDone);
}

TEST_CASE("readiness: the error says where and why") {
  const Error error = not_ready("http://ws.example:8080/healthz", "the connection was refused");
  CHECK(error.code == ErrorCode::kWorkspaceNotReady);
  CHECK(http_status(error.code) == 504);
  CHECK(error.retryable);
  CHECK(
      error.message ==
      "the container runs, but its IDE does not answer at http://ws.example:8080/healthz: the connection was "
      "refused");
}

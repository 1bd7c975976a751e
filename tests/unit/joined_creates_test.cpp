// Identical creates in flight: one flow, one outcome for all, and each may leave.
#include "orchestrator/joined_creates.h"

#include <doctest/doctest.h>

#include <set>

#include "support/plan_samples.h"

using namespace dev8agent;
using namespace dev8agent::test;

namespace {

using State = JoinedCreates::State;
using StatePtr = std::shared_ptr<State>;

StatePtr state() {
  return std::make_shared<State>();
}

// The outcome, when there is one.
std::string outcome(const StatePtr& member) {
  if (!member->wait_for(std::chrono::milliseconds(0))) return "open";
  const auto& result = member->get();
  if (!result.ok()) return std::string(reason(result.error().code));
  return result->changed ? "created" : "was there";
}

EnvironmentOutcome created() {
  EnvironmentOutcome result;
  result.environment.id = kSampleId;
  result.environment.connection_urls.code_server_password = secret("p");
  result.changed = true;
  return result;
}

}  // namespace

TEST_CASE("joined: the first made it, for the others it was there; all see the same environment") {
  JoinedCreates joined;
  const StatePtr a = state();
  const StatePtr b = state();
  const StatePtr c = state();
  CHECK(joined.join("k", a) == nullptr);
  const auto flow = joined.open("k", a, std::make_shared<Cancellation>());
  CHECK(joined.join("other", b) == nullptr);
  CHECK(joined.join("k", b) == flow);
  CHECK(joined.join("k", c) == flow);
  JoinedCreates::report(*flow, {"provisioning", "Pulling"});
  CHECK(b->progress().detail == "Pulling");
  joined.complete(flow, created());
  CHECK(outcome(a) == "created");
  CHECK(outcome(b) == "was there");
  CHECK(outcome(c) == "was there");
  CHECK(b->get()->environment.id == kSampleId);
  CHECK(joined.join("k", state()) == nullptr);
}

TEST_CASE("joined: a failure is everyone's") {
  JoinedCreates joined;
  const StatePtr a = state();
  const StatePtr b = state();
  const auto flow = joined.open("k", a, std::make_shared<Cancellation>());
  joined.join("k", b);
  joined.complete(flow, make_error(ErrorCode::kQuotaExceeded, "why"));
  CHECK(outcome(a) == "QUOTA_EXCEEDED");
  CHECK(outcome(b) == "QUOTA_EXCEEDED");
}

TEST_CASE("joined: one of two leaves, whichever it is, and the flow goes on for the other") {
  for (bool first_leaves : {true, false}) {
    JoinedCreates joined;
    const StatePtr a = state();
    const StatePtr b = state();
    const auto cancellation = std::make_shared<Cancellation>();
    const auto flow = joined.open("k", a, cancellation);
    joined.join("k", b);
    JoinedCreates::cancel(*flow, first_leaves ? a : b);
    JoinedCreates::cancel(*flow, first_leaves ? a : b);
    CHECK_FALSE(cancellation->cancelled());
    CHECK(outcome(first_leaves ? a : b) == "CANCELLED");
    CHECK(outcome(first_leaves ? b : a) == "open");
    joined.complete(flow, created());
    CHECK(outcome(first_leaves ? b : a) == "created");
    CHECK(outcome(first_leaves ? a : b) == "CANCELLED");
  }
}

TEST_CASE("joined: when the last leaves, the flow is cancelled, tells its own end, and takes no newcomer") {
  JoinedCreates joined;
  const StatePtr a = state();
  const StatePtr b = state();
  const auto cancellation = std::make_shared<Cancellation>();
  const auto flow = joined.open("k", a, cancellation);
  joined.join("k", b);
  JoinedCreates::cancel(*flow, a);
  JoinedCreates::cancel(*flow, b);
  CHECK(cancellation->cancelled());
  CHECK(outcome(b) == "open");  // until what it began is rolled back
  const StatePtr late = state();
  CHECK(joined.join("k", late) == nullptr);
  const auto second = joined.open("k", late, std::make_shared<Cancellation>());
  joined.complete(flow, make_error(ErrorCode::kCancelled, "why"));
  CHECK(outcome(b) == "CANCELLED");
  CHECK(outcome(late) == "open");
  CHECK(joined.join("k", state()) == second);
  joined.complete(second, created());
  CHECK(outcome(late) == "created");
  JoinedCreates::cancel(*flow, b);
}

TEST_CASE("fingerprint: every field counts, and pieces do not run into each other") {
  using Change = void (*)(CreateRequest&);
  const Change changes[] = {
      [](CreateRequest&) {},
      [](CreateRequest& r) { r.id = "x"; },
      [](CreateRequest& r) { r.user_id = "x"; },
      [](CreateRequest& r) { r.name = "x"; },
      [](CreateRequest& r) { r.cloud_provider = "x"; },
      [](CreateRequest& r) { r.cloud_region = "x"; },
      [](CreateRequest& r) { r.candidate_regions = {"x"}; },
      [](CreateRequest& r) {
        r.candidate_regions = {"x", "y"};
      },
      [](CreateRequest& r) {
        r.candidate_regions = {"y", "x"};
      },
      [](CreateRequest& r) { r.candidate_regions = {"xy"}; },
      [](CreateRequest& r) { r.cpu_cores = 1; },
      [](CreateRequest& r) { r.memory_gb = 1; },
      [](CreateRequest& r) { r.storage_gb = 1; },
      [](CreateRequest& r) { r.base_image = "x"; },
      [](CreateRequest& r) { r.secrets.github_token = secret("x"); },
      [](CreateRequest& r) { r.secrets.git_user_name = secret("x"); },
      [](CreateRequest& r) { r.secrets.git_user_email = secret("x"); },
      [](CreateRequest& r) { r.secrets.ssh_public_key = secret("x"); },
      [](CreateRequest& r) { r.secrets.code_server_password = secret("x"); },
      [](CreateRequest& r) { r.secrets.anthropic_api_key = secret("x"); },
      [](CreateRequest& r) { r.secrets.openai_api_key = secret("x"); },
      [](CreateRequest& r) { r.secrets.gemini_api_key = secret("x"); },
  };
  std::set<std::string> seen;
  for (const Change change : changes) {
    CreateRequest request;
    change(request);
    const std::string print = fingerprint(request);
    CHECK(print == fingerprint(request.copy()));
    CHECK(seen.insert(print).second);
  }
}

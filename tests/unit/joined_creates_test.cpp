// Identical creates in flight: one flow, one outcome for all, and each may leave.
#include "orchestrator/joined_creates.h"

#include <doctest/doctest.h>

#include <set>

#include "dev8agent/emulator.h"
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

struct Bench {
  emulator::VirtualScheduler scheduler;
  JoinedCreates joined{scheduler};

  TimePoint in(int seconds) { return scheduler.now() + std::chrono::seconds(seconds); }
  JoinedCreates::FlowPtr open(const StatePtr& member, int seconds = 60) {
    auto call = std::make_shared<Call>();
    call->scheduler = &scheduler;
    call->deadline = in(seconds);
    return joined.open("k", member, std::move(call));
  }
  JoinedCreates::FlowPtr join(const StatePtr& member, const std::string& key = "k", int seconds = 60) {
    return joined.join(key, member, in(seconds));
  }
};

EnvironmentOutcome created() {
  EnvironmentOutcome result;
  result.environment.id = kSampleId;
  result.environment.connection_urls.code_server_password = secret("p");
  result.changed = true;
  return result;
}

}  // namespace

TEST_CASE("joined: the first made it, for the others it was there; all see the same environment") {
  Bench bench;
  JoinedCreates& joined = bench.joined;
  const StatePtr a = state();
  const StatePtr b = state();
  const StatePtr c = state();
  CHECK(bench.join(a) == nullptr);
  const auto flow = bench.open(a);
  CHECK(bench.join(b, "other") == nullptr);
  CHECK(bench.join(b) == flow);
  CHECK(bench.join(c) == flow);
  JoinedCreates::report(*flow, {"provisioning", "Pulling"});
  CHECK(b->progress().detail == "Pulling");
  joined.complete(flow, created());
  CHECK(outcome(a) == "created");
  CHECK(outcome(b) == "was there");
  CHECK(outcome(c) == "was there");
  CHECK(b->get()->environment.id == kSampleId);
  CHECK(bench.join(state()) == nullptr);
}

TEST_CASE("joined: a failure is everyone's") {
  Bench bench;
  JoinedCreates& joined = bench.joined;
  const StatePtr a = state();
  const StatePtr b = state();
  const auto flow = bench.open(a);
  bench.join(b);
  joined.complete(flow, make_error(ErrorCode::kQuotaExceeded, "why"));
  CHECK(outcome(a) == "QUOTA_EXCEEDED");
  CHECK(outcome(b) == "QUOTA_EXCEEDED");
}

TEST_CASE("joined: one of two leaves, whichever it is, and the flow goes on for the other") {
  for (bool first_leaves : {true, false}) {
    Bench bench;
    JoinedCreates& joined = bench.joined;
    const StatePtr a = state();
    const StatePtr b = state();
    const auto flow = bench.open(a);
    const auto& cancellation = flow->call->cancellation;
    bench.join(b);
    joined.cancel(*flow, first_leaves ? a : b);
    joined.cancel(*flow, first_leaves ? a : b);
    CHECK_FALSE(cancellation->cancelled());
    CHECK(outcome(first_leaves ? a : b) == "CANCELLED");
    CHECK(outcome(first_leaves ? b : a) == "open");
    joined.complete(flow, created());
    CHECK(outcome(first_leaves ? b : a) == "created");
    CHECK(outcome(first_leaves ? a : b) == "CANCELLED");
  }
}

TEST_CASE("joined: when the last leaves, the flow is cancelled, tells its own end, and takes no newcomer") {
  Bench bench;
  JoinedCreates& joined = bench.joined;
  const StatePtr a = state();
  const StatePtr b = state();
  const auto flow = bench.open(a);
  const auto& cancellation = flow->call->cancellation;
  bench.join(b);
  joined.cancel(*flow, a);
  joined.cancel(*flow, b);
  CHECK(cancellation->cancelled());
  CHECK(outcome(b) == "open");  // until what it began is rolled back
  const StatePtr late = state();
  CHECK(bench.join(late) == nullptr);
  const auto second = bench.open(late);
  joined.complete(flow, make_error(ErrorCode::kCancelled, "why"));
  CHECK(outcome(b) == "CANCELLED");
  CHECK(outcome(late) == "open");
  CHECK(bench.join(state()) == second);
  joined.complete(second, created());
  CHECK(outcome(late) == "created");
  joined.cancel(*flow, b);
}

TEST_CASE("joined: each has its own deadline, and the flow that of the last") {
  for (bool first_is_hasty : {true, false}) {
    Bench bench;
    const StatePtr a = state();
    const StatePtr b = state();
    const StatePtr& hasty = first_is_hasty ? a : b;
    const StatePtr& patient = first_is_hasty ? b : a;
    const auto flow = bench.open(a, first_is_hasty ? 10 : 100);
    bench.join(b, "k", first_is_hasty ? 100 : 10);
    CHECK(flow->call->deadline == bench.in(100));
    bench.scheduler.advance(std::chrono::seconds(9));
    CHECK(outcome(hasty) == "open");
    bench.scheduler.advance(std::chrono::seconds(2));
    CHECK(outcome(hasty) == "TIMEOUT");
    CHECK(outcome(patient) == "open");
    CHECK_FALSE(flow->call->cancellation->cancelled());
    bench.joined.complete(flow, created());
    CHECK(outcome(patient) == "created");
    CHECK_FALSE(bench.scheduler.run_one());
  }
}

TEST_CASE("joined: when the patient one leaves, the flow has the hasty one's deadline again") {
  Bench bench;
  const StatePtr hasty = state();
  const StatePtr patient = state();
  const auto flow = bench.open(hasty, 10);
  const TimePoint soon = bench.in(10);
  bench.join(patient, "k", 100);
  bench.joined.cancel(*flow, patient);
  CHECK(flow->call->deadline == soon);
  // Its end is the flow's, which tells what was rolled back.
  bench.scheduler.advance(std::chrono::seconds(20));
  CHECK(outcome(hasty) == "open");
  bench.joined.complete(flow, make_error(ErrorCode::kTimeout, "why"));
  CHECK(outcome(hasty) == "TIMEOUT");
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

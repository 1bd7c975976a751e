// Equal creates in flight: one flow, one outcome for all, and each may leave.
#include "orchestrator/create_coalescer.h"

#include <doctest/doctest.h>

#include <set>

#include "base/signal.h"
#include "dev8agent/emulator.h"
#include "support/plan_samples.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

namespace {

using Outcome = CreateCoalescer::Outcome;

// One caller of a coalesced create, and what it got.
struct TestCaller {
  std::shared_ptr<Call> call;
  std::optional<Outcome> result;
  std::string progress;        // the detail of the last report
  std::optional<Stage> stage;  // of the same

  std::string outcome() const {
    if (!result) return "open";
    if (!result->ok()) return std::string(to_string(result->error().code));
    return (*result)->changed ? "created" : "exists";
  }
  void cancel() { call->cancellation->cancel("the operation was cancelled"); }
};
using TestCallerPtr = std::shared_ptr<TestCaller>;

class Listener : public CallListener {
 public:
  explicit Listener(std::weak_ptr<TestCaller> caller) : caller_(std::move(caller)) {}
  void on_progress(const ProgressReport& report) override {
    const TestCallerPtr caller = caller_.lock();
    caller->progress = report.detail;
    caller->stage = report.stage;
  }
  void on_failure(const Error&) override {}
  void on_answer(const std::string&) override {}

 private:
  std::weak_ptr<TestCaller> caller_;
};

// One shared flow: it ends when the test says so.
struct TestFlow {
  CallPtr call;
  std::optional<Outcome> outcome;
  std::coroutine_handle<> waiter;

  bool await_ready() const { return outcome.has_value(); }
  void await_suspend(std::coroutine_handle<> handle) { waiter = handle; }
  void await_resume() const {}
  void end(Outcome with) {
    outcome.emplace(std::move(with));
    waiter.resume();
  }
};

struct Bench {
  emulator::VirtualScheduler scheduler;
  std::vector<std::shared_ptr<TestFlow>> flows;
  CreateCoalescer creates{scheduler};

  TimePoint in(int seconds) { return scheduler.now() + std::chrono::seconds(seconds); }
  TestCallerPtr caller(const std::string& key = "k", int seconds = 60) {
    auto caller = std::make_shared<TestCaller>();
    caller->call = std::make_shared<Call>();
    caller->call->scheduler = &scheduler;
    caller->call->listener = std::make_shared<Listener>(caller);
    caller->call->deadline = in(seconds);
    const CreateCoalescer::Flow flow = [this](CallPtr call) {
      auto started = std::make_shared<TestFlow>();
      started->call = std::move(call);
      flows.push_back(started);
      return follow(started);
    };
    creates.join(key, caller->call, flow,
                 [caller](Outcome outcome) { caller->result.emplace(std::move(outcome)); });
    return caller;
  }

 private:
  static Task<Outcome> follow(std::shared_ptr<TestFlow> flow) {
    TestFlow& end = *flow;
    co_await end;
    co_return std::move(*flow->outcome);
  }
};

EnvironmentOutcome created() {
  EnvironmentOutcome result;
  result.environment.id = kSampleId;
  result.code_server_password = secret("p");
  result.changed = true;
  return result;
}

}  // namespace

TEST_CASE("coalescer: the first caller created it, for the others it exists; one environment, one password") {
  Bench bench;
  const auto a = bench.caller();
  const auto other = bench.caller("other");
  const auto b = bench.caller();
  const auto c = bench.caller();
  REQUIRE(bench.flows.size() == 2);
  const auto flow = bench.flows[0];
  flow->call->tell({Stage::kProvisioning, "Pulling"});
  CHECK(b->progress == "Pulling");
  CHECK(other->progress.empty());
  flow->end(created());
  CHECK(a->outcome() == "created");
  CHECK(b->outcome() == "exists");
  CHECK(c->outcome() == "exists");
  CHECK(other->outcome() == "open");
  CHECK((*a->result)->code_server_password.reveal() == "p");
  CHECK((*b->result)->environment.id == kSampleId);
  CHECK((*b->result)->code_server_password.empty());
  bench.caller();
  CHECK(bench.flows.size() == 3);
}

TEST_CASE("coalescer: who joins later is told how the flow stands") {
  Bench bench;
  const auto first = bench.caller();
  const auto flow = bench.flows[0];
  CHECK(bench.caller()->progress.empty());
  flow->call->tell({Stage::kProvisioning, "Pulling"});
  CHECK(bench.caller()->progress == "Pulling");
  flow->call->tell({std::nullopt, "again"});
  const auto late = bench.caller();
  CHECK(late->progress == "again");
  CHECK(late->stage == Stage::kProvisioning);
  CHECK(first->progress == "again");
}

TEST_CASE("coalescer: a failure is every caller's") {
  Bench bench;
  const auto a = bench.caller();
  const auto b = bench.caller();
  bench.flows[0]->end(make_error(ErrorCode::kQuotaExceeded, "why"));
  CHECK(a->outcome() == "QUOTA_EXCEEDED");
  CHECK(b->outcome() == "QUOTA_EXCEEDED");
}

TEST_CASE("coalescer: one of two callers leaves, and the flow goes on for the other") {
  for (bool first_leaves : {true, false}) {
    Bench bench;
    const auto a = bench.caller();
    const auto b = bench.caller();
    const auto& leaver = first_leaves ? a : b;
    const auto& other = first_leaves ? b : a;
    leaver->cancel();
    leaver->cancel();
    CHECK_FALSE(bench.flows[0]->call->cancellation->cancelled());
    CHECK(leaver->outcome() == "CANCELLED");
    CHECK(other->outcome() == "open");
    bench.flows[0]->end(created());
    CHECK(other->outcome() == "created");
    CHECK(leaver->outcome() == "CANCELLED");
  }
}

TEST_CASE(
    "coalescer: when the last caller leaves, the flow is cancelled, gives its own end, and is not joined") {
  Bench bench;
  const auto a = bench.caller();
  const auto b = bench.caller();
  const auto flow = bench.flows[0];
  a->cancel();
  b->cancel();
  CHECK(flow->call->cancellation->cancelled());
  CHECK(b->outcome() == "open");  // until the flow has rolled back
  const auto late = bench.caller();
  REQUIRE(bench.flows.size() == 2);
  flow->end(make_error(ErrorCode::kCancelled, "why"));
  CHECK(b->outcome() == "CANCELLED");
  CHECK(late->outcome() == "open");
  const auto later = bench.caller();
  CHECK(bench.flows.size() == 2);
  bench.flows[1]->end(created());
  CHECK(late->outcome() == "created");
  CHECK(later->outcome() == "exists");
}

TEST_CASE("coalescer: each caller has its own deadline, and the flow that of the last") {
  for (bool first_is_hasty : {true, false}) {
    Bench bench;
    const auto a = bench.caller("k", first_is_hasty ? 10 : 100);
    const auto b = bench.caller("k", first_is_hasty ? 100 : 10);
    const auto& hasty = first_is_hasty ? a : b;
    const auto& patient = first_is_hasty ? b : a;
    CHECK(bench.flows[0]->call->deadline == bench.in(100));
    bench.flows[0]->call->note_failure(make_error(ErrorCode::kAzureThrottled, "try later"));
    bench.scheduler.advance(std::chrono::seconds(9));
    CHECK(hasty->outcome() == "open");
    bench.scheduler.advance(std::chrono::seconds(2));
    CHECK(hasty->outcome() == "TIMEOUT");
    CHECK(hasty->result->error().message.find("try later") != std::string::npos);
    CHECK(patient->outcome() == "open");
    CHECK_FALSE(bench.flows[0]->call->cancellation->cancelled());
    bench.flows[0]->end(created());
    CHECK(patient->outcome() == "created");
    CHECK_FALSE(bench.scheduler.run_one());
  }
}

TEST_CASE("coalescer: when the patient caller leaves, the flow has the hasty one's deadline again") {
  Bench bench;
  const auto hasty = bench.caller("k", 10);
  const TimePoint soon = bench.in(10);
  const auto patient = bench.caller("k", 100);
  patient->cancel();
  CHECK(bench.flows[0]->call->deadline == soon);
  // The flow ends then, and its error says what was rolled back.
  bench.scheduler.advance(std::chrono::seconds(20));
  CHECK(hasty->outcome() == "open");
  bench.flows[0]->end(make_error(ErrorCode::kTimeout, "why"));
  CHECK(hasty->outcome() == "TIMEOUT");
}

TEST_CASE("coalescer: destroyed with its callers, it ends the flow where it stands") {
  auto bench = std::make_unique<Bench>();
  const auto a = bench->caller();
  const std::weak_ptr<TestFlow> flow = bench->flows[0];
  bench->flows.clear();
  bench.reset();
  CHECK(flow.expired());
  CHECK(a->outcome() == "open");
}

TEST_CASE("fingerprint: every field counts, and pieces do not run into each other") {
  using Change = void (*)(CreateRequest&);
  const Change changes[] = {
      [](CreateRequest&) {},
      [](CreateRequest& r) { r.id = "x"; },
      [](CreateRequest& r) { r.spec.user_id = "x"; },
      [](CreateRequest& r) { r.spec.name = "x"; },
      [](CreateRequest& r) { r.cloud_provider = CloudProvider::kGcp; },
      [](CreateRequest& r) { r.cloud_region = "x"; },
      [](CreateRequest& r) { r.candidate_regions = {"x"}; },
      [](CreateRequest& r) {
        r.candidate_regions = {"x", "y"};
      },
      [](CreateRequest& r) {
        r.candidate_regions = {"y", "x"};
      },
      [](CreateRequest& r) { r.candidate_regions = {"xy"}; },
      [](CreateRequest& r) { r.spec.cpu_cores = 1; },
      [](CreateRequest& r) { r.spec.memory_gb = 1; },
      [](CreateRequest& r) { r.spec.storage_gb = 1; },
      [](CreateRequest& r) { r.spec.base_image = "x"; },
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

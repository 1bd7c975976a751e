// The cells of the fault table: one scenario, one fault, one call, and what must hold afterwards.
#include "support/fault_cells.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <tuple>

#include "plan/facts.h"
#include "plan/group_spec.h"
#include "support/keyless.h"
#include "support/two_regions.h"

namespace dev8agent::test {

using emulator::Fault;

namespace {

emulator::EmulatorOptions cell_azure(const Scenario& scenario) {
  emulator::EmulatorOptions options = two_accounts();
  options.remembered_past = std::chrono::minutes(10);
  // A few polls are as good as many, and each call has a cell for each fault.
  options.provisioning_time = std::chrono::milliseconds(500);
  options.start_time = std::chrono::milliseconds(500);
  options.ide_time = std::chrono::milliseconds(300);
  for (emulator::StorageAccount& account : options.storage_accounts)
    account.retention_days = scenario.soft_delete ? 7 : 0;
  options.update_shares_by_put = scenario.put_changes_shares;
  if (!scenario.keyless.empty()) return with_identities(std::move(options), false);
  return options;
}

}  // namespace

// Reads seldom, so that a cell in which Azure takes a minute costs few of them.
AgentTweaks cell_regions(const Scenario& scenario) {
  AgentTweaks tweaks = both_regions();
  tweaks.adjust = [idle = scenario.idle_stop_after, waits = scenario.waits_for_ide,
                   keyless = scenario.keyless, certificates = scenario.certificates](AgentOptions& options) {
    if (certificates) options.workspace_tls.mode = WorkspaceTlsMode::kAcme;
    if (!keyless.empty()) options.storage_access = access_by(keyless, "identity");
    options.polling = {0.5, 6};
    options.idle_stop_after = idle;
    options.workspace_ready = waits ? WorkspaceReady::kHttp : WorkspaceReady::kAzure;
  };
  return tweaks;
}

namespace {

// Reads of container groups are the ones that may lag.
bool may_lag(const HttpRequest& request) {
  return request.label == "containerGroups.get" || request.label == "containerGroups.list";
}

// The agent that prepares: as in the scenario, but it neither stops idle ones nor waits for their answer.
Scenario as_prepared(const Scenario& scenario) {
  Scenario preparing;
  preparing.keyless = scenario.keyless;
  preparing.certificates = scenario.certificates && scenario.certificates_before;
  return preparing;
}

// A world prepared for a scenario, whose calls are counted from here on.
struct Stage {
  explicit Stage(const Scenario& scenario)
      : world(cell_azure(scenario)), agent(world.agent(cell_regions(as_prepared(scenario)))) {
    if (scenario.prepare) scenario.prepare(world, *agent);
    world.azure().set_location("eastus", scenario.eastus);
    // The next process has no token and no key yet, so that their calls are part of the table.
    agent = world.agent(cell_regions(scenario));
    world.azure().clear_calls();
    share_before = world.share(kCellId);
    group_before = world.group(kCellId);
  }
  World world;
  std::unique_ptr<EnvironmentOrchestrator> agent;
  emulator::ShareView share_before;
  emulator::GroupView group_before;
};

auto count_shares(const World& world, const std::string& prefix) {
  const auto shares = world.azure().shares();
  return std::count_if(shares.begin(), shares.end(), [&](const emulator::ShareView& share) {
    return !share.being_deleted && share.name.starts_with(prefix);
  });
}

void check_never(const Scenario& scenario, const Stage& stage, std::vector<std::string>& violations) {
  const auto share = stage.world.share(kCellId);
  const bool may_go = scenario.deletes && !scenario.expected.kept;
  if (!may_go && stage.share_before.incarnation != 0 && share.incarnation != stage.share_before.incarnation) {
    violations.push_back("the user's files are gone");
  }
  const auto group = stage.world.group(kCellId);
  if (!scenario.deletes && stage.group_before.incarnation != 0 &&
      group.incarnation != stage.group_before.incarnation) {
    violations.push_back("the container that was there is gone");
  }
  if (scenario.deletes && !stage.world.has_share(kCellId) && stage.world.has_group(kCellId)) {
    violations.push_back("the files were deleted under a container");
  }
  if (stage.world.azure().groups().size() > 1) violations.push_back("a second container");
  if (count_shares(stage.world, "fs-") > 1) violations.push_back("a second share");
  const auto certificates = count_shares(stage.world, "tls-");
  if (certificates > 1) violations.push_back("a second share for certificates");
  if (certificates > 0 && !stage.world.has_share(kCellId))
    violations.push_back("a share for certificates is left without files");
}

bool is_marked(const emulator::ShareView& share) {
  return !plan::kept_snapshot_in(share.metadata).empty();
}

bool agree(const emulator::ShareView& share, const emulator::GroupView& group) {
  const plan::Facts on_share = plan::from_metadata(share.metadata);
  const plan::Facts on_group = plan::from_tags(group.tags);
  return on_share == on_group && share.quota_gib == on_group.storage_gb + plan::kHomeGb &&
         group.cpu == on_group.cpu_cores && group.memory_gb == on_group.memory_gb;
}

// The facts that share and group store of the environment, without the ownership tokens.
auto told_by(const emulator::ShareView& share, const emulator::GroupView& group) {
  const plan::Facts on_share = plan::from_metadata(share.metadata);
  const plan::Facts on_group = plan::from_tags(group.tags);
  return std::tuple(share.quota_gib, on_share, on_group);
}

void check_expected(const Expected& expected, const Stage& stage, std::vector<std::string>& violations) {
  const auto group = stage.world.group(kCellId);
  const auto share = stage.world.share(kCellId);
  if (stage.world.has_group(kCellId) != expected.group)
    violations.push_back("group there or not: not as expected");
  if (stage.world.has_share(kCellId) != expected.share)
    violations.push_back("share there or not: not as expected");
  if (expected.group && expected.certificates && count_shares(stage.world, "tls-") != 1)
    violations.push_back("there is no share for certificates");
  if (expected.group && group.location != expected.location)
    violations.push_back("group is in " + group.location);
  if (expected.group && group.state != expected.state) violations.push_back("group is " + group.state);
  if (expected.deployments != 0 && group.deployments != expected.deployments) {
    violations.push_back("group was deployed " + std::to_string(group.deployments) + " times");
  }
  if (expected.same_share && share.incarnation != stage.share_before.incarnation)
    violations.push_back("another share");
  if (expected.share && is_marked(share) != expected.kept)
    violations.push_back("kept or not: not as expected");
  if (expected.kept && count_shares(stage.world, "tls-") > 0)
    violations.push_back("certificates are left beside kept files");
  if (expected.same_group && group.incarnation != stage.group_before.incarnation)
    violations.push_back("another group");
  if (expected.group && expected.share && !agree(share, group))
    violations.push_back("share and group tell different things");
  if (expected.same_facts && told_by(share, group) != told_by(stage.share_before, stage.group_before))
    violations.push_back("other facts");
}

// A success is true when the world is as the operation promises.
void check_claim(const Scenario& scenario, const Outcome& outcome, const Stage& stage,
                 std::vector<std::string>& violations) {
  if (outcome.finished && outcome.text() == scenario.result)
    check_expected(scenario.expected, stage, violations);
  if (outcome.finished && outcome.reason == "NOT_FOUND" &&
      (stage.world.has_group(kCellId) || stage.world.has_share(kCellId)) && scenario.result != "NOT_FOUND") {
    violations.push_back("NOT_FOUND was claimed of something that is there");
  }
}

const std::function<bool()> kNeverCrashes = [] { return false; };

}  // namespace

int fault_free_calls(const Scenario& scenario, std::vector<std::string>& violations) {
  Stage stage(scenario);
  const Outcome outcome = scenario.act(stage.world, stage.agent, kNeverCrashes);
  const int calls = static_cast<int>(stage.world.azure().calls().size());
  if (outcome.text() != scenario.result)
    violations.push_back("fault-free run: " + outcome.text() + " " + outcome.message);
  check_expected(scenario.expected, stage, violations);
  const Outcome repeat = scenario.act(stage.world, stage.agent, kNeverCrashes);
  if (repeat.text() != scenario.repeat)
    violations.push_back("fault-free repeat: " + repeat.text() + " " + repeat.message);
  return calls;
}

Cell run_cell(const Scenario& scenario, const FaultKind& kind, int call) {
  Cell cell{scenario.name, kind.name, call, "", {}, {}, {}};
  Stage stage(scenario);
  if (kind.lags && kind.settled) stage.world.clock().advance(std::chrono::minutes(1));
  int seen = 0;
  bool struck = false;
  TimePoint until{};
  stage.world.azure().set_fault_script([&](const HttpRequest& request, std::uint64_t) {
    const bool lags = kind.lasts.count() > 0 && may_lag(request) && stage.world.clock().now() < until;
    if (seen++ != call) return lags ? kind.fault : Fault();
    struck = true;
    cell.operation = request.label;
    until = stage.world.clock().now() + kind.lasts;
    return kind.lags && !may_lag(request) ? Fault() : kind.fault;
  });
  const auto crashed = [&] { return struck && kind.crash != FaultKind::kNoCrash; };
  cell.first = scenario.act(stage.world, stage.agent, crashed);
  if (crashed()) {
    // The request travels half the latency; then it takes effect or does not, and nobody hears of it.
    if (kind.crash == FaultKind::kAfter)
      stage.world.clock().advance(stage.world.azure().options().latency * 3 / 4);
    stage.agent = stage.world.agent(cell_regions(scenario));
  }
  stage.world.azure().set_fault_script(nullptr);
  check_never(scenario, stage, cell.violations);
  const bool strict = !kind.lags || kind.settled;
  if (strict) check_claim(scenario, cell.first, stage, cell.violations);
  if (!strict) stage.world.clock().advance(kind.lasts);
  // One passing fault is ridden out: the caller sees what it would have seen without it.
  if (strict && cell.first.finished && cell.first.text() != scenario.result) {
    cell.violations.push_back("ended as " + cell.first.text() + ": " + cell.first.message);
  }
  cell.repeat = scenario.act(stage.world, stage.agent, kNeverCrashes);
  const bool as_repeat = cell.repeat.text() == scenario.repeat;
  const bool as_first = (!cell.first.finished || !strict) && cell.repeat.text() == scenario.result;
  if (!as_repeat && !as_first) {
    cell.violations.push_back("the repeat ended as " + cell.repeat.text() + ": " + cell.repeat.message);
  }
  check_never(scenario, stage, cell.violations);
  const bool stays = crashed() && scenario.runs_first && stage.world.has_share(kCellId);
  if (!stays) check_expected(scenario.expected, stage, cell.violations);
  return cell;
}

namespace {

// The state that the operation asks for is there now, in the emulator's own eyes.
bool wanted_is_there(OperationKind kind, const World& world) {
  const bool share = world.has_share(kCellId) && !is_marked(world.share(kCellId));
  const std::string state = world.has_group(kCellId) ? world.group(kCellId).state : "none";
  switch (kind) {
    case OperationKind::kCreate:
      return share && (state == "Running" || state == "Stopped");
    case OperationKind::kStart:
      return share && state == "Running";
    case OperationKind::kStop:
      return share && (state == "Stopped" || state == "none");
    case OperationKind::kDelete:
      return !share && state == "none";
  }
  return false;
}

OperationStatus check_answer(const Scenario& scenario, const std::string& id, Stage& stage,
                             std::vector<std::string>& violations) {
  auto look = stage.agent->observe_operation(id);
  const auto& record = stage.world.finish(look);
  if (!record.ok()) {
    violations.push_back("no answer about the operation: " + record.error().message);
    return OperationStatus::kRunning;
  }
  const std::string status(to_string(record->status));
  if (record->status == OperationStatus::kSucceeded && !wanted_is_there(record->about.kind, stage.world))
    violations.push_back("SUCCEEDED of what is not there");
  if (record->status == OperationStatus::kFailed &&
      to_string(record->error->code) != std::string_view(scenario.result)) {
    violations.push_back("FAILED with " + record->error->message);
  }
  if (record->status == OperationStatus::kCancelled) violations.push_back("nobody cancelled it");
  return record->status;
}

}  // namespace

Cell run_operation_cell(const Scenario& scenario, const FaultKind& kind, int call) {
  Cell cell{scenario.name, kind.name, call, "", {}, {}, {}};
  Stage stage(scenario);
  int seen = 0;
  bool struck = false;
  stage.world.azure().set_fault_script([&](const HttpRequest& request, std::uint64_t) {
    if (seen++ != call) return Fault();
    struck = true;
    cell.operation = request.label;
    return kind.fault;
  });
  cell.first = scenario.act(stage.world, stage.agent, [&] { return struck; });
  if (kind.crash == FaultKind::kAfter)
    stage.world.clock().advance(stage.world.azure().options().latency * 3 / 4);
  stage.agent = stage.world.agent(cell_regions(scenario));
  stage.world.azure().set_fault_script(nullptr);
  OperationStatus status = OperationStatus::kRunning;
  for (int minute = 0; minute < 5; ++minute) {
    status = check_answer(scenario, cell.first.operation, stage, cell.violations);
    stage.world.clock().advance(std::chrono::minutes(1));
  }
  stage.world.clock().advance(std::chrono::minutes(40));
  status = check_answer(scenario, cell.first.operation, stage, cell.violations);
  if (status == OperationStatus::kRunning) cell.violations.push_back("RUNNING for ever");
  cell.repeat = scenario.act(stage.world, stage.agent, kNeverCrashes);
  if (cell.repeat.text() != scenario.repeat && cell.repeat.text() != scenario.result)
    cell.violations.push_back("the repeat ended as " + cell.repeat.text() + ": " + cell.repeat.message);
  check_never(scenario, stage, cell.violations);
  return cell;
}

namespace {

void report(const Cell& cell) {
  for (const std::string& violation : cell.violations) {
    FAIL_CHECK(cell.scenario << ", call " << cell.call << " (" << cell.operation << "), " << cell.fault
                             << ": " << violation);
  }
}

}  // namespace

int run_operation_table(const std::vector<Scenario>& scenarios) {
  int cells = 0;
  for (const Scenario& scenario : scenarios) {
    std::vector<std::string> fault_free;
    const int calls = fault_free_calls(scenario, fault_free);
    for (const FaultKind& kind : fault_kinds()) {
      for (int call = 0; kind.crash != FaultKind::kNoCrash && call < calls; ++call) {
        const Cell cell = run_operation_cell(scenario, kind, call);
        if (cell.first.operation.empty()) break;  // a question has no id
        report(cell);
        ++cells;
      }
    }
  }
  MESSAGE("cells: " << cells);
  return cells;
}

int run_table(const std::vector<Scenario>& scenarios) {
  const char* wanted = std::getenv("DEV8_PRINT_CELLS");
  int cells = 0;
  for (const Scenario& scenario : scenarios) {
    if (wanted && wanted != std::string("1") && scenario.name != wanted) continue;
    std::vector<std::string> fault_free;
    const int calls = fault_free_calls(scenario, fault_free);
    CHECK(calls > 0);
    for (const std::string& violation : fault_free) FAIL_CHECK(scenario.name << ": " << violation);
    for (const FaultKind& kind : fault_kinds()) {
      for (int call = 0; call < calls; ++call) {
        const Cell cell = run_cell(scenario, kind, call);
        // "Transitioning" is a word of the resource manager; Entra has no such answer.
        if (kind.name == "409 transitioning" && cell.operation == "entra.token") continue;
        // Only reads of container groups lag, and a lag that lasts is begun by any call.
        if (kind.lags && kind.lasts.count() == 0 && cell.operation != "containerGroups.get") continue;
        ++cells;
        if (wanted) {
          std::printf("%-34s | %2d %-26s | %-20s | %-9s | then %s\n", cell.scenario.c_str(), cell.call,
                      cell.operation.c_str(), cell.fault.c_str(), cell.first.text().c_str(),
                      cell.repeat.text().c_str());
        }
        report(cell);
      }
    }
  }
  MESSAGE("cells: " << cells);
  return cells;
}

std::vector<FaultKind> fault_kinds() {
  const auto plain = [](Fault::Kind kind) {
    Fault fault;
    fault.kind = kind;
    return fault;
  };
  const auto status = [](int number, std::string code, std::string retry_after) {
    Fault fault;
    fault.kind = Fault::kStatus;
    fault.status = number;
    fault.code = std::move(code);
    fault.retry_after = std::move(retry_after);
    return fault;
  };
  const auto stale = [](std::chrono::milliseconds age) {
    Fault fault;
    fault.kind = Fault::kStaleRead;
    fault.age = age;
    return fault;
  };
  Fault absent = status(404, "ResourceNotFound", "");
  using std::chrono::seconds;
  return {{"one 404 of what exists", absent, FaultKind::kNoCrash, seconds(0), true},
          {"one read shows the past", stale(seconds(40)), FaultKind::kNoCrash, seconds(0), true},
          {"reads lag 7 s", stale(seconds(7)), FaultKind::kNoCrash, seconds(20), true},
          {"reads lag 7 s, just changed", stale(seconds(7)), FaultKind::kNoCrash, seconds(20), true, false},
          {"connection refused", plain(Fault::kRefuseConnection), FaultKind::kNoCrash},
          {"lost before effect", plain(Fault::kLoseBefore), FaultKind::kNoCrash},
          {"lost after effect", plain(Fault::kLoseAfter), FaultKind::kNoCrash},
          {"hang", plain(Fault::kHang), FaultKind::kNoCrash},
          {"hang after effect", plain(Fault::kHangAfter), FaultKind::kNoCrash},
          {"408", status(408, "RequestTimeout", ""), FaultKind::kNoCrash},
          {"429", status(429, "TooManyRequests", ""), FaultKind::kNoCrash},
          {"429 Retry-After 17", status(429, "TooManyRequests", "17"), FaultKind::kNoCrash},
          {"500", status(500, "InternalServerError", ""), FaultKind::kNoCrash},
          {"503", status(503, "ServiceUnavailable", ""), FaultKind::kNoCrash},
          {"409 transitioning", status(409, "ContainerGroupTransitioning", ""), FaultKind::kNoCrash},
          {"truncated body", plain(Fault::kTruncatedBody), FaultKind::kNoCrash},
          {"malformed body", plain(Fault::kMalformedBody), FaultKind::kNoCrash},
          {"wrong content type", plain(Fault::kWrongContentType), FaultKind::kNoCrash},
          {"empty 200", plain(Fault::kEmptyBody), FaultKind::kNoCrash},
          {"crash before", plain(Fault::kHang), FaultKind::kBefore},
          {"crash after", plain(Fault::kHangAfter), FaultKind::kAfter}};
}

}  // namespace dev8agent::test

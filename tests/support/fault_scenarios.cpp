// The operations of the fault table, each from each state that it may meet.
#include "plan/facts.h"
#include "support/fault_cells.h"
#include "support/two_regions.h"
#include "support/unmark.h"

namespace dev8agent::test {

const std::string kCellId = "enumerated-1";

namespace {

constexpr std::chrono::minutes kIdleWindow{20};

template <class T>
Outcome outcome_of(World& world, const Operation<T>& operation, const std::function<bool()>& crashed,
                   std::string id = "") {
  world.clock().run_until([&] { return operation.done() || crashed(); });
  Outcome outcome;
  outcome.operation = std::move(id);
  if (crashed() || !operation.done()) return outcome;
  outcome.finished = true;
  const Result<T>& result = operation.get();
  outcome.ok = result.ok();
  if (!result.ok()) {
    outcome.reason = to_string(result.error().code);
    outcome.message = result.error().message;
  }
  return outcome;
}

Outcome create(World& world, std::unique_ptr<EnvironmentOrchestrator>& agent,
               const std::function<bool()>& crashed) {
  CreateRequest request = create_request(kCellId);
  const std::string id = agent->new_operation_id(request);
  return outcome_of(world, agent->create(std::move(request), {.operation_id = id}), crashed, id);
}

Outcome create_anywhere(World& world, std::unique_ptr<EnvironmentOrchestrator>& agent,
                        const std::function<bool()>& crashed) {
  CreateRequest request = create_request(kCellId);
  request.cloud_region = "auto";
  const std::string id = agent->new_operation_id(request);
  return outcome_of(world, agent->create(std::move(request), {.operation_id = id}), crashed, id);
}

Outcome start(World& world, std::unique_ptr<EnvironmentOrchestrator>& agent,
              const std::function<bool()>& crashed) {
  StartRequest request;
  request.id = kCellId;
  const std::string id = agent->new_operation_id(request);
  return outcome_of(world, agent->start(std::move(request), {.operation_id = id}), crashed, id);
}

Outcome start_bigger(World& world, std::unique_ptr<EnvironmentOrchestrator>& agent,
                     const std::function<bool()>& crashed) {
  StartRequest request;
  request.id = kCellId;
  request.changes.cpu_cores = 4;
  request.changes.storage_gb = 50;
  const std::string id = agent->new_operation_id(request);
  return outcome_of(world, agent->start(std::move(request), {.operation_id = id}), crashed, id);
}

Outcome stop(World& world, std::unique_ptr<EnvironmentOrchestrator>& agent,
             const std::function<bool()>& crashed) {
  const std::string id = agent->new_operation_id(StopRequest{kCellId, ""});
  return outcome_of(world, agent->stop({kCellId, ""}, {.operation_id = id}), crashed, id);
}

// By a caller who waits while the container comes up. A second restart of one request is no success.
Outcome restart(World& world, std::unique_ptr<EnvironmentOrchestrator>& agent,
                const std::function<bool()>& crashed) {
  if (world.group(kCellId).state == "Pending")
    world.clock().advance(world.azure().options().restart_time + std::chrono::seconds(1));
  const int before = world.group(kCellId).deployments;
  Outcome outcome = outcome_of(world, agent->restart({kCellId, ""}), crashed);
  const int restarts = world.group(kCellId).deployments - before;
  if (!outcome.ok || restarts == 1) return outcome;
  outcome.ok = false;
  outcome.reason = "restarted " + std::to_string(restarts) + " times";
  return outcome;
}

Act remove_with(bool force, bool snapshot = false) {
  return [request = DeleteRequest{kCellId, "", force, snapshot}](
             World& world, std::unique_ptr<EnvironmentOrchestrator>& agent,
             const std::function<bool()>& crashed) {
    const std::string id = agent->new_operation_id(request);
    return outcome_of(world, agent->remove(request, {.operation_id = id}), crashed, id);
  };
}

Outcome restore(World& world, std::unique_ptr<EnvironmentOrchestrator>& agent,
                const std::function<bool()>& crashed) {
  return outcome_of(world, agent->restore({kCellId, ""}), crashed);
}

Outcome adopt(World& world, std::unique_ptr<EnvironmentOrchestrator>& agent,
              const std::function<bool()>& crashed) {
  return outcome_of(world, agent->adopt({.id = kCellId, .user_id = "user-1"}), crashed);
}

// A success is one when share and group tell it: the label that the create had is gone, and the new one
// there.
Outcome update(World& world, std::unique_ptr<EnvironmentOrchestrator>& agent,
               const std::function<bool()>& crashed) {
  UpdateRequest request{.id = kCellId, .name = "Renamed", .idle_stop_minutes = 0};
  request.labels = {{"team", "blue"}, {"old", ""}};
  Outcome outcome = outcome_of(world, agent->update(std::move(request)), crashed);
  if (!outcome.ok) return outcome;
  const NamedTexts labels = {{"team", "blue"}};
  for (const plan::Facts& told :
       {plan::from_tags(world.group(kCellId).tags), plan::from_metadata(world.share(kCellId).metadata)}) {
    outcome.ok = outcome.ok && told.name == "Renamed" && told.labels == labels && told.idle_stop_minutes == 0;
  }
  if (!outcome.ok) outcome.reason = "not stored";
  return outcome;
}

// The same, and then the container comes up.
Outcome update_coming_up(World& world, std::unique_ptr<EnvironmentOrchestrator>& agent,
                         const std::function<bool()>& crashed) {
  const Outcome outcome = update(world, agent, crashed);
  if (outcome.finished) world.clock().advance(world.azure().options().provisioning_time);
  return outcome;
}

Outcome get(World& world, std::unique_ptr<EnvironmentOrchestrator>& agent,
            const std::function<bool()>& crashed) {
  return outcome_of(world, agent->get({kCellId, ""}), crashed);
}

Outcome list(World& world, std::unique_ptr<EnvironmentOrchestrator>& agent,
             const std::function<bool()>& crashed) {
  return outcome_of(world, agent->list({}), crashed);
}

// The agent works by itself, until `done` holds or `patience` is over.
Outcome wait_until(World& world, const std::function<bool()>& done, std::chrono::seconds patience,
                   const std::function<bool()>& crashed) {
  const TimePoint until = world.clock().now() + patience;
  world.clock().run_until([&] { return done() || crashed() || world.clock().now() >= until; });
  Outcome outcome;
  outcome.finished = !crashed();
  outcome.ok = outcome.finished && done();
  if (!outcome.ok) outcome.reason = "TIMEOUT";
  return outcome;
}

// A supervisor reports that somebody is connected; the tag must tell of it within six minutes.
Outcome report_use(World& world, std::unique_ptr<EnvironmentOrchestrator>& agent,
                   const std::function<bool()>& crashed) {
  ActivityReport report;
  report.environment_id = kCellId;
  report.snapshot.active_ide_connections = 1;
  const WallTime used = world.clock().wall_now() - std::chrono::seconds(2);
  auto operation = agent->report_activity(report);
  return wait_until(
      world, [&] { return plan::last_activity_in(world.group(kCellId).tags) >= used; },
      std::chrono::minutes(6), crashed);
}

// Nobody uses it: it must be stopped, not before the end of the window and not long after it. The window has
// begun soon after the create did.
Outcome wait_for_idle_stop(World& world, std::unique_ptr<EnvironmentOrchestrator>&,
                           const std::function<bool()>& crashed) {
  const bool runs = world.group(kCellId).state == "Running";
  const WallTime begun = plan::from_tags(world.group(kCellId).tags).created_at;
  Outcome outcome = wait_until(
      world, [&] { return world.group(kCellId).state == "Stopped"; }, kIdleWindow + std::chrono::minutes(4),
      crashed);
  if (runs && outcome.ok && world.clock().wall_now() - begun < kIdleWindow) {
    outcome.ok = false;
    outcome.reason = "stopped too early";
  }
  return outcome;
}

// Preparations.
void make(World& world, EnvironmentOrchestrator& agent) {
  auto operation = agent.create(create_request(kCellId));
  REQUIRE(world.finish(operation).ok());
}

void make_stopped(World& world, EnvironmentOrchestrator& agent) {
  make(world, agent);
  auto operation = agent.stop({kCellId, ""});
  REQUIRE(world.finish(operation).ok());
}

// With a label.
void make_labelled(World& world, EnvironmentOrchestrator& agent) {
  CreateRequest request = create_request(kCellId);
  request.spec.labels = {{"old", "1"}};
  auto operation = agent.create(std::move(request));
  REQUIRE(world.finish(operation).ok());
}

void make_labelled_and_stopped(World& world, EnvironmentOrchestrator& agent) {
  make_labelled(world, agent);
  auto operation = agent.stop({kCellId, ""});
  REQUIRE(world.finish(operation).ok());
}

// Running, and made by somebody else.
void make_unmarked(World& world, EnvironmentOrchestrator& agent) {
  make(world, agent);
  unmark(world, kCellId);
}

// What a create leaves that was killed between share and container.
void make_half(World& world, EnvironmentOrchestrator& agent) {
  emulator::Fault hang;
  hang.kind = emulator::Fault::kHang;
  bool reached = false;
  world.azure().set_fault_script([&](const HttpRequest& request, std::uint64_t) {
    reached = reached || request.label == "containerGroups.put";
    return reached ? hang : emulator::Fault();
  });
  auto victim = world.agent(cell_regions());
  auto operation = victim->create(create_request(kCellId));
  world.clock().run_until([&] { return reached; });
  victim.reset();
  world.azure().set_fault_script(nullptr);
  REQUIRE(world.has_share(kCellId));
  REQUIRE_FALSE(world.has_group(kCellId));
  (void)agent;
}

// A create whose process was killed when Azure had just accepted its container.
void make_coming_up(World& world, EnvironmentOrchestrator& agent) {
  auto victim = world.agent(cell_regions());
  auto operation = victim->create(create_request(kCellId));
  world.clock().run_until([&] { return world.has_group(kCellId); });
  (void)agent;
}

// The same, and the container cannot come up; nobody has cleaned up.
void make_failed(World& world, EnvironmentOrchestrator& agent) {
  world.azure().set_location("eastus", emulator::Deployment::kImagePullBackOff);
  make_coming_up(world, agent);
  world.clock().advance(std::chrono::minutes(31));
}

// What a delete leaves that was killed between container and share.
void make_half_deleted(World& world, EnvironmentOrchestrator& agent) {
  make_stopped(world, agent);
  auto victim = world.agent(cell_regions());
  auto operation = victim->remove({kCellId, "", false});
  world.clock().run_until([&] { return !world.has_group(kCellId); });
  victim.reset();
  REQUIRE(world.has_share(kCellId));
}

// Azure Files still has the deleted share in hand.
void make_deleted(World& world, EnvironmentOrchestrator& agent) {
  make(world, agent);
  auto operation = agent.remove({kCellId, "", true});
  REQUIRE(world.finish(operation).ok());
}

void make_kept(World& world, EnvironmentOrchestrator& agent) {
  make(world, agent);
  auto operation = agent.remove({kCellId, "", true, true});
  REQUIRE(world.finish(operation).ok());
}

}  // namespace

std::vector<Scenario> scenarios() {
  const Expected running{true, true, "Running", 1, false, false};
  const Expected running_still{true, true, "Running", 1, true, true};
  const Expected running_again{true, true, "Running", 2, true, true};
  const Expected running_anew{true, true, "Running", 0, true, true};
  const Expected stopped{true, true, "Stopped", 1, true, true};
  const Expected finished{true, true, "Running", 1, true, false};
  const Expected half{false, true, "", 0, true, false};
  const Expected gone{};
  return {{"create", nullptr, create, running, "ok", "ok", false},
          {"create, half there", make_half, create, finished, "ok", "ok", false},
          {"create, running", make, create, running_still, "ok", "ok", false},
          {"create, stopped", make_stopped, create, stopped, "ok", "ok", false},
          {"start, stopped", make_stopped, start, running_again, "ok", "ok", false},
          {"start with other sizes, stopped", make_stopped, start_bigger, running_again, "ok", "ok", false},
          {"start, running", make, start, running_still, "ok", "ok", false},
          {"start, half there", make_half, start, finished, "ok", "ok", false},
          {"start, nothing there", nullptr, start, gone, "NOT_FOUND", "NOT_FOUND", false},
          {"stop, running", make, stop, stopped, "ok", "ok", false},
          {"stop, stopped", make_stopped, stop, stopped, "ok", "ok", false},
          {"stop, nothing there", nullptr, stop, gone, "NOT_FOUND", "NOT_FOUND", false},
          {"restart, running", make, restart, running_anew, "ok", "ok", false},
          {"restart, stopped", make_stopped, restart, stopped, "CONFLICT", "CONFLICT", false},
          {"restart, half there", make_half, restart, half, "CONFLICT", "CONFLICT", false},
          {"restart, nothing there", nullptr, restart, gone, "NOT_FOUND", "NOT_FOUND", false},
          {"delete, stopped", make_stopped, remove_with(false), gone, "ok", "NOT_FOUND", true},
          {"delete with force, running", make, remove_with(true), gone, "ok", "NOT_FOUND", true},
          {"delete without force, running", make, remove_with(false), running_still, "CONFLICT", "CONFLICT",
           false},
          {"delete, half there", make_half, remove_with(false), gone, "ok", "NOT_FOUND", true},
          {"delete, nothing there", nullptr, remove_with(true), gone, "NOT_FOUND", "NOT_FOUND", true},
          {"create, coming up", make_coming_up, create, running_still, "ok", "ok", false},
          {"create, deleted just now", make_deleted, create, running, "ok", "ok", false},
          {"create, half deleted", make_half_deleted, create, finished, "ok", "ok", false},
          {"start, coming up", make_coming_up, start, running_still, "ok", "ok", false},
          {"stop, coming up", make_coming_up, stop, stopped, "ok", "ok", false},
          {"delete with force, coming up", make_coming_up, remove_with(true), gone, "ok", "NOT_FOUND", true},
          {"delete, failed", make_failed, remove_with(false), gone, "ok", "NOT_FOUND", true},
          {"delete, half deleted", make_half_deleted, remove_with(false), gone, "ok", "NOT_FOUND", true},
          {"adopt, made by others", make_unmarked, adopt, running_still, "ok", "ok", false},
          {"adopt, running", make, adopt, running_still, "ok", "ok", false},
          {"adopt, half there", make_half, adopt, half, "NOT_FOUND", "NOT_FOUND", false},
          {"update, running", make_labelled, update, running_still, "ok", "ok", false},
          {"update, stopped", make_labelled_and_stopped, update, stopped, "ok", "ok", false},
          {"update, coming up", make_coming_up, update_coming_up, running_still, "ok", "ok", false},
          {"update, half there", make_half, update, half, "CONFLICT", "CONFLICT", false},
          {"update, nothing there", nullptr, update, gone, "NOT_FOUND", "NOT_FOUND", false},
          {"get, running", make, get, running_still, "ok", "ok", false},
          {"get, nothing there", nullptr, get, gone, "NOT_FOUND", "NOT_FOUND", false},
          {"list, stopped", make_stopped, list, stopped, "ok", "ok", false}};
}

std::vector<Scenario> failing_scenarios() {
  const Expected gone{};
  const Expected elsewhere{true, true, "Running", 1, false, false, "westeurope"};
  const Expected stopped{true, true, "Stopped", 1, true, true, "eastus", true};
  const Expected stopped_anew{true, true, "Stopped", 0, true, true};  // as the container that was refused
  const Expected stopped_again{true, true, "Stopped", 0, true, true, "eastus", true};
  using emulator::Deployment;
  return {{"create anywhere, no room at once", nullptr, create_anywhere, elsewhere, "ok", "ok", false,
           Deployment::kNoCapacitySync},
          {"create anywhere, no room", nullptr, create_anywhere, elsewhere, "ok", "ok", false,
           Deployment::kNoCapacityAsync},
          {"create anywhere, half there, no room", make_half, create_anywhere, elsewhere, "ok", "ok", true,
           Deployment::kNoCapacityAsync},
          {"create, no room at once", nullptr, create, gone, "CAPACITY_UNAVAILABLE", "CAPACITY_UNAVAILABLE",
           false, Deployment::kNoCapacitySync},
          {"create, no room", nullptr, create, gone, "CAPACITY_UNAVAILABLE", "CAPACITY_UNAVAILABLE", false,
           Deployment::kNoCapacityAsync},
          {"create, cannot mount", nullptr, create, gone, "MOUNT_FAILED", "MOUNT_FAILED", false,
           Deployment::kMountFails},
          {"create, cannot pull", nullptr, create, gone, "IMAGE_PULL_FAILED", "IMAGE_PULL_FAILED", false,
           Deployment::kImagePullBackOff},
          {"create, crashes", nullptr, create, gone, "CONTAINER_FAILED", "CONTAINER_FAILED", false,
           Deployment::kCrashLoop, true},
          {"start with other sizes, no room at once", make_stopped, start_bigger, stopped,
           "CAPACITY_UNAVAILABLE", "CAPACITY_UNAVAILABLE", false, Deployment::kNoCapacitySync},
          {"start with other sizes, no room", make_stopped, start_bigger, stopped_anew,
           "CAPACITY_UNAVAILABLE", "CAPACITY_UNAVAILABLE", false, Deployment::kNoCapacityAsync},
          {"start, crashes", make_stopped, start, stopped_again, "CONTAINER_FAILED", "CONTAINER_FAILED",
           false, Deployment::kCrashLoop},
          {"start, no room at once", make_stopped, start, stopped, "CAPACITY_UNAVAILABLE",
           "CAPACITY_UNAVAILABLE", false, Deployment::kNoCapacitySync},
          {"start, no room", make_stopped, start, stopped_again, "CAPACITY_UNAVAILABLE",
           "CAPACITY_UNAVAILABLE", false, Deployment::kNoCapacityAsync}};
}

std::vector<Scenario> idle_scenarios() {
  const Expected running{true, true, "Running", 1, true, true};
  const Expected stopped{true, true, "Stopped", 1, true, true};
  Scenario report{"report of activity, running", make, report_use, running};
  Scenario idle{"idle stop, running", make, wait_for_idle_stop, stopped};
  report.idle_stop_after = idle.idle_stop_after = kIdleWindow;
  return {report, idle};
}

std::vector<Scenario> ready_scenarios() {
  const Expected running{true, true, "Running", 1, false, false};
  const Expected running_still{true, true, "Running", 1, true, true};
  const Expected running_again{true, true, "Running", 2, true, true};
  std::vector<Scenario> list = {{"create, IDE to answer", nullptr, create, running},
                                {"create, IDE to answer, coming up", make_coming_up, create, running_still},
                                {"start, IDE to answer", make_stopped, start, running_again}};
  for (Scenario& scenario : list) scenario.waits_for_ide = true;
  return list;
}

// Azure Resource Manager's description leaves open whether its PUT changes a share that exists.
std::vector<Scenario> keyless_scenarios() {
  const Expected running{true, true, "Running", 1, false, false};
  const Expected running_again{true, true, "Running", 2, true, true};
  std::vector<Scenario> all;
  for (const std::string& way : {std::string("entra"), std::string("arm"), std::string("arm, changing")}) {
    std::vector<Scenario> list = {
        {"create without keys, " + way, nullptr, create, running},
        {"start with other sizes, without keys, " + way, make_stopped, start_bigger, running_again},
        {"delete with force, without keys, " + way, make, remove_with(true), Expected{}, "ok", "NOT_FOUND",
         true}};
    for (Scenario& scenario : list) {
      scenario.keyless = way.substr(0, way.find(','));
      scenario.put_changes_shares = way != "arm";
      all.push_back(std::move(scenario));
    }
  }
  return all;
}

std::vector<Scenario> restore_scenarios() {
  Expected back;
  back.share = true;
  std::vector<Scenario> list = {
      {"restore, deleted", make_deleted, restore, back, "ok", "CONFLICT"},
      {"restore, running", make, restore, {true, true, "Running", 1, true, true}, "CONFLICT", "CONFLICT"},
      {"restore, nothing there", nullptr, restore, Expected{}, "NOT_FOUND", "NOT_FOUND"},
      {"get, deleted", make_deleted, get, Expected{}, "NOT_FOUND", "NOT_FOUND"}};
  for (Scenario& scenario : list) scenario.soft_delete = true;
  return list;
}

std::vector<Scenario> kept_scenarios() {
  Expected kept, back;
  kept.share = kept.same_share = kept.kept = back.share = back.same_share = true;
  const Expected running_still{true, true, "Running", 1, true, true};
  std::vector<Scenario> list = {
      {"delete with a snapshot, running", make, remove_with(true, true), kept, "ok", "NOT_FOUND", true},
      {"delete with a snapshot, stopped", make_stopped, remove_with(false, true), kept, "ok", "NOT_FOUND",
       true},
      {"delete with a snapshot, half deleted", make_half_deleted, remove_with(false, true), kept, "ok",
       "NOT_FOUND", true},
      {"delete with a snapshot, without force", make, remove_with(false, true), running_still, "CONFLICT",
       "CONFLICT"},
      {"delete with a snapshot, nothing there", nullptr, remove_with(true, true), Expected{}, "NOT_FOUND",
       "NOT_FOUND"},
      {"delete, kept", make_kept, remove_with(false), Expected{}, "ok", "NOT_FOUND", true},
      {"restore, kept", make_kept, restore, back, "ok", "CONFLICT"},
      {"create, kept", make_kept, create, kept, "CONFLICT", "CONFLICT"},
      {"start, kept", make_kept, start, kept, "NOT_FOUND", "NOT_FOUND"},
      {"get, kept", make_kept, get, kept, "NOT_FOUND", "NOT_FOUND"}};
  Scenario with_certificates = list.front();
  with_certificates.name += ", with certificates";
  with_certificates.certificates = true;
  for (const char* way : {"entra", "arm"}) {
    for (const std::size_t i : {0U, 5U, 6U, 7U}) {
      Scenario keyless = list[i];
      keyless.name += std::string(", without keys, ") + way;
      keyless.keyless = way;
      keyless.put_changes_shares = true;
      list.push_back(std::move(keyless));
    }
  }
  list.push_back(std::move(with_certificates));
  return list;
}

std::vector<Scenario> certificate_scenarios() {
  const Expected running{true, true, "Running", 1, false, false};
  const Expected running_again{true, true, "Running", 2, true, true};
  const Expected finished{true, true, "Running", 1, true, false};
  const Expected gone{};
  std::vector<Scenario> list = {
      {"create with certificates", nullptr, create, running},
      {"create with certificates, half there without", make_half, create, finished},
      {"create with certificates, no room", nullptr, create, gone, "CAPACITY_UNAVAILABLE",
       "CAPACITY_UNAVAILABLE", false, emulator::Deployment::kNoCapacityAsync},
      {"start with other sizes, with certificates", make_stopped, start_bigger, running_again},
      {"start with other sizes, certificates are new", make_stopped, start_bigger, running_again},
      {"delete with force, with certificates", make, remove_with(true), gone, "ok", "NOT_FOUND", true},
      {"delete, stopped, with certificates", make_stopped, remove_with(false), gone, "ok", "NOT_FOUND",
       true}};
  for (Scenario& scenario : list) {
    scenario.certificates = scenario.expected.certificates = true;
    scenario.certificates_before = scenario.name.find("are new") == std::string::npos;
  }
  return list;
}

}  // namespace dev8agent::test

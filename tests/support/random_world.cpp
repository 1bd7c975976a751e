// The seeded simulation: what it does. What must hold is in random_world_promises.cpp.
#include "support/random_world.h"

#include <algorithm>
#include <cstdio>

#include "support/skewed_scheduler.h"
#include "support/slow_net.h"

namespace dev8agent::test {

using emulator::Deployment;
using emulator::Fault;

namespace {

const std::array<std::string, 2> kRegions = {"eastus", "westeurope"};

constexpr std::chrono::milliseconds kLongestLag{7000};  // of a read that shows the past
constexpr std::chrono::milliseconds kLatest{1500};      // how late a request may arrive

// Base64 of 64 bytes, as Azure's keys are.
std::string key_of(char letter) {
  return std::string(84, letter) + "AQ==";
}

emulator::EmulatorOptions small_azure(std::uint64_t seed) {
  emulator::EmulatorOptions options;
  options.provisioning_time = std::chrono::seconds(5 + seed % 40);
  options.start_time = std::chrono::seconds(4 + seed % 20);
  options.ide_time = std::chrono::seconds(seed % 9);
  options.certificate_time = std::chrono::seconds(seed % 13);
  options.share_deletion_time = std::chrono::seconds(seed % 60);
  options.transition_after_delete = std::chrono::seconds(seed % 3 * 4);
  options.token_lifetime = std::chrono::seconds(400 + seed % 3000);
  options.creates_per_5_minutes = 40;
  options.remembered_past = std::chrono::seconds(30);
  options.long_operation_urls = false;
  options.update_shares_by_put = seed % 16 == 5;
  options.storage_accounts = {{"dev8east", "dev8-emulator", key_of('A'), key_of('B')},
                              {"dev8west", "dev8-emulator", key_of('C'), key_of('D')}};
  return options;
}

Fault random_fault(std::mt19937_64& random) {
  Fault fault;
  static constexpr std::array kKinds = {
      Fault::kRefuseConnection, Fault::kLoseBefore,    Fault::kLoseAfter,        Fault::kHang,
      Fault::kHangAfter,        Fault::kStatus,        Fault::kStatus,           Fault::kStatus,
      Fault::kTruncatedBody,    Fault::kMalformedBody, Fault::kWrongContentType, Fault::kEmptyBody};
  fault.kind = kKinds[random() % kKinds.size()];
  if (fault.kind == Fault::kStatus) {
    static constexpr std::array kStatuses = {408, 429, 500, 502, 503, 504};
    fault.status = kStatuses[random() % kStatuses.size()];
    fault.code = "InjectedFault";
    if (random() % 3 == 0) fault.retry_after = std::to_string(random() % 30);
  }
  return fault;
}

}  // namespace

RandomWorld::RandomWorld(std::uint64_t seed, SimulationOptions options)
    : options_(options),
      random_(seed),
      world_(small_azure(seed), seed),
      waits_for_ide_(seed % 5 == 2),
      has_tls_(seed % 4 == 1),
      storage_auth_(seed % 8 == 5   ? StorageAuth::kArm
                    : seed % 8 == 6 ? StorageAuth::kEntra
                                    : StorageAuth::kKey) {
  world_.azure().record_calls(false);
  weather_.slow_net = chance(40);
  weather_.cancels = chance(50);
  weather_.owners = chance(30);
  weather_.lagging_reads = chance(40) ? static_cast<int>(10 + pick(60)) : 0;
  if (options_.idle)
    users_ = std::make_unique<IdleUsers>(seed, weather_.slow_net || weather_.lagging_reads > 0);
  const bool skewed = chance(40);
  for (int i = 0; i < options_.replicas; ++i) {
    weather_.clocks.emplace_back(skewed ? static_cast<int>(pick(1200)) - 600 : 0);
    replicas_.push_back(new_replica(i));
  }
  world_.azure().set_fault_script([this](const HttpRequest& request, std::uint64_t) {
    Fault fault = fault_percent_ > 0 && chance(fault_percent_) ? random_fault(random_) : Fault();
    if (fault.kind == Fault::kNone && chance(weather_.lagging_reads)) {
      fault.kind = Fault::kStaleRead;
      fault.age = std::chrono::milliseconds(pick(kLongestLag.count()));
    }
    if (options_.trace) {
      std::printf("%8llu %8.1f   %s %s %s fault %d %d\n", static_cast<unsigned long long>(event_), seconds(),
                  request.method.c_str(), request.label.c_str(), request.url.substr(0, 300).c_str(),
                  static_cast<int>(fault.kind), fault.status);
    }
    return fault;
  });
}

RandomWorld::~RandomWorld() {
  replicas_.clear();  // what is still in flight ends here, while everything that it reports to is there
  world_.azure().set_fault_script(nullptr);
}

AgentTweaks RandomWorld::tweaks(int replica) {
  AgentTweaks tweaks;
  tweaks.regions = {kRegions[0], kRegions[1]};
  tweaks.adjust = [this, replica](AgentOptions& options) {
    const auto ahead = weather_.clocks[static_cast<std::size_t>(replica)];
    if (ahead.count() != 0) options.scheduler = std::make_shared<SkewedScheduler>(options.scheduler, ahead);
    if (users_) options.idle_stop_after = users_->window();
    if (waits_for_ide_) options.workspace_ready = WorkspaceReady::kHttp;
    if (has_tls_) options.workspace_tls.mode = WorkspaceTlsMode::kAcme;
    options.storage_access.auth = storage_auth_;
    if (!weather_.slow_net) return;
    auto net = std::make_shared<SlowNet>(options.transport, world_.scheduler(), [this] {
      SlowNet::Delay delay;
      // Less than a container takes to come up: a look is at most 3 s old when a write follows it, and Azure
      // has no conditional write that would refuse one that arrives later.
      if (chance(15)) delay.there = std::chrono::milliseconds(pick(kLatest.count()));
      if (chance(15)) delay.back = std::chrono::milliseconds(pick(25000));
      return delay;
    });
    networks_.push_back(net);
    options.transport = std::move(net);
  };
  return tweaks;
}

std::unique_ptr<EnvironmentOrchestrator> RandomWorld::new_replica(int replica) {
  return world_.agent(tweaks(replica));
}

double RandomWorld::seconds() {
  return std::chrono::duration<double>(world_.clock().now().time_since_epoch()).count();
}

void RandomWorld::trace(std::string_view what, const Op& op) {
  if (!options_.trace) return;
  static constexpr std::array kNames = {"create", "start", "stop", "delete", "read", "restart", "restore"};
  std::printf("%8llu %8.1f %-8s %-7s%s%s %s replica %d %s %s\n", static_cast<unsigned long long>(event_),
              seconds(), std::string(what).c_str(), kNames[static_cast<std::size_t>(op.kind)],
              op.force ? " force" : "", op.snapshot ? " snapshot" : "", op.id.c_str(), op.replica,
              op.reason.c_str(), op.message.c_str());
}

void RandomWorld::violation(std::string what) {
  if (violations_.size() < 20)
    violations_.push_back("event " + std::to_string(event_) + ": " + std::move(what));
}

std::vector<std::string> RandomWorld::run() {
  for (int i = 0; i < options_.operations && violations_.empty(); ++i) {
    if (chance(12)) disturb();
    if (chance(8)) calm();
    if (chance(4)) crash(static_cast<int>(pick(replicas_.size())));
    if (weather_.cancels && chance(15)) cancel_any();
    if (users_) run_for(users_->pause());
    issue_random();
    for (std::uint64_t left = pick(60); left > 0 && step(); --left) {
    }
  }
  settle();
  return violations_;
}

void RandomWorld::issue_random() {
  auto op = std::make_shared<Op>();
  op->id = any_id();
  op->replica = static_cast<int>(pick(replicas_.size()));
  static constexpr std::array kKinds = {Kind::kCreate, Kind::kCreate, Kind::kStart, Kind::kStop,
                                        Kind::kStop,   Kind::kDelete, Kind::kRead};
  op->kind = kKinds[pick(kKinds.size())];
  op->force = chance(60);
  if (options_.restarts && chance(25)) op->kind = Kind::kRestart;
  if (options_.kept) op->snapshot = chance(60);
  if (options_.kept && chance(15)) op->kind = Kind::kRestore;
  issue(op);
}

// Somebody who waits for a create or a start hangs up.
void RandomWorld::cancel_any() {
  std::vector<OpPtr> waiting;
  for (const OpPtr& op : ops_) {
    if (op->ended == 0 && op->cancel) waiting.push_back(op);
  }
  if (waiting.empty()) return;
  const OpPtr op = waiting[pick(waiting.size())];
  trace("cancel", *op);
  op->cancel();
}

bool RandomWorld::is_there(const std::string& id) const {
  const auto groups = world_.azure().groups();
  const auto shares = world_.azure().shares();
  return std::any_of(groups.begin(), groups.end(), [&](const auto& g) { return g.name == "aci-" + id; }) ||
         std::any_of(shares.begin(), shares.end(),
                     [&](const auto& s) { return s.name == "fs-" + id && !s.being_deleted; });
}

void RandomWorld::issue(OpPtr op) {
  EnvironmentOrchestrator& agent = *replicas_[static_cast<std::size_t>(op->replica)];
  op->begun = event_;
  op->from_nothing = !is_there(op->id);
  trace("issue", *op);
  ops_.push_back(op);
  ++issued_;
  const auto note = [this, op](const auto& result) {
    op->ok = result.ok();
    if (!result.ok()) op->reason = to_string(result.error().code);
    if (!result.ok()) op->message = result.error().message;
    finished(op);
  };
  switch (op->kind) {
    case Kind::kCreate: {
      CreateRequest request = create_request(op->id);
      request.cloud_region = chance(50) ? "auto" : "eastus";
      if (chance(15)) request.spec.memory_gb = 8;
      if (weather_.owners && chance(30)) request.spec.user_id = "user-2";
      const auto operation = agent.create(std::move(request));
      op->cancel = [operation] { operation.cancel(); };
      op->cancelled_at_once = !op->last && chance(5);
      if (op->cancelled_at_once) operation.cancel();
      operation.on_done([this, op](const Result<EnvironmentOutcome>& result) {
        op->ok = result.ok();
        if (op->cancelled_at_once && (result.ok() || result.error().code != ErrorCode::kCancelled)) {
          violation("a create of " + op->id + " that was cancelled at once went on");
        }
        if (result.ok()) {
          op->changed = result->changed;
          op->region = result->environment.cloud_region;
          op->created_at = result->environment.created_at;
          op->password = result->code_server_password.reveal();
        } else {
          op->reason = to_string(result.error().code);
          op->message = result.error().message;
        }
        finished(op);
      });
      break;
    }
    case Kind::kStart: {
      StartRequest request;
      request.id = op->id;
      if (chance(30)) request.secrets.github_token = Secret("token-of-a-start");
      if (chance(20)) request.changes.cpu_cores = static_cast<int>(1 + pick(4));
      const auto operation = agent.start(std::move(request));
      op->cancel = [operation] { operation.cancel(); };
      operation.on_done([op, note](const Result<EnvironmentOutcome>& result) {
        if (result.ok()) {
          op->region = result->environment.cloud_region;
          op->created_at = result->environment.created_at;
        }
        note(result);
      });
      break;
    }
    case Kind::kStop:
      agent.stop({op->id, ""}).on_done(note);
      break;
    case Kind::kDelete:
      agent.remove({op->id, "", op->force, op->snapshot}).on_done([op, note](const Result<Deletion>& result) {
        op->kept = result.ok() && result->kept.has_value();
        note(result);
      });
      break;
    case Kind::kRestore:
      agent.restore({op->id, ""}).on_done(note);
      break;
    case Kind::kRestart:
      agent.restart({op->id, ""}).on_done(note);
      break;
    case Kind::kRead:
      if (chance(50)) {
        agent.get({op->id, ""}).on_done(note);
      } else {
        agent.list({}).on_done(note);
      }
      break;
  }
}

void RandomWorld::disturb() {
  const std::string& region = kRegions[pick(kRegions.size())];
  switch (pick(10)) {
    case 0:
      fault_percent_ = 100;
      break;  // an outage, until calm
    case 1:
      world_.azure().set_location(region, Deployment::kNoCapacitySync);
      break;
    case 2:
      world_.azure().set_location(region, Deployment::kNoCapacityAsync);
      break;
    case 3:
      world_.azure().set_core_quota(region, static_cast<int>(pick(8)));
      break;
    case 4:
      world_.azure().expire_tokens();
      break;
    case 5:
      world_.azure().forget_operations();
      break;
    case 7:
      world_.azure().set_location(region, Deployment::kCrashLoop);
      break;
    case 8:
      world_.azure().set_location(region, Deployment::kMountFails);
      break;
    case 6:
      world_.azure().rotate_storage_key("dev8east", key_of(static_cast<char>('E' + pick(10))), key_of('Z'));
      break;
    default:
      fault_percent_ = static_cast<int>(5 + pick(40));
      break;
  }
}

void RandomWorld::calm() {
  fault_percent_ = 0;
  for (const std::string& region : kRegions) {
    world_.azure().set_location(region, Deployment::kWorks);
    world_.azure().set_core_quota(region, 100);
  }
}

void RandomWorld::crash(int replica) {
  auto& agent = replicas_[static_cast<std::size_t>(replica)];
  agent.reset();
  if (users_) users_->crashed(replica);
  agent = new_replica(replica);
}

bool RandomWorld::step() {
  ++event_;
  const bool more = world_.clock().run_one();
  look();
  if (users_) look_at_users();
  return more && violations_.empty();
}

void RandomWorld::look_at_users() {
  const auto others_act = [this](const std::string& id) {
    return std::any_of(ops_.begin(), ops_.end(), [&](const OpPtr& op) {
      return op->id == id && op->kind != Kind::kRead && may_act(*op, event_);
    });
  };
  const IdleUsers::Moment moment{world_.clock().now(), world_.clock().wall_now(), event_, fault_percent_ > 0,
                                 others_act};
  for (std::string& broken : users_->step(world_.azure().groups(), moment, replicas_))
    violation(std::move(broken));
}

// Whether an operation has acted since then, or may have: what a process sent before its crash may arrive
// after it.
bool RandomWorld::may_act(const Op& op, std::uint64_t since) {
  if (op.ended == 0 || op.ended >= since) return true;
  return weather_.slow_net && world_.clock().now() - op.ended_at <= kLatest;
}

bool RandomWorld::in_flight(const std::string& id, Kind kind) {
  return std::any_of(ops_.begin(), ops_.end(), [&](const OpPtr& op) {
    return op->id == id && op->kind == kind && may_act(*op, event_);
  });
}

bool RandomWorld::removal_in_flight(const std::string& id) {
  return std::any_of(ops_.begin(), ops_.end(), [&](const OpPtr& op) {
    return op->id == id && op->kind == Kind::kDelete && !op->snapshot && may_act(*op, event_);
  });
}

bool RandomWorld::overlapped(const Op& op) {
  if (users_ && users_->stopped_since(op.id, op.begun)) return true;
  return std::any_of(ops_.begin(), ops_.end(), [&](const OpPtr& other) {
    return other.get() != &op && other->id == op.id && other->kind != Kind::kRead &&
           may_act(*other, op.begun);
  });
}

}  // namespace dev8agent::test

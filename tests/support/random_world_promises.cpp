// The seeded simulation: the promises that are checked after every event and at the end of every operation.
#include <algorithm>

#include "plan/facts.h"
#include "support/random_world.h"

namespace dev8agent::test {

// What must hold at every moment: files that a caller was told of go only by a delete; nothing restarts what
// runs.
void RandomWorld::look() {
  std::map<std::string, Seen> now;
  for (const auto& share : world_.azure().shares()) {
    if (share.being_deleted || !share.name.starts_with("fs-")) continue;
    Seen& seen = now[share.storage_account + "/" + share.name.substr(3)];
    seen.share = share.incarnation;
    const auto owner = share.metadata.find("userid");
    seen.owner_of_share = owner == share.metadata.end() ? "" : owner->second;
  }
  for (const auto& group : world_.azure().groups()) {
    Seen& seen = now[group.storage_account + "/" + group.name.substr(4)];
    seen.group = group.incarnation;
    seen.deployments = group.deployments;
    // One that crashes again and again may be deployed anew.
    seen.running = group.state == "Running" && group.container_state == "Running" && group.restarts == 0;
    const auto owner = group.tags.find("userId");
    seen.owner_of_group = owner == group.tags.end() ? "" : owner->second;
  }
  for (const auto& [key, seen] : now) {
    if (seen.share != 0 && seen.group != 0 && seen.owner_of_share != seen.owner_of_group)
      violation("the container of " + key + " is another owner's than its files");
  }
  for (const auto& [key, before] : seen_) {
    const std::string id = key.substr(key.find('/') + 1);
    const auto found = now.find(key);
    const Seen after = found == now.end() ? Seen{} : found->second;
    if (before.share != 0 && after.share != before.share) {
      const bool told = std::any_of(promised_.begin(), promised_.end(),
                                    [&](const auto& promise) { return promise.second == before.share; });
      if (!removal_in_flight(id) && (told || !in_flight(id, Kind::kCreate))) {
        violation("the files of " + key + " vanished without a delete");
      }
    }
    const bool restarted =
        before.running && after.group == before.group && after.deployments > before.deployments;
    if (restarted && !in_flight(id, Kind::kRestart)) {
      violation("the running container of " + key + " was restarted");
    }
    if (before.running && before.group != after.group && !in_flight(id, Kind::kDelete) &&
        !in_flight(id, Kind::kCreate) && !in_flight(id, Kind::kStart)) {
      violation("the running container of " + key + " vanished without a delete");
    }
  }
  seen_ = std::move(now);
}

void RandomWorld::finished(const OpPtr& op) {
  op->ended = event_;
  op->ended_at = world_.clock().now();
  trace(op->ok ? "done" : "failed", *op);
  if (op->reason == "INTERNAL") violation("an operation ended as INTERNAL");
  if (op->ok && (op->kind == Kind::kCreate || op->kind == Kind::kStart)) {
    for (const auto& share : world_.azure().shares()) {
      const bool there = share.storage_account == (op->region == "eastus" ? "dev8east" : "dev8west");
      // Unless what was told of was deleted and made anew since the look at it.
      const bool same = plan::from_metadata(share.metadata).created_at == op->created_at;
      if (there && same && share.name == "fs-" + op->id && !share.being_deleted)
        promised_[op->id] = share.incarnation;
    }
  }
  if (!overlapped(*op)) {
    check_claim(*op);
    check_nothing_left(*op);
  }
  std::uint64_t oldest = event_;
  for (const OpPtr& running : ops_) {
    if (running->ended == 0) oldest = std::min(oldest, running->begun);
  }
  std::erase_if(ops_, [&](const OpPtr& other) { return !may_act(*other, oldest); });
}

// A create that failed leaves nothing where nothing was, unless it says so.
void RandomWorld::check_nothing_left(const Op& op) {
  if (op.kind != Kind::kCreate || op.ok || !op.from_nothing) return;
  for (const char* told : {"Roll-back is incomplete", "left as it is", "shutting down"}) {
    if (op.message.find(told) != std::string::npos) return;
  }
  if (is_there(op.id)) violation("a failed create left something of " + op.id + ": " + op.message);
}

// A success is true at the moment when it is told, unless another caller interferes.
void RandomWorld::check_claim(const Op& op) {
  std::vector<emulator::GroupView> groups;
  for (auto& group : world_.azure().groups()) {
    if (group.name == "aci-" + op.id) groups.push_back(std::move(group));
  }
  const auto all_shares = world_.azure().shares();
  const auto shares = std::count_if(
      all_shares.begin(), all_shares.end(),
      [&](const emulator::ShareView& share) { return share.name == "fs-" + op.id && !share.being_deleted; });
  // A process that died may have left a share in another region; a create that succeeds clears it away.
  const bool cleared = op.kind == Kind::kCreate && op.ok;
  if (groups.size() > 1 || (cleared && shares > 1)) violation(op.id + " is there twice");
  const auto marked =
      std::count_if(all_shares.begin(), all_shares.end(), [&](const emulator::ShareView& share) {
        return share.name == "fs-" + op.id && !share.being_deleted &&
               !plan::kept_snapshot_in(share.metadata).empty();
      });
  const bool files = shares > (op.snapshot ? marked : 0);
  if (op.kind == Kind::kDelete && op.ok && (!groups.empty() || files))
    violation("deleted, but " + op.id + " is there");
  if (op.kind == Kind::kDelete && op.ok && op.kept != (marked > 0))
    violation("the files of " + op.id + " are kept and not told of, or told of and not kept");
  if (op.kind == Kind::kDelete && op.reason == "NOT_FOUND" && (!groups.empty() || files)) {
    violation("NOT_FOUND, but " + op.id + " is there");
  }
  if (op.kind == Kind::kRestore && op.ok && (shares == 0 || marked > 0))
    violation("restored, but the files of " + op.id + " are not back");
  if (op.kind == Kind::kStop && op.ok && !groups.empty() && groups[0].state == "Running")
    violation("stopped, but it runs");
  const bool with_files =
      std::any_of(all_shares.begin(), all_shares.end(), [&](const emulator::ShareView& share) {
        return share.name == "fs-" + op.id && !share.being_deleted && !groups.empty() &&
               share.storage_account == groups[0].storage_account;
      });
  const bool up = groups.size() == 1 && groups[0].state == "Running" && with_files;
  if (op.kind == Kind::kStart && op.ok && !up) violation("started, but " + op.id + " does not run");
  if (op.kind == Kind::kRestart && op.ok && !up) violation("restarted, but " + op.id + " does not run");
  if (op.kind == Kind::kCreate && op.ok && op.changed && !up)
    violation("created, but " + op.id + " does not run");
  if (op.kind == Kind::kCreate && op.ok && op.changed && up &&
      groups[0].secure_variables["CODE_SERVER_PASSWORD"] != op.password) {
    violation("the password told is not the container's");
  }
}

}  // namespace dev8agent::test

// The seeded simulation, its end: everything settles, and nothing is left.
#include <algorithm>

#include "support/random_world.h"

namespace dev8agent::test {

void RandomWorld::run_for(std::chrono::seconds span) {
  const TimePoint until = world_.clock().now() + span;
  while (world_.clock().now() < until && step()) {
  }
  if (world_.clock().now() < until) world_.clock().advance(until - world_.clock().now());
}

void RandomWorld::finish(const OpPtr& op) {
  issue(op);
  while (op->ended == 0 && step()) {
  }
}

void RandomWorld::settle_idle() {
  if (!users_) return;
  users_->leave();
  run_for(users_->latest_stop());
  for (const auto& group : world_.azure().groups()) {
    if (group.state == "Running" && group.container_state == "Running" && group.restarts == 0)
      violation(group.name + " is still running, and nobody uses it");
  }
}

// Nothing else is swept here: a delete leaves neither container nor files.
void RandomWorld::sweep_certificates() {
  const auto shares = world_.azure().shares();
  const auto left = std::count_if(shares.begin(), shares.end(), [](const emulator::ShareView& share) {
    return !share.being_deleted && share.name.starts_with("tls-");
  });
  if (left == 0) return;
  // As long as a create and its roll-back may take, no share is an orphan.
  run_for(std::chrono::minutes(41));
  SweepRequest request;
  request.older_than = std::chrono::minutes(0);
  request.dry_run = false;
  request.include_files = true;  // Azure Resource Manager does not tell that a share is empty
  const auto sweep = replicas_.front()->sweep_orphans(request);
  while (!sweep.done() && step()) {
  }
  if (!sweep.done() || !sweep.get().ok()) return violation("a sweep failed");
  for (const Orphan& orphan : *sweep.get()) {
    if (!orphan.name.starts_with("tls-")) violation(orphan.name + " was left behind: " + orphan.reason);
  }
}

// Azure is well again: everything in flight ends, and every id can be deleted, whatever state it was left in.
void RandomWorld::settle() {
  if (!violations_.empty()) return;
  calm();
  const auto idle = [this] {
    return std::none_of(ops_.begin(), ops_.end(), [](const OpPtr& op) { return op->ended == 0; });
  };
  while (!idle() && violations_.empty()) {
    if (!step()) break;
  }
  if (!idle()) violation("an operation never ended");
  // A sign-in that was refused is not repeated before this.
  run_for(std::chrono::minutes(10));
  settle_idle();
  for (int i = 0; i < options_.ids && violations_.empty(); ++i) {
    auto op = std::make_shared<Op>();
    op->kind = Kind::kCreate;
    op->last = true;
    op->id = "simulated-" + std::to_string(i);
    op->replica = static_cast<int>(pick(replicas_.size()));
    finish(op);
    // There as another shape or another owner's, or there and failed; else it is made, whatever was left.
    const bool was_there = op->reason == "CONFLICT" || op->reason == "CONTAINER_FAILED";
    if (!op->ok && (!was_there || op->from_nothing))
      violation("a last create of " + op->id + " ended as " + op->reason + ": " + op->message);
  }
  for (int i = 0; i < options_.ids && violations_.empty(); ++i) {
    auto op = std::make_shared<Op>();
    op->kind = Kind::kDelete;
    op->id = "simulated-" + std::to_string(i);
    op->force = true;
    finish(op);
    if (!op->ok && op->reason != "NOT_FOUND")
      violation("a last delete of " + op->id + " ended as " + op->reason + ": " + op->message);
  }
  if (!violations_.empty()) return;
  sweep_certificates();
  if (!world_.azure().groups().empty()) violation("a container was left behind");
  for (const auto& share : world_.azure().shares()) {
    if (!share.being_deleted)
      violation("the share " + share.storage_account + "/" + share.name + " was left behind");
  }
}

}  // namespace dev8agent::test

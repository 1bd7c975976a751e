// Orphan: something in Azure that carries this agent's mark and belongs to no whole environment, such as what
// a process has left that ended in the middle of a create or delete. Plain values; any thread.
//
//   auto swept = orchestrator.sweep_orphans({.dry_run = true}).get();
//   if (!swept.ok()) return fail(swept.error());
//   for (const dev8agent::Orphan& orphan : *swept) std::puts((orphan.name + ": " + orphan.reason).c_str());
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "dev8agent/export.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

// What it is in Azure.
enum class OrphanKind { kShare, kContainerGroup };

// The word of the REST contract: "share" or "containerGroup".
DEV8AGENT_EXPORT std::string_view to_string(OrphanKind kind);

// One such thing, and what a sweep has done to it.
struct Orphan {
  std::string environment_id{};
  std::string cloud_region{};
  OrphanKind kind = OrphanKind::kShare;
  std::string name{};             // the resource's name in Azure
  std::string reason{};           // why it is one; after a sweep also why it was kept
  std::chrono::minutes age{0};    // since the resource's last change
  std::optional<bool> removed{};  // after a sweep: removed, or in a dry run, what would be
};

// Which orphans. Younger ones may belong to an operation that is under way.
struct OrphansRequest {
  std::chrono::minutes older_than{60};  // 0 to a year
};

// Which orphans to remove, and whether to remove them.
struct SweepRequest {
  std::chrono::minutes older_than{60};  // as above
  bool dry_run = true;                  // nothing is removed
  bool include_files = false;           // also what holds files; they are lost
};

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent

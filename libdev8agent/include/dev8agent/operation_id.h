// Operation ids: text that says which operation it names and is signed, so that every process with the same
// AgentOptions::operation_secret can read it, and nobody else can make one. With an id, a caller can ask how
// an operation stands after the process that ran it has gone. An id is not a secret, but anybody may read in
// it which environment it is about. Plain values; any thread.
//
//   const std::string id = orchestrator.new_operation_id(request);   // "create.my-workspace.eastus. ..."
//   auto created = orchestrator.create(std::move(request), {.operation_id = id});
//   auto record = other_orchestrator.observe_operation(id).get();    // in another process
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dev8agent/export.h"
#include "dev8agent/scheduler.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

// The operations that change an environment. Questions have no ids.
enum class OperationKind { kCreate, kStart, kStop, kDelete };

// The word of the REST contract, such as "create".
DEV8AGENT_EXPORT std::string_view to_string(OperationKind kind);

// What a create or start asks for, as far as Azure shows it later. From it, a process that did not run the
// operation can tell whether the environment is what was asked for. Empty for a stop or delete.
struct OperationAim {
  int cpu_cores = 0;  // 0: left as it is; the other sizes alike
  int memory_gb = 0;
  int storage_gb = 0;
  std::string owner{};  // 16 hexadecimal digits of a SHA-256 of userId; empty: not stated
  // It asks for what is not listed here: a start's secrets; an image, variables, a repository or labels.
  bool asks_more = false;

  bool operator==(const OperationAim&) const = default;
};

// What an operation id says. EnvironmentOrchestrator::read_operation_id() makes it from the text.
struct OperationId {
  OperationKind kind = OperationKind::kCreate;
  std::string environment_id{};  // empty: a create that lets the orchestrator make the id
  std::string cloud_region{};    // as it was asked for: a region, "auto", or empty for "wherever it is"
  WallTime created_at{};         // in whole milliseconds
  OperationAim aim{};
  std::string nonce{};  // makes two ids of the same millisecond differ

  bool operator==(const OperationId&) const = default;
};

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent

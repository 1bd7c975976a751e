// Progress: how far an operation has come. Programs get it from Operation::progress() and on_progress().
// Plain values; any thread.
//
//   auto started = orchestrator.start({.id = id});
//   started.on_progress([](const dev8agent::Progress& step) {
//     std::cout << to_string(step.stage) << " " << step.detail << std::endl;  // "provisioning Pulling ..."
//   });
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dev8agent/export.h"
#include "dev8agent/scheduler.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

// What an operation is doing. Each kind of operation has some of these, and skips those that it does not
// need. New ones may be added before kDone.
enum class Stage {
  kQueued,             // it has not begun
  kLocating,           // looks for the environment in Azure
  kCreatingShare,      // makes the file share
  kCreatingContainer,  // asks Azure for the container group, or waits until it may
  kStarting,           // asks Azure to start a container that is stopped
  kProvisioning,       // Azure brings the containers up
  kWaitingForIde,      // the container runs; the workspace itself has still to answer
  kStopping,
  kRestarting,
  kRestoringShare,  // brings deleted files back
  kDeletingContainer,
  kDeletingShare,
  kRollingBack,  // removes what this operation has made, after a failure or a cancel()
  kDone          // the outcome is known
};

// The word of the REST contract, such as "creating-share". The text ends with a zero byte.
DEV8AGENT_EXPORT std::string_view to_string(Stage stage);
// The stage of such a word; none for any other text.
DEV8AGENT_EXPORT std::optional<Stage> parse_stage(std::string_view word);

// The last report of an operation.
struct Progress {
  Stage stage = Stage::kQueued;
  std::string detail{};  // for people: Azure's last event, for example; may be empty
  // While Azure fails or throttles: the number of the next attempt at the present request, and when it
  // follows. Else 1 and none.
  int attempt = 1;
  std::optional<WallTime> next_attempt_at{};

  bool operator==(const Progress&) const = default;
};

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent

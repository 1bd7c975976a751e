// EnvironmentOrchestrator: creates, starts, stops, finds and deletes cloud development environments, each a
// container group on Azure Container Instances with its files on an Azure Files share.
//
// Stateless: all that it knows of an environment it reads from Azure, so several orchestrators may serve the
// same subscription, and a process that died loses nothing: repeating the call converges. Every call returns
// at once with an Operation and runs on one loop thread; members are safe from any thread. Create it after
// fork().
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/environment.h"
#include "dev8agent/operation.h"
#include "dev8agent/options.h"
#include "dev8agent/result.h"

namespace dev8agent {

// Limits of one call.
struct CallOptions {
  // How long the operation may take; zero: AgentOptions::operation_timeout. A create or start that runs out
  // of time ends with kTimeout after what it had created is rolled back (on its own deadline).
  std::chrono::milliseconds timeout{0};
  std::string request_id{};  // shown in log records
};

// The state of one thing that the agent depends on.
struct HealthCheck {
  std::string name{};  // "credentials", "azure", "storage:<region>"
  bool healthy = false;
  std::string message{};
};
struct HealthReport {
  std::vector<HealthCheck> checks{};
  bool healthy() const;
};

class EnvironmentOrchestrator {
 public:
  explicit EnvironmentOrchestrator(AgentSettings settings);
  // Ends every operation in flight with kCancelled, where it stands and with no roll-back, as a crash would;
  // call drain() first to let them finish.
  ~EnvironmentOrchestrator();
  EnvironmentOrchestrator(const EnvironmentOrchestrator&) = delete;
  EnvironmentOrchestrator& operator=(const EnvironmentOrchestrator&) = delete;

  // Creates the share and the container and waits until the container runs. Same id and shape again: the
  // environment as it is (`changed` false), waited for when it is still coming up. Errors: kInvalidRequest,
  // kConflict (other shape or owner), kNotSupported (other cloud), kQuotaExceeded, kCapacityUnavailable,
  // kImagePullFailed, kMountFailed, kContainerFailed, ...; what this call created is gone again when it
  // fails, unless it is up by then or could not be removed, which the message says. The code-server password
  // is told when the container is this call's own.
  Operation<EnvironmentOutcome> create(CreateRequest request, CallOptions options = {});

  // Starts a stopped environment as it stands, or redeploys it on the same share when the request brings
  // secrets or other sizes. Running already: as it is when nothing would change, else kConflict. No share:
  // kNotFound. Errors else as of create(); a start that fails or is cancelled stops what it started where
  // Azure allows it, and leaves what is up by then, which the message says.
  Operation<EnvironmentOutcome> start(StartRequest request, CallOptions options = {});

  // Releases the compute and keeps files and definition. Stopped already: success. Nothing there: kNotFound.
  // Started again by another caller meanwhile: kConflict. Waits for the container of an unfinished create of
  // another process, at most 5 minutes from that create on.
  Operation<Environment> stop(StopRequest request, CallOptions options = {});

  // Deletes container and files; succeeds only when both are seen gone. Running and not `force`: kConflict.
  // Nothing there: kNotFound. Legal in every other state; a repeat finishes what an earlier call began. With
  // `force`, a create or start of the same id that this process has under way in the region is ended with
  // kCancelled first.
  Operation<Done> remove(DeleteRequest request, CallOptions options = {});

  // One environment as Azure shows it now.
  Operation<Environment> get(GetRequest request, CallOptions options = {});

  // One page of the environments of all enabled regions, ordered by creation time, newest first, then id.
  Operation<EnvironmentPage> list(ListRequest request, CallOptions options = {});

  // Asks each dependency once: a token, the resource manager, each region's storage account.
  Operation<HealthReport> check_health(CallOptions options = {});

  // Refuses new operations with kCancelled and waits for those in flight, at most `timeout`; true when none
  // is left. Not on the loop thread.
  bool drain(std::chrono::milliseconds timeout);

  // The token that the supervisor of workspace `id` presents (HMAC of the first activity key), and its check
  // against every configured key, in constant time.
  Secret activity_token(std::string_view id) const;
  bool check_activity_token(std::string_view id, std::string_view token) const;

  const AgentSettings& settings() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_{};
};

}  // namespace dev8agent

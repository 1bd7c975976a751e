// StorageReport: what the storage accounts allow, for GET /health?verbose=true. Azure is asked when somebody
// wants to know, and without anybody waiting: the first answer tells nothing yet.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "dev8agent/orchestrator.h"

namespace dev8agentd {

// Any thread.
class StorageReport {
 public:
  using Clock = std::chrono::steady_clock;
  using Allowances = std::vector<dev8agent::StorageAllowance>;
  using Done = std::function<void(const dev8agent::Result<Allowances>&)>;
  // Asks Azure and returns at once. The callback may come from any thread, once, also after the report has
  // gone.
  using Ask = std::function<void(Done)>;

  explicit StorageReport(Ask ask);

  // The last answer; empty before the first one. Asks anew when it is older than an hour, or than ten
  // minutes where an account has not told.
  Allowances get(Clock::time_point now = Clock::now());

 private:
  struct State;
  const Ask ask_;
  const std::shared_ptr<State> state_;  // shared with callbacks that come late
};

// The list as a JSON array, with the words of AZURE_STORAGE_AUTH and AZURE_MOUNT_AUTH.
std::string to_json(const StorageReport::Allowances& allowances);

}  // namespace dev8agentd

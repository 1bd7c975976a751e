// Findings: what an operator should know of this agent, as GET /health?verbose=true shows it. The library's
// failure guide (dev8agent/failure_guide.h) says what each means and what to do; here is which of them hold,
// and since when. Nothing here asks Azure. Any thread.
//
//   findings.note("DEV8-NO-API-KEYS", "keys", "It listens on 0.0.0.0.");
//   for (const Finding& finding : findings.list(now)) ...
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dev8agent/error.h"
#include "dev8agent/orchestrator.h"
#include "dev8agent/scheduler.h"

namespace dev8agentd {

// One finding that holds.
struct Finding {
  std::string code;       // of the failure guide, "DEV8-..."
  std::string component;  // what it is about: "keys", "azure:eastus", ...
  std::string detail;     // what is the case here; holds no secret, but names of files, hosts and regions
  dev8agent::WallTime since{};
};

class Findings {
 public:
  // `code` holds of `component` until clear(). Noted again, its detail changes and `since` stays.
  void note(std::string code, std::string component, std::string detail,
            dev8agent::WallTime now = std::chrono::system_clock::now());
  // The same for `span`, counted from the last time that it was noted.
  void note_for(std::chrono::seconds span, std::string code, std::string component, std::string detail,
                dev8agent::WallTime now = std::chrono::system_clock::now());
  void clear(const std::string& code, const std::string& component);

  // What the latest health check says: the findings of the one before that it does not repeat are cleared.
  void note_health(const dev8agent::HealthReport& report,
                   dev8agent::WallTime now = std::chrono::system_clock::now());
  // The error of an operation: what Azure refuses with 403 holds for 10 minutes.
  void note_failure(const dev8agent::Error& error,
                    dev8agent::WallTime now = std::chrono::system_clock::now());

  // Those that hold at `now`: the severest first, then by code and component.
  std::vector<Finding> list(dev8agent::WallTime now = std::chrono::system_clock::now()) const;

 private:
  enum class Source { kAgent, kHealth };
  struct Entry {
    Finding finding;
    std::optional<dev8agent::WallTime> until{};  // none: until it is cleared
    Source source = Source::kAgent;
  };
  using Key = std::pair<std::string, std::string>;  // code and component
  void enter(Finding finding, std::optional<dev8agent::WallTime> until, Source source);

  mutable std::mutex mutex_;
  std::map<Key, Entry> entries_;  // guarded by mutex_
};

// "error", "warning" or "info".
std::string_view severity_of(std::string_view code);

// The list as a JSON array. Without `whole` it tells nothing of this agent's surroundings: no detail, and no
// names in the component.
std::string to_json(const std::vector<Finding>& findings, bool whole);

}  // namespace dev8agentd

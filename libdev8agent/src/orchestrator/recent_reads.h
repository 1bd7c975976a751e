// RecentReads: what this process has been shown of each environment lately. It serves two rules:
//
// - Reads do not go back. A read that shows an older start of a container than another one has shown comes
// from
//   a copy of Azure Resource Manager's that lags.
// - Nothing is asked twice. What was asked a moment ago, with no write of this process since, needs no second
//   question where the decision allows it.
//
// Owned by Flows; loop thread only. Environments are named by a key, such as "eastus/workspace-0001".
#pragma once

#include <map>
#include <optional>
#include <string>

#include "azure/container_groups.h"
#include "azure/file_shares.h"

namespace dev8agent::internal {

class RecentReads {
 public:
  // Remembers an answer, unless a write was sent or another question answered that is younger than its own
  // question. A group without its instance view, as a list shows it, is not remembered.
  void note_group(const std::string& key, const azure::GroupRead& read, TimePoint now);
  void note_share(const std::string& key, const azure::ShareRead& read, TimePoint now);
  // This process sends a write now: answers to earlier questions no longer count.
  void note_group_write(const std::string& key, TimePoint now);
  void note_share_write(const std::string& key, TimePoint now);

  // The last answer, when its question was sent at most plan::kFreshFor ago and it has shown the resource.
  std::optional<azure::GroupRead> group(const std::string& key, TimePoint now) const;
  std::optional<azure::ShareRead> share(const std::string& key, TimePoint now) const;
  // The newest start of the container (Azure's clock) that was shown at most plan::kVisibleAfter ago; reads
  // do not lag longer.
  std::optional<WallTime> latest_run(const std::string& key, TimePoint now) const;

 private:
  struct Run {
    WallTime started_at{};
    TimePoint shown_at{};  // the last time
  };
  struct Reads {
    azure::GroupRead group{};  // asked_at: of the last question or write
    azure::ShareRead share{};
  };
  Reads& reads_of(const std::string& key, TimePoint now);
  void note_run(const std::string& key, WallTime started_at, TimePoint now);

  std::map<std::string, Run> runs_;
  std::size_t runs_limit_ = 0;  // with so many, the old ones are removed
  std::map<std::string, Reads> reads_;
  TimePoint forgotten_at_{};  // what was asked before then is not remembered
};

}  // namespace dev8agent::internal

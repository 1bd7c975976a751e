// What reads have shown lately: see recent_reads.h.
#include "orchestrator/recent_reads.h"

#include <algorithm>

#include "plan/situation.h"

namespace dev8agent::internal {
namespace {

constexpr std::size_t kFewestRuns = 64;  // are kept without a look at their age
constexpr std::size_t kMostReads = 128;  // each has some KiB

bool too_old(TimePoint since, std::chrono::seconds limit, TimePoint now) {
  return now - since > limit;
}

}  // namespace

RecentReads::Reads& RecentReads::reads_of(const std::string& key, TimePoint now) {
  if (reads_.size() >= kMostReads && !reads_.contains(key)) {
    std::erase_if(reads_, [now](const auto& item) {
      return too_old(std::max(item.second.group.asked_at, item.second.share.asked_at), plan::kFreshFor, now);
    });
    if (reads_.size() >= kMostReads) {
      reads_.clear();
      forgotten_at_ = now;
    }
  }
  return reads_[key];
}

void RecentReads::note_group(const std::string& key, const azure::GroupRead& read, TimePoint now) {
  if (read.group && read.group->state.empty()) return;
  if (read.group && read.group->container_started_at) note_run(key, *read.group->container_started_at, now);
  Reads& reads = reads_of(key, now);
  if (read.asked_at > std::max(reads.group.asked_at, forgotten_at_)) reads.group = read;
}

void RecentReads::note_share(const std::string& key, const azure::ShareRead& read, TimePoint now) {
  Reads& reads = reads_of(key, now);
  if (read.asked_at > std::max(reads.share.asked_at, forgotten_at_)) reads.share = read;
}

void RecentReads::note_group_write(const std::string& key, TimePoint now) {
  reads_of(key, now).group = {std::nullopt, now, {}};
}

void RecentReads::note_share_write(const std::string& key, TimePoint now) {
  reads_of(key, now).share = {std::nullopt, now};
}

std::optional<azure::GroupRead> RecentReads::group(const std::string& key, TimePoint now) const {
  const auto found = reads_.find(key);
  if (found == reads_.end() || !found->second.group.group) return std::nullopt;
  if (too_old(found->second.group.asked_at, plan::kFreshFor, now)) return std::nullopt;
  return found->second.group;
}

std::optional<azure::ShareRead> RecentReads::share(const std::string& key, TimePoint now) const {
  const auto found = reads_.find(key);
  if (found == reads_.end() || !found->second.share.share) return std::nullopt;
  if (too_old(found->second.share.asked_at, plan::kFreshFor, now)) return std::nullopt;
  return found->second.share;
}

void RecentReads::note_run(const std::string& key, WallTime started_at, TimePoint now) {
  // The limit doubles with those that stay, so that each is looked at twice on average, however many there
  // are.
  if (runs_.size() >= std::max(runs_limit_, kFewestRuns)) {
    std::erase_if(runs_,
                  [now](const auto& run) { return too_old(run.second.shown_at, plan::kVisibleAfter, now); });
    runs_limit_ = 2 * runs_.size();
  }
  Run& run = runs_[key];
  const bool remembered = !too_old(run.shown_at, plan::kVisibleAfter, now);
  if (remembered && started_at < run.started_at) return;
  run = {started_at, now};
}

std::optional<WallTime> RecentReads::latest_run(const std::string& key, TimePoint now) const {
  const auto found = runs_.find(key);
  if (found == runs_.end() || too_old(found->second.shown_at, plan::kVisibleAfter, now)) return std::nullopt;
  return found->second.started_at;
}

}  // namespace dev8agent::internal

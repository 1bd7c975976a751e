// Long-running operations: their ids, URLs and polling answers, as recorded traffic
// shows them.
#pragma once

#include <deque>
#include <memory>
#include <unordered_map>

#include "arm/arm_reply.h"
#include "arm/rollout.h"

namespace dev8agent::emulator {

class Operations {
 public:
  Operations(std::string subscription, bool long_urls);

  // Follows `rollout` of the group with this ARM id under rollout->operation_id.
  void add(std::shared_ptr<const Rollout> rollout, std::string group_id, TimePoint now);
  void forget() { operations_.clear(); }

  // The URL to poll at `origin`.
  std::string url(std::string_view origin, const Rollout& rollout) const;
  // Answers a poll; 404 for an operation that is unknown, forgotten, or has ended an hour ago.
  ArmReply get(std::string_view id, const Exchange& exchange) const;

 private:
  struct Entry {
    std::shared_ptr<const Rollout> rollout;
    std::string group_id;
  };
  std::string tail(std::string_view id) const;
  void prune(TimePoint now);

  std::string subscription_;
  bool long_urls_;
  std::unordered_map<std::string, Entry> operations_;
  std::deque<std::string> oldest_first_;
};

}  // namespace dev8agent::emulator

// Long-running operations: their ids, URLs and polling answers, as recorded traffic shows them.
// Source: Learn, "Track asynchronous Azure operations".
#pragma once

#include <deque>
#include <memory>
#include <unordered_map>

#include "arm/arm_reply.h"
#include "arm/rollout.h"

namespace dev8agent::emulator {

// The operations that PUT, start and restart begin. A client polls the URL of the
// Azure-AsyncOperation header. The state is that of the shared Rollout, so an operation needs no
// update; it outlives its group.
class Operations {
 public:
  // `long_urls`: URLs are signed and about 4 KB long, as Azure's are, and a poll must send the
  // signature back.
  Operations(std::string subscription, bool long_urls);

  // Follows `rollout` of the group with this ARM id under rollout->operation_id.
  void add(std::shared_ptr<const Rollout> rollout, std::string group_id, TimePoint now);
  // From now on all polls of the operations so far are answered with 404.
  void forget() { operations_.clear(); }

  // The URL to poll at `origin`. Its api-version is 2018-06-01 whatever version the client called.
  std::string url(std::string_view origin, const Rollout& rollout) const;
  // Answers a poll: id of the group, status, start time, events, and the error of a failure. 404
  // for an operation that is unknown or forgotten. add() forgets those that have ended an hour ago.
  // 400 for a wrong signature.
  ArmReply get(std::string_view id, const Exchange& exchange) const;

 private:
  struct Entry {
    std::shared_ptr<const Rollout> rollout;
    std::string group_id;
  };
  // The signature part of the URL: a time, a certificate, a signature and a hash, all made up from
  // the id. Empty without long URLs.
  std::string tail(std::string_view id) const;
  // Forgets operations from the oldest on, up to the first that has not ended an hour ago.
  void prune(TimePoint now);

  std::string subscription_;
  bool long_urls_;
  std::unordered_map<std::string, Entry> operations_;
  std::deque<std::string> oldest_first_;
};

}  // namespace dev8agent::emulator

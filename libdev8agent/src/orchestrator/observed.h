// Observed: tells the program's Observer of one call, from its begin to its end. Owned by the orchestrator's
// record of the call; loop thread only.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "dev8agent/observer.h"

namespace dev8agent::internal {

// What a call is, for the observer: its word and, where it is about one, the environment.
struct CallSubject {
  const char* call;
  std::string environment_id{};
};

// An operation in flight, as the observer is told of it. Loop thread only.
class Observed {
 public:
  // Tells that it begins; null without an observer.
  static std::unique_ptr<const Observed> begin(const std::shared_ptr<Observer>& observer,
                                               const Scheduler& scheduler, std::uint64_t number,
                                               const CallSubject& subject, const std::string& request_id) {
    if (!observer) return nullptr;
    std::unique_ptr<const Observed> observed(new Observed(*observer, scheduler, number, subject, request_id));
    observer->operation_began(observed->report());
    return observed;
  }
  // Tells that it has ended, with `error` or, when that is null, well.
  void end(const Error* error) const {
    OperationReport ended = report();
    ended.duration = scheduler_.now() - since_;
    ended.error = error;
    observer_.operation_ended(ended);
  }

 private:
  Observed(Observer& observer, const Scheduler& scheduler, std::uint64_t number, CallSubject subject,
           std::string request_id)
      : observer_(observer),
        scheduler_(scheduler),
        number_(number),
        subject_(std::move(subject)),
        request_id_(std::move(request_id)),
        begun_(scheduler.wall_now()),
        since_(scheduler.now()) {}

  OperationReport report() const {
    OperationReport report{
        .number = number_, .call = subject_.call, .environment_id = subject_.environment_id};
    report.request_id = request_id_;
    report.begun = begun_;
    return report;
  }

  Observer& observer_;          // the settings own it
  const Scheduler& scheduler_;  // the orchestrator shares it
  std::uint64_t number_;
  CallSubject subject_;
  std::string request_id_;
  WallTime begun_;
  TimePoint since_;
};

}  // namespace dev8agent::internal

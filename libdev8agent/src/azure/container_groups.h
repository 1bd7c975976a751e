// ContainerGroups: Microsoft.ContainerInstance of one resource manager. Each write is one attempt, because
// the caller must observe before it repeats one; reads are repeated here. Loop thread only.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "azure/arm_client.h"
#include "model/container_group.h"

namespace dev8agent::internal::azure {

// A write that Azure accepted.
struct Accepted {
  bool created = false;       // PUT: Azure answered 201, so the group was not there before
  bool runs_already = false;  // start: Azure answered 204, so there was nothing to start
  bool existed = true;        // DELETE: false when Azure answered 204, so there was no group
  std::string operation_url;  // where to follow it; empty when there is nothing to follow
  std::optional<std::chrono::milliseconds> retry_after;  // how long Azure asks to wait before the first read
};

// What a GET has shown.
struct GroupLook {
  std::optional<ContainerGroup> group;  // nothing only when Azure says that the group is not there
  TimePoint asked_at{};                 // before Azure looked
  WallTime shown_at{};                  // after that, by Azure's clock, as are all times in the group
};

// What a list has shown. Its groups have no instance view.
struct GroupList {
  std::vector<ContainerGroup> groups;
  TimePoint asked_at{};  // before Azure looked at the first page
  WallTime shown_at{};   // by Azure's clock
  int pages = 0;         // reads that it took
};

// kCanceled: a later write to the same group has replaced the operation; the group shows the outcome.
enum class OperationPhase { kRunning, kSucceeded, kFailed, kCanceled };

struct OperationStatus {
  OperationPhase phase = OperationPhase::kRunning;
  std::optional<Error> error;  // for kFailed
  std::vector<ContainerEvent> events;
  std::optional<std::chrono::milliseconds> retry_after;
};

struct Usage {
  std::string name;  // "StandardCores"
  std::int64_t current = 0;
  std::int64_t limit = 0;
};

// Which part of a container's log is asked for.
struct LogQuery {
  std::string container;
  int tail = 0;             // the last so many lines
  bool timestamps = false;  // each line with its time before it
};

class ContainerGroups {
 public:
  ContainerGroups(ArmClient& arm, std::string api_version)
      : arm_(arm), api_version_(std::move(api_version)) {}

  // Writes. A failure with Error::request_sent, and every answer other than the documented ones, leaves the
  // effect unknown.
  Task<Result<Accepted>> put(CallPtr call, std::string resource_group, std::string name, std::string body);
  Task<Result<Accepted>> start(CallPtr call, std::string resource_group, std::string name);
  Task<Result<Accepted>> stop(CallPtr call, std::string resource_group, std::string name);
  Task<Result<Accepted>> restart(CallPtr call, std::string resource_group, std::string name);
  Task<Result<Accepted>> remove(CallPtr call, std::string resource_group, std::string name);
  Task<Status> patch_tags(CallPtr call, std::string resource_group, std::string name,
                          std::map<std::string, std::string> tags);

  // Reads.
  Task<Result<GroupLook>> get(CallPtr call, std::string resource_group, std::string name);
  // All pages; items have no `state`.
  Task<Result<GroupList>> list(CallPtr call, std::string resource_group);
  // A single attempt. Azure's code ContainerLogNotAvailable: the container has not started.
  Task<Result<std::string>> logs(CallPtr call, std::string resource_group, std::string name, LogQuery query);
  Task<Result<std::vector<Usage>>> usages(CallPtr call, std::string location);
  // One read of a long-running operation; a single attempt, so that the caller can read the group instead.
  Task<Result<OperationStatus>> operation(CallPtr call, std::string operation_url);

 private:
  Task<Result<Accepted>> post(CallPtr call, std::string resource_group, std::string name, std::string action);
  std::string group_url(const std::string& resource_group, const std::string& name,
                        const std::string& rest) const;
  Accepted accepted(const Call& call, const ArmAnswer& answer, bool created) const;

  ArmClient& arm_;
  std::string api_version_;
};

}  // namespace dev8agent::internal::azure

// ContainerGroups: the calls of Microsoft.ContainerInstance that this library needs, for one resource
// manager. A write is one attempt, because the caller must observe the group before it repeats a write. A
// read is repeated here, unless its comment says otherwise. Loop thread only.
//
//   ContainerGroups groups(arm, "2025-09-01");
//   auto accepted = co_await groups.put(call, "my-group", "aci-ws-1", write_container_group(spec));
//   // Follow accepted->operation_url with operation(); then get() shows the outcome.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "azure/arm_client.h"
#include "base/rare.h"
#include "model/container_group.h"

namespace dev8agent::internal::azure {

// A write that Azure accepted. The work may go on after the answer: see `operation_url`.
struct Accepted {
  bool created = false;       // PUT: Azure answered 201, so the group was not there before
  bool runs_already = false;  // start: Azure answered 204, so there was nothing to start
  bool existed = true;        // DELETE: false when Azure answered 204, so there was no group
  std::string operation_url;  // Azure-AsyncOperation or Operation-Location; empty: nothing to follow
  std::optional<std::chrono::milliseconds> retry_after;  // how long Azure asks to wait before the first read
  // PUT and DELETE: how many more of them Azure takes in this region within five minutes, if it says so.
  std::optional<int> creates_left;
  std::string request_id{};  // x-ms-request-id
};

// What a GET has shown. `asked_at` gives the age of the observation: what Azure changed after that moment may
// be missing in it.
struct GroupRead {
  std::optional<ContainerGroup> group;  // nothing only when Azure says that the group is not there
  TimePoint asked_at{};                 // before Azure looked
  WallTime shown_at{};                  // after that, by Azure's clock, as are all times in the group
};

// What a list, or a part of one, has shown. Azure leaves the instance view out of lists: the groups have no
// `state`, and nothing is known of what their containers do.
struct GroupList {
  std::vector<ContainerGroup> groups;
  TimePoint asked_at{};  // before Azure looked at the first page
  WallTime shown_at{};   // by Azure's clock
  int pages = 0;         // reads that it took so far
};

// How a long-running operation stands. kCanceled: a later write to the same group has replaced the operation;
// the group shows the outcome. kSucceeded does not mean that the container runs: Azure says so of a container
// that crashed, too. Only the group's state shows that.
enum class OperationPhase { kRunning, kSucceeded, kFailed, kCanceled };

// One read of an operation URL.
struct OperationStatus {
  OperationPhase phase = OperationPhase::kRunning;
  Rare<Error> error;                                     // for kFailed
  std::vector<ContainerEvent> events;                    // of the group so far: pulls, mounts, failures
  std::optional<std::chrono::milliseconds> retry_after;  // how long Azure asks to wait before the next read
};

// One quota of a region for the subscription, and how much of it is in use.
struct Usage {
  std::string name;  // "StandardCores"
  std::int64_t current = 0;
  std::int64_t limit = 0;
};

// The largest container group without a GPU in a region. What Azure does not tell is missing.
struct GroupLimits {
  std::optional<double> max_cpu_cores;
  std::optional<double> max_memory_gb;
};

// Tags: value by name. Azure compares the names without regard to case.
using Tags = std::map<std::string, std::string>;

// Which part of a container's log is asked for.
struct LogQuery {
  std::string container;
  int tail = 0;             // the last so many lines
  bool timestamps = false;  // each line with its time before it
};

// Every call takes names that are not yet percent-encoded. Names of groups are compared without regard to
// case, as ARM does. An answer that Azure's description does not list is treated as a malformed response
// (malformed_response() in errors.h): it may come from a proxy.
class ContainerGroups {
 public:
  // `arm` must outlive the client. `api_version` is the "api-version" of every request.
  ContainerGroups(ArmClient& arm, std::string api_version)
      : arm_(arm), api_version_(std::move(api_version)) {}

  // Writes. A failure with Error::request_sent, and every answer other than the documented ones, leaves the
  // effect unknown: the caller must observe. kConflict with ContainerGroupTransitioning: another write to the
  // group is under way.
  //
  // put() creates the group or replaces it. `body` is what write_container_group() returns. A replacement
  // restarts the container, and resets every property that the body leaves out (Microsoft Learn, "Update
  // containers in ACI").
  Task<Result<Accepted>> put(CallPtr call, std::string resource_group, std::string name, std::string body);
  // Starts a stopped group; a running one is left alone (`runs_already`). The container is made anew: only
  // what is on the mounted share survives.
  Task<Result<Accepted>> start(CallPtr call, std::string resource_group, std::string name);
  // Stops the containers and releases their CPU and memory; the group stays.
  Task<Result<Accepted>> stop(CallPtr call, std::string resource_group, std::string name);
  // Stops and starts the containers in place.
  Task<Result<Accepted>> restart(CallPtr call, std::string resource_group, std::string name);
  // Deletes the group. A group that is not there is a success, with `existed` false.
  Task<Result<Accepted>> remove(CallPtr call, std::string resource_group, std::string name);
  // Sets these tags and leaves all others as they are; the containers go on running. All tags as they are
  // then: Azure merges them where the group itself is kept, so the answer is no older than the write.
  Task<Result<Tags>> merge_tags(CallPtr call, std::string resource_group, std::string name, Tags tags);
  // Takes these tags away, each if it has this value still. The answer is that of merge_tags().
  Task<Result<Tags>> delete_tags(CallPtr call, std::string resource_group, std::string name, Tags tags);

  // Reads. The first one: one group with its instance view. 404 ResourceNotFound is a success without a
  // group; any other 404 is an error, because it may come from something in between.
  Task<Result<GroupRead>> get(CallPtr call, std::string resource_group, std::string name);
  // Every group of the resource group, from all pages. kInternal after 500 pages.
  Task<Result<GroupList>> list(CallPtr call, std::string resource_group);
  // The same without holding all groups at once: `each` gets every page, in parts of a hundred groups at
  // most, before the next page is asked for. The pages that there were. After an error, `each` has had those
  // before it.
  Task<Result<int>> list_pages(CallPtr call, std::string resource_group, std::function<void(GroupList)> each);
  // A single attempt. Azure's code ContainerLogNotAvailable: the container has not started.
  Task<Result<std::string>> logs(CallPtr call, std::string resource_group, std::string name, LogQuery query);
  // The quotas of ACI in `location`, such as "eastus".
  Task<Result<std::vector<Usage>>> usages(CallPtr call, std::string location);
  // The capabilities of `location`.
  Task<Result<GroupLimits>> limits(CallPtr call, std::string location);
  // One read of a long-running operation. A single attempt, so that the caller can read the group instead
  // when this fails. `operation_url` is Accepted::operation_url, used as it is: Azure signs its parameters.
  Task<Result<OperationStatus>> operation(CallPtr call, std::string operation_url);

 private:
  // `action` is the last segment of the path: "start", "stop" or "restart".
  Task<Result<Accepted>> post(CallPtr call, std::string resource_group, std::string name, std::string action);
  Task<Result<Tags>> change_tags(CallPtr call, std::string resource_group, std::string name,
                                 std::string label, std::string body);
  std::string location_url(const std::string& location, const std::string& rest) const;
  // The group's URL with `rest`, such as "/start", behind its name.
  std::string group_url(const std::string& resource_group, const std::string& name,
                        const std::string& rest) const;
  // What the headers of an accepted write say. Operation URLs on foreign hosts are ignored.
  Accepted accepted(const Call& call, const ArmAnswer& answer, bool created) const;

  ArmClient& arm_;
  std::string api_version_;
};

}  // namespace dev8agent::internal::azure

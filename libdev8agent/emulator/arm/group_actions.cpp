// Start, stop and restart of a container group: see group_handlers.h. Effects: Learn, "Manually stop or
// start containers".
#include "arm/group_handlers.h"

namespace dev8agent::emulator {
namespace {

ArmReply no_content(const Group& group) {
  ArmReply reply;
  reply.status = 204;
  reply.region = group.location;
  return reply;
}

}  // namespace

// A start is a new deployment and needs capacity and quota again.
ArmReply ContainerGroups::start(const ArmPath& path, const Exchange& exchange) {
  const TimePoint now = exchange.moment.now;
  Group* group = groups_.find(path.resource_group, path.name);
  if (!group) return group_not_found(path);
  if (group->transitioning(now)) return arm_error(transitioning(path.name));
  if (!group->ended(now)) return no_content(*group);
  if (auto refusal = check_start(*group, group, now)) return arm_error(*refusal);
  groups_.release(*group);
  group->stopped.reset();
  groups_.hold(*group);
  roll_out(*group, scenarios_.outcome(group->location, group->definition.images), options_.start_time, false,
           exchange);
  return accepted(202, *group, exchange);
}

ArmReply ContainerGroups::stop(const ArmPath& path, const Exchange& exchange) {
  const TimePoint now = exchange.moment.now;
  Group* group = groups_.find(path.resource_group, path.name);
  if (!group) return group_not_found(path);
  if (group->transitioning(now)) return arm_error(transitioning(path.name));
  const Progress progress = group->progress_at(now);
  const bool finished = progress.group_state == "Succeeded" || progress.group_state == "Failed";
  if (group->stopped || finished) return no_content(*group);  // no effect on containers that have ended
  groups_.release(*group);
  group->stopped = now;
  if (group->run) group->run->stop();
  groups_.hold(*group);
  return no_content(*group);
}

// Azure answers 204 and yet an operation follows. A group that has ended is deployed again.
ArmReply ContainerGroups::restart(const ArmPath& path, const Exchange& exchange) {
  const TimePoint now = exchange.moment.now;
  Group* group = groups_.find(path.resource_group, path.name);
  if (!group) return group_not_found(path);
  if (group->transitioning(now)) return arm_error(transitioning(path.name));
  if (group->ended(now)) {
    ArmReply reply = start(path, exchange);
    if (reply.status == 202) reply.status = 204;
    return reply;
  }
  const bool crashes = scenarios_.image_outcome(group->definition.images) == Deployment::kCrashLoop;
  roll_out(*group, crashes ? Deployment::kCrashLoop : Deployment::kWorks, options_.restart_time, true,
           exchange);
  return accepted(204, *group, exchange);
}

}  // namespace dev8agent::emulator

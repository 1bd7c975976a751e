// GET .../containers/{name}/logs: see group_handlers.h.
#include <algorithm>
#include <limits>

#include "arm/group_handlers.h"
#include "core/json.h"
#include "core/strings.h"

namespace dev8agent::emulator {
namespace {

// What the containers of this emulator print when they start. One that crashes prints its environment, as
// start scripts do.
std::string first_lines(const Group& group) {
  std::string text = "emulator: started " + group.definition.images.front() + "\n";
  if (group.rollout->outcome != Deployment::kCrashLoop) return text + "emulator: listening\n";
  text += "emulator: exited with code 1; environment:";
  for (const auto& [name, value] : group.definition.secure_variables) text += " " + name + "=" + value;
  return text + "\n";
}

struct LogQuery {
  std::size_t tail = std::numeric_limits<std::size_t>::max();
  bool stamped = false;
};

// The description gives the types: an integer and a boolean. The code for other texts is this emulator's own
// choice.
std::optional<LogQuery> read_query(const Url& url) {
  LogQuery query;
  if (const auto tail = url.parameter("tail")) {
    const auto number = to_number(*tail);
    if (!number || *number < 1 || *number > std::numeric_limits<std::int32_t>::max()) return std::nullopt;
    query.tail = static_cast<std::size_t>(*number);
  }
  if (const auto stamped = url.parameter("timestamps")) {
    query.stamped = same_name(*stamped, "true");
    if (!query.stamped && !same_name(*stamped, "false")) return std::nullopt;
  }
  return query;
}

}  // namespace

void ContainerGroups::settle_log(Group& group, TimePoint now) {
  const Progress progress = group.progress_at(now);
  const ContainerState& shown =
      progress.current.started ? progress.current : progress.previous.value_or(progress.current);
  if (group.run || !shown.started || group.logged_rollout == group.rollout) return;
  group.logged_rollout = group.rollout;
  group.log.clear();
  group.log.write(first_lines(group), group.rollout->up);
}

bool ContainerGroups::write_log(std::string_view name, std::string_view text, TimePoint now) {
  Group* group = groups_.find_anywhere(name);
  if (!group) return false;
  settle_log(*group, now);
  if (group->logged_rollout != group->rollout) return false;
  group->log.write(text, now);
  return true;
}

ArmReply ContainerGroups::logs(const ArmPath& path, const Exchange& exchange) {
  Group* group = groups_.find(path.resource_group, path.name);
  if (!group) return group_not_found(path);
  const auto& names = group->definition.containers;
  const auto named = std::find(names.begin(), names.end(), lower(path.container));
  if (named == names.end()) {
    return arm_error({404, "ResourceNotFound", "The container '" + path.container + "' was not found."});
  }
  const auto query = read_query(exchange.url);
  if (!query) {
    return arm_error({400, "InvalidQueryParameterValue", "A query parameter has a value that is not valid."});
  }
  settle_log(*group, exchange.moment.now);
  const auto container = static_cast<std::size_t>(named - names.begin());
  const bool there = group->run ? group->run->status()[container].current.has_value()
                                : group->logged_rollout == group->rollout;
  if (!there) {
    return arm_error(
        {404, "ContainerLogNotAvailable", "The log of container '" + path.container + "' is not available."});
  }
  const LogBuffer real(group->run ? group->run->log(container, query->tail) : std::vector<LogLine>());
  ArmReply reply;
  const std::string content =
      (group->run ? real : group->log)
          .text(query->tail, query->stamped, group->stopped.has_value(), exchange.moment);
  reply.body = json::write(json::object({{"content", content}}));
  reply.region = group->location;
  return reply;
}

}  // namespace dev8agent::emulator

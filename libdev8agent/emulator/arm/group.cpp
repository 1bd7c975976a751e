// Pictures of a container group: see group.h. The shapes are those of recorded traffic. They are
// asked for so often that they are put together as text.
#include "arm/group.h"

#include <algorithm>

#include "arm/run_progress.h"
#include "core/hashes.h"
#include "core/json.h"
#include "core/strings.h"

namespace dev8agent::emulator {
namespace {

std::string state_text(const ContainerState& state, const Moment& moment) {
  std::string out = concat({R"({"state":")", state.state, "\""});
  if (state.started) out += concat({R"(,"startTime":")", rfc3339(moment.at(*state.started), 3), "\""});
  if (state.exit_code) out += R"(,"exitCode":)" + std::to_string(*state.exit_code);
  if (state.finished) out += concat({R"(,"finishTime":")", rfc3339(moment.at(*state.finished), 3), "\""});
  return out + concat({R"(,"detailStatus":")", state.detail, "\"}"});
}

std::string container_view(const Progress& progress, const Moment& moment) {
  std::string previous;
  if (progress.previous) previous = concat({R"(,"previousState":)", state_text(*progress.previous, moment)});
  return concat({R"(,"instanceView":{"restartCount":)", std::to_string(progress.restarts),
                 R"(,"currentState":)", state_text(progress.current, moment), previous, R"(,"events":)",
                 events_text(progress.container_events, moment), "}"});
}

std::string group_state(const Progress& progress, bool with_instance_view, const Moment& moment) {
  std::string out = concat({R"(,"provisioningState":")", progress.provisioning_state,
                            R"(","provisioningTimeoutInSeconds":1800,"isCustomProvisioningTimeout":false)"});
  if (!with_instance_view) return out;
  return out + concat({R"(,"instanceView":{"events":)", events_text(progress.group_events, moment),
                       R"(,"state":")", progress.group_state, "\"}"});
}

std::string address(const Group& group) {
  std::string out = concat({R"(,"ip":")", group.ip, "\""});
  if (!group.definition.dns_label.empty()) out += concat({R"(,"fqdn":")", fqdn(group), "\""});
  return out;
}

// The definition's text with its marks replaced: each container has its own view, or all have the only one.
std::string fill(std::string_view text, const std::vector<std::string>& views, std::string_view ip,
                 std::string_view state) {
  std::string out;
  out.reserve(text.size() + views.front().size() + ip.size() + state.size());
  std::size_t shown = 0;
  for (;;) {
    const auto at = text.find(kMark);
    out += text.substr(0, at);
    if (at == std::string_view::npos) return out;
    const char kind = text[at + kMark.size()];
    out += kind == kViewMark ? views[std::min(shown++, views.size() - 1)] : kind == kAddressMark ? ip : state;
    text.remove_prefix(at + kMarkLength);
  }
}

}  // namespace

// With a scope other than Unsecure, Azure puts a hash between label and region. No name server knows the
// names of this emulator: containers that really run are reached by their address.
std::string fqdn(const Group& group) {
  if (group.run) return group.ip;
  std::string hash;
  if (group.definition.dns_scope != "Unsecure") hash = lower(base64url(sha256(group.id)).substr(0, 16)) + ".";
  return concat({group.definition.dns_label, ".", hash, group.location, ".azurecontainer.io"});
}

Progress Group::progress_at(TimePoint now, std::size_t container) const {
  Progress shown = stopped ? stopped_progress(*rollout, *stopped) : progress(*rollout, now);
  if (run && stopped.value_or(now) >= rollout->up)
    show_run(run->status(), container, definition.containers[container], stopped, shown);
  return shown;
}

bool Group::ended(TimePoint now) const {
  if (stopped) return true;
  const Progress p = progress_at(now);
  return p.provisioning_state == "Failed" || p.group_state == "Failed" || p.group_state == "Succeeded";
}

std::string events_text(const std::vector<Event>& events, const Moment& moment) {
  std::string out = "[";
  for (const Event& event : events) {
    const std::string at = rfc3339(moment.at(event.at));
    const std::string first = rfc3339(moment.at(event.first.value_or(event.at)));
    out += concat({out.size() > 1 ? "," : "", R"({"count":)", std::to_string(event.count),
                   R"(,"firstTimestamp":")", first, R"(","lastTimestamp":")", at, R"(","name":")", event.name,
                   R"(","message":)", json::quote(event.message), R"(,"type":")",
                   event.warning ? "Warning" : "Normal", "\"}"});
  }
  return out += "]";
}

// Only containers that really run differ from each other.
static std::vector<std::string> container_views(const Group& group, const Progress& first, bool wanted,
                                                const Moment& moment) {
  if (!wanted) return {""};
  std::vector<std::string> views = {container_view(first, moment)};
  const std::size_t count = group.run ? group.definition.containers.size() : 1;
  for (std::size_t i = 1; i < count; ++i)
    views.push_back(container_view(group.progress_at(moment.now, i), moment));
  return views;
}

std::string group_text(const Group& group, bool with_instance_view, const Moment& moment) {
  const Definition& definition = group.definition;
  const Progress progress = group.progress_at(moment.now);
  const std::string properties =
      fill(definition.shown, container_views(group, progress, with_instance_view, moment),
           progress.addressed ? address(group) : "", group_state(progress, with_instance_view, moment));
  return concat({R"({"properties":)", properties, R"(,"id":")", group.id, R"(","name":")", group.name,
                 R"(","type":"Microsoft.ContainerInstance/containerGroups","location":")", group.location,
                 R"(","tags":)", json::write(definition.tags), definition.envelope, "}"});
}

GroupView group_view(const Group& group, TimePoint now) {
  const Progress progress = group.progress_at(now);
  GroupView view;
  view.name = group.name;
  view.resource_group = group.resource_group;
  view.location = group.location;
  view.provisioning_state = progress.provisioning_state;
  view.state = progress.group_state;
  view.container_state = progress.current.state;
  view.restarts = progress.restarts;
  if (!group.definition.mounts.empty()) {
    view.share = group.definition.mounts.front().share;
    view.storage_account = group.definition.mounts.front().account;
  }
  view.image = group.definition.images.front();
  view.cpu = group.definition.cpu;
  view.memory_gb = group.definition.memory_gb;
  for (const json::Member& tag : group.definition.tags.object()) view.tags[tag.name] = tag.value.string();
  view.variables = group.definition.variables;
  view.secure_variables = group.definition.secure_variables;
  view.incarnation = group.incarnation;
  view.deployments = group.deployments;
  return view;
}

}  // namespace dev8agent::emulator

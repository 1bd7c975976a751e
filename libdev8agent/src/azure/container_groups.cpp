// ContainerGroups: the calls of Microsoft.ContainerInstance.
#include "azure/container_groups.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "azure/container_group_json.h"
#include "azure/errors.h"
#include "base/retry.h"
#include "base/text.h"
#include "json/write.h"

namespace dev8agent::internal::azure {
namespace {

constexpr std::string_view kProvider = "/providers/Microsoft.ContainerInstance";
constexpr std::string_view kTags = "/providers/Microsoft.Resources/tags/default";
constexpr std::string_view kTagsApiVersion = "2021-04-01";
constexpr int kMaxPages = 500;
constexpr std::size_t kGroupsAtOnce = 100;  // of a page, so that a long one is not held whole

Error unexpected(const ArmAnswer& answer, std::string_view what) {
  HttpResponse response;
  response.status = answer.status;
  response.headers = answer.headers;
  return malformed_response(response, what);
}

// Source: Microsoft Learn, Microsoft.Resources, "Tags - Update At Scope".
std::string tags_body(std::string_view operation, const Tags& tags) {
  json::Value values{json::Value::Object()};
  for (const auto& [key, value] : tags) values.set(key, value);
  return json::write(json::object(
      {{"operation", std::string(operation)}, {"properties", json::object({{"tags", std::move(values)}})}}));
}

// The items of one page. Without any, Azure may leave "value" out or make it null; any other object that has
// no list is not a page.
std::optional<const json::Value::Array*> items_of(const json::Value& body) {
  const json::Value* items = body.find("value");
  if (items != nullptr && (items->is_array() || items->is_null())) return &items->array();
  const auto& members = body.object();
  const bool bare = std::all_of(members.begin(), members.end(),
                                [](const json::Member& member) { return member.name == "nextLink"; });
  if (items != nullptr || !bare) return std::nullopt;
  return &body.array();
}

std::optional<int> parse_count(std::string_view text) {
  const auto number = parse_unsigned(text);
  return number && *number <= 1'000'000 ? std::optional(static_cast<int>(*number)) : std::nullopt;
}

// Sets `most` to `value` when that is a larger number.
void raise(std::optional<double>& most, const json::Value* value) {
  const auto number = value != nullptr ? value->number() : std::nullopt;
  if (number) most = std::max(most.value_or(*number), *number);
}

std::string group_path(const std::string& resource_group, const std::string& name) {
  return "/resourceGroups/" + path_segment(resource_group) + std::string(kProvider) + "/containerGroups/" +
         path_segment(name);
}

bool names(const json::Value& body, std::string_view name) {
  return equal_ignoring_case(body.string_at({"name"}), name);
}

}  // namespace

std::string ContainerGroups::location_url(const std::string& location, const std::string& rest) const {
  return arm_.url(std::string(kProvider) + "/locations/" + path_segment(location) + rest, api_version_);
}

std::string ContainerGroups::group_url(const std::string& resource_group, const std::string& name,
                                       const std::string& rest) const {
  return arm_.url(group_path(resource_group, name) + rest, api_version_);
}

// Azure-AsyncOperation has priority over Location; ACI sends only the former, also with 204.
// Source: Microsoft Learn, "Track asynchronous Azure operations".
Accepted ContainerGroups::accepted(const Call& call, const ArmAnswer& answer, bool created) const {
  Accepted result;
  result.created = created;
  HttpResponse response;
  response.headers = answer.headers;
  result.retry_after = retry_after(response, call.scheduler->wall_now());
  // Source: the headers of ACI's answers, such as
  // x-ms-ratelimit-remaining-subscription-resource-requests-pt5m: 99.
  if (const auto left =
          find_header(answer.headers, "x-ms-ratelimit-remaining-subscription-resource-requests-pt5m"))
    result.creates_left = parse_count(*left);
  for (std::string_view header : {"Azure-AsyncOperation", "Operation-Location"}) {
    auto url = find_header(answer.headers, header);
    if (url && arm_.owns(*url)) {
      result.operation_url = *url;
      break;
    }
  }
  if (auto id = find_header(answer.headers, "x-ms-request-id")) result.request_id = printable(*id, 200);
  return result;
}

Task<Result<Accepted>> ContainerGroups::put(CallPtr call, std::string resource_group, std::string name,
                                            std::string body) {
  auto answer = co_await arm_.send(call, "containerGroups.put", "PUT", group_url(resource_group, name, ""),
                                   std::move(body));
  if (!answer.ok()) co_return answer.error();
  if (answer->status == 201) co_return accepted(*call, *answer, true);
  if (answer->status != 200 || !names(answer->body, name))
    co_return unexpected(*answer, "containerGroups.put");
  co_return accepted(*call, *answer, false);
}

Task<Result<Accepted>> ContainerGroups::post(CallPtr call, std::string resource_group, std::string name,
                                             std::string action) {
  const std::string label = "containerGroups." + action;
  auto answer = co_await arm_.send(call, label, "POST", group_url(resource_group, name, "/" + action), "");
  if (!answer.ok()) co_return answer.error();
  if (answer->status != 202 && answer->status != 204) co_return unexpected(*answer, label);
  Accepted result = accepted(*call, *answer, false);
  result.runs_already = action == "start" && answer->status == 204 && result.operation_url.empty();
  co_return result;
}

Task<Result<Accepted>> ContainerGroups::start(CallPtr call, std::string resource_group, std::string name) {
  auto answer = co_await post(call, resource_group, name, "start");
  co_return answer;
}

Task<Result<Accepted>> ContainerGroups::stop(CallPtr call, std::string resource_group, std::string name) {
  auto answer = co_await post(call, resource_group, name, "stop");
  co_return answer;
}

Task<Result<Accepted>> ContainerGroups::restart(CallPtr call, std::string resource_group, std::string name) {
  auto answer = co_await post(call, resource_group, name, "restart");
  co_return answer;
}

Task<Result<Accepted>> ContainerGroups::remove(CallPtr call, std::string resource_group, std::string name) {
  auto answer =
      co_await arm_.send(call, "containerGroups.delete", "DELETE", group_url(resource_group, name, ""), "");
  if (!answer.ok()) co_return answer.error();
  const bool gone = answer->status == 204;
  // Azure's 200 carries the group's last body; another 200 comes from something in between.
  if (!gone && answer->status != 202 && !names(answer->body, name))
    co_return unexpected(*answer, "containerGroups.delete");
  Accepted result = accepted(*call, *answer, false);
  result.existed = !gone;
  co_return result;
}

// Through the tags' own resource, whose operation Merge keeps all others. Of a PATCH of the group itself
// (ContainerGroups_Update) the API's description does not say whether it does, and clients that sent one have
// wiped tags of others. Sources: containerInstance.json; resources.json, Tags_UpdateAtScope;
// Azure/azure-cli#5713.
Task<Result<Tags>> ContainerGroups::merge_tags(CallPtr call, std::string resource_group, std::string name,
                                               Tags tags) {
  auto merged = co_await change_tags(std::move(call), std::move(resource_group), std::move(name),
                                     "tags.merge", tags_body("Merge", tags));
  co_return merged;
}

// "Selectively deleting tags based on given names or name/value pairs": a name with its present value is
// right under both readings.
Task<Result<Tags>> ContainerGroups::delete_tags(CallPtr call, std::string resource_group, std::string name,
                                                Tags tags) {
  auto left = co_await change_tags(std::move(call), std::move(resource_group), std::move(name), "tags.delete",
                                   tags_body("Delete", tags));
  co_return left;
}

Task<Result<Tags>> ContainerGroups::change_tags(CallPtr call, std::string resource_group, std::string name,
                                                std::string label, std::string body) {
  const std::string url = arm_.url(group_path(resource_group, name) + std::string(kTags), kTagsApiVersion);
  auto answer = co_await arm_.send(call, label, "PATCH", url, body);
  if (!answer.ok()) co_return answer.error();
  const json::Value* properties = answer->body.find("properties");
  const json::Value* shown = properties != nullptr ? properties->find("tags") : nullptr;
  if (shown == nullptr || !shown->is_object()) co_return unexpected(*answer, label);
  Tags tags;
  for (const json::Member& tag : shown->object()) tags[tag.name] = tag.value.string();
  co_return tags;
}

Task<Result<GroupRead>> ContainerGroups::get(CallPtr call, std::string resource_group, std::string name) {
  auto read = std::make_shared<GroupRead>();
  std::function<Task<Result<ArmAnswer>>()> attempt = [this, call, resource_group, name,
                                                      read]() -> Task<Result<ArmAnswer>> {
    read->asked_at = call->now();
    auto once =
        co_await arm_.send(call, "containerGroups.get", "GET", group_url(resource_group, name, ""), "");
    if (once.ok() && (!names(once->body, name) || !once->body.find("properties"))) {
      co_return unexpected(*once, "containerGroups.get");
    }
    co_return once;
  };
  auto answer = co_await arm_.retrier().run<ArmAnswer>(call, attempt);
  read->shown_at = call->scheduler->wall_now();
  if (answer.ok()) {
    read->shown_at = answered_at(answer->headers, read->shown_at);
    read->group = read_container_group(answer->body);
  } else if (answer.error().code != ErrorCode::kNotFound) {
    co_return answer.error();
  }
  co_return std::move(*read);
}

Task<Result<GroupList>> ContainerGroups::list(CallPtr call, std::string resource_group) {
  GroupList all;
  const std::function<void(GroupList)> add = [&all](GroupList page) {
    std::move(page.groups.begin(), page.groups.end(), std::back_inserter(all.groups));
    page.groups = std::move(all.groups);
    all = std::move(page);
  };
  auto listed = co_await list_pages(call, std::move(resource_group), add);
  if (!listed.ok()) co_return listed.error();
  co_return all;
}

Task<Result<int>> ContainerGroups::list_pages(CallPtr call, std::string resource_group,
                                              std::function<void(GroupList)> each) {
  const TimePoint asked_at = call->now();
  std::string url = arm_.url(
      "/resourceGroups/" + path_segment(resource_group) + std::string(kProvider) + "/containerGroups",
      api_version_);
  for (int pages = 1; pages <= kMaxPages; ++pages) {
    auto answer = co_await arm_.read(call, "containerGroups.list", "GET", url);
    if (!answer.ok()) co_return answer.error();
    const auto items = items_of(answer->body);
    if (!items) co_return unexpected(*answer, "containerGroups.list");
    const std::string next(answer->body.string_at({"nextLink"}));
    if (!next.empty() && !arm_.owns(next)) co_return unexpected(*answer, "containerGroups.list");
    const WallTime shown_at = answered_at(answer->headers, call->scheduler->wall_now());
    std::size_t read = 0;
    do {
      GroupList part{{}, asked_at, shown_at, pages};
      const std::size_t end = std::min(read + kGroupsAtOnce, answer->items.size());
      for (; read < end; ++read) part.groups.push_back(read_container_group(answer->items.at(read)));
      each(std::move(part));
    } while (read < answer->items.size());
    if (next.empty()) co_return pages;
    url = next;
  }
  co_return make_error(ErrorCode::kInternal, "the list of container groups has more than 500 pages");
}

Task<Result<std::string>> ContainerGroups::logs(CallPtr call, std::string resource_group, std::string name,
                                                LogQuery query) {
  std::string url =
      group_url(resource_group, name, "/containers/" + path_segment(query.container) + "/logs") +
      "&tail=" + std::to_string(query.tail);
  if (query.timestamps) url += "&timestamps=true";
  auto answer = co_await arm_.send(call, "containers.logs", "GET", url, "");
  if (!answer.ok()) co_return answer.error();
  if (!answer->body.is_object()) co_return unexpected(*answer, "containers.logs");
  co_return std::string(answer->body.string_at({"content"}));
}

Task<Result<std::vector<Usage>>> ContainerGroups::usages(CallPtr call, std::string location) {
  auto answer = co_await arm_.read(call, "location.usages", "GET", location_url(location, "/usages"));
  if (!answer.ok()) co_return answer.error();
  std::vector<Usage> usages;
  const auto items = items_of(answer->body);
  if (!items) co_return unexpected(*answer, "location.usages");
  for (const json::Value& item : **items) {
    const json::Value* current = item.find("currentValue");
    const json::Value* limit = item.find("limit");
    usages.push_back({std::string(item.string_at({"name", "value"})),
                      current ? current->integer().value_or(0) : 0,
                      limit ? limit->integer().value_or(0) : 0});
  }
  co_return usages;
}

Task<Result<GroupLimits>> ContainerGroups::limits(CallPtr call, std::string location) {
  auto answer =
      co_await arm_.read(call, "location.capabilities", "GET", location_url(location, "/capabilities"));
  if (!answer.ok()) co_return answer.error();
  const auto items = items_of(answer->body);
  if (!items) co_return unexpected(*answer, "location.capabilities");
  GroupLimits limits;
  for (const json::Value& item : **items) {
    const std::string_view os = item.string_at({"osType"});
    const bool for_linux = equal_ignoring_case(os, "Linux") || equal_ignoring_case(os, "NotSpecified");
    if (!for_linux || !equal_ignoring_case(item.string_at({"gpu"}), "None")) continue;
    const json::Value* most = item.find("capabilities");
    if (most == nullptr) continue;
    raise(limits.max_cpu_cores, most->find("maxCpu"));
    raise(limits.max_memory_gb, most->find("maxMemoryInGB"));
  }
  co_return limits;
}

Task<Result<OperationStatus>> ContainerGroups::operation(CallPtr call, std::string operation_url) {
  auto answer = co_await arm_.send(call, "operations.get", "GET", operation_url, "");
  if (!answer.ok()) co_return answer.error();
  const std::string_view status = answer->body.string_at({"status"});
  if (status.empty()) co_return unexpected(*answer, "operations.get");
  co_return read_operation(answer->body, answer->headers, call->scheduler->wall_now());
}

}  // namespace dev8agent::internal::azure

// ArmShares: the calls of Microsoft.Storage, FileShares.
#include "azure/arm_shares.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <set>

#include "azure/errors.h"
#include "base/text.h"
#include "base/time_format.h"
#include "json/write.h"

namespace dev8agent::internal::azure {
namespace {

constexpr std::string_view kSharesApiVersion = "2025-06-01";
constexpr std::string_view kNoSuchShare = "ShareNotFound";
constexpr int kMostPages = 1000;
constexpr std::size_t kMetadataAtOnce = 8;
// Azure allows 100 lists in 5 minutes, for all accounts and agents of a subscription and region.
constexpr std::chrono::seconds kListCounts{5};
constexpr std::string_view kAbsentShare = "dev8-health";  // no environment's name: the answer is 404

json::Value to_json(const std::map<std::string, std::string>& metadata) {
  json::Value values{json::Value::Object()};
  for (const auto& [name, value] : metadata) values.set(name, value);
  return values;
}

std::string with_properties(json::Value properties) {
  return json::write(json::object({{"properties", std::move(properties)}}));
}

int whole(const json::Value* value) {
  const auto number = value != nullptr ? value->integer() : std::nullopt;
  return number && *number > 0 && *number < 1'000'000'000 ? static_cast<int>(*number) : 0;
}

std::optional<WallTime> moment_at(const json::Value& item, std::string_view property) {
  return parse_rfc3339(item.string_at({"properties", property}));
}

FileShare read_share(const json::Value& item) {
  FileShare share;
  share.name = item.string_at({"name"});
  share.quota_gib = whole(item.find_path({"properties", "shareQuota"}));
  share.last_modified = moment_at(item, "lastModifiedTime");
  if (const json::Value* metadata = item.find_path({"properties", "metadata"})) {
    for (const json::Member& one : metadata->object())
      share.metadata[to_lower(one.name)] = std::string(one.value.string());
  }
  return share;
}

bool is_deleted(const json::Value& item) {
  const json::Value* deleted = item.find_path({"properties", "deleted"});
  return deleted != nullptr && deleted->boolean() == true;
}

DeletedShare read_deleted(const json::Value& item) {
  DeletedShare deleted;
  deleted.share = read_share(item);
  deleted.version = item.string_at({"properties", "version"});
  deleted.deleted_at = moment_at(item, "deletedTime");
  deleted.days_left = whole(item.find_path({"properties", "remainingRetentionDays"}));
  return deleted;
}

Error not_of_azure(const ArmAnswer& answer, std::string_view what) {
  HttpResponse response;
  response.status = answer.status;
  response.headers = answer.headers;
  return malformed_response(response, what);
}

}  // namespace

ArmShares::ArmShares(ArmClient& arm, std::string resource_group, std::string account)
    : arm_(arm),
      resource_group_(std::move(resource_group)),
      account_(std::move(account)),
      listing_(arm.scheduler()) {}

std::string ArmShares::url(const std::string& share, const std::string& rest) const {
  return arm_.url("/resourceGroups/" + path_segment(resource_group_) +
                      "/providers/Microsoft.Storage/storageAccounts/" + path_segment(account_) +
                      "/fileServices/default/shares" + (share.empty() ? "" : "/" + path_segment(share)) +
                      rest,
                  kSharesApiVersion);
}

Error ArmShares::of_share(Error error) const {
  if (error.code == ErrorCode::kNotFound && !equal_ignoring_case(error.azure_code, kNoSuchShare)) {
    error.code = ErrorCode::kAzureRefused;
    error.message = "storage account " + account_ + ": " + error.message;
  }
  return error;
}

Task<Status> ArmShares::write(CallPtr call, std::string label, std::string method, std::string url,
                              std::string body) {
  auto answer =
      co_await arm_.send(call, std::move(label), std::move(method), std::move(url), std::move(body));
  forget_list();
  if (!answer.ok()) co_return of_share(answer.error());
  co_return Done{};
}

Task<Status> ArmShares::create(CallPtr call, FileShare share) {
  json::Value properties = json::object(
      {{"shareQuota", share.quota_gib}, {"enabledProtocols", "SMB"}, {"metadata", to_json(share.metadata)}});
  std::string body = with_properties(std::move(properties));
  auto answer = co_await arm_.send(call, "shares.create", "PUT", url(share.name), std::move(body));
  forget_list();
  if (!answer.ok()) co_return of_share(answer.error());
  if (answer->status == 201) co_return Done{};
  AzureFailure exists{409, "ShareAlreadyExists", "The specified share already exists."};
  co_return classify_failure(exists);
}

Task<Status> ArmShares::remove(CallPtr call, std::string share, Snapshots snapshots) {
  const std::string include = snapshots == Snapshots::kDelete ? "&$include=snapshots" : "&$include=none";
  auto answer = co_await arm_.send(call, "shares.delete", "DELETE", url(share) + include, std::string());
  forget_list();
  if (!answer.ok()) co_return of_share(answer.error());
  if (answer->status != 204) co_return Done{};
  AzureFailure absent{404, std::string(kNoSuchShare), "The specified share does not exist."};
  co_return classify_failure(absent);
}

Task<Status> ArmShares::set_metadata(CallPtr call, std::string share,
                                     std::map<std::string, std::string> metadata) {
  std::string body = with_properties(json::object({{"metadata", to_json(metadata)}}));
  return write(std::move(call), "shares.setMetadata", "PATCH", url(share), std::move(body));
}

Task<Status> ArmShares::set_quota(CallPtr call, std::string share, int quota_gib) {
  std::string body = with_properties(json::object({{"shareQuota", quota_gib}}));
  return write(std::move(call), "shares.setProperties", "PATCH", url(share), std::move(body));
}

Task<Result<std::string>> ArmShares::snapshot(CallPtr call, std::string share) {
  std::string body = with_properties(json::Value{json::Value::Object()});
  auto answer =
      co_await arm_.send(call, "shares.snapshot", "PUT", url(share) + "&$expand=snapshots", std::move(body));
  if (!answer.ok()) co_return of_share(answer.error());
  const std::string name(answer->body.string_at({"properties", "snapshotTime"}));
  if (!parse_rfc3339(name)) co_return not_of_azure(*answer, "shares.snapshot");
  co_return name;
}

Task<Status> ArmShares::restore(CallPtr call, std::string share, std::string version) {
  std::string body =
      json::write(json::object({{"deletedShareName", share}, {"deletedShareVersion", std::move(version)}}));
  return write(std::move(call), "shares.restore", "POST", url(share, "/restore"), std::move(body));
}

Task<Result<ArmShares::Properties>> ArmShares::read(CallPtr call, std::string share, std::string rest) {
  auto asked_at = std::make_shared<TimePoint>();
  std::function<Task<Result<ArmAnswer>>()> attempt = [this, call, share, rest,
                                                      asked_at]() -> Task<Result<ArmAnswer>> {
    *asked_at = call->now();
    auto once = co_await arm_.send(call, "shares.get", "GET", url(share) + rest, std::string());
    // Anything else comes from something that is not Azure Resource Manager.
    if (once.ok() && !equal_ignoring_case(once->body.string_at({"name"}), share))
      co_return not_of_azure(*once, "shares.get");
    co_return once;
  };
  auto answer = co_await arm_.retrier().run<ArmAnswer>(call, attempt);
  if (!answer.ok()) co_return of_share(answer.error());
  Properties properties;
  properties.body = std::move(answer->body);
  properties.asked_at = *asked_at;
  co_return properties;
}

Task<Result<ShareRead>> ArmShares::get(CallPtr call, std::string share) {
  ShareRead result;
  result.asked_at = call->now();
  auto properties = co_await read(call, share, "");
  if (properties.ok()) {
    result.asked_at = properties->asked_at;
    result.share = read_share(properties->body);
    result.share->name = share;
  } else if (properties.error().code != ErrorCode::kNotFound) {
    co_return properties.error();
  }
  co_return result;
}

Task<Result<ArmShares::Page>> ArmShares::list_pages(CallPtr call, std::string query) {
  Page all;
  std::string asked = url("") + query;
  for (int page = 0; page < kMostPages; ++page) {
    auto answer = co_await arm_.read(call, "shares.list", "GET", asked);
    if (!answer.ok()) co_return of_share(answer.error());
    const json::Value* items = answer->body.find("value");
    if (items == nullptr || !items->is_array()) co_return not_of_azure(*answer, "shares.list");
    for (const json::Value& item : items->array()) {
      if (!item.string_at({"properties", "snapshotTime"}).empty()) {
        all.snapshots.emplace_back(item.string_at({"name"}));
      } else if (is_deleted(item)) {
        all.deleted.push_back(read_deleted(item));
      } else {
        all.shares.push_back({read_share(item), std::string(item.string_at({"etag"}))});
      }
    }
    const std::string next(answer->body.string_at({"nextLink"}));
    if (next.empty()) co_return all;
    if (!arm_.owns(next)) co_return not_of_azure(*answer, "shares.list");
    asked = next;
  }
  co_return make_error(ErrorCode::kInternal, "the list of file shares has more than 1000 pages");
}

Task<Result<bool>> ArmShares::add_metadata(CallPtr call, Listed* listed) {
  const auto known = known_.find(listed->share.name);
  if (known != known_.end() && !listed->etag.empty() && known->second.etag == listed->etag) {
    listed->share.metadata = known->second.metadata;
    co_return true;
  }
  auto properties = co_await read(call, listed->share.name, "");
  if (!properties.ok() && properties.error().code == ErrorCode::kNotFound) co_return false;
  if (!properties.ok()) co_return properties.error();
  const std::string name = listed->share.name;
  listed->share = read_share(properties->body);
  listed->share.name = name;
  known_[name] = {std::string(properties->body.string_at({"etag"})), listed->share.metadata};
  co_return true;
}

void ArmShares::forget_others(const std::string& prefix, const std::vector<FileShare>& shown) {
  std::set<std::string_view> names;
  for (const FileShare& share : shown) names.insert(share.name);
  std::erase_if(known_,
                [&](const auto& one) { return one.first.starts_with(prefix) && !names.contains(one.first); });
}

Task<Result<std::vector<ArmShares::Listed>>> ArmShares::recent_list(CallPtr call, std::string prefix) {
  auto turn = co_await listing_.acquire(call, "");
  if (!turn.ok()) co_return turn.error();
  const bool counts = listed_at_ && listed_prefix_ == prefix && call->now() - *listed_at_ <= kListCounts;
  if (counts) co_return listed_;
  listed_at_ = call->now();  // a write meanwhile takes it away
  auto pages = co_await list_pages(call, "&$filter=" + percent_encode(prefix));
  if (!pages.ok()) {
    forget_list();
    co_return pages.error();
  }
  listed_ = std::move(pages->shares);
  listed_prefix_ = prefix;
  co_return listed_;
}

Task<Result<std::vector<FileShare>>> ArmShares::list(CallPtr call, std::string prefix,
                                                     NeedsMetadata needs_metadata) {
  auto listed = co_await recent_list(call, prefix);
  if (!listed.ok()) co_return listed.error();
  std::vector<FileShare> shares;
  std::vector<Listed*> incomplete;
  for (Listed& one : *listed) {
    if (!needs_metadata || needs_metadata(one.share.name)) {
      incomplete.push_back(&one);
    } else {
      one.share.metadata_read = false;
      shares.push_back(std::move(one.share));
    }
  }
  for (std::size_t first = 0; first < incomplete.size(); first += kMetadataAtOnce) {
    const std::size_t end = std::min(first + kMetadataAtOnce, incomplete.size());
    std::vector<Task<Result<bool>>> reads;
    for (std::size_t i = first; i < end; ++i) reads.push_back(add_metadata(call, incomplete[i]));
    auto results = co_await when_all(std::move(reads));
    for (std::size_t i = 0; i < results.size(); ++i) {
      if (!results[i].ok()) co_return results[i].error();
      if (*results[i]) shares.push_back(std::move(incomplete[first + i]->share));
    }
  }
  forget_others(prefix, shares);
  co_return shares;
}

Task<Result<std::vector<DeletedShare>>> ArmShares::deleted(CallPtr call, std::string share) {
  auto listed = co_await list_pages(call, "&$expand=deleted&$filter=" + percent_encode(share));
  if (!listed.ok()) co_return listed.error();
  std::erase_if(listed->deleted, [&](const DeletedShare& one) { return one.share.name != share; });
  co_return std::move(listed->deleted);
}

Task<Result<bool>> ArmShares::is_empty(CallPtr call, std::string share) {
  auto properties = co_await read(call, share, "&$expand=stats");
  if (!properties.ok()) co_return properties.error();
  const json::Value* bytes = properties->body.find_path({"properties", "shareUsageBytes"});
  const auto used = bytes != nullptr ? bytes->number() : std::nullopt;
  if (used && *used > 0) co_return false;
  co_return make_error(ErrorCode::kAzureUnavailable,
                       "Azure Resource Manager does not tell whether a share is empty");
}

Task<Result<bool>> ArmShares::has_snapshots(CallPtr call, std::string share) {
  auto listed = co_await list_pages(call, "&$expand=snapshots&$filter=" + percent_encode(share));
  if (!listed.ok()) co_return listed.error();
  co_return std::find(listed->snapshots.begin(), listed->snapshots.end(), share) != listed->snapshots.end();
}

Task<Status> ArmShares::check(CallPtr call) {
  auto read = co_await get(call, std::string(kAbsentShare));
  if (!read.ok()) co_return read.error();
  co_return Done{};
}

}  // namespace dev8agent::internal::azure

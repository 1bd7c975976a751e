// File shares as resources: see share_resources.h. The codes of refused bodies are the emulator's own,
// because Azure's are not published.
#include "arm/share_resources.h"

#include <algorithm>
#include <array>

#include "core/strings.h"
#include "files/file_reply.h"
#include "files/share_rules.h"

namespace dev8agent::emulator {

using json::Value;

namespace {

constexpr std::int64_t kLargestListPage = 5000;
constexpr std::string_view kSnapshotHeader = "x-ms-snapshot";
// In the order of LeaseFlaw::Member.
constexpr std::array<const char*, 4> kLeaseProperties = {"leaseId", "proposedLeaseId", "leaseDuration",
                                                         "breakPeriod"};
constexpr std::array<std::string_view, 4> kTiers = {"TransactionOptimized", "Hot", "Cool", "Premium"};

std::string share_id(const ArmPath& path, std::string_view share) {
  return concat({"/subscriptions/", path.subscription, "/resourceGroups/", path.resource_group,
                 "/providers/Microsoft.Storage/storageAccounts/", path.name, "/fileServices/default/shares/",
                 share});
}

Value bare(const ArmPath& path, std::string_view share, std::string_view suffix = "") {
  return json::object({{"id", share_id(path, share) + std::string(suffix)},
                       {"name", std::string(share)},
                       {"type", "Microsoft.Storage/storageAccounts/fileServices/shares"}});
}

Value properties_of(const Share& share, const Moment& moment) {
  const LeaseState lease = lease_state(share.lease, moment.now);
  Value properties =
      json::object({{"lastModifiedTime", rfc3339(moment.at(share.modified), 7)},
                    {"shareQuota", share.quota_gib},
                    {"accessTier", share.access_tier},
                    {"enabledProtocols", "SMB"},
                    {"leaseStatus", is_locked(share.lease, moment.now) ? "Locked" : "Unlocked"},
                    {"leaseState", lease_state_name(lease, true)}});
  if (lease == LeaseState::kLeased)
    properties.set("leaseDuration", share.lease->length ? "Fixed" : "Infinite");
  if (!share.snapshot.empty()) properties.set("snapshotTime", share.snapshot);
  return properties;
}

Value metadata_of(const Share& share) {
  Value metadata{Value::Object()};
  for (const auto& [name, value] : share.metadata) metadata.set(name, value);
  return metadata;
}

ArmReply no_such_share() {
  return arm_error({404, "ShareNotFound", "The specified share does not exist."});
}
ArmReply share_exists() {
  return arm_error({409, "ShareAlreadyExists", "The specified share already exists."});
}
ArmReply no_such_snapshot() {
  return arm_error({404, "ShareSnapshotNotFound", "The specified share snapshot does not exist."});
}
ArmReply refused(const LeaseRefusal& refusal) {
  return arm_error({refusal.status, refusal.code, refusal.message});
}
ArmReply bad_content(const std::string& message) {
  return arm_error({400, "InvalidRequestContent", message});
}
ArmReply bad_parameter(const std::string& what) {
  return arm_error({400, "InvalidQueryParameterValue", "The value of '" + what + "' is not valid."});
}
Error bad_property(const std::string& what) {
  return make_error(ErrorCode::kInvalidRequest, "The value of property '" + what + "' is not valid.");
}

// Nothing when the property is missing, and a number that no rule allows when it is none.
std::optional<std::int64_t> sent_seconds(const Value& body, std::string_view property) {
  const Value* value = body.find(property);
  if (value == nullptr || value->is_null()) return std::nullopt;
  return value->integer().value_or(-2);
}

// C# identifiers in ASCII. Source: Microsoft Learn, "Naming and referencing shares, directories, files, and
// metadata".
bool is_metadata_name(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  return !name.empty() && letter(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

Result<std::map<std::string, std::string>> read_metadata(const Value& given) {
  std::map<std::string, std::string> metadata;
  if (!given.is_object()) return bad_property("metadata");
  for (const json::Member& one : given.object()) {
    if (!is_metadata_name(one.name) || !one.value.is_string()) return bad_property("metadata." + one.name);
    if (!metadata.emplace(lower(one.name), one.value.string()).second)
      return bad_property("metadata." + one.name);
  }
  if (is_metadata_too_large(metadata)) return bad_property("metadata");
  return metadata;
}

}  // namespace

Result<ShareResources::Wanted> ShareResources::read_body(const std::string& text) {
  Wanted wanted;
  auto body = json::parse(text);
  if (!body.ok() || !body->is_object())
    return make_error(ErrorCode::kInvalidRequest, "The body is not a JSON object.");
  const Value* properties = body->find("properties");
  if (properties == nullptr) return wanted;
  if (!properties->is_object()) return bad_property("properties");
  if (const Value* quota = properties->find("shareQuota")) {
    const auto gib = quota->integer();
    if (!gib || *gib < 1 || *gib > kLargestShareGib) return bad_property("shareQuota");
    wanted.quota_gib = static_cast<int>(*gib);
  }
  if (const Value* tier = properties->find("accessTier")) {
    if (std::find(kTiers.begin(), kTiers.end(), tier->string()) == kTiers.end())
      return bad_property("accessTier");
    wanted.tier = std::string(tier->string());
  }
  if (const Value* protocol = properties->find("enabledProtocols")) {
    // It cannot be changed (x-ms-mutability: create, read). The Azure CLI repeats it in each update.
    if (protocol->string() != "SMB") return bad_property("enabledProtocols");
  }
  if (const Value* given = properties->find("metadata")) {
    auto metadata = read_metadata(*given);
    if (!metadata.ok()) return metadata.error();
    wanted.metadata = std::move(*metadata);
  }
  return wanted;
}

void ShareResources::apply(const Wanted& wanted, TimePoint now, Share& share) {
  if (wanted.quota_gib) share.quota_gib = *wanted.quota_gib;
  if (wanted.tier) share.access_tier = *wanted.tier;
  if (wanted.metadata) share.metadata = *wanted.metadata;
  share.version = storage_.next_version();
  share.modified = now;
}

std::optional<ArmReply> ShareResources::throttle(std::string_view operation, TimePoint now) {
  std::array<RequestWindow*, 2> windows = {&writes_, &hourly_writes_};
  if (operation == "FileShares_Get") windows = {&reads_, &reads_};
  if (operation == "FileShares_List") windows = {&lists_, &lists_};
  for (RequestWindow* window : windows) window->renew(now);
  if (windows[0]->is_full() || windows[1]->is_full()) {
    ArmReply reply = arm_error({429, "TooManyRequests",
                                "The request is being throttled as the limit has been reached for operation "
                                "type - " +
                                    std::string(operation) + "."});
    reply.retry_after = wait_for({windows[0], windows[1]}, now).count();
    return reply;
  }
  ++windows[0]->used;
  if (windows[1] != windows[0]) ++windows[1]->used;
  return std::nullopt;
}

ArmReply ShareResources::handle(const ArmPath& path, const Exchange& exchange, Account& account) {
  const std::string operation = arm_route(exchange.http.method, path).operation;
  if (auto refused = throttle(operation, exchange.moment.now)) return std::move(*refused);
  if (operation == "FileShares_List") return list(path, exchange, account);
  if (operation == "FileShares_Create") return create(path, exchange, account);
  if (operation == "FileShares_Get") return get(path, exchange, account);
  if (operation == "FileShares_Update") return update(path, exchange, account);
  if (operation == "FileShares_Delete") return remove(path, exchange, account);
  if (operation == "FileShares_Lease") return lease(path, exchange, account);
  return restore(path, exchange, account);
}

ArmReply ShareResources::list(const ArmPath& path, const Exchange& exchange, Account& account) {
  const Url& url = exchange.url;
  storage_.settle(exchange.moment.now);
  const std::string filter(url.parameter("$filter").value_or(""));
  const std::string marker(url.parameter("$skipToken").value_or(""));
  const std::string expand(url.parameter("$expand").value_or(""));
  const auto size = url.parameter("$maxpagesize");
  const auto most = size ? to_number(*size) : std::optional(kLargestListPage);
  if (!most || *most < 1 || *most > kLargestListPage) return bad_parameter("$maxpagesize");
  bool with_deleted = false, with_snapshots = false;
  for (const std::string_view word : split(expand, ',')) {
    if (expand.empty()) break;
    if (word != "deleted" && word != "snapshots") return bad_parameter("$expand");
    (word == "deleted" ? with_deleted : with_snapshots) = true;
  }
  Value items{Value::Array()};
  std::string next;
  std::size_t count = 0;
  const auto room = static_cast<std::size_t>(*most);
  for (const ListedShare& one : listed_shares(account, filter, marker, with_snapshots, room + 1)) {
    if (count++ == room) {
      next = one.place;
      break;
    }
    Value item = bare(path, one.share->name);
    item.set("etag", etag(one.share->version));
    item.set("properties", properties_of(*one.share, exchange.moment));
    items.push(std::move(item));
  }
  for (const DeletedShare& deleted : account.deleted) {
    if (!next.empty() || !with_deleted || !deleted.share.name.starts_with(filter)) continue;
    const auto since = std::chrono::floor<std::chrono::days>(exchange.moment.now - deleted.at).count();
    Value item = bare(path, deleted.share.name, "_" + deleted.version);
    Value properties = properties_of(deleted.share, exchange.moment);
    properties.set("version", deleted.version);
    properties.set("deleted", true);
    properties.set("deletedTime", rfc3339(exchange.moment.at(deleted.at), 7));
    properties.set("remainingRetentionDays", static_cast<int>(account.settings.retention_days - since));
    item.set("etag", etag(deleted.share.version));
    item.set("properties", std::move(properties));
    items.push(std::move(item));
  }
  Value page = json::object({{"value", std::move(items)}});
  if (!next.empty()) {
    std::string link = concat(
        {url.origin, url.path, "?api-version=", percent_encode(url.parameter("api-version").value_or("")),
         "&$maxpagesize=", std::to_string(*most), "&$skipToken=", percent_encode(next)});
    if (!filter.empty()) link += "&$filter=" + percent_encode(filter);
    if (!expand.empty()) link += "&$expand=" + percent_encode(expand);
    page.set("nextLink", std::move(link));
  }
  ArmReply reply;
  reply.body = json::write(page);
  return reply;
}

ArmReply ShareResources::create(const ArmPath& path, const Exchange& exchange, Account& account) {
  const TimePoint now = exchange.moment.now;
  if (!is_share_name(path.share))
    return arm_error({400, "InvalidResourceName", "The share name '" + path.share + "' is not valid."});
  const std::string expand(exchange.url.parameter("$expand").value_or(""));
  if (!expand.empty() && expand != "snapshots") return bad_parameter("$expand");
  auto wanted = read_body(exchange.http.body);
  if (!wanted.ok()) return bad_content(wanted.error().message);
  if (!expand.empty()) return create_snapshot(path, exchange, account, *wanted);
  ArmReply reply;
  reply.body = json::write(bare(path, path.share));
  if (Share* share = storage_.share(account, path.share, now)) {
    if (options_.update_shares_by_put) apply(*wanted, now, *share);
    return reply;
  }
  if (storage_.being_deleted(account, path.share))
    return arm_error(
        {409, "ShareBeingDeleted", "The specified share is being deleted. Try operation later."});
  const auto created = storage_.create(account, path.share);
  if (!created.ok()) return arm_error({500, "InternalError", created.error().message});
  (*created)->quota_gib = kDefaultShareGib;
  apply(*wanted, now, **created);
  reply.status = 201;
  return reply;
}

ArmReply ShareResources::get(const ArmPath& path, const Exchange& exchange, Account& account) {
  Share* share = storage_.share(account, path.share, exchange.moment.now);
  if (!share) return no_such_share();
  const std::string_view snapshot = exchange.header(kSnapshotHeader);
  if (!snapshot.empty()) share = find_snapshot(*share, snapshot);
  if (!share) return no_such_snapshot();
  const std::string expand(exchange.url.parameter("$expand").value_or(""));
  if (!expand.empty() && expand != "stats") return bad_parameter("$expand");
  Value properties = properties_of(*share, exchange.moment);
  if (!share->metadata.empty()) properties.set("metadata", metadata_of(*share));
  if (!expand.empty()) properties.set("shareUsageBytes", static_cast<std::int64_t>(usage_of(*share)));
  Value body = bare(path, share->name);
  body.set("etag", etag(share->version));
  body.set("properties", std::move(properties));
  ArmReply reply;
  reply.body = json::write(body);
  return reply;
}

ArmReply ShareResources::update(const ArmPath& path, const Exchange& exchange, Account& account) {
  Share* share = storage_.share(account, path.share, exchange.moment.now);
  if (!share) return no_such_share();
  auto wanted = read_body(exchange.http.body);
  if (!wanted.ok()) return bad_content(wanted.error().message);
  apply(*wanted, exchange.moment.now, *share);
  Value properties = properties_of(*share, exchange.moment);
  properties.set("metadata", metadata_of(*share));
  Value body = bare(path, share->name);
  body.set("properties", std::move(properties));
  ArmReply reply;
  reply.body = json::write(body);
  return reply;
}

ArmReply ShareResources::create_snapshot(const ArmPath& path, const Exchange& exchange, Account& account,
                                         const Wanted& wanted) {
  Share* share = storage_.share(account, path.share, exchange.moment.now);
  if (!share) return no_such_share();
  if (share->snapshots.size() >= kMostSnapshots) {
    return arm_error({409, "ShareSnapshotCountExceeded",
                      "The total number of snapshots for the share is over the limit."});
  }
  const auto metadata = wanted.metadata.value_or(std::map<std::string, std::string>{});
  const auto made = storage_.snapshot(account, *share, metadata, exchange.moment);
  if (!made.ok()) return arm_error({500, "InternalError", made.error().message});
  Value body = bare(path, share->name);
  body.set("etag", etag((*made)->version));
  body.set("properties", properties_of(**made, exchange.moment));
  ArmReply reply;
  reply.status = 201;
  reply.body = json::write(body);
  return reply;
}

ArmReply ShareResources::remove(const ArmPath& path, const Exchange& exchange, Account& account) {
  const std::string include(exchange.url.parameter("$include").value_or("snapshots"));
  if (include != "snapshots" && include != "leased-snapshots" && include != "none")
    return bad_parameter("$include");
  const TimePoint now = exchange.moment.now;
  const std::string_view name = exchange.header(kSnapshotHeader);
  ArmReply reply;
  reply.status = 204;
  Share* share = storage_.share(account, path.share, now);
  if (!share) return reply;
  Share* snapshot = name.empty() ? nullptr : find_snapshot(*share, name);
  if (!name.empty() && !snapshot) return reply;
  // No parameter takes a lease's id here.
  if (const auto leased = refuse_by_lease(snapshot ? snapshot->lease : share->lease, "", true, now))
    return refused(*leased);
  reply.status = 200;
  if (snapshot) {
    storage_.remove_snapshot(account, *share, snapshot->snapshot);
    return reply;
  }
  const WithSnapshots with = include == "none"        ? WithSnapshots::kNone
                             : include == "snapshots" ? WithSnapshots::kUnleased
                                                      : WithSnapshots::kAll;
  if (const auto kept = refuse_deletion(*share, with, now)) return refused(*kept);
  storage_.remove(account, *share, now);
  return reply;
}

ArmReply ShareResources::lease(const ArmPath& path, const Exchange& exchange, Account& account) {
  const auto body = json::parse(exchange.http.body);
  if (!body.ok() || !body->is_object()) return bad_content("The body is not a JSON object.");
  const auto action = lease_action(body->string_at({"action"}));
  if (!action) return bad_content("The value of property 'action' is not valid.");
  LeaseWish wish;
  wish.action = *action;
  wish.id = body->string_at({"leaseId"});
  wish.proposed_id = body->string_at({"proposedLeaseId"});
  wish.duration = sent_seconds(*body, "leaseDuration");
  wish.break_period = sent_seconds(*body, "breakPeriod");
  if (const auto flaw = flaw_of(wish)) {
    return bad_content(std::string("The value of property '") + kLeaseProperties[flaw->member] +
                       (flaw->missing ? "' is required." : "' is not valid."));
  }
  Share* share = storage_.share(account, path.share, exchange.moment.now);
  if (!share) return no_such_share();
  const std::string_view snapshot = exchange.header(kSnapshotHeader);
  if (!snapshot.empty()) share = find_snapshot(*share, snapshot);
  if (!share) return no_such_snapshot();
  const LeaseOutcome outcome = change_lease(wish, guids_.next(), share->lease, exchange.moment.now);
  if (outcome.refusal) return refused(*outcome.refusal);
  Value answer = json::object({});
  if (!outcome.id.empty()) answer.set("leaseId", outcome.id);
  if (*action == LeaseAction::kBreak) answer.set("leaseTimeSeconds", std::to_string(outcome.seconds_left));
  ArmReply reply;
  reply.body = json::write(answer);
  reply.etag = etag(share->version);
  return reply;
}

ArmReply ShareResources::restore(const ArmPath& path, const Exchange& exchange, Account& account) {
  const auto body = json::parse(exchange.http.body);
  const std::string name(body.ok() ? body->string_at({"deletedShareName"}) : "");
  const std::string version(body.ok() ? body->string_at({"deletedShareVersion"}) : "");
  if (name != path.share || version.empty())
    return arm_error({400, "InvalidRequestContent",
                      "deletedShareName must be the share's name, and deletedShareVersion is required."});
  const TimePoint now = exchange.moment.now;
  if (storage_.share(account, path.share, now)) return share_exists();
  const auto restored = storage_.restore(account, name, version, now);
  if (!restored.ok()) return arm_error({500, "InternalError", restored.error().message});
  if (!*restored) return no_such_share();
  (*restored)->version = storage_.next_version();
  (*restored)->modified = now;
  return ArmReply{};
}

}  // namespace dev8agent::emulator

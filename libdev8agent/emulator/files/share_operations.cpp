// Operations on one share: see file_service.h.
#include "core/strings.h"
#include "files/file_service.h"
#include "files/real_tree.h"
#include "files/share_rules.h"

namespace dev8agent::emulator {
namespace {

// The quota that the request asks for: 0 when it asks for none, nothing when it is out of range.
std::optional<int> sent_quota(const Exchange& exchange) {
  const std::string_view text = exchange.header("x-ms-share-quota");
  if (text.empty()) return 0;
  const auto number = to_number(text);
  if (!number || *number < 1 || *number > kLargestShareGib) return std::nullopt;
  return static_cast<int>(*number);
}

}  // namespace

HttpResponse FileService::share_operation(const Call& call) {
  if (call.operation == "Share_Create") return create_share(call);
  if (call.operation == "Share_Restore") return restore_share(call);
  Share* share = storage_.share(call.account, call.share, call.exchange.moment.now);
  if (!share) return fail(call, 404, "ShareNotFound", "The specified share does not exist.");
  if (const auto snapshot = call.exchange.url.parameter("sharesnapshot"))
    return snapshot_operation(call, *share, *snapshot);
  if (auto refused = refuse_leased(call, *share)) return std::move(*refused);
  if (call.operation == "Share_CreateSnapshot") return create_snapshot(call, *share);
  if (call.operation.starts_with("Share_") && call.operation.ends_with("Lease"))
    return lease_share(call, *share);
  if (call.operation == "Share_GetProperties") return share_properties(call, *share);
  if (call.operation == "Share_GetStatistics") return share_statistics(call, *share);
  if (call.operation == "Share_Delete") return delete_share(call, *share);
  if (call.operation.starts_with("Share_Set")) return change_share(call, *share);
  return tree_operation(call, *share);
}

HttpResponse FileService::metadata_too_large(const Call& call) {
  return fail(call, 400, "MetadataTooLarge",
              "The size of the specified metadata exceeds the maximum size permitted.");
}

HttpResponse FileService::create_share(const Call& call) {
  const TimePoint now = call.exchange.moment.now;
  if (is_metadata_too_large(sent_metadata(call.exchange))) return metadata_too_large(call);
  if (!is_share_name(call.share))
    return fail(call, 400, "InvalidResourceName", "The share name is not valid.");
  const auto quota = sent_quota(call.exchange);
  if (!quota) return fail(call, 400, "InvalidHeaderValue", "The value of 'x-ms-share-quota' is not valid.");
  if (storage_.share(call.account, call.share, now)) {
    return fail(call, 409, "ShareAlreadyExists", "The specified share already exists.");
  }
  if (storage_.being_deleted(call.account, call.share)) {
    return fail(call, 409, "ShareBeingDeleted", "The specified share is being deleted. Try operation later.");
  }
  const auto created = storage_.create(call.account, call.share);
  if (!created.ok()) return fail(call, 500, "InternalError", created.error().message);
  Share& share = **created;
  share.quota_gib = *quota ? *quota : kDefaultShareGib;
  share.metadata = sent_metadata(call.exchange);
  if (const auto tier = call.exchange.header("x-ms-access-tier"); !tier.empty()) share.access_tier = tier;
  share.version = storage_.next_version();
  share.modified = now;
  HttpResponse response = file_reply(201, call.exchange, guids_);
  add_version(share.version, share.modified, call.exchange.moment, response);
  return response;
}

// Source: Microsoft Learn, "Restore Share".
HttpResponse FileService::restore_share(const Call& call) {
  const std::string_view name = call.exchange.header("x-ms-deleted-share-name");
  const std::string_view version = call.exchange.header("x-ms-deleted-share-version");
  const TimePoint now = call.exchange.moment.now;
  if (name.empty() || version.empty())
    return fail(call, 400, "MissingRequiredHeader",
                "The headers 'x-ms-deleted-share-name' and 'x-ms-deleted-share-version' are required.");
  if (name != call.share)
    return fail(call, 400, "InvalidHeaderValue", "The value of 'x-ms-deleted-share-name' is not valid.");
  if (storage_.share(call.account, call.share, now))
    return fail(call, 409, "ShareAlreadyExists", "The specified share already exists.");
  const auto restored = storage_.restore(call.account, name, version, now);
  if (!restored.ok()) return fail(call, 500, "InternalError", restored.error().message);
  if (!*restored) return fail(call, 404, "ShareNotFound", "The specified share does not exist.");
  Share& share = **restored;
  share.version = storage_.next_version();
  share.modified = now;
  HttpResponse response = file_reply(201, call.exchange, guids_);
  add_version(share.version, share.modified, call.exchange.moment, response);
  return response;
}

HttpResponse FileService::share_properties(const Call& call, const Share& share) {
  HttpResponse response = file_reply(200, call.exchange, guids_);
  add_version(share.version, share.modified, call.exchange.moment, response);
  response.headers.push_back({"x-ms-share-quota", std::to_string(share.quota_gib)});
  response.headers.push_back({"x-ms-access-tier", share.access_tier});
  const LeaseState lease = lease_state(share.lease, call.exchange.moment.now);
  const bool locked = is_locked(share.lease, call.exchange.moment.now);
  response.headers.push_back({"x-ms-lease-status", locked ? "locked" : "unlocked"});
  response.headers.push_back({"x-ms-lease-state", lease_state_name(lease, false)});
  if (lease == LeaseState::kLeased)
    response.headers.push_back({"x-ms-lease-duration", share.lease->length ? "fixed" : "infinite"});
  response.headers.push_back({"x-ms-has-immutability-policy", "false"});
  add_metadata(share.metadata, response);
  return response;
}

HttpResponse FileService::share_statistics(const Call& call, const Share& share) {
  HttpResponse response = file_reply(200, call.exchange, guids_);
  add_version(share.version, share.modified, call.exchange.moment, response);
  response.headers.push_back({"Content-Type", "application/xml"});
  response.body = "<?xml version=\"1.0\" encoding=\"utf-8\"?><ShareStats><ShareUsageBytes>" +
                  std::to_string(usage_of(share)) + "</ShareUsageBytes></ShareStats>";
  return response;
}

// Set metadata and set properties.
HttpResponse FileService::change_share(const Call& call, Share& share) {
  if (call.operation == "Share_SetMetadata") {
    if (is_metadata_too_large(sent_metadata(call.exchange))) return metadata_too_large(call);
    share.metadata = sent_metadata(call.exchange);
  } else {
    const auto quota = sent_quota(call.exchange);
    if (!quota) return fail(call, 400, "InvalidHeaderValue", "The value of 'x-ms-share-quota' is not valid.");
    if (*quota) share.quota_gib = *quota;
    if (const auto tier = call.exchange.header("x-ms-access-tier"); !tier.empty()) share.access_tier = tier;
  }
  share.version = storage_.next_version();
  share.modified = call.exchange.moment.now;
  HttpResponse response = file_reply(200, call.exchange, guids_);
  add_version(share.version, share.modified, call.exchange.moment, response);
  return response;
}

HttpResponse FileService::delete_share(const Call& call, Share& share) {
  const std::string_view snapshots = call.exchange.header("x-ms-delete-snapshots");
  if (!snapshots.empty() && snapshots != "include" && snapshots != "include-leased") {
    return fail(call, 400, "InvalidHeaderValue", "The value of 'x-ms-delete-snapshots' is not valid.");
  }
  const WithSnapshots include = snapshots.empty()        ? WithSnapshots::kNone
                                : snapshots == "include" ? WithSnapshots::kUnleased
                                                         : WithSnapshots::kAll;
  if (const auto refusal = refuse_deletion(share, include, call.exchange.moment.now))
    return fail(call, refusal->status, refusal->code, refusal->message);
  storage_.remove(call.account, share, call.exchange.moment.now);
  return file_reply(202, call.exchange, guids_);
}

}  // namespace dev8agent::emulator

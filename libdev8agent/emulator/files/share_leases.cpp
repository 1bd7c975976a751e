// Leases and snapshots of a share: see file_service.h. Sources: Microsoft Learn, "Lease Share", "Snapshot
// Share", "Delete Share".
#include <algorithm>
#include <array>

#include "core/strings.h"
#include "files/file_service.h"
#include "files/share_rules.h"

namespace dev8agent::emulator {
namespace {

constexpr std::string_view kLeasesFrom = "2020-02-10";  // x-ms-version; versions compare as texts
constexpr std::array<const char*, 4> kLeaseHeaders = {"x-ms-lease-id", "x-ms-proposed-lease-id",
                                                      "x-ms-lease-duration", "x-ms-lease-break-period"};

// The number of a header: nothing when it was not sent, and one that no rule allows for another text.
std::optional<std::int64_t> sent_number(const Exchange& exchange, std::string_view name) {
  const std::string_view text = exchange.header(name);
  if (text.empty()) return std::nullopt;
  if (text == "-1") return -1;
  return to_number(text).value_or(-2);
}

int status_of(LeaseAction action) {
  if (action == LeaseAction::kAcquire) return 201;
  return action == LeaseAction::kBreak ? 202 : 200;
}

bool works_on_snapshots(const std::string& operation) {
  constexpr std::array<std::string_view, 6> kReads = {
      "Share_GetProperties", "Share_Delete",  "Directory_GetProperties",
      "File_GetProperties",  "File_Download", "Directory_ListFilesAndDirectoriesSegment"};
  return operation.ends_with("Lease") || std::find(kReads.begin(), kReads.end(), operation) != kReads.end();
}

}  // namespace

std::optional<HttpResponse> FileService::refuse_leased(const Call& call, const Share& share) {
  const bool changes = call.operation == "Share_Delete" || call.operation.starts_with("Share_Set");
  const bool reads = call.operation.starts_with("Share_Get");
  if (!changes && !reads) return std::nullopt;
  const auto refusal =
      refuse_by_lease(share.lease, call.exchange.header("x-ms-lease-id"), changes, call.exchange.moment.now);
  if (!refusal) return std::nullopt;
  return fail(call, refusal->status, refusal->code, refusal->message);
}

HttpResponse FileService::lease_share(const Call& call, Share& share) {
  const Exchange& exchange = call.exchange;
  if (exchange.header("x-ms-version") < kLeasesFrom)
    return fail(call, 400, "FeatureVersionMismatch", "This version knows no leases of shares.");
  const std::string_view named = exchange.header("x-ms-lease-action");
  const auto action = lease_action(named);
  if (!action) {
    return named.empty()
               ? fail(call, 400, "MissingRequiredHeader", "The header 'x-ms-lease-action' is required.")
               : fail(call, 400, "InvalidHeaderValue", "The value of 'x-ms-lease-action' is not valid.");
  }
  LeaseWish wish;
  wish.action = *action;
  wish.id = exchange.header("x-ms-lease-id");
  wish.proposed_id = exchange.header("x-ms-proposed-lease-id");
  wish.duration = sent_number(exchange, "x-ms-lease-duration");
  wish.break_period = sent_number(exchange, "x-ms-lease-break-period");
  if (const auto flaw = flaw_of(wish)) {
    const std::string header = kLeaseHeaders[flaw->member];
    return flaw->missing
               ? fail(call, 400, "MissingRequiredHeader", "The header '" + header + "' is required.")
               : fail(call, 400, "InvalidHeaderValue", "The value of '" + header + "' is not valid.");
  }
  const LeaseOutcome outcome = change_lease(wish, guids_.next(), share.lease, exchange.moment.now);
  if (outcome.refusal)
    return fail(call, outcome.refusal->status, outcome.refusal->code, outcome.refusal->message);
  HttpResponse response = file_reply(status_of(*action), exchange, guids_);
  add_version(share.version, share.modified, exchange.moment, response);
  if (!outcome.id.empty()) response.headers.push_back({"x-ms-lease-id", outcome.id});
  if (*action == LeaseAction::kBreak)
    response.headers.push_back({"x-ms-lease-time", std::to_string(outcome.seconds_left)});
  return response;
}

HttpResponse FileService::create_snapshot(const Call& call, Share& share) {
  const auto metadata = sent_metadata(call.exchange);
  if (is_metadata_too_large(metadata)) return metadata_too_large(call);
  if (share.snapshots.size() >= kMostSnapshots) {
    return fail(call, 409, "ShareSnapshotCountExceeded",
                "The total number of snapshots for the share is over the limit.");
  }
  const auto made = storage_.snapshot(call.account, share, metadata, call.exchange.moment);
  if (!made.ok()) return fail(call, 500, "InternalError", made.error().message);
  HttpResponse response = file_reply(201, call.exchange, guids_);
  add_version((*made)->version, (*made)->modified, call.exchange.moment, response);
  response.headers.push_back({"x-ms-snapshot", (*made)->snapshot});
  return response;
}

HttpResponse FileService::snapshot_operation(const Call& call, Share& share, std::string_view name) {
  if (!works_on_snapshots(call.operation)) {
    return fail(call, 400, "ShareSnapshotOperationNotSupported",
                "The operation is not supported on a share snapshot.");
  }
  Share* snapshot = find_snapshot(share, name);
  if (!snapshot)
    return fail(call, 404, "ShareSnapshotNotFound", "The specified share snapshot does not exist.");
  if (auto refused = refuse_leased(call, *snapshot)) return std::move(*refused);
  if (call.operation == "Share_GetProperties") return share_properties(call, *snapshot);
  if (call.operation.ends_with("Lease")) return lease_share(call, *snapshot);
  if (call.operation != "Share_Delete") return tree_operation(call, *snapshot);
  if (!call.exchange.header("x-ms-delete-snapshots").empty()) {
    return fail(call, 400, "InvalidHeaderValue",
                "The header 'x-ms-delete-snapshots' is for a share, not for one of its snapshots.");
  }
  storage_.remove_snapshot(call.account, share, snapshot->snapshot);
  return file_reply(202, call.exchange, guids_);
}

}  // namespace dev8agent::emulator

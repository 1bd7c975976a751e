// Listing the shares of an account: see file_service.h.
#include "core/strings.h"
#include "files/file_service.h"
#include "files/share_rules.h"

namespace dev8agent::emulator {
namespace {

constexpr std::int64_t kLargestPage = 5000;

std::string element(std::string_view name, std::string_view text) {
  return concat({"<", name, ">", escape_xml(text), "</", name, ">"});
}

bool includes(const Url& url, std::string_view word) {
  const auto include = url.parameter("include");
  if (!include) return false;
  for (std::string_view part : split(*include, ',')) {
    if (same_name(trim(part), word)) return true;
  }
  return false;
}

// What is said of a deleted share beside the rest.
struct DeletionText {
  std::string before;      // elements of the share
  std::string properties;  // elements of its properties
};

DeletionText deletion_text(const DeletedShare& deleted, int days, const Moment& moment) {
  const auto since = std::chrono::floor<std::chrono::days>(moment.now - deleted.at);
  return {element("Version", deleted.version) + element("Deleted", "true"),
          element("DeletedTime", rfc1123(moment.at(deleted.at))) +
              element("RemainingRetentionDays", std::to_string(days - since.count()))};
}

std::string share_element(const Share& share, bool with_metadata, const Moment& moment,
                          const DeletionText& deletion = {}) {
  const bool locked = is_locked(share.lease, moment.now);
  const LeaseState lease = lease_state(share.lease, moment.now);
  std::string leased = element("LeaseStatus", locked ? "locked" : "unlocked") +
                       element("LeaseState", lease_state_name(lease, false));
  if (lease == LeaseState::kLeased)
    leased += element("LeaseDuration", share.lease->length ? "fixed" : "infinite");
  std::string out = "<Share>" + element("Name", share.name) +
                    (share.snapshot.empty() ? "" : element("Snapshot", share.snapshot)) + deletion.before +
                    "<Properties>" + element("Last-Modified", rfc1123(moment.at(share.modified))) +
                    element("Etag", etag(share.version)) + element("Quota", std::to_string(share.quota_gib)) +
                    element("AccessTier", share.access_tier) + leased + deletion.properties + "</Properties>";
  if (with_metadata) {
    out += "<Metadata>";
    for (const auto& [name, value] : share.metadata) out += element(name, value);
    out += "</Metadata>";
  }
  return out + "</Share>";
}

}  // namespace

HttpResponse FileService::list_shares(const Call& call) {
  const Url& url = call.exchange.url;
  storage_.settle(call.exchange.moment.now);
  const std::string prefix(url.parameter("prefix").value_or(""));
  const std::string marker(url.parameter("marker").value_or(""));
  const auto wanted = url.parameter("maxresults");
  const auto most = wanted ? to_number(*wanted) : std::optional(kLargestPage);
  if (!most || *most < 1 || *most > kLargestPage) {
    return fail(call, 400, "OutOfRangeQueryParameterValue", "The value of 'maxresults' is out of range.");
  }
  std::string items, next;
  std::size_t count = 0;
  const auto room = static_cast<std::size_t>(*most);
  for (const ListedShare& one :
       listed_shares(call.account, prefix, marker, includes(url, "snapshots"), room + 1)) {
    if (count++ == room) {
      next = one.place;
    } else {
      items += share_element(*one.share, includes(url, "metadata"), call.exchange.moment);
    }
  }
  if (next.empty() && includes(url, "deleted")) {
    for (const DeletedShare& deleted : call.account.deleted) {
      if (!deleted.share.name.starts_with(prefix)) continue;
      const int days = call.account.settings.retention_days;
      items += share_element(deleted.share, includes(url, "metadata"), call.exchange.moment,
                             deletion_text(deleted, days, call.exchange.moment));
    }
  }
  HttpResponse response = file_reply(200, call.exchange, guids_);
  response.headers.push_back({"Content-Type", "application/xml"});
  response.body = "<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults ServiceEndpoint=\"" +
                  escape_xml(url.origin + "/") + "\">";
  if (!prefix.empty()) response.body += element("Prefix", prefix);
  if (!marker.empty()) response.body += element("Marker", marker);
  if (wanted) response.body += element("MaxResults", *wanted);
  response.body += "<Shares>" + items + "</Shares>" + element("NextMarker", next) + "</EnumerationResults>";
  return response;
}

}  // namespace dev8agent::emulator

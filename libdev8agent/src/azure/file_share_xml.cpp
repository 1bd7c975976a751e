// What Azure Files answers about shares, in XML and in headers.
#include "azure/file_share_xml.h"

#include <algorithm>

#include "azure/xml.h"
#include "base/text.h"
#include "base/time_format.h"

namespace dev8agent::internal::azure {
namespace {

constexpr std::string_view kMetadataPrefix = "x-ms-meta-";

int quota_of(std::string_view text) {
  const auto value = parse_unsigned(trim(text));
  return value && *value <= 1'000'000 ? static_cast<int>(*value) : 0;
}

FileShare read_share(std::string_view content) {
  FileShare share;
  for (const auto& [name, value] : xml::children(content)) {
    if (name == "Name") share.name = xml::text(value);
    if (name == "Properties") {
      share.quota_gib = quota_of(xml::find_element(value, "Quota").value_or(""));
      share.last_modified = parse_http_date(xml::find_element(value, "Last-Modified").value_or(""));
    }
    if (name == "Metadata") {
      for (const auto& [key, text] : xml::children(value)) share.metadata[to_lower(key)] = xml::text(text);
    }
  }
  return share;
}

// Nothing for a share that is there. One without a version cannot be restored; it is left out.
std::optional<DeletedShare> read_deleted(std::string_view content) {
  if (trim(xml::find_element(content, "Deleted").value_or("")) != "true") return std::nullopt;
  const std::string_view properties = xml::find_element(content, "Properties").value_or("");
  DeletedShare deleted;
  deleted.share = read_share(content);
  deleted.version = trim(xml::find_element(content, "Version").value_or(""));
  deleted.deleted_at = parse_http_date(xml::find_element(properties, "DeletedTime").value_or(""));
  deleted.days_left = quota_of(xml::find_element(properties, "RemainingRetentionDays").value_or(""));
  return deleted;
}

// Metadata may have the same name, further down.
bool is_snapshot(std::string_view share) {
  const auto parts = xml::children(share);
  return std::any_of(parts.begin(), parts.end(), [](const auto& part) { return part.first == "Snapshot"; });
}

}  // namespace

std::optional<SharePage> read_share_page(std::string_view xml_text) {
  auto results = xml::find_element(xml_text, "EnumerationResults");
  if (!results) return std::nullopt;
  SharePage page;
  bool complete = false;
  for (const auto& [name, content] : xml::children(*results)) {
    if (name == "Shares") {
      complete = true;
      for (const auto& [kind, share] : xml::children(content)) {
        if (kind != "Share") continue;
        if (is_snapshot(share)) {
          page.snapshots.push_back(read_share(share).name);
          continue;
        }
        auto deleted = read_deleted(share);
        if (!deleted) page.shares.push_back(read_share(share));
        if (deleted && !deleted->version.empty()) page.deleted.push_back(std::move(*deleted));
      }
    }
    if (name == "NextMarker") page.next_marker = xml::text(content);
  }
  if (!complete) return std::nullopt;
  return page;
}

std::optional<bool> shows_no_entries(std::string_view xml_text) {
  auto results = xml::find_element(xml_text, "EnumerationResults");
  if (!results) return std::nullopt;
  std::optional<bool> none;
  std::string next;
  for (const auto& [name, content] : xml::children(*results)) {
    // Anything at all is an entry, understood or not.
    if (name == "Entries") none = none.value_or(true) && trim(content).empty();
    if (name == "NextMarker") next = xml::text(content);
  }
  if (none && !next.empty()) none = false;
  return none;
}

FileShare read_share_headers(std::string name, const std::vector<HttpHeader>& headers) {
  FileShare share;
  share.name = std::move(name);
  share.quota_gib = quota_of(find_header(headers, "x-ms-share-quota").value_or(""));
  share.last_modified = parse_http_date(find_header(headers, "Last-Modified").value_or(""));
  for (const HttpHeader& header : headers) {
    const std::string lower = to_lower(header.name);
    if (lower.starts_with(kMetadataPrefix))
      share.metadata[lower.substr(kMetadataPrefix.size())] = header.value;
  }
  return share;
}

}  // namespace dev8agent::internal::azure

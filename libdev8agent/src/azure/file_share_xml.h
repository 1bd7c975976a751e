// What Azure Files answers about shares: XML for a list, headers for a single share. Pure functions; any
// thread. Source: Microsoft Learn, "List Shares", "Get Share Properties" and "List Directories and Files".
// Malformed text gives nothing instead of half a list: a share that is missing from a list would count as
// absent.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/transport.h"
#include "model/file_share.h"

namespace dev8agent::internal::azure {

// One page of a list of shares.
struct SharePage {
  std::vector<FileShare> shares;
  std::vector<DeletedShare> deleted;   // of a list that asked for them
  std::vector<std::string> snapshots;  // the same: for each snapshot, the name of its share
  std::string next_marker;             // asks for the next page; empty on the last one
};

// Nothing when the text is not a whole list. Names of metadata come back in lower case, because Azure does
// not keep their case.
std::optional<SharePage> read_share_page(std::string_view xml_text);

// True when a list of a directory's entries shows none and has no further page. An entry of an unknown kind
// counts as an entry. Nothing when the text is not a whole list.
std::optional<bool> shows_no_entries(std::string_view xml_text);

// The share called `name` from the headers of its properties: x-ms-share-quota and x-ms-meta-*. A quota that
// cannot be read is 0.
FileShare read_share_headers(std::string name, const std::vector<HttpHeader>& headers);

}  // namespace dev8agent::internal::azure

// What Azure Files says of shares: XML of a list, headers of one share.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/transport.h"
#include "model/file_share.h"

namespace dev8agent::internal::azure {

struct SharePage {
  std::vector<FileShare> shares;
  std::string next_marker;  // empty on the last page
};

// Nothing when the text is not a whole list.
std::optional<SharePage> read_share_page(std::string_view xml_text);

// Whether a list of a directory's entries shows none, on any page; nothing when the text is not a whole list.
std::optional<bool> shows_no_entries(std::string_view xml_text);

FileShare read_share_headers(std::string name, const std::vector<HttpHeader>& headers);

}  // namespace dev8agent::internal::azure

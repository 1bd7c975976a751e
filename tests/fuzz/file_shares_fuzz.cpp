// What Azure Files says: XML, and the headers of a share.
#include "azure/file_share_xml.h"
#include "azure/xml.h"
#include "base/text.h"
#include "fuzz/fuzz.h"

namespace dev8agent::fuzz {
namespace {

void require_inside(std::string_view part, std::string_view whole) {
  const bool inside = part.empty() || (part.data() >= whole.data() &&
                                       part.data() + part.size() <= whole.data() + whole.size());
  require(inside, "what is found is a part of what was searched");
}

}  // namespace

void fuzz_one(std::string_view input) {
  for (const auto& [name, content] : azure::xml::children(input)) {
    require_inside(name, input);
    require_inside(content, input);
    require(azure::xml::text(content).size() <= content.size(), "resolving entities makes no text longer");
  }
  if (const auto found = azure::xml::find_element(input, "Name")) require_inside(*found, input);
  if (const auto page = azure::read_share_page(input)) {
    for (const FileShare& share : page->shares) require(share.quota_gib >= 0, "no quota is negative");
  }
  if (azure::shows_no_entries(input) == true) {
    const auto results = azure::xml::find_element(input, "EnumerationResults");
    require(results.has_value(), "only a list shows that there is nothing");
    for (const auto& [name, content] : azure::xml::children(*results))
      require(name != "Entries" || trim(content).empty(), "a share with an entry is not empty");
  }
  const std::string quota(take_line(input));
  const auto share = azure::read_share_headers(
      "fs-1", {{"x-ms-share-quota", quota}, {"x-ms-meta-name", std::string(input)}});
  require(share.quota_gib >= 0 && share.metadata.at("name") == input, "a share's headers are read");
}

}  // namespace dev8agent::fuzz

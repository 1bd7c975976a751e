// Just enough XML: elements, nesting, entities, and what is broken.
#include "azure/xml.h"

#include <doctest/doctest.h>

#include "azure/file_share_xml.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::internal::azure;

TEST_CASE("xml: elements at any depth, by their whole name") {
  struct Row {
    std::string content;
    std::optional<std::string> found;
  };
  const Row rows[] = {
      {"<Code>x</Code>", "x"},
      {"<?xml version=\"1.0\"?><!-- c --><a><b/><Code>x</Code></a>", "x"},
      {"<Code/>", ""},
      {"<Code />", ""},
      {"<Code></Code>", ""},
      {"<Code attribute=\"1\">x</Code>", "x"},
      {"<Code>a<Code>b</Code>c</Code>", "a<Code>b</Code>c"},
      {"<Code>a<Code/>c</Code>", "a<Code/>c"},
      {"<Codes>y</Codes><Code>x</Code>", "x"},
      {"<Codex/><Code>x</Code>", "x"},
      {"<Code>x</Codes></Code>", "x</Codes>"},
      {"<Code>x</Code ><Code>y</Code>", "x"},
      {"", std::nullopt},
      {"Code", std::nullopt},
      {"<code>x</code>", std::nullopt},
      {"<Code>x", std::nullopt},
      {"<Code", std::nullopt},
      {"<Code>x</Cod", std::nullopt},
      {"<Code>x<Code></Code>", std::nullopt},
      {"</Code>", std::nullopt},
  };
  for (const Row& row : rows) {
    CAPTURE(row.content);
    const auto found = xml::find_element(row.content, "Code");
    REQUIRE(found.has_value() == row.found.has_value());
    if (found) CHECK(*found == *row.found);
  }
}

TEST_CASE("xml: children in order, up to the first malformed place") {
  const auto list = xml::children("\n <a>1</a> text <b/><a><c>2</c></a><d>3</d><e>4");
  REQUIRE(list.size() == 4);
  CHECK(list[0].second == "1");
  CHECK(list[1].first == "b");
  CHECK(list[2].second == "<c>2</c>");
  CHECK(list[3].first == "d");
  CHECK(xml::children("").empty());
}

TEST_CASE("xml: text is trimmed and its entities are resolved once") {
  CHECK(xml::text(" \n a &lt;b&gt; &amp;amp; &quot;&apos; \t") == "a <b> &amp; \"'");
  CHECK(xml::text("&unknown; &") == "&unknown; &");
  CHECK(xml::text("").empty());
}

TEST_CASE("share list: names, quotas and metadata of a page, and its marker") {
  const auto page = read_share_page(
      "\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults "
      "ServiceEndpoint=\"https://a/\">"
      "<Prefix>fs-</Prefix><Marker/><Shares><Share><Name>fs-workspace-0001</Name><Properties><Last-Modified>x"
      "</Last-Modified><Quota>25</Quota></Properties><Metadata><Name>My%20one</Name><UserId>u&amp;v</"
      "UserId></Metadata>"
      "</Share><Share><Name>fs-workspace-0002</Name><Properties><Quota>-1</Quota></Properties></Share></"
      "Shares>"
      "<NextMarker>/a/b&amp;c</NextMarker></EnumerationResults>");
  REQUIRE(page.has_value());
  REQUIRE(page->shares.size() == 2);
  CHECK(page->shares[0].name == "fs-workspace-0001");
  CHECK(page->shares[0].quota_gib == 25);
  CHECK(page->shares[0].metadata ==
        std::map<std::string, std::string>{{"name", "My%20one"}, {"userid", "u&v"}});
  CHECK(page->shares[1].quota_gib == 0);
  CHECK(page->next_marker == "/a/b&c");
  CHECK(read_share_page("<EnumerationResults><Shares/><NextMarker/></EnumerationResults>")->shares.empty());
}

TEST_CASE("share list: half a list is none") {
  const std::string whole =
      "<EnumerationResults><Shares><Share><Name>a</Name></Share></Shares><NextMarker>m</NextMarker></"
      "EnumerationResults>";
  for (std::size_t length = 0; length < whole.size(); ++length) {
    CHECK_FALSE(read_share_page(whole.substr(0, length)).has_value());
  }
  for (const char* other :
       {"<html></html>", "{}", "<EnumerationResults/>", "<EnumerationResults></EnumerationResults>",
        "<EnumerationResults><NextMarker/></EnumerationResults>"}) {
    CHECK_FALSE(read_share_page(other).has_value());
  }
}

TEST_CASE("xml: hostile texts of some size end") {
  std::string text;
  for (int i = 0; i < 20000; ++i) text += "<Error>";
  CHECK_FALSE(xml::find_element(text, "Error").has_value());
  CHECK_FALSE(xml::find_element(text, "Code").has_value());
  CHECK(xml::children(text).empty());
  CHECK_FALSE(read_share_page(text).has_value());
}

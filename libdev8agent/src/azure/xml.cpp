#include "azure/xml.h"

#include <array>

#include "base/text.h"

namespace dev8agent::azure::xml {
namespace {

struct Element {
  std::string_view name;
  std::string_view content;
  std::size_t end = 0;  // just behind the element
};

// The end of the element `name` whose content begins at `from`: where its closing tag begins. Elements of the
// same name inside it are counted.
std::size_t closing_tag(std::string_view xml, std::string_view name, std::size_t from) {
  int depth = 1;
  for (std::size_t at = xml.find('<', from); at != xml.npos; at = xml.find('<', at + 1)) {
    const bool closes = xml.substr(at + 1).starts_with('/');
    std::string_view tag = xml.substr(at + (closes ? 2 : 1));
    if (!tag.starts_with(name)) continue;
    tag.remove_prefix(name.size());
    if (tag.empty() || (tag[0] != '>' && tag[0] != ' ' && tag[0] != '/')) continue;
    const std::size_t end = tag.find('>');
    if (end == tag.npos) return xml.npos;
    if (closes && --depth == 0) return at;
    if (!closes && (end == 0 || tag[end - 1] != '/')) ++depth;
  }
  return xml.npos;
}

// The first element at or behind `from`; prologue, comments and closing tags are passed over.
std::optional<Element> next_element(std::string_view xml, std::size_t from) {
  for (std::size_t at = xml.find('<', from); at != xml.npos; at = xml.find('<', at + 1)) {
    std::string_view tag = xml.substr(at + 1);
    if (tag.empty() || tag[0] == '?' || tag[0] == '!' || tag[0] == '/') continue;
    const std::size_t close = tag.find('>');
    if (close == tag.npos) return std::nullopt;
    const std::string_view name = tag.substr(0, tag.find_first_of(" \t\r\n/>"));
    const std::size_t content = at + 1 + close + 1;
    if (close > 0 && tag[close - 1] == '/') return Element{name, {}, content};
    const std::size_t end = closing_tag(xml, name, content);
    if (end == xml.npos) return std::nullopt;
    return Element{name, xml.substr(content, end - content), xml.find('>', end) + 1};
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string_view> find_element(std::string_view content, std::string_view name) {
  for (std::size_t at = content.find('<'); at != content.npos; at = content.find('<', at + 1)) {
    if (!content.substr(at + 1).starts_with(name)) continue;
    auto element = next_element(content, at);
    if (element && element->name == name) return element->content;
  }
  return std::nullopt;
}

std::vector<std::pair<std::string_view, std::string_view>> children(std::string_view content) {
  std::vector<std::pair<std::string_view, std::string_view>> result;
  std::size_t at = 0;
  while (auto element = next_element(content, at)) {
    result.emplace_back(element->name, element->content);
    at = element->end;
  }
  return result;
}

std::string text(std::string_view content) {
  static constexpr std::array<std::pair<std::string_view, char>, 5> kEntities = {
      {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}}};
  content = trim(content);
  std::string result;
  while (!content.empty()) {
    std::size_t taken = 1;
    char c = content[0];
    for (const auto& [entity, meaning] : kEntities) {
      if (!content.starts_with(entity)) continue;
      c = meaning;
      taken = entity.size();
    }
    result += c;
    content.remove_prefix(taken);
  }
  return result;
}

}  // namespace dev8agent::azure::xml

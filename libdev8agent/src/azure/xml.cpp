// The small part of XML that Azure Files answers in.
#include "azure/xml.h"

#include <array>

#include "base/text.h"

namespace dev8agent::internal::azure::xml {
namespace {

struct Tag {
  enum class Kind { kOpen, kClose, kEmpty };
  Kind kind = Kind::kOpen;
  std::string_view name;
  std::size_t begin = 0;
  std::size_t end = 0;  // just behind the '>'
};

// The first tag at or behind `from`; prologue, declarations and comments are passed over.
std::optional<Tag> next_tag(std::string_view xml, std::size_t from) {
  for (std::size_t at = xml.find('<', from); at != xml.npos; at = xml.find('<', at)) {
    const std::string_view rest = xml.substr(at);
    const std::string_view until = rest.starts_with("<!--") ? "-->" : ">";
    const std::size_t last = rest.find(until);
    if (last == rest.npos) return std::nullopt;
    const std::size_t end = at + last + until.size();
    if (rest[1] == '?' || rest[1] == '!') {
      at = end;
      continue;
    }
    std::string_view inside = rest.substr(1, last - 1);
    Tag tag{Tag::Kind::kOpen, {}, at, end};
    if (inside.starts_with('/')) {
      tag.kind = Tag::Kind::kClose;
      inside.remove_prefix(1);
    } else if (inside.ends_with('/')) {
      tag.kind = Tag::Kind::kEmpty;
    }
    tag.name = inside.substr(0, inside.find_first_of(" \t\r\n/"));
    return tag;
  }
  return std::nullopt;
}

struct Element {
  std::string_view content;
  std::size_t end = 0;  // just behind the element
};

// The element that `first` begins. Elements of the same name inside it are counted.
std::optional<Element> element_at(std::string_view xml, const Tag& first) {
  if (first.kind == Tag::Kind::kEmpty) return Element{{}, first.end};
  int depth = 1;
  for (auto tag = next_tag(xml, first.end); tag; tag = next_tag(xml, tag->end)) {
    if (tag->name != first.name) continue;
    if (tag->kind == Tag::Kind::kOpen) ++depth;
    if (tag->kind == Tag::Kind::kClose && --depth == 0) {
      return Element{xml.substr(first.end, tag->begin - first.end), tag->end};
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string_view> find_element(std::string_view content, std::string_view name) {
  for (auto tag = next_tag(content, 0); tag; tag = next_tag(content, tag->end)) {
    if (tag->name != name || tag->kind == Tag::Kind::kClose) continue;
    auto element = element_at(content, *tag);
    if (!element) return std::nullopt;
    return element->content;
  }
  return std::nullopt;
}

std::vector<std::pair<std::string_view, std::string_view>> children(std::string_view content) {
  std::vector<std::pair<std::string_view, std::string_view>> result;
  for (auto tag = next_tag(content, 0); tag;) {
    std::size_t end = tag->end;
    if (tag->kind != Tag::Kind::kClose) {
      auto element = element_at(content, *tag);
      if (!element) break;
      result.emplace_back(tag->name, element->content);
      end = element->end;
    }
    tag = next_tag(content, end);
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

}  // namespace dev8agent::internal::azure::xml

// Joining and splitting text by name.
#include "base/named_texts.h"

#include <algorithm>

namespace dev8agent::internal {

std::string join(const NamedTexts& texts) {
  std::string joined;
  for (const auto& [name, value] : texts) joined.append(name).append("\t").append(value).append("\n");
  return joined;
}

NamedTexts split_texts(std::string_view joined) {
  NamedTexts texts;
  while (!joined.empty()) {
    const std::string_view line = joined.substr(0, joined.find('\n'));
    joined.remove_prefix(std::min(joined.size(), line.size() + 1));
    const auto tab = line.find('\t');
    if (tab == 0 || tab == line.npos || tab + 1 == line.size()) continue;
    texts.emplace(line.substr(0, tab), line.substr(tab + 1));
  }
  return texts;
}

}  // namespace dev8agent::internal

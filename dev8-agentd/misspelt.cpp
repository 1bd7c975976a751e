// misspelt_variables().
#include "misspelt.h"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <utility>

namespace dev8agentd {
namespace {

constexpr std::size_t kLetters = 2;
constexpr std::size_t kLeastLength = 7;  // shorter names are near to everything

// Letters to insert, remove or replace to make one name of the other (Levenshtein).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

}  // namespace

std::vector<std::pair<std::string, std::string>> misspelt_variables(const dev8agent::Variables& variables,
                                                                    const std::vector<std::string>& known) {
  std::vector<std::pair<std::string, std::string>> found;
  for (const auto& [name, value] : variables) {
    if (name.size() < kLeastLength || std::find(known.begin(), known.end(), name) != known.end()) continue;
    const auto nearest = std::min_element(known.begin(), known.end(),
                                          [&name = name](const std::string& a, const std::string& b) {
                                            return distance(name, a) < distance(name, b);
                                          });
    if (nearest != known.end() && distance(name, *nearest) <= kLetters) found.emplace_back(name, *nearest);
  }
  return found;
}

}  // namespace dev8agentd

// unexpected_word().
#include "dev8ctl/usage.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace dev8ctl {
namespace {

// Letters to insert, remove or replace to make one word of the other (Levenshtein).
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

std::string suggestion(std::string_view word, const std::vector<std::string>& known) {
  const std::string meant = nearest(word, known);
  return meant.empty() ? "" : "; did you mean " + meant + "?";
}

}  // namespace

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
  const auto best = std::min_element(
      known.begin(), known.end(),
      [&](const std::string& a, const std::string& b) { return distance(word, a) < distance(word, b); });
  if (best == known.end() || distance(word, *best) * 3 > word.size()) return "";
  return *best;
}

std::string unexpected_word(std::string_view command, std::string_view word,
                            const std::vector<std::string>& known) {
  if (word.starts_with('-')) {
    const std::string option(word.substr(0, word.find('=')));
    return "there is no option " + option + suggestion(option, known);
  }
  const std::string quoted = "\"" + std::string(word) + "\"";
  if (command.empty()) return "there is no command " + quoted + suggestion(word, known);
  return quoted + " is one argument too many";
}

}  // namespace dev8ctl

// unexpected_word().
#include "dev8ctl/usage.h"

#include <algorithm>
#include <charconv>
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

std::string option_mistake(std::string text) {
  constexpr std::string_view kNotConverted = "Could not convert: ";
  if (text.starts_with(kNotConverted)) {  // numbers are checked before, so it is a flag
    text.erase(0, kNotConverted.size());
    return text.substr(0, text.find(" = ")) + ": takes no value";
  }
  const std::string option = text.substr(0, text.find(": "));
  if (text.starts_with(option + ": At Most 1 required")) return option + ": may be given once only";
  if (text.starts_with(option + ": 1 required ")) return option + ": needs a value";
  return text;
}

std::string number_mistake(std::string_view text, int least, int most) {
  int number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = end == text.data() + text.size();
  if (problem == std::errc::invalid_argument || !whole) return "must be an integer";
  if (problem == std::errc() && number >= least && number <= most) return "";
  return "must be an integer between " + std::to_string(least) + " and " + std::to_string(most);
}

std::string alternatives(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
  }
  return text;
}

}  // namespace dev8ctl

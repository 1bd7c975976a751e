// The limits of Azure's log store, and the comparison of two reads of one log.
#include "plan/container_logs.h"

#include <algorithm>
#include <optional>

#include "base/time_format.h"

namespace dev8agent::internal::plan {
namespace {

// Source: Microsoft Learn, "Resource availability & quota limits for Azure Container Instances": 4 MB of a
// running container, 16 KB or 1000 lines of a stopped one. Azure may cut in the middle of a line.
constexpr std::size_t kCutRunning = 3'900'000;
constexpr std::size_t kCutStopped = 15'000;
constexpr std::size_t kCutLines = 1000;

// The lines with their ends; the last one may have none.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::size_t size = end == std::string_view::npos ? text.size() : end + 1;
    lines.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return lines;
}

bool was_cut(std::string_view text, std::size_t lines, bool stopped) {
  if (!stopped) return text.size() >= kCutRunning;
  return text.size() >= kCutStopped || lines >= kCutLines;
}

std::string_view without_end(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

using Digests = std::vector<std::uint64_t>;

// FNV-1a.
std::uint64_t digest(std::string_view line) {
  std::uint64_t value = 14695981039346656037u;
  for (const char c : line) value = (value ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return value;
}

// How much of `pattern`, which is not empty, `text` has (Knuth, Morris, Pratt).
struct Match {
  std::optional<std::size_t> end{};  // after the first place that has all of it
  std::size_t at_end = 0;            // without such a place: the most of its beginning that ends `text`
};

Match find(const Digests& pattern, const Digests& text) {
  std::vector<std::size_t> border(pattern.size(), 0);
  for (std::size_t i = 1; i < pattern.size(); ++i) {
    std::size_t length = border[i - 1];
    while (length > 0 && pattern[i] != pattern[length]) length = border[length - 1];
    border[i] = length + (pattern[i] == pattern[length] ? 1 : 0);
  }
  std::size_t matched = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    while (matched > 0 && text[i] != pattern[matched]) matched = border[matched - 1];
    if (text[i] == pattern[matched]) ++matched;
    if (matched == pattern.size()) return {i + 1};
  }
  return {std::nullopt, matched};
}

// How many lines at the beginning of `now` are known from `before`. A longer read than the one before it
// begins earlier and has all of `before`. An answer that lags is all in `before`. Else the end of `before` is
// the beginning of `now`: the most that fits.
std::size_t known_lines(const Digests& before, const Digests& now) {
  if (before.empty()) return 0;
  if (const Match whole = find(before, now); whole.end) return *whole.end;
  const Match beginning = find(now, before);
  return beginning.end ? now.size() : beginning.at_end;
}

}  // namespace

ContainerLog log_page(std::string container, std::string_view text, int tail, bool stopped) {
  ContainerLog log;
  log.container = std::move(container);
  const std::size_t held = lines_of(text).size();
  const std::size_t wanted = static_cast<std::size_t>(std::max(tail, 0));
  log.truncated = held > wanted || was_cut(text, held, stopped);
  // Masked as a whole, so that no part of a private key stays; masking keeps the lines.
  const std::string masked = mask_credentials(text);
  const auto lines = lines_of(masked);
  for (std::size_t i = lines.size() - std::min(wanted, lines.size()); i < lines.size(); ++i)
    log.content += lines[i];
  return log;
}

LogFollower::News LogFollower::advance(std::string_view text, bool last, bool whole) {
  auto lines = lines_of(text);
  if (!last && !lines.empty() && !lines.back().ends_with('\n')) lines.pop_back();
  News news;
  Digests now;
  now.reserve(lines.size());
  for (std::string_view line : lines) now.push_back(digest(without_end(line)));
  if (now.empty()) return news;
  const std::size_t known = known_lines(shown_, now);
  // An older answer, which begins before what was shown.
  const bool lags = known == 0 && std::find(shown_.begin(), shown_.end(), now.back()) != shown_.end();
  if (lags) return news;
  news.gap = known == 0 && !shown_.empty() && !whole;
  if (news.gap) return news;
  for (std::size_t i = known; i < lines.size(); ++i) news.lines.emplace_back(without_end(lines[i]));
  if (!news.lines.empty()) shown_ = std::move(now);
  return news;
}

std::string LogWriter::write(const std::vector<std::string>& lines, int tail) {
  const std::size_t shown = std::min(lines.size(), static_cast<std::size_t>(std::max(tail, 0)));
  std::vector<std::string_view> plain(lines.begin(), lines.end());
  if (!timestamps_) std::transform(plain.begin(), plain.end(), plain.begin(), without_time);
  const std::vector<std::string> masked = masker_.mask_lines(plain);
  std::string text;
  for (std::size_t i = lines.size() - shown; i < lines.size(); ++i) text.append(masked[i]).push_back('\n');
  return text;
}

std::string_view without_time(std::string_view line) {
  const std::size_t space = line.find(' ');
  const std::string_view word = line.substr(0, space);
  if (word.empty() || !parse_rfc3339(word)) return line;
  return space == std::string_view::npos ? std::string_view() : line.substr(space + 1);
}

}  // namespace dev8agent::internal::plan

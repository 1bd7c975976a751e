// Lines and the limits of Azure's log store. Source of the limits: Learn, "Resource availability & quota
// limits for Azure Container Instances".
#include "arm/log_buffer.h"

#include <algorithm>

#include "core/strings.h"

namespace dev8agent::emulator {
namespace {

constexpr std::size_t kMostOfRunning = 4'000'000;
constexpr std::size_t kMostKept = kMostOfRunning + 100'000;  // so that the answer begins with a whole line
constexpr std::size_t kMostLines = 500'000;
constexpr std::size_t kLongestLine = 16384;
constexpr std::size_t kMostOfStopped = 16'000;
constexpr std::size_t kLinesOfStopped = 1000;

}  // namespace

void LogBuffer::write(std::string_view text, TimePoint now) {
  while (!text.empty()) {
    if (lines_.empty() || lines_.back().whole || lines_.back().text.size() >= kLongestLine)
      lines_.push_back({now, "", false});
    LogLine& line = lines_.back();
    const auto end = text.find('\n');
    const std::size_t length = std::min({end, text.size(), kLongestLine - line.text.size()});
    line.text += text.substr(0, length);
    line.whole = end == length;
    bytes_ += length + 1;
    text.remove_prefix(line.whole ? length + 1 : length);
  }
  for (; bytes_ > kMostKept || lines_.size() > kMostLines; lines_.pop_front())
    bytes_ -= lines_.front().text.size() + 1;
}

void LogBuffer::clear() {
  lines_.clear();
  bytes_ = 0;
}

std::vector<LogLine> LogBuffer::last(std::size_t tail) const {
  return {lines_.end() - static_cast<std::ptrdiff_t>(std::min(tail, lines_.size())), lines_.end()};
}

std::string LogBuffer::text(std::size_t tail, bool stamped, bool stopped, const Moment& moment) const {
  std::size_t count = std::min(tail, lines_.size());
  if (stopped) count = std::min(count, kLinesOfStopped);
  std::string text;
  for (std::size_t i = lines_.size() - count; i < lines_.size(); ++i) {
    if (stamped) text += rfc3339(moment.at(lines_[i].at), 7) + " ";
    text += lines_[i].text;
    if (lines_[i].whole) text += '\n';
  }
  const std::size_t most = stopped ? kMostOfStopped : kMostOfRunning;
  if (text.size() <= most) return text;
  return text.substr(text.find('\n', text.size() - most) + 1);
}

}  // namespace dev8agent::emulator

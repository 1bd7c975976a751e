// parse_fault_script(): faults from a text. See dev8agent/emulator.h.
#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <mutex>
#include <utility>
#include <variant>

#include "core/strings.h"
#include "dev8agent/emulator.h"
#include "fault_effects.h"

namespace dev8agent::emulator {
namespace {

constexpr std::array<std::pair<std::string_view, Fault::Kind>, 11> kWords = {{
    {"refuse-connection", Fault::kRefuseConnection},
    {"lose-before", Fault::kLoseBefore},
    {"lose-after", Fault::kLoseAfter},
    {"hang", Fault::kHang},
    {"hang-after", Fault::kHangAfter},
    {"truncated-body", Fault::kTruncatedBody},
    {"malformed-body", Fault::kMalformedBody},
    {"wrong-content-type", Fault::kWrongContentType},
    {"empty-body", Fault::kEmptyBody},
    {"status", Fault::kStatus},
    {"stale-read", Fault::kStaleRead},
}};
constexpr std::string_view kRetryAfter = "retry-after=";

// Which of the requests that fit a line meet its fault: those from `first` to `last`, or `percent` of them.
struct When {
  std::uint64_t first = 1;
  std::uint64_t last = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t percent = 100;
};

struct Line {
  std::string method;
  std::string pattern;
  When when;
  Fault fault;
  std::uint64_t fitted = 0;  // requests so far
};

using Words = std::vector<std::string_view>;

Words words_of(std::string_view line) {
  Words words;
  while (!(line = trim(line)).empty()) {
    const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
  return words;
}

std::optional<std::uint64_t> positive(std::string_view text) {
  const auto number = to_number(text);
  if (!number || *number < 1) return std::nullopt;
  return static_cast<std::uint64_t>(*number);
}

std::optional<When> read_when(std::string_view word) {
  if (word == "every") return When();
  if (word.ends_with('%')) {
    const auto percent = positive(word.substr(0, word.size() - 1));
    if (!percent || *percent > 100) return std::nullopt;
    return When{.percent = *percent};
  }
  const auto dash = word.find('-');
  const auto first = positive(word.substr(0, dash));
  const auto last = dash == word.npos ? first : positive(word.substr(dash + 1));
  if (!first || !last || *last < *first) return std::nullopt;
  return When{.first = *first, .last = *last};
}

// What follows the word "status".
bool read_status(const Words& words, Fault& fault) {
  const auto status = words.empty() ? std::nullopt : to_number(words.front());
  if (!status || *status < 100 || *status > 599) return false;
  fault.status = static_cast<int>(*status);
  for (std::size_t i = 1; i < words.size(); ++i) {
    const bool wait = words[i].starts_with(kRetryAfter);
    std::string& to = wait ? fault.retry_after : fault.code;
    if (!to.empty()) return false;
    to = wait ? words[i].substr(kRetryAfter.size()) : words[i];
    if (to.empty()) return false;
  }
  return true;
}

bool read_age(const Words& words, Fault& fault) {
  const auto seconds = words.size() == 1 ? positive(words.front()) : std::nullopt;
  if (!seconds || *seconds > 86400) return false;
  fault.age = std::chrono::seconds(*seconds);
  return true;
}

bool is_method(std::string_view word) {
  constexpr std::array<std::string_view, 7> kMethods = {"*", "GET", "HEAD", "PUT", "POST", "PATCH", "DELETE"};
  return std::find(kMethods.begin(), kMethods.end(), word) != kMethods.end();
}

// The fault, or what is wrong with its words.
std::variant<Fault, std::string> read_fault(const Words& words) {
  const auto found = std::find_if(kWords.begin(), kWords.end(),
                                  [&](const auto& known) { return known.first == words.front(); });
  if (found == kWords.end()) return "FAULT must begin with a known word, such as lose-after";
  Fault fault;
  fault.kind = found->second;
  const Words rest(words.begin() + 1, words.end());
  if (fault.kind == Fault::kStatus) {
    if (!read_status(rest, fault))
      return "status needs 100 to 599, then at most a code and retry-after=VALUE";
  } else if (fault.kind == Fault::kStaleRead) {
    if (!read_age(rest, fault)) return "stale-read needs 1 to 86400 seconds";
  } else if (!rest.empty()) {
    return std::string(words.front()) + " takes no value";
  }
  return fault;
}

// The line, or what is wrong with it.
std::variant<Line, std::string> read_line(const Words& words) {
  if (words.size() < 4) return "must be METHOD PATTERN WHEN FAULT";
  if (!is_method(words[0])) return "METHOD must be *, GET, HEAD, PUT, POST, PATCH or DELETE";
  const auto when = read_when(words[2]);
  if (!when) return "WHEN must be a number from 1, a range such as 3-7, \"every\", or 1% to 100%";
  auto fault = read_fault({words.begin() + 3, words.end()});
  if (std::string* wrong = std::get_if<std::string>(&fault)) return std::move(*wrong);
  return Line{std::string(words[0]), std::string(words[1]), *when, std::get<Fault>(fault)};
}

// Whether `text` is `pattern`, in which '*' stands for any text.
bool fits(std::string_view pattern, std::string_view text) {
  const std::vector<std::string_view> parts = split(pattern, '*');
  if (parts.size() == 1) return pattern == text;
  if (!text.starts_with(parts.front())) return false;
  text.remove_prefix(parts.front().size());
  for (std::size_t i = 1; i + 1 < parts.size(); ++i) {
    const auto at = text.find(parts[i]);
    if (at == text.npos) return false;
    text.remove_prefix(at + parts[i].size());
  }
  return text.ends_with(parts.back());
}

// Spreads counts over 0 to 99, the same way in every run (the finaliser of SplitMix64).
std::uint64_t spread(std::uint64_t count) {
  count += 0x9e3779b97f4a7c15;
  count = (count ^ (count >> 30)) * 0xbf58476d1ce4e5b9;
  count = (count ^ (count >> 27)) * 0x94d049bb133111eb;
  return (count ^ (count >> 31)) % 100;
}

bool fires(Line& line) {
  const std::uint64_t count = ++line.fitted;
  return count >= line.when.first && count <= line.when.last && spread(count) < line.when.percent;
}

// Several threads of a server ask at once.
struct Script {
  std::mutex mutex;
  std::vector<Line> lines;  // guarded

  Fault decide(const HttpRequest& request) {
    const std::lock_guard lock(mutex);
    std::optional<Fault> decided;
    for (Line& line : lines) {
      const bool method = line.method == "*" || line.method == request.method;
      // Every line counts the request, also when another one has decided.
      if (method && fits(line.pattern, request.url) && fires(line) && !decided) decided = line.fault;
    }
    return decided.value_or(Fault());
  }
};

}  // namespace

std::string_view word_of(Fault::Kind kind) {
  const auto found =
      std::find_if(kWords.begin(), kWords.end(), [kind](const auto& known) { return known.second == kind; });
  return found == kWords.end() ? "none" : found->first;
}

inline namespace DEV8AGENT_ABI {

Result<FaultScript> parse_fault_script(std::string_view text) {
  auto script = std::make_shared<Script>();
  Error error;
  error.code = ErrorCode::kInvalidRequest;
  int number = 0;
  for (const std::string_view line : split(text, '\n')) {
    ++number;
    const Words words = words_of(line);
    if (words.empty() || words.front().starts_with('#')) continue;
    auto read = read_line(words);
    if (const std::string* wrong = std::get_if<std::string>(&read)) {
      error.fields.push_back({"line " + std::to_string(number), *wrong});
    } else {
      script->lines.push_back(std::move(std::get<Line>(read)));
    }
  }
  if (error.fields.empty())
    return FaultScript(
        [script](const HttpRequest& request, std::uint64_t) { return script->decide(request); });
  for (const FieldError& wrong : error.fields) {
    error.message += (error.message.empty() ? "" : "; ") + wrong.field + " " + wrong.message;
  }
  return error;
}

}  // namespace DEV8AGENT_ABI

}  // namespace dev8agent::emulator

// The patterns of credential_patterns.h. Each position is looked at a bounded number of times.
#include "plan/credential_patterns.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace dev8agent::internal::plan {
namespace {

constexpr std::size_t kShortestKeyLine = 16;
constexpr std::size_t kShortestLastLine = 4;  // what Base64 makes of one to three bytes
constexpr std::size_t kLongestColor = 12;     // characters of a color sequence

bool is_alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool is_token_char(char c) {
  return is_alnum(c) || c == '_' || c == '-';
}
bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}
bool is_quote(char c) {
  return c == '"' || c == '\'' || c == '`';
}
bool is_color_part(char c) {
  return (c >= '0' && c <= '9') || c == ';';
}

template <class Match>
std::size_t skip(std::string_view line, std::size_t at, Match match) {
  while (at < line.size() && match(line[at])) ++at;
  return at;
}

bool starts_with_ignoring_case(std::string_view text, std::string_view word) {
  return text.size() >= word.size() && equal_ignoring_case(text.substr(0, word.size()), word);
}

// The character before `at` ends an escape sequence: "\\n" of JSON, "%20" of a URL, or "[1;32m" of a
// terminal.
bool after_escape(std::string_view line, std::size_t at) {
  if (at >= 2 && line[at - 2] == '\\') return true;
  if (at >= 3 && line[at - 3] == '%') return true;
  if (at == 0 || line[at - 1] != 'm') return false;
  std::size_t begin = at - 1;
  const std::size_t limit = at - std::min(at, kLongestColor);
  while (begin > limit && is_color_part(line[begin - 1])) --begin;
  return begin > 0 && line[begin - 1] == '[';
}

bool at_word_begin(std::string_view line, std::size_t at) {
  return at == 0 || !is_alnum(line[at - 1]) || after_escape(line, at);
}

// After spaces and the color sequences of terminals.
std::size_t skip_blank(std::string_view line, std::size_t at) {
  for (;;) {
    at = skip(line, at, is_space);
    if (!line.substr(std::min(at, line.size())).starts_with("\x1b[")) return at;
    const std::size_t end = skip(line, at + 2, is_color_part);
    if (end >= line.size() || line[end] != 'm') return at;
    at = end + 1;
  }
}

// A token whose prefix says what it is; `least` characters must follow.
struct Prefix {
  std::string_view text;
  std::size_t least;
};
constexpr std::array kPrefixes = {Prefix{"github_pat_", 1}, Prefix{"ghp_", 1}, Prefix{"gho_", 1},
                                  Prefix{"ghs_", 1},        Prefix{"ghu_", 1}, Prefix{"ghr_", 1},
                                  Prefix{"sk-ant-", 1},     Prefix{"sk-", 6},  Prefix{"AIza", 6}};

std::optional<Span> prefixed_token(std::string_view line, std::size_t at) {
  if (!at_word_begin(line, at)) return std::nullopt;
  for (const Prefix& prefix : kPrefixes) {
    if (!line.substr(at).starts_with(prefix.text)) continue;
    const std::size_t end = skip(line, at, is_token_char);
    if (end - at >= prefix.text.size() + prefix.least) return Span{at, end};
  }
  return std::nullopt;
}

// Three parts or, encrypted, five, with dots between; the first one is JSON, which begins with {" in Base64.
std::optional<Span> web_token(std::string_view line, std::size_t at) {
  // Once for each row of such characters, so that no text takes long.
  const bool within = at > 0 && is_token_char(line[at - 1]) && !after_escape(line, at);
  if (within || !line.substr(at).starts_with("eyJ")) return std::nullopt;
  const std::size_t first = skip(line, at, is_token_char);
  if (first >= line.size() || line[first] != '.') return std::nullopt;
  const std::size_t second = skip(line, first + 1, is_token_char);
  if (second == first + 1 || second >= line.size() || line[second] != '.') return std::nullopt;
  return Span{at, skip(line, second + 1, [](char c) { return is_token_char(c) || c == '.'; })};
}

std::size_t end_of_word(std::string_view line, std::size_t at) {
  return skip(line, at, [](char c) { return !is_space(c) && !is_quote(c) && c != '\x1b'; });
}

std::optional<Span> bearer_value(std::string_view line, std::size_t at) {
  constexpr std::string_view kWord = "bearer";
  if (!at_word_begin(line, at) || !starts_with_ignoring_case(line.substr(at), kWord)) return std::nullopt;
  const std::size_t begin = skip(line, at + kWord.size(), is_space);
  const std::size_t end = end_of_word(line, begin);
  if (begin == at + kWord.size() || end == begin) return std::nullopt;
  return Span{begin, end};
}

// After the word: a quote that closes its name, spaces, ':' or '=' (also "=>" and ":="), spaces. Where the
// value begins, or nothing.
std::optional<std::size_t> after_separator(std::string_view line, std::size_t at) {
  const auto closes = [](char c) { return is_quote(c) || c == '\\' || c == ']'; };
  const std::size_t sign = skip_blank(line, skip(line, at, closes));
  const std::size_t after = skip(line, sign, [](char c) { return c == ':' || c == '=' || c == '>'; });
  if (after == sign || line[sign] == '>') return std::nullopt;
  return skip_blank(line, after);
}

// A quoted value ends with its quote, another one with its word. "token: Bearer abc" has its value in the
// second word.
std::optional<Span> value_at(std::string_view line, std::size_t at) {
  std::size_t begin = skip(line, at, [](char c) { return c == '\\'; });
  if (begin < line.size() && is_quote(line[begin])) {
    const char quote = line[begin++];
    std::size_t end = begin;
    while (end < line.size() && line[end] != quote) end += line[end] == '\\' && begin == at + 1 ? 2 : 1;
    end = std::min(end, line.size());
    while (end > begin && end < line.size() && line[end - 1] == '\\')
      --end;  // of a quote within a quoted text
    return end > begin ? std::optional(Span{begin, end}) : std::nullopt;
  }
  if (const auto bearer = bearer_value(line, begin)) return bearer;
  const std::size_t end = end_of_word(line, begin);
  return end > begin ? std::optional(Span{begin, end}) : std::nullopt;
}

constexpr std::array<std::string_view, 7> kWords = {"password", "passwd",  "secret", "token",
                                                    "api_key",  "api-key", "apikey"};

std::optional<Span> named_value(std::string_view line, std::size_t at) {
  for (std::string_view word : kWords) {
    if (!starts_with_ignoring_case(line.substr(at), word)) continue;
    const auto value = after_separator(line, at + word.size());
    return value ? value_at(line, *value) : std::nullopt;
  }
  return std::nullopt;
}

std::optional<Span> key_mark(std::string_view line, std::size_t at, std::string_view first) {
  for (;;) {
    const std::size_t begin = line.find(first, at);
    if (begin == std::string_view::npos) return std::nullopt;
    at = begin + first.size();
    const std::size_t end = line.find("-----", at);
    if (end == std::string_view::npos) return std::nullopt;
    if (line.substr(at, end - at).find("PRIVATE KEY") != std::string_view::npos) return Span{begin, end + 5};
  }
}

}  // namespace

std::optional<Span> credential_at(std::string_view line, std::size_t at) {
  if (auto found = prefixed_token(line, at)) return found;
  if (auto found = web_token(line, at)) return found;
  if (auto found = bearer_value(line, at)) return found;
  return named_value(line, at);
}

std::optional<Span> key_begin(std::string_view line, std::size_t at) {
  return key_mark(line, at, "-----BEGIN ");
}
std::optional<Span> key_end(std::string_view line, std::size_t at) {
  return key_mark(line, at, "-----END ");
}

bool may_be_key_line(std::string_view line, bool at_its_end) {
  line = trim(line);
  const std::size_t space = line.find_last_of(" \t");
  if (space != std::string_view::npos) line.remove_prefix(space + 1);
  const auto is_base64 = [](char c) { return is_alnum(c) || c == '+' || c == '/' || c == '='; };
  const std::size_t least = at_its_end ? kShortestLastLine : kShortestKeyLine;
  return line.size() >= least && std::all_of(line.begin(), line.end(), is_base64);
}

}  // namespace dev8agent::internal::plan

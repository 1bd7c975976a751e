// Lines in which credentials are replaced by a mask.
#include "plan/mask_credentials.h"

#include <vector>

#include "plan/credential_patterns.h"

namespace dev8agent::internal::plan {
namespace {

constexpr int kLongestKey = 200;  // lines

// A part of a line that holds no mark of a private key.
std::string mask_part(std::string_view line) {
  std::string masked;
  masked.reserve(line.size());
  for (std::size_t at = 0; at < line.size();) {
    const auto found = credential_at(line, at);
    if (!found) {
      masked += line[at++];
      continue;
    }
    masked.append(line.substr(at, found->begin - at)).append(kMask);
    at = found->end;
  }
  return masked;
}

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  for (;;) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return lines;
    text.remove_prefix(end + 1);
  }
}

// The first line of the private key that ends in this text without having begun in it; the number of lines
// when there is none.
std::size_t headless_key(const std::vector<std::string_view>& lines) {
  std::size_t first = 0;  // of the lines in a row that may be a key
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (key_begin(lines[i], 0)) break;
    if (key_end(lines[i], 0)) return first;
    const bool at_its_end = i + 1 < lines.size() && key_end(lines[i + 1], 0);
    if (!may_be_key_line(lines[i], at_its_end)) first = i + 1;
  }
  return lines.size();
}

}  // namespace

std::string CredentialMasker::mask_line(std::string_view line) {
  std::string masked;
  for (;;) {
    if (key_lines_left_ > 0) {
      masked += kMask;
      const auto end = key_end(line, 0);
      key_lines_left_ = end ? 0 : key_lines_left_ - 1;
      if (!end) return masked;
      line.remove_prefix(end->end);
    }
    const auto begin = key_begin(line, 0);
    if (!begin) return masked + mask_part(line);
    masked += mask_part(line.substr(0, begin->begin));
    line.remove_prefix(begin->end);
    key_lines_left_ = kLongestKey;
  }
}

std::vector<std::string> CredentialMasker::mask_lines(const std::vector<std::string_view>& lines) {
  const std::size_t headless = key_lines_left_ > 0 ? lines.size() : headless_key(lines);
  bool in_headless = headless < lines.size();
  std::vector<std::string> masked;
  masked.reserve(lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i < headless || !in_headless) {
      masked.push_back(mask_line(lines[i]));
      continue;
    }
    const auto end = key_end(lines[i], 0);
    masked.emplace_back(kMask);
    if (end) masked.back() += mask_line(lines[i].substr(end->end));
    in_headless = !end;
  }
  return masked;
}

std::string mask_credentials(std::string_view text) {
  CredentialMasker masker;
  std::string masked;
  masked.reserve(text.size());
  for (const std::string& line : masker.mask_lines(split_lines(text))) masked.append(line).push_back('\n');
  masked.pop_back();  // the last line has no end
  return masked;
}

}  // namespace dev8agent::internal::plan

// Laying out cells.
#include "dev8ctl/table.h"

#include <algorithm>
#include <numeric>

namespace dev8ctl {
namespace {

bool continues(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

std::string single_line(std::string text) {
  for (char& c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) c = '?';
  }
  return text;
}

std::string padded(const std::string& text, std::size_t width) {
  return text + std::string(width - std::min(width, columns(text)), ' ');
}

std::string line(const Row& cells, const std::vector<std::size_t>& widths) {
  std::string text;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    text += (i == 0 ? "" : "  ") + padded(cells[i], widths[i]);
  }
  text.erase(text.find_last_not_of(' ') + 1);
  return text + "\n";
}

}  // namespace

std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !continues(c); }));
}

std::string cut(std::string_view text, std::size_t width) {
  if (columns(text) <= width) return std::string(text);
  if (width == 0) return "";
  std::size_t end = 0;
  for (std::size_t shown = 0; end < text.size(); ++end) {
    if (!continues(text[end]) && ++shown == width) break;
  }
  return std::string(text.substr(0, end)) + "~";
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines(1);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (lines.back().empty()) {
      lines.back() = word;
    } else if (columns(lines.back()) + 1 + columns(word) <= width) {
      lines.back() += " " + std::string(word);
    } else {
      lines.emplace_back(word);
    }
  }
  return lines;
}

std::string table(const Row& headings, const std::vector<Row>& rows, std::size_t width) {
  std::vector<Row> all = {headings};
  all.insert(all.end(), rows.begin(), rows.end());
  std::vector<std::size_t> widths(headings.size(), 0);
  for (Row& row : all) {
    row.resize(headings.size());
    for (std::size_t i = 0; i < row.size(); ++i) {
      row[i] = single_line(std::move(row[i]));
      widths[i] = std::max(widths[i], columns(row[i]));
    }
  }
  constexpr std::size_t kLeast = 20;  // columns, below which broken lines are harder to read than long ones
  const std::size_t last = std::accumulate(widths.begin(), widths.end() - 1, 2 * (widths.size() - 1));
  if (width < last + kLeast || last + widths.back() <= width) width = 0;
  std::string text;
  for (Row& row : all) {
    const auto lines = width == 0 ? std::vector<std::string>{row.back()} : wrapped(row.back(), width - last);
    row.back() = lines.front();
    text += line(row, widths);
    for (std::size_t i = 1; i < lines.size(); ++i) text += std::string(last, ' ') + lines[i] + "\n";
  }
  return text;
}

std::string details(const std::vector<Row>& names_and_values) {
  std::size_t width = 0;
  for (const Row& row : names_and_values) width = std::max(width, columns(row.at(0)) + 1);
  std::string text;
  for (const Row& row : names_and_values) text += line({row.at(0) + ":", single_line(row.at(1))}, {width, 0});
  return text;
}

}  // namespace dev8ctl

// The guide to the variables as plain text.
#include <algorithm>
#include <cstddef>

#include "variable_guide.h"

namespace dev8agentd {
namespace {

constexpr std::size_t kWidth = 100;

// Without the marks of Markdown: of a link its text stays, of code the code.
std::string plain(std::string_view markdown) {
  std::string text;
  while (!markdown.empty()) {
    const char c = markdown.front();
    const std::size_t shown_end = c == '[' ? markdown.find(']') : std::string_view::npos;
    if (shown_end != std::string_view::npos && markdown.substr(shown_end + 1).starts_with('(')) {
      text += plain(markdown.substr(1, shown_end - 1));
      markdown.remove_prefix(std::min(markdown.find(')', shown_end) + 1, markdown.size()));
      continue;
    }
    if (c != '`') text += c;
    markdown.remove_prefix(1);
  }
  return text;
}

// Lines of whole words, each after `indent`.
std::string wrapped(std::string_view text, const std::string& indent) {
  std::string lines;
  std::string line = indent;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(word.size() == text.size() ? word.size() : word.size() + 1);
    const bool begins = line.size() == indent.size();
    if (!begins && line.size() + 1 + word.size() > kWidth) {
      lines += line + "\n";
      line = indent;
    } else if (!begins) {
      line += ' ';
    }
    line += word;
  }
  return lines + line + "\n";
}

}  // namespace

std::string variables_as_text() {
  std::string text;
  std::string_view section;
  for (const VariableGuide& variable : variable_guide()) {
    if (variable.section != section) {
      text += (text.empty() ? "" : "\n") + std::string(variable.section) + "\n";
      section = variable.section;
    }
    text += "  " + std::string(variable.name) + "\n";
    text += wrapped(plain(variable.meaning), "      ");
    const bool required = variable.by_default.starts_with("required");
    const std::string otherwise = (required ? "" : "default: ") + plain(variable.by_default);
    if (!variable.by_default.empty()) text += wrapped(otherwise, "      ");
  }
  return text;
}

}  // namespace dev8agentd

// The guide to the variables, the document that is made from it, and its text for a terminal. To write the
// document:
//   DEV8_WRITE_DOCUMENTS=1 build/release/tests/daemon_tests --source-file='*variable_guide*'
#include "variable_guide.h"

#include <doctest/doctest.h>

#include <set>
#include <sstream>

#include "support/source_file.h"

using namespace dev8agentd;
using namespace dev8agent::test;

namespace {

constexpr const char* kDocument = "docs/configuration.md";
const std::string kTableHead = "| variable | default | meaning |";

std::string rows_of(std::string_view section) {
  std::string rows;
  for (const VariableGuide& variable : variable_guide()) {
    if (variable.section != section) continue;
    rows += "| `" + std::string(variable.name) + "` | " + std::string(variable.by_default) +
            (variable.by_default.empty() ? "| " : " | ") + std::string(variable.meaning) + " |\n";
  }
  return rows;
}

// The document with the rows of the guide in the place of those that it has; the text between stays.
std::string renewed(const std::string& document) {
  std::istringstream lines(document);
  std::string text;
  std::string section;
  bool in_table = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("## ")) section = line.substr(3);
    in_table = in_table && line.starts_with("|");
    if (in_table && line.starts_with("| `")) continue;
    text += line + "\n";
    if (line == kTableHead) in_table = true;
    if (in_table && line.starts_with("|---")) text += rows_of(section);
  }
  return text;
}

}  // namespace

TEST_CASE("variable guide: the tables of docs/configuration.md are made from it") {
  const std::string made = renewed(source_file(kDocument));
  CHECK(written_document(kDocument, made) == made);
}

TEST_CASE("variable guide: each variable once and whole, under a heading of the document with a table") {
  const std::string document = source_file(kDocument);
  std::set<std::string_view> names;
  for (const VariableGuide& variable : variable_guide()) {
    CAPTURE(variable.name);
    CHECK(names.insert(variable.name).second);
    CHECK_FALSE(variable.meaning.empty());
    const std::size_t heading = document.find("\n## " + std::string(variable.section) + "\n");
    REQUIRE(heading != std::string::npos);
    CHECK(document.find(kTableHead, heading) < document.find("\n## ", heading + 1));
  }
}

TEST_CASE("variable guide: as text without Markdown, in lines that fit a terminal") {
  const std::string text = variables_as_text();
  CHECK(text.starts_with("Azure\n  AZURE_SUBSCRIPTION_ID\n      a GUID\n      required\n"));
  CHECK(text.find('`') == std::string::npos);
  CHECK(text.find("](") == std::string::npos);
  CHECK(text.find("[:resourceGroup[:storageAccount]]") != std::string::npos);
  for (const VariableGuide& variable : variable_guide())
    CHECK(text.find("\n  " + std::string(variable.name) + "\n") != std::string::npos);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    CAPTURE(line);
    const bool is_one_word = line.find(' ', line.find_first_not_of(' ')) == std::string::npos;
    CHECK((line.size() <= 100 || is_one_word));
  }
}

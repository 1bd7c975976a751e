// What a shared library shows: a nested class of an exported class is exported, too, unless it says
// otherwise.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

namespace {

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

template <class Each>
void for_each_match(const std::string& text, const std::regex& pattern, Each each) {
  for (std::sregex_iterator match(text.begin(), text.end(), pattern), end; match != end; ++match)
    each(*match);
}

std::set<std::string> exported_classes() {
  static const std::regex exported(R"((?:class|struct) DEV8AGENT_EXPORT (\w+))");
  std::set<std::string> names;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(DEV8AGENT_SOURCE_DIR "/libdev8agent/include")) {
    if (entry.is_regular_file())
      for_each_match(text_of(entry.path()), exported, [&](const auto& match) { names.insert(match[1]); });
  }
  return names;
}

}  // namespace

TEST_CASE("what an exported class keeps for itself is hidden") {
  static const std::regex nested(R"(\n(?:class|struct) (DEV8AGENT_HIDDEN )?(\w+)::(\w+))");
  const std::set<std::string> exported = exported_classes();
  int hidden = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(DEV8AGENT_SOURCE_DIR "/libdev8agent")) {
    const auto extension = entry.path().extension();
    if (extension != ".h" && extension != ".cpp") continue;
    for_each_match(text_of(entry.path()), nested, [&](const auto& match) {
      if (!exported.contains(match[2])) return;
      CHECK_MESSAGE(match[1].matched, entry.path().string(), ": ", match.str(2), "::", match.str(3),
                    " needs DEV8AGENT_HIDDEN");
      ++hidden;
    });
  }
  CHECK(hidden >= 4);
}

// The layers of the project by their #include lines: an arrow against the architecture fails here.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <vector>

namespace {

using Names = std::vector<std::string>;

struct Layer {
  std::string name;       // what quoted includes of it begin with
  std::string directory;  // in the source tree
  Names uses;             // other layers; "dev8agent" is the public headers
  Names libraries;        // by the first part of their headers
  bool system = true;     // POSIX headers
};

const std::vector<Layer>& layers() {
  static const std::vector<Layer> all = {
      {"dev8agent", "libdev8agent/include/dev8agent", {}, {}, false},
      {"base", "libdev8agent/src/base", {"dev8agent"}, {"openssl"}},
      {"json", "libdev8agent/src/json", {"dev8agent", "base"}, {"rapidjson"}, false},
      {"model", "libdev8agent/src/model", {"dev8agent"}, {}, false},
      {"http", "libdev8agent/src/http", {"dev8agent", "base"}, {"curl", "openssl"}},
      {"azure", "libdev8agent/src/azure", {"dev8agent", "base", "json", "model"}, {"openssl"}},
      {"plan", "libdev8agent/src/plan", {"dev8agent", "base", "model"}, {}, false},
      {"config", "libdev8agent/src/config", {"dev8agent", "base", "plan"}, {}},
      {"wire", "libdev8agent/src/wire", {"dev8agent", "base", "json", "plan"}, {}, false},
      {"orchestrator",
       "libdev8agent/src/orchestrator",
       {"dev8agent", "base", "json", "model", "azure", "plan", "config", "wire"},
       {}},
      {"c", "libdev8agent/c", {"dev8agent"}, {}},
      {"emulator", "libdev8agent/emulator", {"dev8agent", "json"}, {"openssl", "httplib.h"}},
      {"dev8-agentd", "dev8-agentd", {"dev8agent"}, {"openssl", "httplib.h", "CLI", "prometheus"}},
  };
  return all;
}

bool contains(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Headers of the C++ standard library have neither a directory nor an extension. dev8agent/c.h is C, and uses
// two of C's.
bool is_standard(const std::string& header) {
  return header.find_first_of("./") == std::string::npos || header == "stddef.h" || header == "stdint.h";
}

std::string first_part(const std::string& header) {
  return header.substr(0, header.find('/'));
}

bool allows_angled(const Layer& layer, const std::string& header) {
  static const Names kOutsideWorld = {"fstream", "iostream", "filesystem",         "thread", "mutex",
                                      "future",  "random",   "condition_variable", "ctime"};
  static const Names kLibraries = {"curl", "rapidjson", "openssl", "httplib.h", "CLI", "prometheus"};
  if (is_standard(header)) return layer.name != "plan" || !contains(kOutsideWorld, header);
  const std::string library = first_part(header);
  return contains(layer.libraries, library) || (layer.system && !contains(kLibraries, library));
}

bool allows_quoted(const Layer& layer, const std::string& header) {
  if (header.find("..") != std::string::npos) return false;
  if (header == "dev8agent/emulator.h" && layer.directory.starts_with("libdev8agent/src")) return false;
  const std::string target = first_part(header);
  const bool is_layer =
      std::any_of(layers().begin(), layers().end(), [&](const Layer& other) { return other.name == target; });
  // In the emulator and the daemon, quoted names that are no layer's are their own files.
  const bool own = target == layer.name || (!is_layer && !layer.directory.starts_with("libdev8agent/src"));
  return layer.name == "dev8agent" ? target == "dev8agent" : own || contains(layer.uses, target);
}

// What in `text`, a file of `layer`, is against the architecture.
Names violations(const Layer& layer, const std::string& text) {
  static const std::regex include(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])", std::regex::multiline);
  static const std::regex clock(R"(::now\s*\(|\bgetenv\b|\brandom_device\b)");
  Names found;
  for (std::sregex_iterator match(text.begin(), text.end(), include), end; match != end; ++match) {
    const std::string header = (*match)[2];
    const bool allowed = (*match)[1] == "<" ? allows_angled(layer, header) : allows_quoted(layer, header);
    if (!allowed) found.push_back(header);
  }
  if (layer.name == "plan" && std::regex_search(text, clock)) found.push_back("a look at the world outside");
  return found;
}

const Layer& layer(const std::string& name) {
  return *std::find_if(layers().begin(), layers().end(), [&](const Layer& one) { return one.name == name; });
}

}  // namespace

TEST_CASE("every #include follows the architecture") {
  const std::filesystem::path top = DEV8AGENT_SOURCE_DIR;
  for (const Layer& layer : layers()) {
    int files = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(top / layer.directory)) {
      const auto extension = entry.path().extension();
      if (extension != ".h" && extension != ".cpp") continue;
      std::ifstream file(entry.path());
      const std::string text(std::istreambuf_iterator<char>(file), {});
      for (const std::string& what : violations(layer, text)) {
        FAIL_CHECK(entry.path().lexically_relative(top).string() << " must not use " << what);
      }
      ++files;
    }
    CHECK_MESSAGE(files > 0, layer.directory);
  }
}

TEST_CASE("every directory of the library is a layer") {
  for (const auto& entry : std::filesystem::directory_iterator(DEV8AGENT_SOURCE_DIR "/libdev8agent/src")) {
    const std::string name = entry.path().filename().string();
    CHECK_MESSAGE(
        std::any_of(layers().begin(), layers().end(), [&](const Layer& one) { return one.name == name; }),
        name);
  }
}

TEST_CASE("a wrong arrow is found") {
  const auto wrong = [](const char* name, const char* line) {
    return violations(layer(name), std::string("// A file.\n") + line + "\n").size() == 1;
  };
  CHECK(wrong("dev8agent", "#include <curl/curl.h>"));
  CHECK(wrong("dev8agent", "#include <unistd.h>"));
  CHECK(wrong("dev8agent", "#include \"base/text.h\""));
  CHECK(wrong("base", "#include \"json/value.h\""));
  CHECK(wrong("base", "#include <curl/curl.h>"));
  CHECK(wrong("azure", "#include \"plan/names.h\""));
  CHECK(wrong("azure", "#  include <rapidjson/reader.h>"));
  CHECK(wrong("plan", "#include \"azure/errors.h\""));
  CHECK(wrong("plan", "#include <fstream>"));
  CHECK(wrong("plan", "#include <openssl/evp.h>"));
  CHECK(wrong("plan", "const auto now = std::chrono::system_clock::now();"));
  CHECK(wrong("orchestrator", "#include \"http/event_loop.h\""));
  CHECK(wrong("orchestrator", "#include \"dev8agent/emulator.h\""));
  CHECK(wrong("emulator", "#include \"base/text.h\""));
  CHECK(wrong("emulator", "#include \"azure/shared_key.h\""));
  CHECK(wrong("emulator", "#include \"../src/plan/names.h\""));
  CHECK(wrong("dev8-agentd", "#include \"json/value.h\""));
  CHECK(wrong("dev8-agentd", "#include <curl/curl.h>"));
}

TEST_CASE("a right arrow is none") {
  const std::string azure = "#include <map>\n#include \"json/value.h\"\n#include \"dev8agent/result.h\"\n";
  CHECK(violations(layer("azure"), azure).empty());
  CHECK(violations(layer("http"), "#include <curl/curl.h>\n#include <sys/epoll.h>\n").empty());
  CHECK(violations(layer("emulator"), "#include \"arm/group.h\"\n#include \"json/value.h\"\n").empty());
  CHECK(violations(layer("dev8-agentd"), "#include \"router.h\"\n#include <httplib.h>\n").empty());
}

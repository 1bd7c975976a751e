// describe(): the effective configuration in the words of its variables.
#include <charconv>
#include <iterator>
#include <type_traits>

#include "base/words.h"
#include "config/checks.h"
#include "config/region_rules.h"
#include "config/variables.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

using namespace internal;
namespace {

std::string shown(const std::string& text) {
  return text;
}
std::string shown(const std::vector<std::string>& list) {
  std::string text;
  for (const std::string& item : list) text += (text.empty() ? "" : ",") + item;
  return text;
}
std::string shown(const std::vector<VaultVariable>& list) {
  std::string text;
  for (const VaultVariable& one : list) text += (text.empty() ? "" : ",") + one.name + "=" + one.uri;
  return text;
}
std::string shown(const Secret& secret) {
  return secret.empty() ? "" : "***";
}
std::string shown(bool value) {
  return value ? "true" : "false";
}
std::string shown(int value) {
  return std::to_string(value);
}
std::string shown(double value) {
  char text[32];
  return {text, std::to_chars(std::begin(text), std::end(text), value).ptr};
}
template <class Enum>
requires std::is_enum_v<Enum> std::string shown(Enum value) {
  return std::string(word_of(value));
}
std::string shown(std::chrono::seconds value) {
  return std::to_string(value.count());
}

}  // namespace

std::vector<std::pair<std::string, std::string>> describe(const AgentSettings& settings) {
  std::vector<std::pair<std::string, std::string>> lines;
  for_each_variable(*settings,
                    [&](const char* name, const auto& member) { lines.emplace_back(name, shown(member)); });
  lines.emplace_back("AZURE_REGIONS", format_regions(settings->regions));
  for (const RegionOptions& region : settings->regions) {
    if (region.storage_key.empty()) continue;
    lines.emplace_back("AZURE_STORAGE_KEY_" + region_variable_suffix(region.name), shown(region.storage_key));
  }
  lines.emplace_back("AGENT_ACTIVITY_SECRET", settings->activity_keys.empty() ? "" : "***");
  return lines;
}

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent

// The table of tool_variables().
#include "plan/tool_variables.h"

#include <algorithm>

namespace dev8agent::internal::plan {
namespace {

bool is_git_setting(std::string_view name) {
  return name == "GIT_CONFIG_COUNT" || name.starts_with("GIT_CONFIG_KEY_") ||
         name.starts_with("GIT_CONFIG_VALUE_");
}

}  // namespace

std::string_view mount_path_of(Layout layout) {
  return layout == Layout::kWorkspace ? kWorkDirectory : kHomeDirectory;
}

std::vector<std::pair<std::string, std::string>> tool_variables(
    std::string_view id, const std::set<std::string, std::less<>>& given) {
  const auto cache = [&](std::string_view name) { return std::string("/tmp/dev8-").append(id).append(name); };
  std::vector<std::pair<std::string, std::string>> all = {
      // git: settings without a file, as `git -c` would. The owner of all files is the mount's, not the user.
      {"GIT_CONFIG_COUNT", "3"},
      {"GIT_CONFIG_KEY_0", "safe.directory"},
      {"GIT_CONFIG_VALUE_0", "*"},
      {"GIT_CONFIG_KEY_1", "core.symlinks"},
      {"GIT_CONFIG_VALUE_1", "false"},
      {"GIT_CONFIG_KEY_2", "core.fileMode"},
      {"GIT_CONFIG_VALUE_2", "false"},
      // Without this, npm install ends at the first link in node_modules/.bin.
      {"npm_config_bin_links", "false"},
      {"npm_config_cache", cache("/npm")},
      {"PIP_CACHE_DIR", cache("/pip")},
      {"XDG_CACHE_HOME", cache("")},
      {"CARGO_TARGET_DIR", cache("/cargo-target")},
      {"GOCACHE", cache("/go-build")},
      {"GOMODCACHE", cache("/go-mod")},
      {"TMPDIR", "/tmp"},
  };
  const bool git_is_given = std::any_of(given.begin(), given.end(), is_git_setting);
  std::erase_if(all, [&](const auto& variable) {
    return given.contains(variable.first) || (git_is_given && is_git_setting(variable.first));
  });
  return all;
}

}  // namespace dev8agent::internal::plan

// What makes git and package managers work on an Azure Files share, by environment variables alone. Pure.
//
// ACI mounts the share over SMB without symbolic links, hard links and modes, and no option of the mount can
// be chosen. Unix sockets fail there, too. Source: the mount options that
// azure-cli#17136 shows, and azure-docs#60367, which asks for a choice of them.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plan/facts.h"

namespace dev8agent::internal::plan {

// The home directory of the workspace image, and where its users keep their work.
inline constexpr std::string_view kHomeDirectory = "/home/dev8";
inline constexpr std::string_view kWorkDirectory = "/home/dev8/workspace";

// Where the share of a workspace of this layout is mounted.
std::string_view mount_path_of(Layout layout);

// Names and values for the workspace `id`. They set how git treats links, modes and owners, keep npm from
// making links, and put caches and temporary files onto the container's own disk, below /tmp/dev8-<id>, where
// they are lost with the container. Settings in files such as ~/.npmrc are weaker than these, those on a
// command line are stronger. A name that is `given` by the maker or the operator is left out. git counts its
// settings, so one of them that is given takes the place of all.
std::vector<std::pair<std::string, std::string>> tool_variables(
    std::string_view id, const std::set<std::string, std::less<>>& given = {});

}  // namespace dev8agent::internal::plan

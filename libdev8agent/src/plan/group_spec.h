// What a workspace container gets: image, ports, variables, secrets, volume, tags.
#pragma once

#include "dev8agent/environment.h"
#include "dev8agent/options.h"
#include "model/container_group.h"
#include "plan/facts.h"

namespace dev8agent::internal::plan {

inline constexpr int kWebPort = 8080;
inline constexpr int kSshPort = 2222;
inline constexpr int kSupervisorPort = 9000;
inline constexpr std::string_view kContainerName = "vscode-server";
inline constexpr int kHomeGb = 5;  // on top of the workspace's storage, for the home directory

// `secrets` already has a code-server password: the image falls back to a public default when it is missing.
// `tags` are all tags of the group; `storage_key` mounts the share; `activity_token` is the workspace's own.
ContainerGroupSpec group_spec(const Facts& facts, Labels tags, const EnvironmentSecrets& secrets,
                              Secret activity_token, Secret storage_key, const RegionOptions& region,
                              const AgentSettings& settings);

// The URLs of an environment at `fqdn`; all empty when there is no address.
ConnectionUrls connection_urls(std::string_view fqdn, const AgentSettings& settings);

}  // namespace dev8agent::internal::plan

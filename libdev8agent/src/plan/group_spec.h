// What a workspace container gets: image, ports, variables, secrets, volume, tags. Pure. azure/ writes the
// result as JSON (azure/container_group_json.h).
#pragma once

#include "dev8agent/environment.h"
#include "dev8agent/options.h"
#include "model/container_group.h"
#include "plan/facts.h"

namespace dev8agent::internal::plan {

// The ports of the workspace image. ACI maps no ports: the public port is the container's. It reserves 22, so
// SSH listens elsewhere. Source: Microsoft Learn, "Resource availability & quota limits for ACI".
inline constexpr int kWebPort = 8080;
inline constexpr int kSshPort = 2222;
inline constexpr int kSupervisorPort = 9000;  // open only with AgentOptions::expose_supervisor
// The container of the workspace in each group; its log lines are read by this name.
inline constexpr std::string_view kContainerName = "vscode-server";
// In GiB, on top of the workspace's storage, for the home directory. The share's quota is
// Facts::storage_gb plus this.
inline constexpr int kHomeGb = 5;

// The whole body of a PUT. `secrets` must have a code-server password: the image falls back to a public
// default when it is missing. `tags` are all tags of the group (to_tags()). `activity_token` is the
// workspace's own; empty leaves its variable out. `storage_key` is the account's key in base64, or empty
// where StorageAccessOptions::mount is not kKey. Secrets become `secureValue` variables, which Azure never
// returns.
ContainerGroupSpec group_spec(const Facts& facts, Labels tags, const EnvironmentSecrets& secrets,
                              Secret activity_token, Secret storage_key, const RegionOptions& region,
                              const AgentSettings& settings);

// The URLs of environment `id`, at the name that Azure shows for its group, or at its private address; all
// empty until there is one. A group with a TLS container has an https link, whatever the settings say now, at
// WorkspaceTlsOptions::host_template where they name one. The supervisor's is set only with
// AgentOptions::expose_supervisor.
ConnectionUrls connection_urls(const ContainerGroup& group, std::string_view id,
                               const AgentSettings& settings);

}  // namespace dev8agent::internal::plan

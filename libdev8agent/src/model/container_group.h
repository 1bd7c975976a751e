// A container group as plan/ wants it and as azure/ shows it: plain structs that both layers know, so that
// neither depends on the other. Source of the names: the API description of Microsoft.ContainerInstance.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dev8agent/error.h"
#include "dev8agent/scheduler.h"
#include "dev8agent/secret.h"

namespace dev8agent::internal {

// A container that ends TLS in front of the workspace's own (plan/tls_sidecar.h). Its files are secrets.
struct TlsSidecarSpec {
  std::string container_name;
  std::string image;
  double cpu = 0;
  double memory_gb = 0;
  std::vector<int> ports;  // TCP, all public
  std::vector<std::pair<std::string, std::string>> variables;
  std::string files_path;                             // where the files below are, read-only
  std::vector<std::pair<std::string, Secret>> files;  // name and content
  std::string share_name{};                           // mounted like the workspace's; empty: none
  std::string share_path{};
  // Further files, whose content is a secret in a vault: name and VaultSecret::reference.
  std::vector<std::pair<std::string, std::string>> file_references{};
};

// A secret in a vault, which Azure reads when it deploys the group.
struct VaultSecret {
  std::string reference;  // by which the rest of the group names it, unique in the group
  std::string identity;   // ARM id of who reads it, one of ContainerGroupSpec::identities
  std::string uri;
};

// What a PUT asks for: a Linux container with one mounted Azure Files share and an address. Made by
// plan::group_spec(), written by azure::write_container_group(). It holds secrets, so it can be moved but not
// copied. Azure returns none of them: each PUT has to send them again.
struct ContainerGroupSpec {
  std::string name;                         // of the group, unique in its resource group
  std::string location;                     // Azure's name of the region, such as "eastus"
  std::string zone{};                       // availability zone of the region, "1"; empty: Azure chooses
  std::map<std::string, std::string> tags;  // facts of the environment; see plan/facts.h
  std::string container_name;               // of the workspace, the group's first
  std::string image;                        // reference with registry host and tag or digest
  std::string registry_server;              // host name; sent only with a username
  std::string registry_username;            // empty: the image is public
  Secret registry_password;
  std::string registry_identity;  // ARM id, in the place of user name and password; empty: none
  std::string restart_policy;     // "OnFailure" or "Always"
  double cpu = 0;                 // cores
  double memory_gb = 0;           // memoryInGB of the API
  std::vector<int> ports;         // TCP; open to the network under the same numbers
  std::string dns_label;          // first part of the host name, unique in the region; empty with `subnet_id`
  std::string dns_label_scope{};  // "TenantReuse" ...; empty: Azure's default
  std::string subnet_id{};        // ARM id; the address is private then. Empty: it is public
  std::string mount_path;         // of the share, absolute
  std::string share_name;         // in `storage_account`
  std::string storage_account;
  // How ACI mounts the share: exactly one of these is set.
  Secret storage_key;                    // base64
  std::string mount_identity_client_id;  // of an identity in `identities`, a GUID
  std::string storage_key_reference;     // of the key in a vault, one of `vault_secrets`
  std::vector<std::string> identities;   // ARM ids of the user-assigned identities of the group
  std::vector<std::pair<std::string, std::string>> variables;    // visible to whoever may read the group
  std::vector<std::pair<std::string, Secret>> secure_variables;  // never shown by Azure
  std::optional<TlsSidecarSpec> tls{};
  std::vector<VaultSecret> vault_secrets{};
  // Variables whose values Azure takes from a vault: name and VaultSecret::reference.
  std::vector<std::pair<std::string, std::string>> vault_variables{};
};

// An event of a group or its container: Azure keeps the latest ones, such as "Pulling", "Started" or
// "BackOff".
struct ContainerEvent {
  std::string name;  // Azure's word for it
  std::string message;
  std::string type;                    // "Normal" or "Warning"
  int count = 0;                       // how often it has happened
  std::optional<WallTime> first_at{};  // the first time, by Azure's clock
  std::optional<WallTime> last_at;     // the last time
  std::optional<Error> failure;        // what the event means, when it announces a failure
};

// A container beside the workspace's, as a GET shows it.
struct SidecarState {
  std::string name;
  std::string state;   // Waiting, Running, Terminated; empty in a list
  std::string detail;  // such as "CrashLoopBackOff"
  int exit_code = 0;
  int restarts = 0;
};

// An Azure Files share in a container.
struct MountedShare {
  std::string account;
  std::string share;
  std::string path;  // in the container
};

// What a GET shows. The members container_... are those of the first container, which is the workspace.
// Azure's own words are kept, so every string may hold a word that is not listed here. A
// list leaves out the instance view: then `state`, `events` and the container's members are empty.
struct ContainerGroup {
  std::string name;
  std::string location;  // as Azure writes it: "eastus" or "East US"
  std::string zone{};    // of the region; empty without one
  std::map<std::string, std::string> tags;
  std::string provisioning_state;      // Pending, Creating, Succeeded, Failed ...
  std::string state;                   // instanceView.state: Pending, Running, Stopped ...; empty in a list
  std::string fqdn;                    // empty until Azure has given one
  std::string private_ip{};            // of a group in a virtual network; empty until Azure has given one
  std::string image{};                 // of the first container
  double cpu = 0;                      // requested cores, of all containers together
  double memory_gb = 0;                // the same for memory
  std::vector<ContainerEvent> events;  // the group's, then its containers'
  std::string container_state;         // Waiting, Running, Terminated
  std::string container_detail;        // such as "CrashLoopBackOff", "Completed" or "Error"
  int container_exit_code = 0;         // of a container that has ended
  int container_restarts = 0;          // since the group was last started
  std::optional<WallTime> container_started_at;     // by Azure's clock
  std::optional<WallTime> container_finished_at{};  // by Azure's clock
  std::vector<std::string> containers{};            // their names, in Azure's order
  std::vector<SidecarState> sidecars{};             // all but the first
  std::vector<MountedShare> mounts{};               // of the first container; empty in a list
};

}  // namespace dev8agent::internal

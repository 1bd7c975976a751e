// A container group as plan/ wants it and as azure/ shows it. Plain structs that both sides know.
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

// What a PUT asks for: one container with one mounted Azure Files share and a public address.
struct ContainerGroupSpec {
  std::string name;
  std::string location;
  std::map<std::string, std::string> tags;
  std::string container_name;
  std::string image;
  std::string registry_server;  // with a username: credentials are sent
  std::string registry_username;
  Secret registry_password;
  std::string restart_policy;
  int cpu_cores = 0;
  int memory_gb = 0;
  std::vector<int> ports;
  std::string dns_label;
  std::string mount_path;
  std::string share_name;
  std::string storage_account;
  Secret storage_key;
  std::vector<std::pair<std::string, std::string>> variables;
  std::vector<std::pair<std::string, Secret>> secure_variables;
};

struct ContainerEvent {
  std::string name;
  std::string message;
  std::string type;
  int count = 0;
  std::optional<WallTime> first_at{};
  std::optional<WallTime> last_at;
  std::optional<Error> failure;  // what the event means, when it announces a failure
};

// What a GET shows. Azure's own words are kept; unknown ones are possible everywhere.
struct ContainerGroup {
  std::string name;
  std::string location;
  std::map<std::string, std::string> tags;
  std::string provisioning_state;  // Pending, Creating, Succeeded, Failed ...
  std::string state;               // instanceView.state: Pending, Running, Stopped ...; empty in a list
  std::string fqdn;                // empty until Azure has given one
  double cpu = 0;
  double memory_gb = 0;
  std::vector<ContainerEvent> events;  // the group's, then its container's
  std::string container_state;         // Waiting, Running, Terminated
  std::string container_detail;
  int container_exit_code = 0;
  int container_restarts = 0;
  std::optional<WallTime> container_started_at;
  std::optional<WallTime> container_finished_at{};
  std::vector<std::string> containers{};  // their names, in Azure's order
};

}  // namespace dev8agent::internal

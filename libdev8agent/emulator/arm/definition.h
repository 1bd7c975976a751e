// The definition of a container group: the body of a PUT, checked and read once, and what an update
// may change. A GET shows it again in Azure's own spelling, without secrets and with read-only
// members added.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "arm/vault.h"
#include "core/json.h"
#include "dev8agent/container_runtime.h"

namespace dev8agent::emulator {

// An error of Azure's resource manager. The answer is {"error": {"code", "message"}}.
struct ArmError {
  int status = 400;  // of HTTP
  std::string code;  // machine word: "InvalidRequestContent"
  std::string message;
};
// Why a request is refused, or nothing when it is not.
using Refusal = std::optional<ArmError>;

// An Azure Files volume of the group; whether a container mounts it plays no part. The key is a
// secret.
struct Mount {
  std::string share;
  std::string account;
  std::string key;         // empty with one of the two below
  std::string client_id;   // of the identity that mounts
  SecretReference secret;  // of the key in a vault
};

// What is needed again and again is read from the body once; the rest is kept as text only.
//
// `shown` is written when the PUT arrives, not at each GET. Where members belong that depend on the
// time, it has a mark, and group_text() puts text in its place. An example, shortened:
//   {"sku":"Standard","containers":[{"name":"dev","properties":{"image":"node","@v":0}}],"@s":0}
struct Definition {
  std::string shown;     // JSON of `properties`: canonical, no secrets, with marks
  std::string envelope;  // JSON of the top-level members that some groups have: `,"identity":{}`
  json::Value tags = json::Value(json::Value::Object());  // a JSON object of strings
  std::string location;                                   // as sent
  std::string zone;                                       // availability zone; empty: none was sent
  std::string dns_label;                                  // empty: none
  std::string dns_scope;                                  // only with a label; "Unsecure" when none was sent
  std::vector<int> public_ports;                          // of the public address, TCP and UDP
  bool is_private = false;                                // the address is one of a virtual network
  ContainerRestart restart = ContainerRestart::kAlways;   // kAlways when none was sent
  std::vector<std::string> containers;                    // names, in the order of the body
  std::vector<std::string> images;                        // of the containers, in the same order
  std::vector<Mount> mounts;
  std::vector<std::string> identities;                  // ARM ids of the user-assigned ones
  std::vector<std::string> identity_registries;         // that an identity pulls from: "acr.azurecr.io"
  double cpu = 0;                                       // vCPU of all containers together
  double memory_gb = 0;                                 // of all containers together
  std::map<std::string, std::string> variables;         // plain ones of all containers
  std::map<std::string, std::string> secure_variables;  // secrets: a GET shows their names only
  // Secrets of a vault, by the names of the references. Of mounts: Mount::secret.
  std::map<std::string, SecretReference> used_references;  // by variables and files of volumes
  std::map<std::string, std::string> vault_variables;  // variables of all containers, and their references
  std::vector<ContainerSpec> specs;                    // only with EmulatorOptions::runtime; hold secrets
};

// A mark is this text, one character that tells its kind, and the rest of a member: `,"@v":0`. A
// comma always comes before it, so text that replaces it begins with a comma, or is empty.
constexpr std::string_view kMark = R"(,"@)";
constexpr std::size_t kMarkLength = std::string_view(R"(,"@v":0)").size();
constexpr char kViewMark = 'v';     // a container's instanceView
constexpr char kAddressMark = 'a';  // ip and fqdn
constexpr char kStateMark = 's';    // provisioningState and the group's instanceView

// Why the service refuses the body of a PUT of the group `name`; nothing when it accepts it. The
// first fault decides. Sources: the API description 2025-09-01 and Learn, "Resource availability &
// quota limits for Azure Container Instances".
Refusal check_definition(std::string_view name, const json::Value& body, std::string_view api_version);

// Reads a body that check_definition() accepts; others are undefined behaviour. Canonical means:
// sizes as numbers with a fraction, enums in their own spelling, defaults filled in, lists present
// even when empty.
Definition read_definition(const json::Value& body);

// Why an update from `old_shown` to `new_shown` (Definition::shown) is refused: it may not change
// the operating system, restart policy, SKU, subnets, diagnostics, priority, or the names and sizes
// of the containers. Source: Learn, "Update containers in Azure Container Instances".
Refusal check_update(std::string_view name, const std::string& old_shown, const std::string& new_shown);

}  // namespace dev8agent::emulator

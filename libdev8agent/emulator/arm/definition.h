// A container group's definition as a client sends it: checked, split into what GET shows and what it never
// shows.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/json.h"

namespace dev8agent::emulator {

// An error of Azure's resource manager.
struct ArmError {
  int status = 400;
  std::string code;
  std::string message;
};
using Refusal = std::optional<ArmError>;

// An Azure Files volume; the key is a secret.
struct Mount {
  std::string share;
  std::string account;
  std::string key;
};

struct Definition {
  std::string shown;     // JSON of `properties`: canonical, no secrets, marks where read-only members belong
  std::string envelope;  // JSON of the top-level members that some groups have: `,"identity":{}`
  json::Value tags = json::Value(json::Value::Object());
  std::string location;  // as sent
  std::string dns_label;
  std::string dns_scope;
  std::string restart_policy;
  std::vector<std::string> containers;
  std::vector<std::string> images;
  std::vector<Mount> mounts;
  double cpu = 0;
  double memory_gb = 0;
  std::map<std::string, std::string> variables;
  std::map<std::string, std::string> secure_variables;
};

// A mark is this text, one character and the rest of a member; a comma always comes before it.
constexpr std::string_view kMark = R"(,"@)";
constexpr std::size_t kMarkLength = std::string_view(R"(,"@v":0)").size();
constexpr char kViewMark = 'v';     // a container's instanceView
constexpr char kAddressMark = 'a';  // ip and fqdn
constexpr char kStateMark = 's';    // provisioningState and the group's instanceView

// Whether the service accepts the body of a PUT of the group `name`. Sources: the API description 2025-09-01
// and Learn, "Resource availability & quota limits for Azure Container Instances".
Refusal check_definition(std::string_view name, const json::Value& body);

// Reads a body that check_definition() accepts.
Definition read_definition(const json::Value& body);

// What an update of a running group may not change. Source: Learn, "Update containers in Azure Container
// Instances".
Refusal check_update(std::string_view name, const std::string& old_shown, const std::string& new_shown);

}  // namespace dev8agent::emulator

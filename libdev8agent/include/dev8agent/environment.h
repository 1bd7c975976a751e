// Plain structs: environments, and the requests about them. No behaviour beyond names of enumerators.
// Rules (ranges, formats) are checked by the orchestrator, all at once.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/scheduler.h"
#include "dev8agent/secret.h"

namespace dev8agent {

enum class EnvironmentStatus { kCreating, kStarting, kRunning, kStopping, kStopped, kError, kDeleting };

// The upper-case word of the REST contract, such as "RUNNING".
std::string_view to_string(EnvironmentStatus status);
std::optional<EnvironmentStatus> parse_status(std::string_view word);

// The optional values of one workspace. Each reaches the container as a `secureValue`: Azure keeps it and
// never returns it.
struct EnvironmentSecrets {
  Secret github_token{};
  Secret git_user_name{};
  Secret git_user_email{};
  Secret ssh_public_key{};
  Secret code_server_password{};
  Secret anthropic_api_key{};
  Secret openai_api_key{};
  Secret gemini_api_key{};

  bool any() const;
  EnvironmentSecrets copy() const;
};

struct CreateRequest {
  std::string id{};  // 10-59 characters [a-z0-9-], no hyphen at an end or doubled; empty: a UUID is made
  std::string user_id = "default-user";
  std::string name{};  // 1-100 characters
  std::string cloud_provider = "AZURE";
  std::string cloud_region{};  // a configured region, "auto", or empty for the default region
  std::vector<std::string> candidate_regions{};  // with "auto": try these, in this order, and no others
  int cpu_cores = 0;                             // 1-4
  int memory_gb = 0;                             // 2-16
  int storage_gb = 0;                            // 10-100
  std::string base_image = "node";
  EnvironmentSecrets secrets{};

  CreateRequest copy() const;
};

// What is absent stays as it was when the environment was created or last started.
struct StartRequest {
  std::string id{};
  std::string cloud_region{};  // empty: found among the enabled regions
  std::optional<std::string> user_id{};
  std::optional<std::string> name{};
  std::optional<int> cpu_cores{};
  std::optional<int> memory_gb{};
  std::optional<int> storage_gb{};
  std::optional<std::string> base_image{};
  EnvironmentSecrets secrets{};
};

struct StopRequest {
  std::string id{};
  std::string cloud_region{};  // empty: found among the enabled regions
};

struct DeleteRequest {
  std::string id{};
  std::string cloud_region{};  // empty: found among the enabled regions
  bool force = false;          // delete even while it runs
};

struct GetRequest {
  std::string id{};
  std::string cloud_region{};  // empty: found among the enabled regions
};

struct ListRequest {
  std::string user_id{};       // empty: of every user
  std::string cloud_region{};  // empty: of every enabled region
  std::optional<EnvironmentStatus> status{};
  int page = 1;        // 1 and up
  int page_size = 20;  // 1-100
};

struct ConnectionUrls {
  std::string ssh_url{};
  std::string vscode_web_url{};
  std::string vscode_desktop_url{};
  std::string supervisor_url{};
  Secret code_server_password{};  // only in the answer to the call that set it
};

struct Environment {
  std::string id{};
  std::string user_id{};
  std::string name{};
  EnvironmentStatus status = EnvironmentStatus::kCreating;
  std::string status_detail{};  // why, for kError: the last event that Azure reported
  std::string cloud_provider = "AZURE";
  std::string cloud_region{};
  int cpu_cores = 0;
  int memory_gb = 0;
  int storage_gb = 0;
  std::string base_image{};
  std::string azure_resource_group{};
  std::string azure_container_group{};
  std::string azure_file_share{};
  std::string azure_fqdn{};
  ConnectionUrls connection_urls{};  // empty until Azure has given an address
  WallTime created_at{};
  WallTime updated_at{};

  Environment copy() const;
};

// What a create or start came to.
struct EnvironmentOutcome {
  Environment environment;
  bool changed = false;  // this call created or started it; false: it was there as asked
};

struct EnvironmentPage {
  std::vector<Environment> environments{};
  int total = 0;  // of all pages
  int page = 1;
  int page_size = 20;
};

// A supervisor's report of what its workspace's users do.
struct ActivitySnapshot {
  std::string last_ide_activity{};  // RFC 3339, or empty
  std::string last_ssh_activity{};  // RFC 3339, or empty
  int active_ide_connections = 0;
  int active_ssh_connections = 0;
};

struct ActivityReport {
  std::string environment_id{};
  ActivitySnapshot snapshot;
  WallTime timestamp{};
};

}  // namespace dev8agent

// The emulated Azure as a program: serves on loopback and prints the variables that make dev8-agentd, or any
// other client, use it:
//
//   emulator --provisioning-time 5 > emulator.env &
//   . ./emulator.env && dev8-agentd
#include <signal.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <sstream>
#include <string>

#include "dev8agent/emulator.h"

namespace {

using dev8agent::emulator::Emulator;
using dev8agent::emulator::EmulatorOptions;
using dev8agent::emulator::EmulatorServer;
using dev8agent::emulator::FaultScript;
using dev8agent::emulator::ProcessOptions;
using dev8agent::emulator::ProcessRuntime;
using dev8agent::emulator::ServerOptions;

constexpr const char* kAccount = "dev8emulator";
constexpr const char* kUsage = R"(Usage: dev8-azure-emulator [options]
Serves an emulated Azure on 127.0.0.1 until SIGINT or SIGTERM and prints its settings as shell variables.

  --resource-manager-port N   port of Azure Resource Manager (0, the default: any free port)
  --authority-port N          port of Entra ID
  --file-port N               port of Azure Files
  --imds-port N               port of the managed identity endpoint
  --tls FILE                  serve HTTPS and write the CA certificate to FILE
  --provisioning-time N       seconds from the creation of a container group until it runs (5)
  --start-time N              seconds from a start until it runs (5)
  --restart-time N            seconds from a restart until it runs (3)
  --share-deletion-time N     seconds for which a deleted share's name stays taken (30)
  --retention-days N          days for which a deleted share can be restored (0: not at all)
  --locations A,B             locations of the cloud (eastus,westeurope,centralindia)
  --quota N                   container groups and cores for each location, and creates in an hour (100)
  --list-page-size N          container groups on one page of a list, at least 1 (20)
  --account-keys on|off       whether the storage account allows its keys (on)
  --smb-oauth on|off          whether groups may mount its shares as an identity (off)
  --identity ARM_ID=CLIENT_ID a user-assigned identity that groups may have (may be repeated)
  --role-delay N              seconds from the start until roles of identities count (0)
  --vault-secret URI=VALUE    a secret of a vault that these identities may read (may be repeated)
  --deny ACTION               an action that the caller's roles lack, such as
                              Microsoft.ContainerInstance/containerGroups/write (may be repeated)
  --faults FILE               what happens to requests on their way, as docs/emulator.md describes
  --image IMAGE=COMMAND       run containers of the image as processes of this machine (may be repeated)
  --user NAME                 whom those processes run as; root needs it
  --help                      this text
)";

struct Settings {
  EmulatorOptions cloud;
  ServerOptions server;
  std::string ca_file;
  ProcessOptions processes;  // without images none are run
  std::string fault_file;    // empty: none
};

bool read_number(const std::string& text, int& value) {
  const char* end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && last == end && value >= 0;
}

bool read_seconds(const std::string& text, std::chrono::milliseconds& value) {
  int seconds = 0;
  if (!read_number(text, seconds)) return false;
  value = std::chrono::seconds(seconds);
  return true;
}

bool read_quota(const std::string& text, EmulatorOptions& cloud) {
  int quota = 0;
  if (!read_number(text, quota)) return false;
  cloud.group_quota = cloud.core_quota = cloud.creates_per_5_minutes = cloud.creates_per_hour = quota;
  return true;
}

bool read_locations(const std::string& text, std::vector<std::string>& locations) {
  locations.clear();
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t comma = std::min(text.find(',', at), text.size());
    if (comma == at) return false;
    locations.push_back(text.substr(at, comma - at));
    at = comma + 1;
  }
  return true;
}

// The one storage account of the cloud.
dev8agent::emulator::StorageAccount& account_of(EmulatorOptions& cloud) {
  cloud.storage_accounts.resize(1);
  cloud.storage_accounts.front().name = kAccount;
  cloud.storage_accounts.front().resource_group = cloud.resource_groups.front();
  return cloud.storage_accounts.front();
}

bool read_switch(const std::string& text, bool& value) {
  value = text == "on";
  return value || text == "off";
}

// "NAME=VALUE", neither empty.
bool read_pair(const std::string& text, std::map<std::string, std::string>& pairs) {
  const std::size_t equals = text.find('=');
  if (equals == 0 || equals == std::string::npos || equals + 1 == text.size()) return false;
  pairs[text.substr(0, equals)] = text.substr(equals + 1);
  return true;
}

bool read_identity(const std::string& text, std::vector<dev8agent::emulator::ManagedIdentity>& identities) {
  std::map<std::string, std::string> read;
  if (!read_pair(text, read)) return false;
  identities.push_back({read.begin()->first, read.begin()->second});
  return true;
}

// Reads the file when all options have been read. Says what is wrong with it.
bool read_faults(const std::string& path, FaultScript& faults) {
  if (path.empty()) return true;
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file || !text) {
    std::cerr << "emulator: cannot read " << path << "\n";
    return false;
  }
  auto script = dev8agent::emulator::parse_fault_script(text.str());
  if (!script.ok()) std::cerr << "emulator: " << path << ": " << script.error().message << "\n";
  if (script.ok()) faults = std::move(*script);
  return script.ok();
}

bool read_arguments(int count, char** arguments, Settings& settings) {
  using Reader = std::function<bool(const std::string&)>;
  auto& [cloud, server, ca_file, processes, fault_file] = settings;
  const auto port = [](int& to) { return [&to](const std::string& text) { return read_number(text, to); }; };
  const auto time = [](auto& to) {
    return [&to](const std::string& text) { return read_seconds(text, to); };
  };
  const auto text_of = [](std::string& to) {
    return [&to](const std::string& text) { return !(to = text).empty(); };
  };
  const std::map<std::string, Reader> readers = {
      {"--resource-manager-port", port(server.resource_manager_port)},
      {"--authority-port", port(server.authority_port)},
      {"--file-port", port(server.file_port)},
      {"--imds-port", port(server.imds_port)},
      {"--provisioning-time", time(cloud.provisioning_time)},
      {"--start-time", time(cloud.start_time)},
      {"--restart-time", time(cloud.restart_time)},
      {"--share-deletion-time", time(cloud.share_deletion_time)},
      {"--role-delay", time(cloud.role_delay)},
      {"--locations", [&to = cloud.locations](const std::string& text) { return read_locations(text, to); }},
      {"--list-page-size",
       [&to = cloud.list_page_size](const std::string& text) { return read_number(text, to) && to > 0; }},
      {"--retention-days",
       [&to = cloud](const std::string& text) { return read_number(text, account_of(to).retention_days); }},
      {"--account-keys",
       [&to = cloud](const std::string& text) {
         return read_switch(text, account_of(to).shared_key_access);
       }},
      {"--smb-oauth",
       [&to = cloud](const std::string& text) { return read_switch(text, account_of(to).smb_oauth); }},
      {"--identity", [&to = cloud.identities](const std::string& text) { return read_identity(text, to); }},
      {"--vault-secret",
       [&to = cloud.vault_secrets](const std::string& text) { return read_pair(text, to); }},
      {"--quota", [&to = cloud](const std::string& text) { return read_quota(text, to); }},
      {"--deny",
       [&to = cloud.denied_actions](const std::string& text) {
         to.push_back(text);
         return text.find('/') != std::string::npos;
       }},
      {"--tls", text_of(ca_file)},
      {"--faults", text_of(fault_file)},
      {"--image", [&to = processes.images](const std::string& text) { return read_pair(text, to); }},
      {"--user", text_of(processes.user)},
  };
  for (int i = 1; i < count; i += 2) {
    auto found = readers.find(arguments[i]);
    if (found == readers.end() || i + 1 == count || !found->second(arguments[i + 1])) {
      std::cerr << "emulator: unknown option or bad value: " << arguments[i] << " (try --help)\n";
      return false;
    }
  }
  server.tls = !ca_file.empty();
  return true;
}

void print_variable(const char* name, const std::string& value) {
  std::cout << "export " << name << "='" << value << "'\n";
}

void print_variables(const EmulatorOptions& cloud, const EmulatorServer& server, const std::string& ca_file) {
  std::string regions;
  for (const std::string& location : cloud.locations) {
    regions += (regions.empty() ? "" : ",") + location + ":" + location + ":true";
  }
  print_variable("AZURE_RESOURCE_MANAGER_ENDPOINT", server.resource_manager_endpoint());
  print_variable("AZURE_AUTHORITY_HOST", server.authority_endpoint());
  print_variable("AZURE_FILE_ENDPOINT", server.file_endpoint());
  print_variable("AZURE_IMDS_ENDPOINT", server.imds_endpoint());
  print_variable("AZURE_SUBSCRIPTION_ID", cloud.subscription_id);
  print_variable("AZURE_TENANT_ID", cloud.tenant_id);
  print_variable("AZURE_CLIENT_ID", cloud.client_id);
  print_variable("AZURE_CLIENT_SECRET", cloud.client_secret);
  print_variable("DEV8_EMULATOR_STATE", server.state_url());
  print_variable("AZURE_RESOURCE_GROUP", cloud.resource_groups.front());
  print_variable("AZURE_STORAGE_ACCOUNT", kAccount);
  print_variable("AZURE_REGIONS", regions);
  if (!ca_file.empty()) print_variable("AZURE_CA_FILE", ca_file);
  std::cout.flush();
}

bool write_file(const std::string& path, const std::string& text) {
  if (path.empty()) return true;
  std::ofstream file(path);
  file << text;
  return file.flush().good();
}

// False, and says why, when the containers cannot be run.
bool start_processes(Settings& settings) {
  if (settings.processes.images.empty()) return true;
  if (geteuid() == 0 && settings.processes.user.empty()) {
    std::cerr << "emulator: --image needs --user when root runs it\n";
    return false;
  }
  auto runtime = ProcessRuntime::make(settings.processes);
  if (runtime.ok()) {
    settings.cloud.runtime = std::move(*runtime);
  } else {
    std::cerr << "emulator: " << runtime.error() << "\n";
  }
  return runtime.ok();
}

}  // namespace

int main(int count, char** arguments) {
  if (count == 2 && std::string(arguments[1]) == "--help") {
    std::cout << kUsage;
    return 0;
  }
  Settings settings;
  settings.cloud.provisioning_time = std::chrono::seconds(5);
  settings.cloud.start_time = std::chrono::seconds(5);
  settings.cloud.restart_time = std::chrono::seconds(3);
  FaultScript faults;
  if (!read_arguments(count, arguments, settings) || !read_faults(settings.fault_file, faults)) return 2;

  sigset_t ends;  // blocked before any thread starts, so that this one alone receives them
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  signal(SIGPIPE, SIG_IGN);

  auto scheduler = dev8agent::make_default_scheduler();
  if (!scheduler.ok()) {
    std::cerr << "emulator: " << scheduler.error() << "\n";
    return 1;
  }
  if (!start_processes(settings)) return 1;
  Emulator emulator(settings.cloud, std::move(*scheduler));
  emulator.record_calls(false);
  emulator.set_fault_script(std::move(faults));
  auto server = EmulatorServer::start(emulator, settings.server);
  if (!server) {
    std::cerr << "emulator: " << server.error().message << "\n";
    return 1;
  }
  if (!write_file(settings.ca_file, server.value()->ca_certificate())) {
    std::cerr << "emulator: cannot write " << settings.ca_file << "\n";
    return 1;
  }
  print_variables(settings.cloud, *server.value(), settings.ca_file);
  int received = 0;
  sigwait(&ends, &received);
  return 0;
}

// What a workspace container gets: image, ports, plain and secure variables, volume, URLs, activity tokens.
#include "plan/group_spec.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "plan/activity.h"
#include "plan/reserved_variables.h"
#include "plan/tool_variables.h"
#include "support/keyless.h"
#include "support/plan_samples.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::internal::plan;
using namespace dev8agent::test;

namespace {

EnvironmentSecrets all_secrets() {
  EnvironmentSecrets secrets;
  secrets.github_token = secret("canary-1");
  secrets.code_server_password = secret("canary-2");
  secrets.ssh_public_key = secret("canary-3");
  secrets.git_user_name = secret("canary-4");
  secrets.git_user_email = secret("canary-5");
  secrets.anthropic_api_key = secret("canary-6");
  secrets.openai_api_key = secret("canary-7");
  secrets.gemini_api_key = secret("canary-8");
  return secrets;
}

ContainerGroupSpec spec_of(const EnvironmentSecrets& secrets,
                           const AgentSettings& settings = sample_settings()) {
  return group_spec(sample_facts(), to_tags(sample_facts(), kSampleToken), secrets, secret("canary-9"),
                    secret("canary-key"), *settings.region("eastus"), settings);
}

}  // namespace

TEST_CASE("spec: names, sizes, share and policy") {
  const ContainerGroupSpec spec = spec_of(all_secrets());
  CHECK(spec.name == "aci-workspace-0001");
  CHECK(spec.location == "eastus");
  CHECK(spec.tags == to_tags(sample_facts(), kSampleToken));
  CHECK(spec.container_name == "vscode-server");
  CHECK(spec.image == "vaibhavsing/dev8-workspace:latest");
  CHECK(spec.restart_policy == "OnFailure");
  CHECK(spec.cpu == 2);
  CHECK(spec.memory_gb == 4);
  CHECK(spec.dns_label == "ws-workspace-0001");
  CHECK(spec.mount_path == "/home/dev8");
  CHECK(spec.share_name == "fs-workspace-0001");
  CHECK(spec.storage_account == "dev8files");
  CHECK(spec.storage_key.reveal() == "canary-key");
  CHECK(kHomeGb == 5);
}

TEST_CASE("spec: the operator's variables from a vault come once, whatever the environment has stored") {
  const AgentSettings settings =
      sample_settings([](AgentOptions& options) { options.vault = vault_variables(); });
  Facts facts = sample_facts();
  facts.environment_variables = {{kVaultToken.name, "from before"}, {"NODE_ENV", "test"}};
  const ContainerGroupSpec spec =
      group_spec(facts, {}, all_secrets(), {}, secret("k"), *settings.region("eastus"), settings);
  std::multiset<std::string> names;
  for (const auto& [name, value] : spec.variables) names.insert(name);
  CHECK(names.count("NODE_ENV") == 1);
  CHECK(names.count(kVaultToken.name) == 0);
  REQUIRE(spec.vault_variables.size() == 2);
  CHECK(spec.vault_variables[0].first == kVaultToken.name);
  CHECK(spec.vault_variables[0].second == spec.vault_secrets[0].reference);
  CHECK(spec.vault_secrets[0].uri == kVaultToken.uri);
  CHECK(spec.vault_secrets[0].reference != spec.vault_secrets[1].reference);
  CHECK(spec.identities == std::vector<std::string>{kMountIdentity});
  CHECK(spec_of(all_secrets()).vault_secrets.empty());
}

TEST_CASE("spec: a secret of the environment's maker stands in the place of the operator's") {
  const AgentSettings settings = sample_settings([](AgentOptions& options) {
    options.vault = vault_variables();
    options.vault.variables[0].name = "GITHUB_TOKEN";
  });
  for (const bool own : {false, true}) {
    EnvironmentSecrets secrets;
    if (own) secrets.github_token = Secret("own");
    const ContainerGroupSpec spec =
        group_spec(sample_facts(), {}, secrets, {}, secret("k"), *settings.region("eastus"), settings);
    CHECK(spec.vault_variables.size() == (own ? 1 : 2));
    CHECK(spec.vault_secrets.size() == spec.vault_variables.size());
    const auto count = std::count_if(spec.secure_variables.begin(), spec.secure_variables.end(),
                                     [](const auto& one) { return one.first == "GITHUB_TOKEN"; });
    CHECK(count == (own ? 1 : 0));
  }
}

TEST_CASE("spec: one identity for several jobs is named once, in whatever case") {
  const AgentSettings settings = sample_settings([](AgentOptions& options) {
    options.storage_access = access_by("key", "identity");
    options.vault = vault_variables();
    for (char& c : options.vault.identity) c = c == 'I' ? 'i' : c;
  });
  CHECK(settings->vault.identity != kMountIdentity);
  CHECK(spec_of(all_secrets(), settings).identities == std::vector<std::string>{kMountIdentity});
}

TEST_CASE("spec: every secret is a secure variable, and none is anywhere else") {
  const ContainerGroupSpec spec = spec_of(all_secrets());
  const std::map<std::string, std::string> expected = {{"GITHUB_TOKEN", "canary-1"},
                                                       {"CODE_SERVER_PASSWORD", "canary-2"},
                                                       {"SSH_PUBLIC_KEY", "canary-3"},
                                                       {"GIT_USER_NAME", "canary-4"},
                                                       {"GIT_USER_EMAIL", "canary-5"},
                                                       {"ANTHROPIC_API_KEY", "canary-6"},
                                                       {"OPENAI_API_KEY", "canary-7"},
                                                       {"GEMINI_API_KEY", "canary-8"},
                                                       {"SUPERVISOR_AGENT_API_KEY", "canary-9"}};
  std::map<std::string, std::string> found;
  for (const auto& [name, value] : spec.secure_variables) found[name] = value.reveal();
  CHECK(found == expected);
  for (const auto& [name, value] : spec.variables) {
    CHECK(value.find("canary") == std::string::npos);
    CHECK_FALSE(expected.contains(name));
  }
  for (const auto& [name, value] : spec.tags) CHECK(value.find("canary") == std::string::npos);
}

TEST_CASE("spec: absent secrets are left out") {
  EnvironmentSecrets secrets;
  secrets.code_server_password = secret("p");
  const ContainerGroupSpec spec = spec_of(secrets);
  std::set<std::string> names;
  for (const auto& [name, value] : spec.secure_variables) names.insert(name);
  CHECK(names == std::set<std::string>{"CODE_SERVER_PASSWORD", "SUPERVISOR_AGENT_API_KEY"});
}

TEST_CASE("spec: plain variables are exactly the contract's and those for tools") {
  std::map<std::string, std::string> found;
  for (const auto& [name, value] : spec_of(all_secrets()).variables) CHECK(found.emplace(name, value).second);
  for (const auto& [name, value] : tool_variables(kSampleId)) {
    CHECK(found[name] == value);
    found.erase(name);
  }
  CHECK(found ==
        std::map<std::string, std::string>{{"WORKSPACE_ID", kSampleId},
                                           {"ENVIRONMENT_ID", kSampleId},
                                           {"USER_ID", "user-1"},
                                           {"WORKSPACE_DIR", "/home/dev8/workspace"},
                                           {"AGENT_BASE_URL", "https://agent.example.com"},
                                           {"SUPERVISOR_AGENT_BASE_URL", "https://agent.example.com"},
                                           {"AGENT_ENABLED", "true"},
                                           {"SUPERVISOR_AGENT_ENABLED", "true"},
                                           {"MONITOR_INTERVAL", "30s"},
                                           {"SUPERVISOR_MONITOR_INTERVAL", "30s"},
                                           {"CODE_SERVER_AUTH", "password"}});
}

TEST_CASE("spec: git, npm and caches are set up for a share without links and modes") {
  std::map<std::string, std::string> found;
  for (const auto& [name, value] : tool_variables("workspace-0002")) CHECK(found.emplace(name, value).second);
  CHECK(found ==
        std::map<std::string, std::string>{{"GIT_CONFIG_COUNT", "3"},
                                           {"GIT_CONFIG_KEY_0", "safe.directory"},
                                           {"GIT_CONFIG_VALUE_0", "*"},
                                           {"GIT_CONFIG_KEY_1", "core.symlinks"},
                                           {"GIT_CONFIG_VALUE_1", "false"},
                                           {"GIT_CONFIG_KEY_2", "core.fileMode"},
                                           {"GIT_CONFIG_VALUE_2", "false"},
                                           {"npm_config_bin_links", "false"},
                                           {"npm_config_cache", "/tmp/dev8-workspace-0002/npm"},
                                           {"PIP_CACHE_DIR", "/tmp/dev8-workspace-0002/pip"},
                                           {"XDG_CACHE_HOME", "/tmp/dev8-workspace-0002"},
                                           {"CARGO_TARGET_DIR", "/tmp/dev8-workspace-0002/cargo-target"},
                                           {"GOCACHE", "/tmp/dev8-workspace-0002/go-build"},
                                           {"GOMODCACHE", "/tmp/dev8-workspace-0002/go-mod"},
                                           {"TMPDIR", "/tmp"}});
}

TEST_CASE("spec: the share is mounted where the layout of the environment says, not the configuration") {
  Facts facts = sample_facts();
  const AgentSettings settings =
      sample_settings([](AgentOptions& options) { options.workspace_layout = WorkspaceLayout::kWorkspace; });
  const auto mount_path = [&] {
    return group_spec(facts, {}, EnvironmentSecrets{}, {}, secret("k"), *settings.region("eastus"), settings)
        .mount_path;
  };
  CHECK(mount_path() == "/home/dev8");
  facts.layout = Layout::kWorkspace;
  CHECK(mount_path() == "/home/dev8/workspace");
}

TEST_CASE("spec: ports and URLs, with and without the supervisor") {
  const AgentSettings closed = sample_settings();
  const AgentSettings open = sample_settings([](AgentOptions& options) { options.expose_supervisor = true; });
  CHECK(spec_of(all_secrets(), closed).ports == std::vector<int>{8080, 2222});
  CHECK(spec_of(all_secrets(), open).ports == std::vector<int>{8080, 2222, 9000});
  ContainerGroup group;
  CHECK(connection_urls(group, "workspace-0001", open).ssh_url.empty());
  CHECK(connection_urls(group, "workspace-0001", open).supervisor_url.empty());
  group.fqdn = "f.example";
  const ConnectionUrls urls = connection_urls(group, "workspace-0001", closed);
  CHECK(urls.ssh_url == "ssh://dev8@f.example:2222");
  CHECK(urls.vscode_web_url == "http://f.example:8080");
  CHECK(urls.vscode_desktop_url ==
        "vscode://vscode-remote/ssh-remote+dev8@f.example:2222/home/dev8/workspace");
  CHECK(urls.supervisor_url.empty());
  CHECK(connection_urls(group, "workspace-0001", open).supervisor_url == "http://f.example:9000");
}

TEST_CASE("spec: registry credentials only with a username") {
  CHECK(spec_of(all_secrets()).registry_server.empty());
  const ContainerGroupSpec with = spec_of(all_secrets(), sample_settings([](AgentOptions& options) {
                                            options.registry.username = "u";
                                            options.registry.password = secret("p");
                                          }));
  CHECK(with.registry_server == "index.docker.io");
  CHECK(with.registry_username == "u");
  CHECK(with.registry_password.reveal() == "p");
}

TEST_CASE("activity tokens: good for one workspace, under any configured key, and for nothing without keys") {
  std::vector<Secret> keys;
  CHECK(activity_token(keys, kSampleId).empty());
  CHECK_FALSE(check_activity_token(keys, kSampleId, ""));
  keys.push_back(secret("key-1"));
  const Secret old = activity_token(keys, kSampleId);
  CHECK(old.size() == 43);
  CHECK(check_activity_token(keys, kSampleId, old.reveal()));
  CHECK_FALSE(check_activity_token(keys, "workspace-0002", old.reveal()));
  for (const char* wrong : {"", "x", "key-1"}) CHECK_FALSE(check_activity_token(keys, kSampleId, wrong));
  CHECK_FALSE(check_activity_token(keys, kSampleId, std::string(old.reveal()) + "x"));
  keys.insert(keys.begin(), secret("key-2"));
  CHECK_FALSE(activity_token(keys, kSampleId).same_as(old.reveal()));
  CHECK(check_activity_token(keys, kSampleId, old.reveal()));
  keys.pop_back();
  CHECK_FALSE(check_activity_token(keys, kSampleId, old.reveal()));
}

TEST_CASE("spec: what the maker chose reaches the container, and a secret takes the place of a variable") {
  Facts facts = sample_facts();
  facts.image = "team/b";
  facts.environment_variables = {{"A", "1"}, {"B", "2"}};
  facts.git_repository = "https://example.com/a.git";
  facts.zone = "2";
  EnvironmentSecrets secrets;
  secrets.variables.emplace("B", secret("canary-b"));
  const AgentSettings settings = sample_settings();
  const auto spec =
      group_spec(facts, {}, secrets, Secret(), secret("canary-key"), *settings.region("eastus"), settings);
  CHECK(spec.image == "team/b");
  CHECK(spec.zone == "2");
  const std::map<std::string, std::string> plain(spec.variables.begin(), spec.variables.end());
  CHECK(plain.at("A") == "1");
  CHECK_FALSE(plain.contains("B"));
  CHECK(plain.at("DEV8_GIT_REPOSITORY") == "https://example.com/a.git");
  REQUIRE(spec.secure_variables.size() == 1);
  CHECK(spec.secure_variables.front().first == "B");
  CHECK(spec.secure_variables.front().second.reveal() == "canary-b");
}

TEST_CASE("spec: a tool's variable is set only where neither maker nor operator has given it") {
  const auto names_of_tools = [](const char* given) {
    std::set<std::string> names;
    for (const auto& [name, value] : tool_variables(kSampleId, {given})) names.insert(name);
    return names;
  };
  CHECK(names_of_tools("OTHER").size() == tool_variables(kSampleId).size());
  std::set<std::string> all = names_of_tools("OTHER");
  all.erase("GOCACHE");
  CHECK(names_of_tools("GOCACHE") == all);
  for (const char* git : {"GIT_CONFIG_COUNT", "GIT_CONFIG_KEY_0", "GIT_CONFIG_VALUE_9"}) {
    CAPTURE(git);
    std::set<std::string> without_git = names_of_tools("OTHER");
    std::erase_if(without_git, [](const std::string& name) { return name.starts_with("GIT_CONFIG_"); });
    CHECK(names_of_tools(git) == without_git);
  }
  CHECK(names_of_tools("GIT_CONFIG_GLOBAL").contains("GIT_CONFIG_COUNT"));

  Facts facts = sample_facts();
  facts.environment_variables = {{"TMPDIR", "/var/tmp"}};
  EnvironmentSecrets secrets;
  secrets.variables.emplace("PIP_CACHE_DIR", secret("canary-b"));
  const AgentSettings settings = sample_settings([](AgentOptions& options) {
    options.vault = dev8agent::test::vault_variables();
    options.vault.variables.front().name = "GOCACHE";
  });
  const auto spec =
      group_spec(facts, {}, secrets, Secret(), secret("canary-key"), *settings.region("eastus"), settings);
  std::map<std::string, std::string> plain;
  for (const auto& [name, value] : spec.variables) CHECK_MESSAGE(plain.emplace(name, value).second, name);
  CHECK(plain.at("TMPDIR") == "/var/tmp");
  for (const char* name : {"PIP_CACHE_DIR", "GOCACHE"}) CHECK_FALSE(plain.contains(name));
  CHECK(plain.contains("GOMODCACHE"));
}

TEST_CASE("spec: every variable that the agent sets by itself is reserved, but for those of tools") {
  Facts facts = sample_facts();
  facts.git_repository = "https://example.com/a.git";
  const AgentSettings settings = sample_settings();
  const auto spec = group_spec(facts, {}, all_secrets(), secret("canary-9"), secret("canary-key"),
                               *settings.region("eastus"), settings);
  std::set<std::string> tools;
  for (const auto& [name, value] : tool_variables(facts.id)) tools.insert(name);
  for (const auto& [name, value] : spec.variables)
    CHECK_MESSAGE(is_reserved_variable(name) != tools.contains(name), name);
  for (const auto& [name, value] : spec.secure_variables) CHECK_MESSAGE(is_reserved_variable(name), name);
  for (const char* name : {"PATH", "DATABASE_URL", "dev8_x", "WORKSPACE"})
    CHECK_FALSE(is_reserved_variable(name));
}

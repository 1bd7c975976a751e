// The rules of requests as programs make them: each field, each way to be wrong, all at once.
#include "plan/validate.h"

#include <doctest/doctest.h>

#include "support/keyless.h"
#include "support/plan_samples.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::internal::plan;
using namespace dev8agent::test;

namespace {

CreateRequest good_create() {
  CreateRequest request;
  request.spec.name = "n";
  request.cloud_region = "eastus";
  request.spec.cpu_cores = 1;
  request.spec.memory_gb = 2;
  request.spec.storage_gb = 10;
  return request;
}

std::string names(const std::vector<FieldError>& errors) {
  std::string text;
  for (const FieldError& error : errors) text += error.field + " ";
  return text;
}

std::string create(const std::function<void(CreateRequest&)>& change,
                   const AgentSettings& settings = sample_settings()) {
  CreateRequest request = good_create();
  change(request);
  return names(check(request, settings));
}

}  // namespace

TEST_CASE("validate: a create's regions") {
  CHECK(create([](CreateRequest&) {}) == "");
  CHECK(create([](CreateRequest& r) { r.cloud_region = ""; }) == "");
  const AgentSettings no_default =
      sample_settings([](AgentOptions& options) { options.default_region = ""; });
  if (no_default->default_region.empty()) {
    CHECK(create([](CreateRequest& r) { r.cloud_region = ""; }, no_default) == "cloudRegion ");
  }
  CHECK(create([](CreateRequest& r) { r.candidate_regions = {"eastus"}; }) == "candidateRegions ");
  CHECK(create([](CreateRequest& r) {
          r.cloud_region = "auto";
          r.candidate_regions = {"eastus", "westeurope"};
        }) == "");
  CHECK(create([](CreateRequest& r) {
          r.cloud_region = "auto";
          r.candidate_regions = {"eastus", "centralindia"};
        }) == "candidateRegions ");
  CHECK(create([](CreateRequest& r) { r.cloud_region = "centralindia"; }) == "cloudRegion ");
}

TEST_CASE("validate: a create's sizes one beyond each end, and everything wrong together") {
  CHECK(create([](CreateRequest& r) { r.spec.cpu_cores = 0; }) == "cpuCores ");
  CHECK(create([](CreateRequest& r) { r.spec.cpu_cores = 5; }) == "cpuCores ");
  CHECK(create([](CreateRequest& r) { r.spec.memory_gb = 1; }) == "memoryGB ");
  CHECK(create([](CreateRequest& r) { r.spec.memory_gb = 17; }) == "memoryGB ");
  CHECK(create([](CreateRequest& r) { r.spec.storage_gb = 9; }) == "storageGB ");
  CHECK(create([](CreateRequest& r) { r.spec.storage_gb = 101; }) == "storageGB ");
  CHECK(create([](CreateRequest& r) {
          r.id = "X";
          r.spec.user_id = "";
          r.spec.name = "";
          r.cloud_region = "mars";
          r.spec.cpu_cores = r.spec.memory_gb = r.spec.storage_gb = -1;
          r.spec.base_image = "";
          r.secrets.github_token = secret("a\nb");
          r.secrets.gemini_api_key = secret("\xff");
        }) ==
        "workspaceId userId name cpuCores memoryGB storageGB baseImage cloudRegion githubToken "
        "geminiApiKey ");
}

TEST_CASE("validate: the minutes until an idle stop, within what the operator allows") {
  const auto broken = [](int minutes, std::chrono::minutes standard, std::chrono::minutes longest) {
    const AgentSettings settings = sample_settings([&](AgentOptions& options) {
      options.idle_stop_after = standard;
      options.idle_stop_longest = longest;
    });
    StartRequest start;
    start.id = kSampleId;
    start.changes.idle_stop_minutes = minutes;
    CreateRequest made = good_create();
    made.spec.idle_stop_minutes = minutes;
    CHECK(names(check(made, settings)) == names(check(start, settings)));
    return names(check(start, settings)) == "idleStopMinutes ";
  };
  using std::chrono::minutes;
  for (int good : {0, 1, 45, 527040}) CHECK_FALSE(broken(good, minutes(30), minutes(0)));
  for (int bad : {-1, 527041}) CHECK(broken(bad, minutes(30), minutes(0)));
  for (int good : {1, 60}) CHECK_FALSE(broken(good, minutes(30), minutes(60)));
  for (int bad : {-1, 0, 61, 527041}) CHECK(broken(bad, minutes(30), minutes(60)));
  // Without an idle stop there is nothing to choose.
  CHECK_FALSE(broken(0, minutes(0), minutes(0)));
  CHECK(broken(30, minutes(0), minutes(0)));
}

TEST_CASE("validate: sizes within what the operator allows") {
  const AgentSettings small = sample_settings([](AgentOptions& options) {
    options.size_limits = {.cpu_cores = 2, .memory_gb = 8, .storage_gb = 50};
  });
  CreateRequest made = good_create();
  made.id.clear();
  made.spec.cpu_cores = 2, made.spec.memory_gb = 8, made.spec.storage_gb = 50;
  CHECK(check(made, small).empty());
  made.spec.cpu_cores = 3, made.spec.memory_gb = 9, made.spec.storage_gb = 51;
  CHECK(check(made, sample_settings()).empty());
  CHECK(check(made, small) == std::vector<FieldError>{{"cpuCores", "must be at most 2 cores on this agent"},
                                                      {"memoryGB", "must be at most 8 GB on this agent"},
                                                      {"storageGB", "must be at most 50 GB on this agent"}});
  // The range holds, too.
  made.spec.cpu_cores = 5, made.spec.memory_gb = 2, made.spec.storage_gb = 0;
  CHECK(names(check(made, small)) == "cpuCores storageGB cpuCores ");
  CHECK(names(check(made, sample_settings())) == "cpuCores storageGB ");
  // A create that names its id may be a repeat. One that is refused anyway is told of all.
  made.id = kSampleId;
  made.spec.cpu_cores = 3, made.spec.memory_gb = 4, made.spec.storage_gb = 20;
  CHECK(check(made, small).empty());
  CHECK(names(check_new_sizes(made.spec, small)) == "cpuCores ");
  made.spec.name.clear();
  CHECK(names(check(made, small)) == "name cpuCores ");
}

TEST_CASE("validate: a start may keep a size above the limit, and change none to one") {
  const AgentSettings small = sample_settings([](AgentOptions& options) {
    options.size_limits = {.cpu_cores = 2, .memory_gb = 8, .storage_gb = 50};
  });
  EnvironmentSpec present;
  present.cpu_cores = 4, present.memory_gb = 4, present.storage_gb = 100;
  const auto refused = [&](SpecChanges changes) {
    return names(check_changed_sizes(changes, present, small));
  };
  CHECK(refused({}) == "");
  CHECK(refused({.cpu_cores = 4, .memory_gb = 4, .storage_gb = 100}) == "");
  CHECK(refused({.cpu_cores = 2, .memory_gb = 8, .storage_gb = 50}) == "");
  CHECK(refused({.cpu_cores = 3, .memory_gb = 9, .storage_gb = 99}) == "cpuCores memoryGB storageGB ");
  // A size that is not known is not the environment's own.
  CHECK(names(check_changed_sizes({.cpu_cores = 3}, {}, small)) == "cpuCores ");
  StartRequest start;
  start.id = kSampleId;
  start.changes.cpu_cores = 4;
  CHECK(check(start, small).empty());
}

TEST_CASE("validate: start, list and the target of get, stop and delete") {
  const AgentSettings settings = sample_settings();
  StartRequest start;
  CHECK(names(check(start, settings)) == "workspaceId ");
  start.id = kSampleId;
  CHECK(check(start, settings).empty());
  start.cloud_region = "auto";
  start.changes.name = "";
  start.changes.cpu_cores = 0;
  start.changes.memory_gb = 0;
  start.changes.storage_gb = 0;
  start.changes.user_id = " ";
  start.changes.base_image = "\n";
  CHECK(names(check(start, settings)) == "cloudRegion userId name cpuCores memoryGB storageGB baseImage ");
  ListRequest list;
  CHECK(check(list, settings).empty());
  list = {"a b", "mars", std::nullopt, 0, 101};
  CHECK(names(check(list, settings)) == "userId cloudRegion page pageSize ");
  list = {};
  list.cursor = "1768465800000.workspace-0001";
  CHECK(check(list, settings).empty());
  list.page = 2;
  list.cursor = "1768465800000";
  CHECK(names(check(list, settings)) == "cursor page ");
  CHECK(check_target(kSampleId, "", settings).empty());
  CHECK(names(check_target("../x", "mars", settings)) == "workspaceId cloudRegion ");
}

TEST_CASE("validate: an update names something, and each value keeps the rule that a create has") {
  const AgentSettings settings =
      sample_settings([](AgentOptions& options) { options.idle_stop_after = std::chrono::minutes(30); });
  struct Row {
    UpdateRequest request;
    std::string broken;
  };
  const Row rows[] = {
      {{.name = "Mine"}, ""},
      {{.name = ""}, "name "},
      {{.name = std::string(101, 'x')}, "name "},
      {{.name = "a\nb"}, "name "},
      {{.base_image = "python"}, ""},
      {{.base_image = "a b"}, "baseImage "},
      {{.idle_stop_minutes = 0}, ""},
      {{.idle_stop_minutes = 527040}, ""},
      {{.idle_stop_minutes = 527041}, "idleStopMinutes "},
      {{.idle_stop_minutes = -1}, "idleStopMinutes "},
      {{.reset_idle_stop = true}, ""},
      {{.idle_stop_minutes = 5, .reset_idle_stop = true}, "idleStopMinutes "},
      {{.labels = {{"team", "blue"}, {"old", ""}}}, ""},
      {{.labels = {{"team", "a,b"}}}, "labels "},
      {{.labels = {{"team", std::string(257, 'x')}}}, "labels "},
      {{.labels = {{"a:b", ""}}}, "labels "},
      {{.labels = {{"", "x"}}}, "labels "},
      {{.labels = {{"team", "blue"}, {"Team", ""}}}, "labels "},
      {{.replace_labels = true}, ""},
      {{}, "name "},
  };
  for (Row row : rows) {
    row.request.id = kSampleId;
    CAPTURE(&row - rows);
    CHECK(names(check(row.request, settings)) == row.broken);
  }
  CHECK(names(check(UpdateRequest{.id = "../x", .cloud_region = "mars", .name = ""}, settings)) ==
        "workspaceId cloudRegion name ");
  const std::vector<FieldError> none = check(UpdateRequest{.id = kSampleId}, settings);
  CHECK(none == std::vector<FieldError>{nothing_to_change()});
  // An agent without an idle stop takes 0 alone, and lets an environment forget its own window.
  CHECK(names(check(UpdateRequest{.id = kSampleId, .idle_stop_minutes = 5}, sample_settings())) ==
        "idleStopMinutes ");
  CHECK(check(UpdateRequest{.id = kSampleId, .reset_idle_stop = true}, sample_settings()).empty());
}

TEST_CASE("validate: the labels that an update leads to count together, unless it sets none") {
  NamedTexts many;
  for (int i = 0; i < 11; ++i) many["l" + std::to_string(i)] = "x";
  CHECK(names(check_labels_after({.labels = {{"l0", "x"}}}, many)) == "labels ");
  CHECK(check_labels_after({.labels = {{"l11", ""}}}, many).empty());
  CHECK(check_labels_after({.name = "Mine"}, many).empty());
  many.erase("l0");
  CHECK(check_labels_after({.labels = {{"l1", "x"}}}, many).empty());
  many = {{"a", std::string(250, 'x')}, {"b", std::string(250, 'x')}};
  CHECK(check_labels_after({.labels = {{"a", "x"}}}, many).empty());
  many["c"] = std::string(250, 'x');
  many["d"] = std::string(250, 'x');
  CHECK(names(check_labels_after({.labels = {{"a", "x"}}}, many)) == "labels ");
}

TEST_CASE("validate: text is well-formed UTF-8 without control characters, counted in code points") {
  std::size_t characters = 0;
  const std::pair<std::string, std::size_t> good[] = {
      {"", 0}, {"abc", 3}, {"é日😀", 3}, {"\xf4\x8f\xbf\xbf", 1}, {"\xc2\xa0", 1}};
  for (const auto& [text, count] : good) {
    CHECK(printable_text(text, characters));
    CHECK(characters == count);
  }
  for (const std::string& bad :
       {std::string("\0", 1), std::string("a\x1f"), std::string("\x7f"), std::string("\xc2\x85"),
        std::string("\x80"), std::string("\xc0\x80"), std::string("\xc3"), std::string("\xe0\x80\x80"),
        std::string("\xed\xa0\x80"), std::string("\xf0\x80\x80\x80"), std::string("\xf4\x90\x80\x80"),
        std::string("\xff"), std::string("a\xe2\x82")}) {
    CHECK_FALSE(printable_text(bad, characters));
  }
}

TEST_CASE("validate: names of 100 characters count characters, not bytes") {
  std::string name;
  for (int i = 0; i < 100; ++i) name += "😀";
  CHECK(create([&](CreateRequest& r) { r.spec.name = name; }) == "");
  CHECK(create([&](CreateRequest& r) { r.spec.name = name + "x"; }) == "name ");
}

TEST_CASE("validate: an image is the operator's own or one of those that the operator names") {
  const AgentSettings settings = sample_settings([](AgentOptions& options) {
    options.images = {"registry.example.com/a:1", "team/b"};
  });
  const auto with = [](const char* image) { return [image](CreateRequest& r) { r.spec.image = image; }; };
  CHECK(create(with("team/b"), settings) == "");
  CHECK(create(with("registry.example.com/a:1"), settings) == "");
  CHECK(create(with(settings->image.c_str()), settings) == "");
  CHECK(create(with(settings->image.c_str())) == "");
  for (const char* wrong : {"team/b:latest", "team/c", "", "team/b ", "TEAM/B"}) {
    CAPTURE(std::string(wrong));
    CHECK(create(with(wrong), settings) == "image ");
  }
  CHECK(create(with("team/b")) == "image ");
  CreateRequest request = good_create();
  request.spec.image = "team/c";
  CHECK(check(request, settings).front().message ==
        "must be one of the images that this agent allows: " + settings->image +
            ", registry.example.com/a:1, team/b");
}

TEST_CASE(
    "validate: variables have names that Azure takes, none of the agent's own, and room in the metadata") {
  const auto with = [](NamedTexts texts) {
    return [texts = std::move(texts)](CreateRequest& r) { r.spec.environment_variables = texts; };
  };
  CHECK(create(with({{"A", "1"}, {"_b2", "any text: \"x\" = ö"}, {std::string(63, 'x'), "y"}})) == "");
  for (const char* name : {"", "2A", "A-B", "A B", "A=B", "Ä", "A\n", "DEV8_X", "SUPERVISOR_X",
                           "WORKSPACE_ID", "GITHUB_TOKEN", "AGENT_BASE_URL"}) {
    CAPTURE(std::string(name));
    CHECK(create(with({{name, "x"}})) == "environmentVariables ");
  }
  CHECK(create(with({{"GIT_CONFIG_COUNT", "0"}, {"TMPDIR", "/x"}, {"npm_config_bin_links", "true"}})) == "");
  CHECK(create(with({{std::string(64, 'x'), "y"}})) == "environmentVariables ");
  for (const char* text : {"", "a\nb", "\xff", "a\tb"})
    CHECK(create(with({{"A", text}})) == "environmentVariables ");
  NamedTexts many;
  for (int i = 0; i < 50; ++i) many["V" + std::to_string(i)] = "x";
  CHECK(create(with(many)) == "");
  many["ONE_MORE"] = "x";
  CHECK(create(with(many)) == "environmentVariables ");
  // Name, two separators of 3 bytes each, and the value, percent-encoded.
  CHECK(create(with({{"A", std::string(3493, 'x')}})) == "");
  CHECK(create(with({{"A", std::string(3494, 'x')}})) == "environmentVariables ");
  CHECK(create(with({{"A", std::string(1165, ' ')}})) == "environmentVariables ");
}

TEST_CASE("validate: secret variables have the same names, and share none with the others") {
  const auto with = [](const char* name, const char* text) {
    return [=](CreateRequest& r) { r.secrets.variables.emplace(name, Secret(text)); };
  };
  CHECK(create(with("API_KEY", "x")) == "");
  CHECK(create(with("API-KEY", "x")) == "secretVariables ");
  CHECK(create(with("GITHUB_TOKEN", "x")) == "secretVariables ");
  CHECK(create(with("API_KEY", "")) == "secretVariables ");
  CHECK(create(with("API_KEY", "a\nb")) == "secretVariables.API_KEY ");
  CHECK(create([](CreateRequest& r) {
          r.spec.environment_variables = {{"A", "1"}};
          r.secrets.variables.emplace("A", Secret("2"));
        }) == "secretVariables ");
  CHECK(create([](CreateRequest& r) {
          for (int i = 0; i < 51; ++i) r.secrets.variables.emplace("V" + std::to_string(i), Secret("x"));
        }) == "secretVariables ");
}

TEST_CASE("validate: the operator's variables from a vault are not the maker's to set") {
  const AgentSettings settings =
      sample_settings([](AgentOptions& options) { options.vault = vault_variables(); });
  const std::string rule = "must not name a variable that the operator takes from a vault: TEAM_TOKEN";
  CreateRequest request = good_create();
  request.spec.environment_variables = {{"OTHER", "x"}};
  CHECK(check(request, settings).empty());
  request.spec.environment_variables = {{kVaultToken.name, "x"}};
  CHECK(check(request, settings) == std::vector<FieldError>{{"environmentVariables", rule}});
  CHECK(check(request, sample_settings()).empty());
  StartRequest start{.id = "workspace-0001"};
  start.secrets.variables[kVaultToken.name] = secret("x");
  CHECK(check(start, settings) == std::vector<FieldError>{{"secretVariables", rule}});
  StartRequest change{.id = "workspace-0001"};
  change.changes.environment_variables = NamedTexts{{kVaultToken.name, "x"}};
  CHECK(check(change, settings) == std::vector<FieldError>{{"environmentVariables", rule}});
}

TEST_CASE("validate: labels keep to the rules of tags, and to those of the filter of lists") {
  const auto with = [](NamedTexts texts) {
    return [texts = std::move(texts)](CreateRequest& r) { r.spec.labels = texts; };
  };
  CHECK(create(with({{"team", "blue"}, {"cost center", "42: a/b <c>"}, {"ö", "ü"}})) == "");
  for (const char* name :
       {"", "a<b", "a>b", "a%b", "a&b", "a\\b", "a?b", "a/b", "a:b", "a,b", "a\nb", " a", "a "}) {
    CAPTURE(std::string(name));
    CHECK(create(with({{name, "x"}})) == "labels ");
  }
  CHECK(create(with({{"team", ""}})) == "labels ");
  CHECK(create(with({{"team", "a,b"}})) == "labels ");
  CHECK(create(with({{"team", std::string(257, 'x')}})) == "labels ");
  CHECK(create(with({{std::string(129, 'x'), "x"}})) == "labels ");
  CHECK(create(with({{"team", "a"}, {"Team", "b"}})) == "labels ");
  NamedTexts many;
  for (int i = 0; i < 11; ++i) many["l" + std::to_string(i)] = "x";
  CHECK(create(with(many)) == "labels ");
  CHECK(create(with({{"a", std::string(250, 'x')},
                     {"b", std::string(250, 'x')},
                     {"c", std::string(250, 'x')},
                     {"d", std::string(250, 'x')}})) == "labels ");
}

TEST_CASE("validate: a zone is 1, 2 or 3, in a start, too") {
  const auto with = [](const char* zone) { return [zone](CreateRequest& r) { r.spec.zone = zone; }; };
  for (const char* zone : {"1", "2", "3"}) CHECK(create(with(zone)) == "");
  for (const char* wrong : {"", "0", "4", "11", " 1", "eastus-1", "\xc2\xb9"}) {
    CAPTURE(std::string(wrong));
    CHECK(create(with(wrong)) == "zone ");
  }
  StartRequest start;
  start.id = "workspace-0001";
  start.changes.zone = "4";
  const auto errors = check(start, sample_settings());
  REQUIRE(errors.size() == 1);
  CHECK(errors.front().field == "zone");
  CHECK(errors.front().message == "must be \"1\", \"2\" or \"3\"");
}

TEST_CASE("validate: a repository is an https:// URL without credentials") {
  const auto with = [](const char* url) { return [url](CreateRequest& r) { r.spec.git_repository = url; }; };
  CHECK(create(with("https://github.com/a/b.git")) == "");
  CHECK(create(with("https://git.example.com:8443/a/b?ref=x@y")) == "");
  for (const char* wrong : {"", "http://github.com/a/b", "git@github.com:a/b.git", "https://", "https:///a",
                            "https://user:token@github.com/a", "https://github.com/a b",
                            "https://github.com/\"", "HTTPS://github.com/a", "https://github.com/\xc3\xb6"}) {
    CAPTURE(std::string(wrong));
    CHECK(create(with(wrong)) == "gitRepository ");
  }
  const std::string long_url = "https://github.com/" + std::string(250, 'x');
  CHECK(create(with(long_url.c_str())) == "gitRepository ");
}

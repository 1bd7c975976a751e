// Roles that lack an action, providers that are not registered, and the settings of storage accounts.
#include "files.h"

using namespace emulator_test;

namespace {

const std::string kAci = "Microsoft.ContainerInstance/";

struct Subscription : Cloud {
  explicit Subscription(EmulatorOptions options = {}) : Cloud(std::move(options)) {}
  std::string account(const std::string& rest, const std::string& version) const {
    return resource_group() + "/providers/Microsoft.Storage/storageAccounts/dev8emulator" + rest +
           "?api-version=" + version;
  }
  std::string group_at(const std::string& rest) const {
    return resource_group() + "/providers/Microsoft.ContainerInstance/containerGroups/one" + rest +
           "?api-version=2025-09-01";
  }
  std::string location(const std::string& rest) const {
    return subscription() + "/providers/Microsoft.ContainerInstance/locations/eastus" + rest +
           "?api-version=2025-09-01";
  }
  std::string provider(const std::string& name) const {
    return subscription() + "/providers/" + name + "?api-version=2021-04-01";
  }
  static std::string subscription() { return "/subscriptions/33333333-3333-4333-8333-333333333333"; }
};

struct Request {
  std::string action, method, path, body;
};

std::vector<Request> requests(const Subscription& cloud) {
  return {
      {kAci + "containerGroups/read", "GET", cloud.group_at(""), ""},
      {kAci + "containerGroups/write", "PUT", cloud.group_at(""), group_json()},
      {kAci + "containerGroups/write", "PATCH", cloud.group_at(""), R"({"tags":{}})"},
      {kAci + "containerGroups/delete", "DELETE", cloud.group_at(""), ""},
      {kAci + "containerGroups/start/action", "POST", cloud.group_at("/start"), ""},
      {kAci + "containerGroups/stop/action", "POST", cloud.group_at("/stop"), ""},
      {kAci + "containerGroups/restart/action", "POST", cloud.group_at("/restart"), ""},
      {kAci + "containerGroups/containers/logs/read", "GET", cloud.group_at("/containers/main/logs"), ""},
      {kAci + "containerGroups/containers/exec/action", "POST", cloud.group_at("/containers/main/exec"),
       "{}"},
      {kAci + "containerGroups/containers/attach/action", "POST", cloud.group_at("/containers/main/attach"),
       ""},
      {kAci + "locations/usages/read", "GET", cloud.location("/usages"), ""},
      {kAci + "locations/capabilities/read", "GET", cloud.location("/capabilities"), ""},
      {kAci + "locations/operations/read", "GET", cloud.location("/operations/none"), ""},
      {"Microsoft.Resources/tags/write", "PATCH",
       replaced(cloud.group_at("/providers/Microsoft.Resources/tags/default"), "2025-09-01", "2021-04-01"),
       R"({"operation":"Merge","properties":{"tags":{}}})"},
      {"Microsoft.Resources/subscriptions/providers/read", "GET", cloud.provider("Microsoft.Storage"), ""},
      {"Microsoft.Storage/storageAccounts/listKeys/action", "POST", cloud.account("/listKeys", "2023-05-01"),
       ""},
      {"Microsoft.Storage/storageAccounts/read", "GET", cloud.account("", "2023-05-01"), ""},
      {"Microsoft.Storage/storageAccounts/read", "GET",
       replaced(cloud.account("", "2023-05-01"), "/dev8emulator", ""), ""},
      {"Microsoft.Resources/subscriptions/resourceGroups/read", "GET",
       Subscription::subscription() + "/resourcegroups?api-version=2021-04-01", ""},
      {"Microsoft.Storage/storageAccounts/fileServices/read", "GET",
       cloud.account("/fileServices/default", "2023-05-01"), ""},
      {"Microsoft.Storage/storageAccounts/fileServices/write", "PUT",
       cloud.account("/fileServices/default", "2023-05-01"), "{}"},
  };
}

}  // namespace

TEST_SUITE("permission") {
  TEST_CASE("a request is refused for the action that it needs, whether its resource exists or not") {
    Subscription allowed;
    for (const Request& request : requests(allowed)) {
      CAPTURE(request.action);
      CAPTURE(request.method);
      EmulatorOptions options;
      options.denied_actions = {request.action};
      Subscription cloud(options);
      const HttpResponse response = cloud.arm(request.method, request.path, request.body);
      CHECK(response.status == 403);
      CHECK(code_of(response) == "AuthorizationFailed");
      CHECK(response.body.find("'" + request.action + "'") != std::string::npos);
      CHECK(allowed.arm(request.method, request.path, request.body).status != 403);
      CHECK(cloud.emulator.groups().empty());
    }
  }

  TEST_CASE("what belongs to a provider needs its registration, which can be read") {
    EmulatorOptions options;
    options.unregistered_providers = {"microsoft.containerinstance"};
    Subscription cloud(options);
    const HttpResponse refused = cloud.arm("PUT", cloud.group_at(""), group_json());
    CHECK(refused.status == 409);
    CHECK(code_of(refused) == "MissingSubscriptionRegistration");
    const auto state = [&](const char* name) {
      return std::string(body_of(cloud.arm("GET", cloud.provider(name))).string_at({"registrationState"}));
    };
    CHECK(state("Microsoft.ContainerInstance") == "NotRegistered");
    CHECK(state("Microsoft.Storage") == "Registered");
    CHECK(cloud.arm("GET", cloud.provider("Contoso.Things")).status == 404);
    CHECK(cloud.arm("POST", cloud.provider("Microsoft.Storage")).status == 405);
  }

  TEST_CASE("an account tells its switches, SMB OAuth from 2025-01-01 on, and how long it keeps shares") {
    EmulatorOptions options;
    const std::string key = encode64(std::string(64, 'k'));
    options.storage_accounts = {{"dev8emulator", "dev8-emulator", key, key, false, true, 7}};
    Subscription cloud(options);
    const Value old = body_of(cloud.arm("GET", cloud.account("", "2023-05-01")));
    CHECK(old.find_path({"properties", "allowSharedKeyAccess"})->boolean() == false);
    CHECK(old.find_path({"properties", "azureFilesIdentityBasedAuthentication"}) == nullptr);
    const Value recent = body_of(cloud.arm("GET", cloud.account("", "2025-01-01")));
    const Value* smb = recent.find_path(
        {"properties", "azureFilesIdentityBasedAuthentication", "smbOAuthSettings", "isSmbOAuthEnabled"});
    REQUIRE(smb != nullptr);
    CHECK(smb->boolean() == true);
    const Value files = body_of(cloud.arm("GET", cloud.account("/fileServices/default", "2023-05-01")));
    CHECK(files.find_path({"properties", "shareDeleteRetentionPolicy", "days"})->integer() == 7);
    CHECK(cloud.arm("GET", replaced(cloud.account("", "2023-05-01"), "dev8emulator", "nobody")).status ==
          404);
  }

  TEST_CASE("soft delete is switched on and off, and a policy that is none changes nothing") {
    Subscription cloud;
    const std::string service = cloud.account("/fileServices/default", "2023-05-01");
    const auto put = [&](const std::string& policy) {
      const HttpResponse response =
          cloud.arm("PUT", service, R"({"properties":{"shareDeleteRetentionPolicy":)" + policy + "}}");
      return std::to_string(response.status) + " " + code_of(response);
    };
    const auto days = [&] {
      const Value files = body_of(cloud.arm("GET", service));
      const Value* kept = files.find_path({"properties", "shareDeleteRetentionPolicy", "days"});
      return kept == nullptr ? 0 : kept->integer().value();
    };
    CHECK(put(R"({"enabled":true,"days":7})") == "200 ");
    CHECK(days() == 7);
    CHECK(cloud.arm("PUT", service, "{}").status == 200);
    for (const char* wrong :
         {R"({"enabled":true})", R"({"enabled":true,"days":0})", R"({"enabled":true,"days":366})",
          R"({"enabled":true,"days":"7"})", R"({"days":7})", R"({"enabled":"yes"})", "7"}) {
      CAPTURE(std::string(wrong));
      CHECK(put(wrong) == "400 InvalidRequestContent");
      CHECK(days() == 7);
    }
    CHECK(cloud.arm("PUT", service, "[]").status == 400);
    CHECK(put(R"({"enabled":false})") == "200 ");
    CHECK(days() == 0);
    CHECK(cloud.arm("PUT", replaced(service, "dev8emulator", "nobody"), "{}").status == 404);
  }

  TEST_CASE("accounts are listed in their resource group and in the subscription, resource groups likewise") {
    EmulatorOptions options;
    options.resource_groups = {"first", "second"};
    options.storage_accounts = {{"inone", "first", "", ""}, {"intwo", "second", "", ""}};
    Subscription cloud(options);
    const auto ids = [&](const std::string& path) {
      const HttpResponse response = cloud.arm("GET", Subscription::subscription() + path);
      CHECK(response.status == 200);
      const Value body = body_of(response);
      std::string all;
      for (const Value& item : body.find("value")->array()) all += std::string(item.string_at({"id"})) + " ";
      return all;
    };
    const std::string accounts = "/providers/Microsoft.Storage/storageAccounts";
    const std::string version = "?api-version=2022-09-01";
    const std::string one = Subscription::subscription() + "/resourceGroups/first" + accounts + "/inone ";
    const std::string two = Subscription::subscription() + "/resourceGroups/second" + accounts + "/intwo ";
    CHECK(ids(accounts + version) == one + two);
    CHECK(ids("/resourceGroups/SECOND" + accounts + version) == two);
    CHECK(ids("/resourcegroups" + version) == Subscription::subscription() + "/resourceGroups/first " +
                                                  Subscription::subscription() + "/resourceGroups/second ");
    CHECK(cloud.arm("GET", Subscription::subscription() + accounts + "?api-version=2022-09-02").status ==
          400);
    CHECK(cloud.arm("POST", Subscription::subscription() + "/resourcegroups" + version).status == 405);
  }
}

// An environment without the marks of agents: as a person or another program would have made it under the
// same names.
#pragma once

#include <string>

#include "json/parse.h"
#include "support/world.h"

namespace dev8agent::test {

using namespace internal;

// Asks the emulated Azure, as somebody with its client secret. Fails the test case when it refuses.
inline void change_in_azure(World& world, const std::string& method, const std::string& path,
                            std::string body) {
  const emulator::EmulatorOptions& options = world.azure().options();
  HttpRequest login;
  login.method = "POST";
  login.url = "https://login.microsoftonline.com/" + options.tenant_id + "/oauth2/v2.0/token";
  login.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  login.body = "grant_type=client_credentials&client_id=" + options.client_id +
               "&client_secret=" + options.client_secret +
               "&scope=https%3A%2F%2Fmanagement.azure.com%2F.default";
  const auto token = json::parse(world.azure().handle(login).body);
  REQUIRE(token.ok());
  HttpRequest request;
  request.method = method;
  request.url = "https://management.azure.com/subscriptions/" + options.subscription_id + "/resourceGroups/" +
                options.resource_groups.front() + "/providers/" + path;
  request.headers = {{"Authorization", "Bearer " + std::string(token->string_at({"access_token"}))}};
  request.body = std::move(body);
  const HttpResponse answer = world.azure().handle(request);
  REQUIRE_MESSAGE(answer.status < 300, answer.body);
}

// Puts `tags`, a JSON object, in the place of all tags of the environment's group.
inline void replace_tags(World& world, const std::string& id, const std::string& tags) {
  change_in_azure(world, "PATCH",
                  "Microsoft.ContainerInstance/containerGroups/aci-" + id + "?api-version=2025-09-01",
                  R"({"tags":)" + tags + "}");
}

// The same with the metadata of its share.
inline void replace_metadata(World& world, const std::string& id, const std::string& metadata) {
  change_in_azure(world, "PATCH",
                  "Microsoft.Storage/storageAccounts/" + world.share(id).storage_account +
                      "/fileServices/default/shares/fs-" + id + "?api-version=2023-05-01",
                  R"({"properties":{"metadata":)" + metadata + "}}");
}

inline void unmark(World& world, const std::string& id) {
  replace_tags(world, id, "{}");
  replace_metadata(world, id, "{}");
}

}  // namespace dev8agent::test

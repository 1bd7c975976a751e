// Requests to the emulated Azure Resource Manager past the agent, as a person or another program makes them.
#pragma once

#include <string>
#include <vector>

#include "json/parse.h"
#include "support/world.h"

namespace dev8agent::test {

// Signs in with the client secret and sends one request. `path` begins with the name of a resource provider,
// below the first resource group, and ends with the api-version; `headers` come on top of the token.
inline HttpResponse ask_azure(const World& world, const std::string& method, const std::string& path,
                              std::string body = "", std::vector<HttpHeader> headers = {}) {
  const emulator::EmulatorOptions& options = world.azure().options();
  HttpRequest sign_in;
  sign_in.method = "POST";
  sign_in.url = "https://login.microsoftonline.com/" + options.tenant_id + "/oauth2/v2.0/token";
  sign_in.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  sign_in.body = "grant_type=client_credentials&client_id=" + options.client_id +
                 "&client_secret=" + options.client_secret +
                 "&scope=https%3A%2F%2Fmanagement.azure.com%2F.default";
  const auto token = internal::json::parse(world.azure().handle(sign_in).body);
  REQUIRE(token.ok());
  HttpRequest request;
  request.method = method;
  request.url = "https://management.azure.com/subscriptions/" + options.subscription_id + "/resourceGroups/" +
                options.resource_groups.front() + "/providers/" + path;
  request.headers = std::move(headers);
  request.headers.push_back({"Authorization", "Bearer " + std::string(token->string_at({"access_token"}))});
  request.body = std::move(body);
  return world.azure().handle(request);
}

}  // namespace dev8agent::test

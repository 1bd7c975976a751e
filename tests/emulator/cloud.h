// A fresh emulated cloud on a virtual clock, with hand-made requests: no client library takes part, so that
// these tests hold the emulator to Azure's protocol alone.
#pragma once

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/emulator.h"
#include "json/parse.h"
#include "json/value.h"

namespace emulator_test {

using namespace std::chrono_literals;
using dev8agent::HttpHeader;
using dev8agent::HttpRequest;
using dev8agent::HttpResponse;
using dev8agent::emulator::Deployment;
using dev8agent::emulator::Emulator;
using dev8agent::emulator::EmulatorOptions;
using dev8agent::emulator::VirtualScheduler;
using dev8agent::internal::json::Value;

inline HttpRequest make_request(std::string method, std::string url, std::vector<HttpHeader> headers = {},
                                std::string body = {}) {
  HttpRequest request;
  request.method = std::move(method);
  request.url = std::move(url);
  request.headers = std::move(headers);
  request.body = std::move(body);
  return request;
}

inline std::string header(const HttpResponse& response, std::string_view name) {
  for (const HttpHeader& h : response.headers) {
    if (h.name == name) return h.value;
  }
  return {};
}

inline Value body_of(const HttpResponse& response) {
  auto value = dev8agent::internal::json::parse(response.body);
  REQUIRE_MESSAGE(value.ok(), response.body);
  return value.value();
}

// The code of an ARM error.
inline std::string code_of(const HttpResponse& response) {
  return std::string(body_of(response).string_at({"error", "code"}));
}

inline std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  REQUIRE_MESSAGE(at != std::string::npos, from);
  return text.replace(at, from.size(), to);
}

constexpr std::string_view kVersion = "api-version=2025-09-01";

// What the PUT of a small container group sends.
inline std::string group_json() {
  return R"({"location":"eastus","tags":{"environment":"one"},"properties":{"osType":"linux",
    "restartPolicy":"onfailure","ipAddress":{"type":"public","dnsNameLabel":"ws-one",
    "ports":[{"port":8080,"protocol":"tcp"}]},"containers":[{"name":"main","properties":{"image":"nginx",
    "ports":[{"port":8080}],"environmentVariables":[{"name":"PLAIN","value":"1"},
    {"name":"HIDDEN","secureValue":"canary-variable"}],"resources":{"requests":{"cpu":2,"memoryInGB":4}}}}]}})";
}

// The same with the share `share` mounted.
inline std::string mounting_json(std::string_view share, std::string_view key) {
  std::string volume = R"("volumes":[{"name":"workspace","azureFile":{"shareName":")" + std::string(share) +
                       R"(","storageAccountName":"dev8emulator","storageAccountKey":")" + std::string(key) +
                       R"("}}],)";
  return replaced(group_json(), R"("osType")", volume + R"("osType")");
}

struct Cloud {
  explicit Cloud(EmulatorOptions wanted = {})
      : clock(std::make_shared<VirtualScheduler>()), emulator(std::move(wanted), clock) {
    token = fresh_token();
  }

  std::string token_url() const {
    return "https://login.microsoftonline.com/" + emulator.options().tenant_id + "/oauth2/v2.0/token";
  }

  HttpResponse post_form(std::string form) {
    return emulator.handle(make_request(
        "POST", token_url(), {{"Content-Type", "application/x-www-form-urlencoded"}}, std::move(form)));
  }

  std::string secret_form() const {
    return "grant_type=client_credentials&client_id=" + emulator.options().client_id +
           "&client_secret=" + emulator.options().client_secret +
           "&scope=https%3A%2F%2Fmanagement.azure.com%2F.default";
  }

  std::string fresh_token() {
    return std::string(body_of(post_form(secret_form())).string_at({"access_token"}));
  }

  // A request to Azure Resource Manager: `url` absolute or a path below the host.
  HttpRequest arm_request(std::string method, std::string url, std::string body = {}) const {
    if (!url.starts_with("https://")) url = "https://management.azure.com" + url;
    return make_request(std::move(method), std::move(url), {{"Authorization", "Bearer " + token}},
                        std::move(body));
  }
  HttpResponse arm(std::string method, std::string url, std::string body = {}) {
    return emulator.handle(arm_request(std::move(method), std::move(url), std::move(body)));
  }

  std::string subscription() const { return "/subscriptions/" + emulator.options().subscription_id; }
  std::string resource_group() const { return subscription() + "/resourceGroups/dev8-emulator"; }
  // The path of a group, or of an action or part of it.
  std::string group(std::string_view name, std::string_view action = {}) const {
    std::string path =
        resource_group() + "/providers/Microsoft.ContainerInstance/containerGroups/" + std::string(name);
    if (!action.empty()) path += "/" + std::string(action);
    return path + "?" + std::string(kVersion);
  }

  HttpResponse put(std::string_view name, std::string body) {
    return arm("PUT", group(name), std::move(body));
  }
  Value get(std::string_view name) { return body_of(arm("GET", group(name))); }
  std::string state(std::string_view name) {
    return std::string(get(name).string_at({"properties", "instanceView", "state"}));
  }
  // The status of the operation that `response` began.
  std::string operation_status(const HttpResponse& response) {
    return std::string(body_of(arm("GET", header(response, "Azure-AsyncOperation"))).string_at({"status"}));
  }
  void run_group(std::string_view name) {
    REQUIRE(put(name, group_json()).status == 201);
    clock->advance(31s);
  }

  std::string storage_key() {
    const auto keys = body_of(arm("POST", resource_group() + "/providers/Microsoft.Storage/storageAccounts/" +
                                              "dev8emulator/listKeys?api-version=2023-05-01"));
    return std::string(keys.find("keys")->array()[0].string_at({"value"}));
  }

  std::shared_ptr<VirtualScheduler> clock;
  Emulator emulator;
  std::string token;
};

}  // namespace emulator_test

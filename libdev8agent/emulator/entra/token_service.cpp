// The token endpoint: see token_service.h.
#include "entra/token_service.h"

#include "core/hashes.h"
#include "core/json.h"
#include "core/strings.h"

namespace dev8agent::emulator {
namespace {

std::string_view field(const Query& form, std::string_view name) {
  for (const auto& [key, value] : form) {
    if (key == name) return value;
  }
  return {};
}

HttpResponse answer(int status, std::string body) {
  return {status,
          {{"Content-Type", "application/json; charset=utf-8"},
           {"Cache-Control", "no-store, no-cache"},
           {"Pragma", "no-cache"}},
          std::move(body)};
}

constexpr std::string_view kAssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
constexpr std::string_view kDefaultScope = "/.default";

// Whether the request is one to an AD FS. login.microsoftonline.com and its like have none.
bool is_adfs(const Exchange& exchange) {
  return !exchange.segments.empty() && same_name(exchange.segments[0], "adfs") &&
         !exchange.url.host.starts_with("login.");
}

// AD FS has messages of its own, and no numbers beside them.
HttpResponse refuse_by_adfs(const EntraError& error) {
  std::string code = error.error;
  std::string message = error.message;
  if (code == "unauthorized_client" || code == "invalid_client") {
    code = "invalid_client";
    message =
        "MSIS9622: Client authentication failed. Please verify the credential provided for client "
        "authentication is valid.";
  } else if (code == "unsupported_grant_type") {
    message = "MSIS9611: The authorization server does not support the requested 'grant_type'.";
  } else if (code == "invalid_scope") {
    code = "invalid_resource";
    message =
        "MSIS9602: The received 'resource' parameter is invalid. The authorization server can not find a "
        "registered resource with the specified identifier.";
  }
  return answer(400, json::write(json::object({{"error", code}, {"error_description", message}})));
}

}  // namespace

std::string entra_error_body(const EntraError& error, WallTime now, std::string_view id) {
  std::string time = replace_all(rfc3339(now), "T", " ");
  const std::string prefix = error.code ? "AADSTS" + std::to_string(error.code) + ": " : "";
  return json::write(json::object({{"error", error.error},
                                   {"error_description", prefix + error.message},
                                   {"error_codes", json::array({error.code})},
                                   {"timestamp", std::move(time)},
                                   {"trace_id", id},
                                   {"correlation_id", id}}));
}

Route Entra::authority_route(const Exchange& exchange) {
  const auto& s = exchange.segments;
  if (s.size() == 4 && same_name(s[1], "oauth2") && same_name(s[3], "token")) return {"Token", ""};
  if (s.size() == 3 && is_adfs(exchange) && same_name(s[1], "oauth2") && same_name(s[2], "token"))
    return {"Token", ""};
  if (s.size() >= 2 && s.back() == "openid-configuration") return {"OpenIdConfiguration", ""};
  if (s.size() == 3 && same_name(s[1], "discovery") && same_name(s[2], "instance"))
    return {"InstanceDiscovery", ""};
  return {};
}

HttpResponse Entra::authority(const Exchange& exchange) {
  const Route route = authority_route(exchange);
  if (route.operation == "Token") return token(exchange);
  if (route.operation == "OpenIdConfiguration") return openid_configuration(exchange);
  if (route.operation == "InstanceDiscovery") return instance_discovery(exchange);
  return answer(404, "");
}

HttpResponse Entra::refuse(const EntraError& error, const Exchange& exchange) {
  if (is_adfs(exchange)) return refuse_by_adfs(error);
  return answer(error.status, entra_error_body(error, exchange.moment.wall, guids_.next()));
}

HttpResponse Entra::token(const Exchange& exchange) {
  const Query form = parse_query(exchange.http.body, true).value_or(Query());
  if (auto error = check_request(form, exchange)) return refuse(*error, exchange);
  const std::string_view scope = field(form, "scope");
  const std::string text = tokens_.issue(options_.tenant_id, options_.client_id,
                                         scope.substr(0, scope.size() - kDefaultScope.size()),
                                         options_.token_lifetime, exchange.moment, guids_);
  const std::int64_t lifetime = options_.token_lifetime.count();
  return answer(200, json::write(json::object({{"token_type", "Bearer"},
                                               {"expires_in", lifetime},
                                               {"ext_expires_in", lifetime},
                                               {"access_token", text}})));
}

std::optional<EntraError> Entra::check_request(const Query& form, const Exchange& exchange) const {
  if (exchange.http.method != "POST")
    return EntraError{400, "invalid_request", 900561, "The endpoint only accepts POST requests."};
  const std::string& tenant = exchange.segments[0];
  if (!is_adfs(exchange) && !same_name(tenant, options_.tenant_id))
    return EntraError{400, "invalid_request", 90002, "Tenant '" + tenant + "' not found."};
  if (field(form, "grant_type") != "client_credentials")
    return EntraError{400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type."};
  if (auto error = check_client(form, exchange)) return error;
  const std::string_view scope = field(form, "scope");
  if (!scope.ends_with(kDefaultScope) || scope.size() == kDefaultScope.size())
    return EntraError{400, "invalid_scope", 1002012, "The provided value for scope is not valid."};
  return std::nullopt;
}

std::optional<EntraError> Entra::check_client(const Query& form, const Exchange& exchange) const {
  if (!same_name(field(form, "client_id"), options_.client_id)) {
    return EntraError{400, "unauthorized_client", 700016,
                      "Application with identifier '" + std::string(field(form, "client_id")) +
                          "' was not found in the directory."};
  }
  const EntraError bad_secret{401, "invalid_client", 7000215, "Invalid client secret provided."};
  if (rejected_) return bad_secret;
  const std::string_view secret = field(form, "client_secret");
  if (!secret.empty()) {
    return same_secret(secret, options_.client_secret) ? std::nullopt : std::optional(bad_secret);
  }
  const std::string_view assertion = field(form, "client_assertion");
  if (assertion.empty() || field(form, "client_assertion_type") != kAssertionType) {
    return EntraError{401, "invalid_client", 7000218,
                      "The request body must contain the following parameter: 'client_assertion' or "
                      "'client_secret'."};
  }
  AssertionRules rules = rules_;
  rules.client_id = options_.client_id;
  rules.audiences = {exchange.url.origin + exchange.url.path,
                     "https://login.microsoftonline.com/" + options_.tenant_id + "/oauth2/v2.0/token"};
  return check_assertion(assertion, rules, exchange.moment.wall);
}

HttpResponse Entra::openid_configuration(const Exchange& exchange) const {
  const std::string base = exchange.url.origin + "/" + exchange.segments[0];
  if (is_adfs(exchange)) {
    return answer(
        200, json::write(json::object({{"issuer", base},
                                       {"authorization_endpoint", base + "/oauth2/authorize/"},
                                       {"token_endpoint", base + "/oauth2/token/"},
                                       {"jwks_uri", base + "/discovery/keys"},
                                       {"device_authorization_endpoint", base + "/oauth2/devicecode"},
                                       {"end_session_endpoint", base + "/oauth2/logout"},
                                       {"userinfo_endpoint", base + "/userinfo"},
                                       {"token_endpoint_auth_methods_supported",
                                        json::array({"client_secret_post", "private_key_jwt"})},
                                       {"grant_types_supported", json::array({"client_credentials"})}})));
  }
  return answer(200,
                json::write(json::object({{"token_endpoint", base + "/oauth2/v2.0/token"},
                                          {"issuer", base + "/v2.0"},
                                          {"jwks_uri", base + "/discovery/v2.0/keys"},
                                          {"authorization_endpoint", base + "/oauth2/v2.0/authorize"},
                                          {"device_authorization_endpoint", base + "/oauth2/v2.0/devicecode"},
                                          {"end_session_endpoint", base + "/oauth2/v2.0/logout"},
                                          {"userinfo_endpoint", "https://graph.microsoft.com/oidc/userinfo"},
                                          {"token_endpoint_auth_methods_supported",
                                           json::array({"client_secret_post", "private_key_jwt"})},
                                          {"response_types_supported", json::array({"code", "id_token"})},
                                          {"scopes_supported", json::array({"openid"})},
                                          {"tenant_region_scope", json::Value()}})));
}

HttpResponse Entra::instance_discovery(const Exchange& exchange) const {
  const std::string host = exchange.url.host;
  return answer(200, json::write(json::object(
                         {{"tenant_discovery_endpoint", exchange.url.origin + "/" + options_.tenant_id +
                                                            "/v2.0/.well-known/openid-configuration"},
                          {"api-version", "1.1"},
                          {"metadata", json::array({json::object({{"preferred_network", host},
                                                                  {"preferred_cache", host},
                                                                  {"aliases", json::array({host})}})})}})));
}

}  // namespace dev8agent::emulator

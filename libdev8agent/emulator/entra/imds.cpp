// The managed identity endpoint of a virtual machine or container: see token_service.h.
#include "core/json.h"
#include "core/strings.h"
#include "entra/token_service.h"

namespace dev8agent::emulator {
namespace {

HttpResponse json_answer(int status, json::Value body) {
  return {status, {{"Content-Type", "application/json; charset=utf-8"}}, json::write(body)};
}

HttpResponse bad_request(std::string_view message) {
  return json_answer(400, json::object({{"error", "invalid_request"}, {"error_description", message}}));
}

}  // namespace

Route Entra::imds_route(const Exchange& exchange) {
  return {
      same_name(exchange.url.path, "/metadata/identity/oauth2/token") ? "ManagedIdentityToken" : "Unknown",
      ""};
}

HttpResponse Entra::imds(const Exchange& exchange) {
  if (imds_route(exchange).operation == "Unknown" || exchange.http.method != "GET") {
    return json_answer(404, json::object({{"error", "Not found"}}));
  }
  if (!same_name(exchange.header("Metadata"), "true"))
    return bad_request("Required metadata header not specified");
  if (exchange.url.parameter("api-version").value_or("").empty())
    return bad_request("api-version is missing");
  const std::string resource(exchange.url.parameter("resource").value_or(""));
  if (resource.empty()) return bad_request("Required audience parameter not specified");
  const auto client = exchange.url.parameter("client_id");
  const bool by_other_id = exchange.url.parameter("object_id") || exchange.url.parameter("msi_res_id");
  if (rejected_ || by_other_id || (client && !same_name(*client, options_.client_id))) {
    return bad_request("Identity not found");
  }
  const std::int64_t now = epoch_seconds(exchange.moment.wall);
  const std::int64_t lifetime = options_.token_lifetime.count();
  const std::string token = tokens_.issue(options_.tenant_id, options_.client_id, resource,
                                          options_.token_lifetime, exchange.moment, guids_);
  // Every field is a string here, unlike in answers of Entra ID.
  return json_answer(200, json::object({{"access_token", token},
                                        {"client_id", options_.client_id},
                                        {"expires_in", std::to_string(lifetime)},
                                        {"expires_on", std::to_string(now + lifetime)},
                                        {"ext_expires_in", std::to_string(lifetime)},
                                        {"not_before", std::to_string(now)},
                                        {"resource", resource},
                                        {"token_type", "Bearer"}}));
}

}  // namespace dev8agent::emulator

// The request to Entra and the reading of its refusals.
#include "azure/credentials/entra.h"

#include "azure/credentials/outcome.h"
#include "azure/credentials/token_answer.h"
#include "base/retry.h"
#include "base/text.h"
#include "json/parse.h"

namespace dev8agent::internal::azure {
namespace {

constexpr std::string_view kService = "Microsoft Entra";
constexpr std::string_view kAssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

// "AADSTS7000215" from error_codes, else from the description, else OAuth's word.
std::string code_of(const json::Value& body) {
  if (const json::Value* codes = body.find("error_codes"); codes != nullptr && !codes->array().empty()) {
    if (auto number = codes->array().front().integer()) return "AADSTS" + std::to_string(*number);
  }
  const std::string_view description = body.string_at({"error_description"});
  if (const auto at = description.find("AADSTS"); at != description.npos) {
    const auto end = description.find_first_not_of("0123456789", at + 6);
    return std::string(description.substr(at, end == description.npos ? end : end - at));
  }
  return printable(body.string_at({"error"}), 100);
}

// The description up to its trace ids, which change from call to call.
std::string first_line(std::string_view description) {
  description = description.substr(0, description.find_first_of("\r\n"));
  description = description.substr(0, description.find(" Trace ID:"));
  return std::string(trim(description));
}

Error refusal(const HttpResponse& response, WallTime now, const Secret& proof) {
  auto parsed = json::parse(response.body, json::kLenient);
  const json::Value body = parsed.ok() ? std::move(*parsed) : json::Value();
  Error error = credential_error("");
  error.azure_status = response.status;
  error.azure_code = code_of(body);
  error.azure_request_id = printable(body.string_at({"trace_id"}), 100);
  error.retryable = is_transient(response.status) || body.string_at({"error"}) == "temporarily_unavailable";
  error.retry_after = retry_after(response, now);
  const std::string line = without_secret(first_line(body.string_at({"error_description"})), proof.reveal());
  error.message = std::string(kService) + " answered " + std::to_string(response.status);
  if (!line.empty() || !error.azure_code.empty())
    error.message += ": " + (line.empty() ? error.azure_code : printable(line, 500));
  return error;
}

std::string form(const CredentialOptions& options, const std::string& scope, const Proof& proof) {
  std::string body = "grant_type=client_credentials&client_id=" + percent_encode(options.client_id) +
                     "&scope=" + percent_encode(scope);
  if (proof.kind == Proof::kSecret) return body + "&client_secret=" + percent_encode(proof.value.reveal());
  return body + "&client_assertion_type=" + percent_encode(kAssertionType) +
         "&client_assertion=" + percent_encode(proof.value.reveal());
}

}  // namespace

std::string token_endpoint(const CredentialOptions& options) {
  return options.authority_host + "/" + percent_encode(options.tenant_id) + "/oauth2/v2.0/token";
}

void fetch_from_entra(const CredentialContext& context, const CredentialOptions& options,
                      const std::string& scope, Proof proof, TimePoint deadline,
                      TokenCredential::Completion completion) {
  HttpRequest request;
  request.method = "POST";
  request.url = token_endpoint(options);
  request.headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
  request.body = form(options, scope, proof);
  request.label = "entra.token";
  auto secret = std::make_shared<const Secret>(std::move(proof.value));
  auto interpret = [secret](const HttpResponse& response, WallTime now) -> Result<AccessToken> {
    if (response.status == 200) return read_token(response.body, now, kService);
    return refusal(response, now, *secret);
  };
  request_token(context, std::move(request), deadline, std::string(kService), interpret,
                std::move(completion));
}

}  // namespace dev8agent::internal::azure
